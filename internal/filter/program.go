package filter

import (
	"fmt"
	"reflect"
	"unsafe"

	"github.com/ilpomo/opencore/internal/schema"
)

// A Program is a compiled expression. It computes in memory of its own, so
// it is for one goroutine at a time; compile another for another goroutine.
type Program struct {
	root    *node
	message *schema.Message
	size    int // least length of a payload that can be read
	run     evaluator
	absent  *evaluator // for payloads that can't be read; made when the first comes
}

// An evaluator is an expression compiled for one way to read messages.
type evaluator struct {
	match condFn // of a bool
	text  strFn  // of a string
	env   env
}

// Compile makes the expression ready to run. values holds the values of the
// names that had none when it was checked, as [Name] has them. It fails if one
// is missing, or is not what its type or its place in the expression asks for.
func (e *Expr) Compile(values map[string]any) (*Program, error) {
	root, err := bind(e.root, values)
	if err != nil {
		return nil, fmt.Errorf("expression %s: %w", e.source, err)
	}
	p := &Program{root: fold(root), message: e.message}
	d := &dense{layout: &schema.Layout{}}
	if e.message != nil {
		d = &dense{layout: schema.LayoutOf(e.message)}
	}
	p.size = d.layout.Data
	p.run = p.evaluator(denseSource{d})
	return p, nil
}

func (p *Program) evaluator(s source) evaluator {
	c := &compiler{source: s}
	switch p.root.t.Kind {
	case schema.Bool:
		return evaluator{match: c.cond(p.root)}
	case schema.String:
		return evaluator{text: c.str(p.root)}
	}
	return evaluator{}
}

// Type is the type of the result; optional if it may be null.
func (p *Program) Type() *schema.Type { return p.root.t }

// Match evaluates a bool expression on a message in its dense encoding and the
// topic that it came with, "" if none. Null is false. It neither allocates nor
// keeps payload, and what payload lies about is null. It panics if the expression
// is of another type.
func (p *Program) Match(payload []byte, topic string) bool {
	run := &p.run
	if len(payload) < p.size {
		run = p.unreadable()
	}
	e := &run.env
	e.rec, e.topic = payload, topic
	yes := run.match(e)
	e.reset()
	return yes
}

// AppendString evaluates a string expression on a message in its dense
// encoding and appends the result. Null is "". It panics if the expression is of
// another type.
func (p *Program) AppendString(dst, payload []byte) []byte {
	run := &p.run
	if len(payload) < p.size {
		run = p.unreadable()
	}
	e := &run.env
	e.rec = payload
	if s, ok := run.text(e); ok {
		dst = append(dst, s...)
	}
	e.reset()
	return dst
}

// unreadable gives the expression compiled for a message without fields.
func (p *Program) unreadable() *evaluator {
	if p.absent == nil {
		run := p.evaluator(absent{&dense{layout: schema.LayoutOf(p.message)}})
		p.absent = &run
	}
	return p.absent
}

// A StructProgram is an expression compiled for messages that are Go structs.
// Like a [Program] it is for one goroutine at a time.
type StructProgram struct{ run evaluator }

// ForStruct compiles the expression for Go structs of type t, or that t points
// to, as generated code declares them: a field is called [schema.GoName] of its
// name in the message; string, bool, int64, float64, []byte, time.Time,
// time.Duration and any hold the scalars, a type over uint8 an enum's index,
// *T an optional, []T a list, map[string]T a map and a struct a message. It fails
// if t is not like that.
func (p *Program) ForStruct(t reflect.Type) (*StructProgram, error) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if p.message == nil {
		return &StructProgram{p.evaluator(denseSource{&dense{layout: &schema.Layout{}}})}, nil
	}
	m, err := builder{}.record(&schema.Type{Kind: schema.Record, Message: p.message}, t)
	if err != nil {
		return nil, fmt.Errorf("message %q: %w", p.message.Name, err)
	}
	return &StructProgram{p.evaluator(memorySource{m})}, nil
}

// Match is like [Program.Match] on the struct that m points to.
func (s *StructProgram) Match(m unsafe.Pointer, topic string) bool {
	e := &s.run.env
	e.mem, e.topic = m, topic
	yes := s.run.match(e)
	e.reset()
	return yes
}

// AppendString is like [Program.AppendString] on the struct that m points to.
func (s *StructProgram) AppendString(dst []byte, m unsafe.Pointer) []byte {
	e := &s.run.env
	e.mem = m
	if text, ok := s.run.text(e); ok {
		dst = append(dst, text...)
	}
	e.reset()
	return dst
}
