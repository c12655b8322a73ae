package schema

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestTextRoundTrip(t *testing.T) {
	inner := &Message{Name: "Inner"}
	lookup := func(name string) *Message {
		if name == "Inner" {
			return inner
		}
		if name == "enumeration" {
			return &Message{Name: name}
		}
		return nil
	}
	for _, text := range []string{"string", "int?", "[float?]?", "{string: [Inner]}", "enum(a, b)?", "[enum Alert(green, red)]", "enumeration"} {
		typ, err := Parse(text, lookup)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got := typ.String(); got != text {
			t.Errorf("%s comes back as %s", text, got)
		}
	}
	tooMany := "enum(a" + strings.Repeat(", b", MaxEnumValues) + ")"
	for _, text := range []string{"", "strin", "[string", "{string string}", "enum(a", "string??", "Other", "enum()", "enum(a, )", "enum", "[string] x", "invalid", strings.Repeat("[", 100) + "int" + strings.Repeat("]", 100), tooMany} {
		if _, err := Parse(text, lookup); err == nil {
			t.Errorf("%q is read as a type", text)
		}
	}
}

func TestSetJSON(t *testing.T) {
	inner := &Message{Name: "Inner", Fields: []Field{{Name: "n", Type: &Type{Kind: Int}}}}
	outer := &Message{Name: "Outer", Fields: []Field{{Name: "list", Type: &Type{Kind: List, Elem: &Type{Kind: Record, Message: inner}}}}}
	set := Set{}
	set.Add(outer)
	data, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	var back Set
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	f, ok := back["Outer"].Field("list")
	if !ok || f.Type.Elem.Message != back["Inner"] {
		t.Errorf("%s comes back without its reference", data)
	}
}

func TestScalars(t *testing.T) {
	for _, name := range Scalars() {
		kind, ok := Scalar(name)
		if got := (&Type{Kind: kind}).String(); !ok || got != name {
			t.Errorf("%s is spelled %s", name, got)
		}
	}
	if _, ok := Scalar("list"); ok {
		t.Error("list is a scalar")
	}
}

func TestSetRefuses(t *testing.T) {
	for _, text := range []string{`{"A": [{"name": "b", "type": "B"}]}`, `{"A": [{"name": "b", "type": "strin"}]}`, `[]`} {
		var s Set
		if err := json.Unmarshal([]byte(text), &s); err == nil {
			t.Errorf("%s is a set", text)
		}
	}
}

// FuzzParse demands that a type that can be read is written so that it can be
// read again, the same.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"int", "[string?]?", "{string: [M]}", "enum Alert(green, red)", "enum(a)?", "[[[[any]]]]", "  int ?", "enum x](a)", "{string:int}"} {
		f.Add(text)
	}
	m := &Message{Name: "M"}
	lookup := func(name string) *Message {
		if name == "M" {
			return m
		}
		return nil
	}
	f.Fuzz(func(t *testing.T, text string) {
		typ, err := Parse(text, lookup)
		if err != nil {
			return
		}
		again, err := Parse(typ.String(), lookup)
		if err != nil || !again.Same(typ) {
			t.Errorf("%q is read as %s, which is read as %v, %v", text, typ, again, err)
		}
	})
}
