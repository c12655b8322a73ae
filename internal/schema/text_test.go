package schema

import (
	"encoding/json"
	"testing"
)

func TestTextRoundTrip(t *testing.T) {
	inner := &Message{Name: "Inner"}
	lookup := func(name string) *Message {
		if name == "Inner" {
			return inner
		}
		return nil
	}
	for _, text := range []string{"string", "int?", "[float?]?", "{string: [Inner]}", "enum(a, b)?", "[enum Alert(green, red)]"} {
		typ, err := Parse(text, lookup)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got := typ.String(); got != text {
			t.Errorf("%s comes back as %s", text, got)
		}
	}
	for _, text := range []string{"", "strin", "[string", "{string string}", "enum(a", "string??", "Other"} {
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
