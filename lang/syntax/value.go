package syntax

import (
	"time"

	"github.com/ilpomo/opencore/lang/diag"
)

// A Value is what an argument, a default, a const or a setting is given:
// *String, *Int, *Float, *Duration, *Size, *Bool, *Nil, *Ref, *Env, *Secret,
// *List, *Map or *Wrong.
type Value interface {
	Span() diag.Span
	value()
}

// A String is a string literal, quoted or raw.
type String struct {
	Node
	Value string // what it means
}

// At gives the place of the bytes [start, end) of Value. It is the whole
// literal where escapes are in the way.
func (s *String) At(start, end int) diag.Span {
	span := s.Span()
	if len(s.Tokens) == 0 {
		return span
	}
	if text := s.Tokens[0].Value; len(text) < 2 || text[1:len(text)-1] != s.Value {
		return span
	}
	from := advance(span.Start, s.Tokens[0].Value[:1+start])
	return diag.Span{File: span.File, Start: from, End: advance(from, s.Value[start:end])}
}

// An Int is a whole number.
type Int struct {
	Node
	Value int64
}

// A Float is a number with a point or an exponent.
type Float struct {
	Node
	Value float64
}

// A Duration is 250ms.
type Duration struct {
	Node
	Value time.Duration
}

// A Size is 64KiB.
type Size struct {
	Node
	Bytes int64
}

// A Bool is true or false.
type Bool struct {
	Node
	Value bool
}

// Nil is no value.
type Nil struct{ Node }

// A Ref is the name of a const, a parameter or an enum's value, or a word that
// the place gives a meaning: never.
type Ref struct {
	Node
	Name string
}

// An Env is a value from the environment.
//
//	env("NAME", "default")
type Env struct {
	Node
	Name    *String `parser:"'env' '(' @@"`
	Default *String `parser:"( (?! ',' ')' ) ( ',' | EOL ) @@ )? ','? ')'"` // nil if there is none
}

// A Secret is a value that is never shown.
//
//	secret("NAME")
type Secret struct {
	Node
	Name *String `parser:"'secret' '(' @@ ','? ')'"`
}

// A List is [1, 2].
type List struct {
	Node
	Elems Body[Value]
}

// A Map is {a: 1}.
type Map struct {
	Node
	Entries Body[*Entry]
}

// An Entry is one pair of a map.
type Entry struct {
	Node
	Key   *EntryKey `parser:"@@ ':'"`
	Value Value     `parser:"@@"`
}

// An EntryKey is a name or a string.
type EntryKey struct {
	Node
	Text string
}

// A Wrong is a number that means nothing, and was reported.
type Wrong struct{ Node }

func (*Wrong) value()    {}
func (*String) value()   {}
func (*Int) value()      {}
func (*Float) value()    {}
func (*Duration) value() {}
func (*Size) value()     {}
func (*Bool) value()     {}
func (*Nil) value()      {}
func (*Ref) value()      {}
func (*Env) value()      {}
func (*Secret) value()   {}
func (*List) value()     {}
func (*Map) value()      {}
