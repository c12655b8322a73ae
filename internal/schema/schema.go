// Package schema describes the types of messages as the checker, the filters,
// the plan and the codecs all see them: their shape ([Type], [Message]), their
// spelling ([Parse]), where each field lies in the dense encoding ([Layout])
// and what fields are called in Go ([GoName]). It knows no source positions
// and imports nothing of ours; read [Type] first.
package schema

// Kind is the outermost shape of a type.
type Kind uint8

// The kinds. String to Any are the scalars of the language.
const (
	Invalid Kind = iota
	String
	Bool
	Int      // 64 bit, signed
	Float    // 64 bit
	Bytes    //
	Time     // an instant, nanoseconds since 1970 in UTC: the years 1678 to 2262
	Duration // nanoseconds
	Any      // whatever MessagePack can say
	Enum     // one of Type.Enum.Values
	List     // of Type.Elem
	Map      // from string to Type.Elem
	Record   // a message: Type.Message
)

// A Type is the type of a field or of a parameter.
type Type struct {
	Kind     Kind
	Optional bool      // may be null, written T?
	Elem     *Type     // of a List or a Map
	Enum     *EnumType // of an Enum
	Message  *Message  // of a Record
}

// An EnumType is a closed set of names. Name is empty for one that is written
// in place, enum(a, b); two enums are the same if name and values are.
type EnumType struct {
	Name   string
	Doc    string
	Values []string // at most MaxEnumValues, in the order written
}

// MaxEnumValues is how many values an enum may have: the dense encoding gives
// a value one byte.
const MaxEnumValues = 256

// Index finds the number of a value; -1 if the enum has no such value.
func (e *EnumType) Index(value string) int {
	for i, v := range e.Values {
		if v == value {
			return i
		}
	}
	return -1
}

// A Message is a named record. Two messages are the same if they have the
// same name: a program has one name space of messages. What a package of the
// standard library declares is qualified: "timer.Tick".
type Message struct {
	Name   string
	Doc    string
	Fields []Field
}

// String gives the message's name.
func (m *Message) String() string { return m.Name }

// A Field is one part of a message.
type Field struct {
	Name    string
	Doc     string
	Type    *Type
	As      string // its name outside, where that differs from Name
	Default string // as JSON, in the form that values have outside; "" if there is none
}

// Outside gives the name that the field has in JSON, MessagePack and CSV.
func (f *Field) Outside() string {
	if f.As != "" {
		return f.As
	}
	return f.Name
}

// Required reports whether a message from outside must have the field.
func (f *Field) Required() bool { return !f.Type.Optional && f.Default == "" }

// Field finds a field by name; ok is false if there is none.
func (m *Message) Field(name string) (f *Field, ok bool) {
	for i := range m.Fields {
		if m.Fields[i].Name == name {
			return &m.Fields[i], true
		}
	}
	return nil, false
}

// Rejected is what the port "rejected" of every instance sends: a line, a
// message or the input of a handler that could not be dealt with.
var Rejected = &Message{
	Name: "Rejected",
	Doc:  "What could not be dealt with, and why.",
	Fields: []Field{
		{Name: "reason", Doc: "What is wrong, in words.", Type: &Type{Kind: String}},
		{Name: "port", Doc: "The port at which it was seen.", Type: &Type{Kind: String}},
		{Name: "data", Doc: "The line as it came, or the message as JSON.", Type: &Type{Kind: Bytes}},
		{Name: "at", Doc: "When it was rejected.", Type: &Type{Kind: Time}},
	},
}
