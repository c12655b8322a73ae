// Package schema describes the types of messages as the checker, the filters,
// the plan and the codecs all see them. It knows no source positions and no
// encoding; read [Type] first.
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
	Time     // an instant, nanoseconds since 1970 in UTC
	Duration // nanoseconds
	Any      // whatever MessagePack can say
	Enum     // a string out of Type.Enum
	List     // of Type.Elem
	Map      // from string to Type.Elem
	Record   // a message: Type.Message
)

// A Type is the type of a field or of a parameter.
type Type struct {
	Kind     Kind
	Optional bool     // may be absent, written T?
	Elem     *Type    // of a List or a Map
	Enum     []string // the values of an Enum, in the order written
	Message  *Message // of a Record
}

// A Message is a named record. Two messages are the same if they have the
// same name: a program has one name space of messages.
type Message struct {
	Name   string
	Doc    string
	Fields []Field
}

// A Field is one part of a message.
type Field struct {
	Name string
	Doc  string
	Type *Type
}

// Field finds a field by name; ok is false if there is none.
func (m *Message) Field(name string) (f *Field, ok bool) {
	for i := range m.Fields {
		if m.Fields[i].Name == name {
			return &m.Fields[i], true
		}
	}
	return nil, false
}
