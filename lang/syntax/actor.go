package syntax

import "github.com/ilpomo/opencore/lang/diag"

// An Actor is a definition: parameters and ports.
//
//	actor Tally(every duration = 1s) { pull quakes Quake }
type Actor struct {
	Node
	Documented
	Name       *Name                  `parser:"'actor' @@"`
	TypeParams []*Name                `parser:"( '<' @@ ( (?! ',' '>' ) ( ',' | EOL ) @@ )* ','? '>' )?"`
	Params     *Body[*Param]          `parser:"@@?"` // nil without parentheses
	Settings   Settings[ActorSetting] `parser:"@@"`
	Ports      Body[*Port]            `parser:"@@"`
}

// An ActorSetting says where an actor's code lives and how it ends: *Endless,
// *External or *Exec.
type ActorSetting interface {
	Span() diag.Span
	actorSetting()
}

// Endless marks a source that doesn't keep a run alive.
type Endless struct {
	Node
	Keyword bool `parser:"@'endless'"`
}

// External marks an actor that runs elsewhere.
type External struct {
	Node
	Keyword bool `parser:"@'external'"`
}

// Exec names the program that is an actor's code.
//
//	exec ["jq", "-c", ".mag"] lines
type Exec struct {
	Node
	Argv  *List `parser:"'exec' @@"`
	Lines bool  `parser:"@'lines'?"` // JSON lines in and out
}

func (*Endless) actorSetting()  {}
func (*External) actorSetting() {}
func (*Exec) actorSetting()     {}

// A Param is a parameter of an actor or a graph.
//
//	every duration = 1s
type Param struct {
	Node
	Documented
	Name    *Name `parser:"@@"`
	Type    *Type `parser:"@@"`
	Default Value `parser:"( '=' @@ )?"`
}

// A Port is a typed opening of an actor or of a component.
//
//	pub regions Region topic network
type Port struct {
	Node
	Documented
	Pattern  *Name                 `parser:"@@"`
	Name     *Name                 `parser:"@@"`
	Type     *Type                 `parser:"@@"`
	Reply    *Type                 `parser:"( '->' @@"`     // of req, dealer, rep, router
	Receives *Type                 `parser:"| '<->' @@ )?"` // of pair
	Settings Settings[PortSetting] `parser:"@@"`
}

// A PortSetting stands behind a port: *Key, *Codec, *Bind, *Connect or, last,
// *Topic.
type PortSetting interface {
	Span() diag.Span
	portSetting()
}

// Key names the field that decides which replica gets a message.
//
//	key payment.card
type Key struct {
	Node
	Path *Path `parser:"'key' @@"`
}

// Codec names the encoding at a port to foreign peers.
type Codec struct {
	Node
	Name *Name `parser:"'codec' @@"`
}

// Bind gives the address that an external actor's port is bound to by us.
type Bind struct {
	Node
	Address Value `parser:"'bind' @@"`
}

// Connect gives the address of an external actor's port.
type Connect struct {
	Node
	Address Value `parser:"'connect' @@"`
}

// Topic is the expression that a publisher computes per message.
type Topic struct {
	Node
	Expr *Expr `parser:"'topic' @@"`
}

func (*Key) portSetting()     {}
func (*Codec) portSetting()   {}
func (*Bind) portSetting()    {}
func (*Connect) portSetting() {}
func (*Topic) portSetting()   {}
