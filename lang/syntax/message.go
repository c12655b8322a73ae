package syntax

// An Enum is a type with a few named values.
//
//	enum Alert { green, yellow, orange, red }
type Enum struct {
	Node
	Documented
	Name   *Name            `parser:"'enum' @@"`
	Values Body[*EnumValue] `parser:"@@"`
}

// An EnumValue is one of an enum's values.
type EnumValue struct {
	Node
	Documented
	Name *Name `parser:"@@"`
}

// A Message is a typed record.
//
//	message Region { network string, count int }
type Message struct {
	Node
	Documented
	Name   *Name        `parser:"'message' @@"`
	Fields Body[*Field] `parser:"@@"`
}

// A Field is one part of a message.
//
//	speed int? = 0 as "Speed IAS in knots"
type Field struct {
	Node
	Documented
	Name    *Name   `parser:"@@"`
	Type    *Type   `parser:"@@"`
	Default Value   `parser:"( '=' @@ )?"`
	As      *String `parser:"( 'as' @@ )?"` // its name outside
}

// A Type is what a field, a parameter or a port holds. Exactly one of List,
// Map, Enum and Name is set.
type Type struct {
	Node
	List     *Type     `parser:"( '[' @@ ']'"` // the elements of [T]
	Key      *Name     `parser:"| '{' @@ ':'"` // string, of {string: T}
	Map      *Type     `parser:"      @@ '}'"` // the values of {string: T}
	Enum     *EnumType `parser:"| @@"`         // enum(a, b)
	Name     *Path     `parser:"| @@ )"`       // Quake, timer.Tick, int, expr
	Optional bool      `parser:"@'?'?"`
}

// An EnumType is an enum without a name.
//
//	enum(green, red)
type EnumType struct {
	Node
	Values []*Name `parser:"'enum' '(' @@ ( (?! ',' ')' ) ( ',' | EOL ) @@ )* ','? ')'"`
}
