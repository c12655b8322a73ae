package check

import (
	"fmt"
	"iter"
	"math"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/ilpomo/opencore/internal/filter"
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// A place is where a value belongs.
type place struct {
	what  string    // in words: `"limit"`, `an element of "nets"`
	decl  diag.Span // where its type is declared; zero if nowhere
	typ   string    // the type in words; "" if it is called what it is
	names *names

	within bool // it is part of another value
}

// typeText spells the type that belongs there.
func (p place) typeText(t *schema.Type) string {
	if p.typ != "" {
		return p.typ
	}
	return typeText(t)
}

// part is a place within a value.
func (p place) part(format string, args ...any) place {
	p.within = true
	if p.typ != "" {
		p.typ = exprText
	}
	p.what = fmt.Sprintf(format, args...) + " of " + p.what
	return p
}

// names says what a name means as a value.
type names struct {
	scope    *scope
	params   map[string]*model.Param // of graph main, where they can be used
	open     bool                    // some of them could not be read
	given    map[string]model.Value  // of a component that is used: what its parameters are given
	sizes    map[string]bool         // which of those are written in bytes
	unknown  bool                    // of a component by itself: what its parameters are given is not known
	constant string                  // "" where parameters and the environment may stand, else what has to be known before the run
}

// misfit reports a value that is not of the type that belongs there.
func (c *checker) misfit(v syntax.Value, t *schema.Type, p place) *diag.Diagnostic {
	d := c.errorf(codeValue, v.Span(), "%s takes %s, not %s", p.what, p.typeText(t), describe(v))
	return noteDecl(d, p)
}

// noteDecl shows where the type of the place comes from.
func noteDecl(d *diag.Diagnostic, p place) *diag.Diagnostic {
	if !p.decl.IsZero() {
		d.Note(p.decl, "the type is declared here")
	}
	return d
}

// describe says in words what a value is.
func describe(v syntax.Value) string {
	switch v.(type) {
	case *syntax.String:
		return "a string"
	case *syntax.Int:
		return "a whole number"
	case *syntax.Float:
		return "a number with a point"
	case *syntax.Duration:
		return "a duration"
	case *syntax.Size:
		return "a size"
	case *syntax.Bool:
		return "a bool"
	case *syntax.List:
		return "a list"
	case *syntax.Map:
		return "a map"
	default:
		return "nil"
	}
}

// value gives what v means where a value of type t belongs. It reports what
// is wrong, and false.
func (c *checker) value(v syntax.Value, t *schema.Type, p place) (model.Value, bool) {
	switch v := v.(type) {
	case nil, *syntax.Wrong:
		return nil, false
	case *syntax.Ref:
		return c.named(v, t, p)
	case *syntax.Env:
		return c.env(v, t, p)
	case *syntax.Secret:
		return c.secret(v, t, p)
	case *syntax.Nil:
		if !t.Optional && t.Kind != schema.Any {
			c.misfit(v, t, p)
			return nil, false
		}
		return nil, true
	default:
		return c.literal(v, t, p)
	}
}

// literal gives the value of a literal.
func (c *checker) literal(v syntax.Value, t *schema.Type, p place) (model.Value, bool) {
	switch v := v.(type) {
	case *syntax.List:
		return c.list(v, t, p)
	case *syntax.Map:
		return c.mapping(v, t, p)
	case *syntax.String:
		if t.Kind == schema.Time || t.Kind == schema.Enum {
			return c.text(v, t, p)
		}
	}
	if value, ok := scalar(v, t.Kind); ok {
		return value, true
	}
	hintValue(c.misfit(v, t, p), v, t)
	return nil, false
}

// scalar gives the value of a literal as one of a kind; ok is false if it is
// none.
func scalar(v syntax.Value, k schema.Kind) (value model.Value, ok bool) {
	is := func(kinds ...schema.Kind) bool { return k == schema.Any || slices.Contains(kinds, k) }
	switch v := v.(type) {
	case *syntax.String:
		return v.Value, is(schema.String, schema.Bytes)
	case *syntax.Int:
		if k == schema.Float {
			return float64(v.Value), true
		}
		return v.Value, is(schema.Int)
	case *syntax.Size:
		return v.Bytes, is(schema.Int)
	case *syntax.Float:
		return v.Value, is(schema.Float)
	case *syntax.Duration:
		return v.Value, is(schema.Duration)
	case *syntax.Bool:
		return v.Value, is(schema.Bool)
	}
	return nil, false
}

// hintValue says how a value is written, where that is sure.
func hintValue(d *diag.Diagnostic, v syntax.Value, t *schema.Type) {
	if t.Kind == schema.List && fits(v, t.Elem) {
		d.Help("put it in brackets, as a list of one").
			Sure("put it in brackets", write(v.Span().Before(), "["), insert(v.Span(), "]"))
		return
	}
	switch v := v.(type) {
	case *syntax.Int:
		switch t.Kind {
		case schema.Duration:
			d.Help("a duration has a unit: %ds, %dms", v.Value, v.Value)
			for _, unit := range []string{"s", "ms"} {
				d.Maybe(fmt.Sprintf("write %d%s", v.Value, unit), insert(v.Span(), unit))
			}
		case schema.String:
			text := strconv.Quote(strconv.FormatInt(v.Value, 10))
			d.Help("put it in quotes: %s", text).Sure("put it in quotes", write(v.Span(), text))
		}
	case *syntax.String:
		if _, err := parseText(v.Value, t); err == nil && plain.MatchString(v.Value) {
			d.Help("remove the quotes: %s", v.Value).Sure("remove the quotes", write(v.Span(), v.Value))
		}
	}
}

// plain matches texts that can stand as values without quotes.
var plain = regexp.MustCompile(`^(true|false|-?[0-9][0-9.]*([eE][0-9]+|[a-zµ][a-zµ0-9.]*)?)$`)

// fits reports whether a literal is one of a scalar type.
func fits(v syntax.Value, t *schema.Type) bool {
	_, ok := scalar(v, t.Kind)
	return ok
}

// text gives the value of a string that is a time or the value of an enum.
func (c *checker) text(v *syntax.String, t *schema.Type, p place) (model.Value, bool) {
	value, err := parseText(v.Value, t)
	if err == nil {
		return value, true
	}
	if t.Kind == schema.Enum {
		c.noEnumValue(v.Span(), v.Value, t, p, strconv.Quote)
		return nil, false
	}
	noteDecl(c.errorf(codeValue, v.Span(), "%v", err), p)
	return nil, false
}

// noEnumValue reports a word that is no value of an enum. How one is written
// there is up to write; as it is if that is nil.
func (c *checker) noEnumValue(at diag.Span, word string, t *schema.Type, p place, write func(string) string) {
	if c.openEnums[t.Enum] {
		return
	}
	d := c.errorf(codeValue, at, "%s takes no %q: its values are %s", p.what, word, valuesText(t.Enum))
	c.meant(noteDecl(d, p), diag.Meant{Word: word, At: at, Write: write}, slices.Values(t.Enum.Values))
}

// parseText reads text from outside, as of the environment, as a value of a
// type that can be written without brackets.
func parseText(text string, t *schema.Type) (model.Value, error) {
	switch t.Kind {
	case schema.Bool:
		switch text {
		case "true", "false":
			return text == "true", nil
		}
		return nil, strconv.ErrSyntax
	case schema.Int:
		return strconv.ParseInt(text, 10, 64)
	case schema.Float:
		return parseFloat(text)
	case schema.Duration:
		return time.ParseDuration(text)
	case schema.Time:
		return filter.ParseTime(text)
	case schema.Enum:
		if t.Enum.Index(text) < 0 {
			return nil, strconv.ErrRange
		}
		return text, nil
	}
	return nil, strconv.ErrSyntax
}

func parseFloat(text string) (model.Value, error) {
	f, err := strconv.ParseFloat(text, 64)
	if err == nil && (math.IsNaN(f) || math.IsInf(f, 0)) {
		err = strconv.ErrRange
	}
	return f, err
}

func (c *checker) list(v *syntax.List, t *schema.Type, p place) (model.Value, bool) {
	elem := t.Elem
	switch t.Kind {
	case schema.List:
	case schema.Any:
		elem = t
	default:
		c.misfit(v, t, p)
		return nil, false
	}
	list, good := make([]model.Value, 0, len(v.Elems.Items)), !v.Elems.Broken
	inner := p.part("an element")
	for _, e := range v.Elems.Items {
		value, ok := c.value(e, elem, inner)
		list, good = append(list, value), good && ok
	}
	return list, good
}

func (c *checker) mapping(v *syntax.Map, t *schema.Type, p place) (model.Value, bool) {
	if t.Kind != schema.Map && t.Kind != schema.Any && t.Kind != schema.Record {
		c.misfit(v, t, p)
		return nil, false
	}
	values, good := make(map[string]model.Value, len(v.Entries.Items)), !v.Entries.Broken
	for e := range c.entries(v, &good) {
		at, inner, ok := c.entryType(e, t, p, v)
		if !ok {
			good = false
			continue
		}
		value, ok := c.value(e.Value, inner, at)
		values[e.Key.Text], good = value, good && ok
	}
	if t.Kind == schema.Record {
		good = c.requiredFields(v, t.Message, values, p) && good
	}
	return values, good
}

// entryType gives place and type of the value of an entry of v.
func (c *checker) entryType(e *syntax.Entry, t *schema.Type, p place, v *syntax.Map) (place, *schema.Type, bool) {
	switch t.Kind {
	case schema.Any:
		return p.part("an entry"), t, true
	case schema.Map:
		return p.part("an entry"), t.Elem, true
	}
	field, ok := t.Message.Field(e.Key.Text)
	if !ok && c.unsound[t.Message] {
		return p, nil, false
	}
	if !ok {
		d := c.errorf(codeValue, e.Key.Span(), "message %q has no field %q", t.Message.Name, e.Key.Text)
		c.meant(d, diag.Meant{Word: e.Key.Text, At: e.Key.Span(), Write: keyLike(e)}, except(fieldNames(t.Message), keysOf(v)))
		return p, nil, false
	}
	return p.part("field %q", field.Name), field.Type, field.Type.Kind != schema.Invalid
}

// requiredFields reports fields of a message that a value of it must have
// and hasn't.
func (c *checker) requiredFields(v *syntax.Map, m *schema.Message, given map[string]model.Value, p place) bool {
	good := true
	for i := range m.Fields {
		f := &m.Fields[i]
		if _, ok := given[f.Name]; ok || !f.Required() || v.Entries.Broken {
			continue
		}
		d := noteDecl(c.errorf(codeValue, v.Span(), "%s takes %s, and its field %q is missing", p.what, m.Name, f.Name), p)
		if value := example(f.Type); value != "" {
			d.Maybe("add "+quote(f.Name), addItem(&v.Entries, f.Name+": "+value))
		}
		good = false
	}
	return good
}

// entries yields the entries of a map that can be read, each key once. It
// reports keys that stand twice and clears good.
func (c *checker) entries(v *syntax.Map, good *bool) iter.Seq[*syntax.Entry] {
	return func(yield func(*syntax.Entry) bool) {
		seen := map[string]diag.Span{}
		for _, e := range v.Entries.Items {
			if e == nil || e.Key == nil || e.Value == nil {
				*good = false
				continue
			}
			if first, ok := seen[e.Key.Text]; ok {
				c.twice(e.Key.Span(), quote(e.Key.Text), first)
				*good = false
				continue
			}
			seen[e.Key.Text] = e.Key.Span()
			if !yield(e) {
				return
			}
		}
	}
}

// twice reports what is given a second time.
func (c *checker) twice(at diag.Span, what string, first diag.Span) {
	c.errorf(codeTwice, at, "%s is given twice", what).Note(first, "first here")
}

func fieldNames(m *schema.Message) iter.Seq[string] {
	return each(m.Fields, func(f schema.Field) string { return f.Name })
}
