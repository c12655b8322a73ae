package schema

import "testing"

func TestRequired(t *testing.T) {
	for _, c := range []struct {
		field Field
		want  bool
	}{
		{Field{Type: &Type{Kind: Int}}, true},
		{Field{Type: &Type{Kind: Int, Optional: true}}, false},
		{Field{Type: &Type{Kind: Int}, Default: "0"}, false},
		{Field{Type: &Type{Kind: Any}}, true},
	} {
		if got := c.field.Required(); got != c.want {
			t.Errorf("%s with default %q is required: %v", c.field.Type, c.field.Default, got)
		}
	}
}

func TestNames(t *testing.T) {
	f, ok := Rejected.Field("data")
	if !ok || f.Type.Kind != Bytes || f.Outside() != "data" {
		t.Errorf("field data of Rejected is %+v", f)
	}
	if _, ok := Rejected.Field("Data"); ok {
		t.Error("there is a field Data")
	}
	if as := (&Field{Name: "speed", As: "Speed in knots"}).Outside(); as != "Speed in knots" {
		t.Errorf("outside the field is called %q", as)
	}
	if e := (&EnumType{Values: []string{"a", "b"}}); e.Index("b") != 1 || e.Index("c") != -1 {
		t.Errorf("b is value %d, c is %d", e.Index("b"), e.Index("c"))
	}
}

func TestHash(t *testing.T) {
	message := func(name, field, text string, messages ...*Message) *Message {
		typ, err := Parse(text, func(name string) *Message {
			for _, m := range messages {
				if m.Name == name {
					return m
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return &Message{Name: name, Fields: []Field{{Name: field, Type: typ}}}
	}
	inner := message("Inner", "n", "int")
	seen := map[uint64]string{}
	for what, m := range map[string]*Message{
		"a message":                     message("M", "f", "int"),
		"another name":                  message("N", "f", "int"),
		"another field":                 message("M", "g", "int"),
		"another type":                  message("M", "f", "float"),
		"an optional":                   message("M", "f", "int?"),
		"an enum":                       message("M", "f", "enum(a, b)"),
		"other values":                  message("M", "f", "enum(a, c)"),
		"a message within":              message("M", "f", "[Inner]", inner),
		"a message within with a float": message("M", "f", "[Inner]", message("Inner", "n", "float")),
	} {
		h := m.Hash()
		if other, ok := seen[h]; ok {
			t.Errorf("%s has the hash of %s", what, other)
		}
		seen[h] = what
	}
	same := message("M", "f", "int")
	same.Doc, same.Fields[0].Doc, same.Fields[0].As, same.Fields[0].Default = "doc", "doc", "F", "1"
	if same.Hash() != message("M", "f", "int").Hash() {
		t.Error("the hash depends on what the dense encoding doesn't")
	}
	self := &Message{Name: "Self"}
	self.Fields = []Field{{Name: "next", Type: &Type{Kind: Record, Optional: true, Message: self}}}
	if self.Hash() == message("Self", "next", "int").Hash() {
		t.Error("a message that holds itself has the hash of another")
	}
}
