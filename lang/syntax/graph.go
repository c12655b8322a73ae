package syntax

import "github.com/ilpomo/opencore/lang/diag"

// A Graph makes instances of actors and wires their ports. Graph main runs;
// one of another name is a component.
type Graph struct {
	Node
	Documented
	Name       *Name           `parser:"'graph' @@"`
	TypeParams []*Name         `parser:"( '<' @@ ( (?! ',' '>' ) ( ',' | EOL ) @@ )* ','? '>' )?"`
	Params     *Body[*Param]   `parser:"@@?"` // nil without parentheses
	Statements Body[Statement] `parser:"@@"`
}

// A Statement stands in a graph: *Instance, *Wire, *Port (of a component),
// *Expose or *Deliver (the default of the graph's push wires).
type Statement interface {
	Span() diag.Span
	statement()
}

func (*Instance) statement() {}
func (*Wire) statement()     {}
func (*Port) statement()     {}
func (*Expose) statement()   {}
func (*Deliver) statement()  {}

// An Instance is a use of an actor or of a component.
//
//	tally = Tally(every: 500ms) replicas 2
type Instance struct {
	Node
	Documented
	Name     *Name                     `parser:"@@ '='"`
	Actor    *Path                     `parser:"@@"`
	TypeArgs []*Path                   `parser:"( '<' @@ ( (?! ',' '>' ) ( ',' | EOL ) @@ )* ','? '>' )?"`
	Args     Body[*Arg]                `parser:"@@"`
	Settings Settings[InstanceSetting] `parser:"@@"`
}

// An Arg gives a parameter its value.
type Arg struct {
	Node
	Name  *Name `parser:"@@ ':'"`
	Value Value `parser:"@@"`
}

// An InstanceSetting stands behind an instance: *Replicas, *Restart, *EnvVar
// or *Process.
type InstanceSetting interface {
	Span() diag.Span
	instanceSetting()
}

// Replicas says how many copies of an instance run.
type Replicas struct {
	Node
	Count Value `parser:"'replicas' @@"`
}

// Restart is a restart policy with its budget.
//
//	restart on_failure max 5 in 1m
type Restart struct {
	Node
	Policy *Name `parser:"'restart' @@"`
	Max    Value `parser:"( 'max' @@"`      // nil if not written
	Within Value `parser:"( 'in' @@ )? )?"` // nil if not written
}

// An EnvVar is a variable in the environment of an instance.
//
//	env KEY "value"
type EnvVar struct {
	Node
	Name  *Name `parser:"'env' @@"`
	Value Value `parser:"@@"`
}

// Process names the OS process that instances share.
type Process struct {
	Node
	Name *Name `parser:"'process' @@"`
}

func (*Replicas) instanceSetting() {}
func (*Restart) instanceSetting()  {}
func (*EnvVar) instanceSetting()   {}
func (*Process) instanceSetting()  {}

// An Expose opens a port of an instance to foreign peers.
//
//	expose model.score "tcp://127.0.0.1:7000" codec json
type Expose struct {
	Node
	Documented
	Port    *PortRef `parser:"'expose' @@"`
	Address Value    `parser:"@@"`
	Codec   *Codec   `parser:"@@?"`
}
