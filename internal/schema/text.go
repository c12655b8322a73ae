package schema

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

var scalars = map[string]Kind{
	"string": String, "bool": Bool, "int": Int, "float": Float, "bytes": Bytes,
	"time": Time, "duration": Duration, "any": Any,
}

var scalarNames = func() map[Kind]string {
	names := make(map[Kind]string, len(scalars))
	for name, kind := range scalars {
		names[kind] = name
	}
	return names
}()

// Scalar gives the kind of a scalar by its name in the language; ok is false
// for any other name.
func Scalar(name string) (k Kind, ok bool) {
	k, ok = scalars[name]
	return k, ok
}

// Scalars lists the names of the scalars in alphabetical order.
func Scalars() []string { return slices.Sorted(maps.Keys(scalars)) }

// String writes the type as the language spells it, "[string]?", and an enum
// with its values, "enum Alert(green, red)".
func (t *Type) String() string {
	s := t.bare()
	if t.Optional {
		s += "?"
	}
	return s
}

func (t *Type) bare() string {
	switch t.Kind {
	case Enum:
		return strings.TrimSuffix("enum "+t.Enum.Name, " ") + "(" + strings.Join(t.Enum.Values, ", ") + ")"
	case List:
		return "[" + t.Elem.String() + "]"
	case Map:
		return "{string: " + t.Elem.String() + "}"
	case Record:
		return t.Message.Name
	case Invalid:
		return "invalid"
	default:
		return scalarNames[t.Kind]
	}
}

// Same reports whether two types mean the same.
func (t *Type) Same(u *Type) bool { return t.String() == u.String() }

// Parse reads what [Type.String] wrote. lookup gives the message of a name,
// or nil.
func Parse(text string, lookup func(name string) *Message) (*Type, error) {
	p := &parser{rest: text, lookup: lookup}
	t := p.parse(0)
	if t == nil || strings.TrimSpace(p.rest) != "" {
		return nil, fmt.Errorf("%q is not a type", text)
	}
	return t, nil
}

// maxDepth bounds the nesting of a type that is read back from text.
const maxDepth = 64

type parser struct {
	rest   string
	lookup func(string) *Message
}

func (p *parser) accept(s string) bool {
	rest, ok := strings.CutPrefix(strings.TrimLeft(p.rest, " "), s)
	if ok {
		p.rest = rest
	}
	return ok
}

func (p *parser) parse(depth int) *Type {
	if depth > maxDepth {
		return nil
	}
	t := p.parseBare(depth)
	if t != nil && p.accept("?") {
		t.Optional = true
	}
	return t
}

func (p *parser) parseBare(depth int) *Type {
	switch {
	case p.accept("["):
		return p.container(List, "]", depth)
	case p.accept("{string:"):
		return p.container(Map, "}", depth)
	}
	name := p.name()
	if name == "enum" || strings.HasPrefix(name, "enum(") {
		p.rest = name[len("enum"):] + p.rest
		return p.enum()
	}
	if kind, ok := scalars[name]; ok {
		return &Type{Kind: kind}
	}
	if m := p.lookup(name); m != nil {
		return &Type{Kind: Record, Message: m}
	}
	return nil
}

// enum reads what stands behind the word: " Alert(green, red)", "(a, b)".
func (p *parser) enum() *Type {
	name, rest, opened := strings.Cut(p.rest, "(")
	list, rest, closed := strings.Cut(rest, ")")
	values := strings.Split(list, ", ")
	if !opened || !closed || len(values) > MaxEnumValues || slices.Contains(values, "") {
		return nil
	}
	p.rest = rest
	return &Type{Kind: Enum, Enum: &EnumType{Name: strings.TrimSpace(name), Values: values}}
}

func (p *parser) container(kind Kind, end string, depth int) *Type {
	elem := p.parse(depth + 1)
	if elem == nil || !p.accept(end) {
		return nil
	}
	return &Type{Kind: kind, Elem: elem}
}

func (p *parser) name() string {
	p.rest = strings.TrimLeft(p.rest, " ")
	end := strings.IndexAny(p.rest, " ]}?")
	if end < 0 {
		end = len(p.rest)
	}
	name := p.rest[:end]
	p.rest = p.rest[end:]
	return name
}

// A Set is a collection of messages that refer to each other by name. Its
// JSON form is an object from message name to a list of fields, each field
// with its type in the spelling of the language.
type Set map[string]*Message

type fieldText struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	As      string `json:"as,omitempty"`
	Default string `json:"default,omitempty"`
}

// MarshalJSON implements [json.Marshaler].
func (s Set) MarshalJSON() ([]byte, error) {
	out := make(map[string][]fieldText, len(s))
	for name, m := range s {
		fields := make([]fieldText, len(m.Fields))
		for i, f := range m.Fields {
			fields[i] = fieldText{f.Name, f.Type.String(), f.As, f.Default}
		}
		out[name] = fields
	}
	return json.Marshal(out)
}

// UnmarshalJSON implements [json.Unmarshaler]. It fails on a type that it
// can't read and on a name that the set does not hold.
func (s *Set) UnmarshalJSON(data []byte) error {
	var in map[string][]fieldText
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	set := make(Set, len(in))
	for name := range in {
		set[name] = &Message{Name: name}
	}
	for name, fields := range in {
		for _, f := range fields {
			t, err := Parse(f.Type, func(n string) *Message { return set[n] })
			if err != nil {
				return fmt.Errorf("message %q, field %q: %w", name, f.Name, err)
			}
			set[name].Fields = append(set[name].Fields, Field{Name: f.Name, Type: t, As: f.As, Default: f.Default})
		}
	}
	*s = set
	return nil
}

// Add puts m and every message it refers to into the set.
func (s Set) Add(m *Message) {
	if _, ok := s[m.Name]; ok {
		return
	}
	s[m.Name] = m
	for _, f := range m.Fields {
		s.addType(f.Type)
	}
}

func (s Set) addType(t *Type) {
	switch {
	case t.Message != nil:
		s.Add(t.Message)
	case t.Elem != nil:
		s.addType(t.Elem)
	}
}
