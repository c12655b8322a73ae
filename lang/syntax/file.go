package syntax

import "github.com/ilpomo/opencore/lang/diag"

// A File is one .actors file.
type File struct {
	Name   string // as given to Parse
	Decls  []Decl
	Broken bool // something in here was reported already
	Lost   bool // of that, some in the head of a declaration: its name may be missing
}

// A Decl is a declaration: *Import, *Const, *Filter, *Enum, *Message, *Actor
// or *Graph.
type Decl interface {
	Span() diag.Span
	decl()
}

// An Import brings in the definitions of another file.
//
//	import "common.actors"
type Import struct {
	Node
	Path *String `parser:"'import' @@"`
}

// A Const names a value.
//
//	const eu = ["de", "fr"]
type Const struct {
	Node
	Documented
	Name  *Name `parser:"'const' @@"`
	Value Value `parser:"'=' @@"`
}

// A Filter names a predicate over the fields of a message.
//
//	filter European on Quake = place in eu
type Filter struct {
	Node
	Documented
	Name    *Name `parser:"'filter' @@"`
	Message *Path `parser:"'on' @@"`
	Where   *Expr `parser:"'=' @@"`
}

func (*Import) decl()  {}
func (*Const) decl()   {}
func (*Filter) decl()  {}
func (*Enum) decl()    {}
func (*Message) decl() {}
func (*Actor) decl()   {}
func (*Graph) decl()   {}
