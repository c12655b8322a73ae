package filter

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/ilpomo/opencore/internal/near"
	"github.com/ilpomo/opencore/internal/schema"
)

// A FieldProblem is a problem with one field of a mapping.
type FieldProblem struct {
	Field string // of the message that is made
	// Key is true if the problem is with the field and not with its expression,
	// which it may not have: then Start and End mean nothing.
	Key bool
	Problem
}

// CheckMapping checks the expressions that make a message of another: sources
// has them by the name of the field. scope.Message is the message that they see.
// A field without an expression is copied from the field of the same name and
// type, else it takes its default, else it is null. It gives nil and at least one
// problem, or the expressions, but for those that [Check] says nothing about.
func CheckMapping(sources map[string]string, scope *Scope, to *schema.Message) (map[string]*Expr, []FieldProblem) {
	exprs := make(map[string]*Expr, len(sources))
	var problems []FieldProblem
	key := func(field string, kind Kind, hint, format string, args ...any) {
		problems = append(problems, FieldProblem{field, true, Problem{Kind: kind, Message: fmt.Sprintf(format, args...), Hint: hint}})
	}
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		f, ok := to.Field(name)
		if !ok {
			key(name, UnknownName, didYouMean(near.Words(name, fieldNames(to))), "message %q has no field %q", to.Name, name)
			continue
		}
		e, found := check(sources[name], scope, f.Type, strict)
		if e != nil {
			exprs[name] = e
		}
		for _, p := range found {
			problems = append(problems, FieldProblem{name, false, p})
		}
	}
	for i := range to.Fields {
		f := &to.Fields[i]
		if _, ok := sources[f.Name]; !ok && f.Required() && copied(scope.Message, f) == nil {
			key(f.Name, Type, "add "+f.Name+": with an expression", "field %q of message %q gets no value", f.Name, to.Name)
		}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return exprs, nil
}

// copied gives the field of from that f is copied from, nil if none is.
func copied(from *schema.Message, f *schema.Field) *node {
	i := fieldIndex(from, f.Name)
	if i < 0 || !alike(from.Fields[i].Type, f.Type) || from.Fields[i].Type.Optional && !f.Type.Optional {
		return nil
	}
	return &node{op: opField, t: from.Fields[i].Type, field: i, outer: true}
}

// A Mapping makes messages of others. Like a [Program] it is for one goroutine
// at a time.
type Mapping struct {
	from, to *schema.Message
	size     int // least length of a payload
	head     int // length of presence and slots of what is made
	writers  []writer
	env      env
}

// A writer writes a field: into the head at dst[base:], and behind dst. It gives
// false if the field is null and must not be.
type writer func(e *env, dst []byte, base int) ([]byte, bool)

// NewMapping makes a mapping of the programs that [CheckMapping] has approved,
// by the name of the field of to. It fails where CheckMapping has problems.
func NewMapping(from, to *schema.Message, fields map[string]*Program) (*Mapping, error) {
	source := &dense{layout: schema.LayoutOf(from)}
	c := &compiler{source: denseSource{source}}
	layout := schema.LayoutOf(to)
	m := &Mapping{from: from, to: to, size: source.layout.Data, head: layout.Data}
	for i := range to.Fields {
		f := &to.Fields[i]
		w, err := c.writer(from, f, writerAt{layout, &layout.Fields[i]}, fields[f.Name])
		if err != nil {
			return nil, fmt.Errorf("message %q, field %q: %w", to.Name, f.Name, err)
		}
		m.writers = append(m.writers, w)
	}
	return m, nil
}

func (c *compiler) writer(from *schema.Message, f *schema.Field, at writerAt, p *Program) (writer, error) {
	n := copied(from, f)
	switch {
	case p != nil:
		n = p.root
	case n == nil && f.Default != "":
		return at.standing(f)
	case n == nil && f.Required():
		return nil, errors.New("it gets no value")
	case n == nil:
		n = constant(typeNil, nil)
	}
	if !alike(n.t, f.Type) && !(n.null() && nullable(f.Type)) || n.t.Optional && !nullable(f.Type) {
		return nil, fmt.Errorf("%s does not fit %s", n.t, f.Type)
	}
	switch {
	case at.Type.HasData() && classOf(f.Type) == strs:
		return at.data(refOfText(c.str(n))), nil
	case at.Type.HasData() && n.null():
		return at.data(func(*env) (ref, bool) { return ref{}, false }), nil
	case at.Type.HasData():
		value, _ := c.ref(n)
		return at.data(value), nil
	case f.Type.Kind == schema.Float:
		return at.slot(bitsOf(c.flt(n))), nil
	}
	return at.slot(c.num(n)), nil
}

func refOfText(f strFn) refFn {
	return func(e *env) (ref, bool) {
		s, ok := f(e)
		return refToText(s), ok
	}
}

func bitsOf(f fltFn) numFn {
	return func(e *env) (int64, bool) {
		v, ok := f(e)
		return int64(math.Float64bits(v)), ok
	}
}

// writerAt is where a field is written.
type writerAt struct {
	layout *schema.Layout
	*schema.FieldLayout
}

// slot writes values without data.
func (at writerAt) slot(value numFn) writer {
	return func(e *env, dst []byte, base int) ([]byte, bool) {
		v, ok := value(e)
		if !ok {
			return dst, at.Type.Optional
		}
		if at.Type.SlotSize() == 1 {
			dst[base+at.Slot] = byte(v)
		} else {
			binary.LittleEndian.PutUint64(dst[base+at.Slot:], uint64(v))
		}
		at.present(dst, base)
		return dst, true
	}
}

// data writes values with data.
func (at writerAt) data(value refFn) writer {
	start := at.layout.Data
	return func(e *env, dst []byte, base int) ([]byte, bool) {
		r, ok := value(e)
		switch {
		case ok:
			dst = append(dst, r.bytes()...)
			at.present(dst, base)
		case at.Type.Kind == schema.Any && !at.Type.Optional:
			dst, ok = append(dst, messagePackNil), true
		default:
			ok = at.Type.Optional
		}
		binary.LittleEndian.PutUint32(dst[base+at.Slot:], uint32(len(dst)-base-start))
		return dst, ok
	}
}

func (at writerAt) present(dst []byte, base int) {
	if at.Presence >= 0 {
		dst[base+at.Presence>>3] |= 1 << (at.Presence & 7)
	}
}

// standing writes the field's default.
func (at writerAt) standing(f *schema.Field) (writer, error) {
	v, err := defaultOf(f)
	if err != nil {
		return nil, err
	}
	if !at.Type.HasData() {
		return at.slot(func(*env) (int64, bool) { return v.bits, v.ok }), nil
	}
	return at.data(func(*env) (ref, bool) { return v.ref, v.ok }), nil
}

// Map appends the encoding of the message that is made of the one in payload.
// It fails if payload can't be read, or where an expression is null and its field
// must not be.
func (m *Mapping) Map(dst, payload []byte) ([]byte, error) {
	if len(payload) < m.size {
		return dst, fmt.Errorf("%d bytes are not a message %q", len(payload), m.from.Name)
	}
	e, base := &m.env, len(dst)
	e.rec = payload
	defer e.reset()
	out := append(dst, make([]byte, m.head)...)
	for i, w := range m.writers {
		var ok bool
		if out, ok = w(e, out, base); !ok {
			return dst, fmt.Errorf("field %q of message %q is nil", m.to.Fields[i].Name, m.to.Name)
		}
		e.scratch = e.scratch[:0]
	}
	return out, nil
}
