// Package model is the checked program: every name resolved, every port
// typed, every parameter given. Only lang/check makes one, and whoever gets
// one may rely on it being right and does not change it. Read [Program] first.
package model

import (
	"time"

	"github.com/ilpomo/opencore/internal/filter"
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
)

// A Program is what a .actors file says.
type Program struct {
	File     string // the path of the file, as the user gave it
	Name     string // the file's name without .actors
	Enums    []*Enum
	Messages []*Message // the program's own, in the order written
	Actors   []*Actor   // the program's own, in the order written
	Consts   []*Const   // those that are written, and, named outer$param, what components are given
	Filters  []*Filter  // the named ones, in the order written
	Graph    *Graph     // graph main; nil in a file of definitions only
	// Elsewhere holds the files of other folders whose handlers in Go the graph uses,
	// as programs without a graph: what such a file declares and imports, and the
	// actors whose code is in its folder, used or not.
	Elsewhere []*Program
}

// An Enum is a declared enum with its places.
type Enum struct {
	*schema.EnumType
	Span       diag.Span
	ValueSpans []diag.Span
}

// A Message is a declared message with its places.
type Message struct {
	*schema.Message
	Span       diag.Span   // the name
	FieldSpans []diag.Span // the name of each field
	Standard   bool        // of the standard library
}

// An Actor is a definition.
type Actor struct {
	Name       string // "Tally", or "file.Lines" in the standard library
	Doc        string
	Span       diag.Span // the name
	Standard   bool      // of the standard library
	Endless    bool      // a source that doesn't keep a run alive; external actors always are
	Dir        string    // the folder of the declaring file, slashes: its Go package holds the handler; "" for standard actors
	Exec       []string  // the program that is the actor, with its arguments; nil if it is none
	Lines      bool      // the program knows nothing of us: JSON lines in, JSON lines out
	External   bool      // it runs elsewhere: its ports are addresses
	TypeParams []string
	Params     []*Param
	Ports      []*Port
}

// Port finds a port by name; nil if there is none. The port "rejected" that
// every instance has is [RejectedPort].
func (a *Actor) Port(name string) *Port {
	for _, p := range a.Ports {
		if p.Name == name {
			return p
		}
	}
	if name == RejectedPort.Name {
		return RejectedPort
	}
	return nil
}

// Source reports whether the actor has no in-ports.
func (a *Actor) Source() bool {
	for _, p := range a.Ports {
		if !p.Pattern.Outgoing() {
			return false
		}
	}
	return true
}

// InGo reports whether the actor's code is a Go type of the program's author.
func (a *Actor) InGo() bool { return !a.Standard && !a.External && a.Exec == nil }

// RejectedPort is the port that every instance has besides its own.
var RejectedPort = &Port{
	Name:    "rejected",
	Doc:     "What this actor could not deal with: logged and counted where it is not wired.",
	Pattern: Push,
	Message: PortType{Message: schema.Rejected},
}

// A Param is a parameter of an actor or of graph main.
type Param struct {
	Name    string
	Doc     string
	Span    diag.Span // the name
	Type    ParamType
	Default *Value // nil if the parameter must be given
}

// A ParamType is what a parameter takes: values of a type, or expressions.
type ParamType struct {
	Type *schema.Type // nil for expressions
	Expr bool         // expr: one expression
	Map  bool         // {string: expr}: a map from name to expression
}

// String spells the type as the language does.
func (t ParamType) String() string {
	switch {
	case t.Map:
		return "{string: expr}"
	case t.Expr:
		return "expr"
	default:
		return t.Type.String()
	}
}

// Pattern is a socket pattern.
type Pattern string

// The patterns.
const (
	Push   Pattern = "push"
	Pub    Pattern = "pub"
	Pull   Pattern = "pull"
	Sub    Pattern = "sub"
	In     Pattern = "in"
	Req    Pattern = "req"
	Dealer Pattern = "dealer"
	Rep    Pattern = "rep"
	Router Pattern = "router"
	Pair   Pattern = "pair"
)

// Outgoing reports whether a port of this pattern stands on the left of a
// wire alone. A pair stands on either side, and is counted with the in-ports:
// an actor that has one is no source.
func (p Pattern) Outgoing() bool {
	return p == Push || p == Pub || p == Req || p == Dealer
}

// Requests reports whether the pattern is about requests and replies.
func (p Pattern) Requests() bool {
	return p == Req || p == Dealer || p == Rep || p == Router
}

// A Port is a typed opening of an actor.
type Port struct {
	Name    string
	Doc     string
	Span    diag.Span // the name
	Pattern Pattern
	Message PortType
	Reply   PortType  // of requests; of pair, what it receives
	Codec   string    // msgpack, json, raw or pickle: of exec and external actors, "" for the rest
	Address *Address  // of external actors; nil for the rest
	Topic   *Expr     // of outgoing ports, nil if none. All but pub use it on plain wires alone
	Keeps   bool      // the topic is that of the message at hand: Topic is the word alone
	Key     []string  // path of the field behind key; nil if none
	KeySpan diag.Span // of the path
}

// A PortType is a message or one of the actor's type parameters.
type PortType struct {
	Message *schema.Message
	Param   string
}

// A Graph is what runs. Components are gone: what they hold stands here, an
// instance "inner" of the component's instance "outer" as "outer.inner".
type Graph struct {
	Span      diag.Span // the name
	Doc       string
	Params    []*Param
	Instances []*Instance // in the order written
	Wires     []*Wire     // in the order written; each link of a chain is one
	Exposes   []*Expose   // in the order written
}

// An Expose opens a port to foreign peers, as the plain ZeroMQ socket of its
// pattern. It counts as a wire of the port.
type Expose struct {
	Span    diag.Span // from "expose" to the end
	End     End
	Address Address // bound by us
	Codec   string  // msgpack, json, raw or pickle
}

// An Address is where a plain socket binds or connects.
type Address struct {
	Endpoint Value // a string, Env or ParamRef; a string has been checked
	Bind     bool  // by us; else we connect
	Span     diag.Span
}

// An Instance is a use of an actor.
type Instance struct {
	Name     string
	Doc      string
	Span     diag.Span // the name
	Actor    *Actor
	Types    map[string]*schema.Message // of the actor's type parameters
	Args     []Arg                      // one for each parameter, in its order
	Replicas int
	Restart  Restart
	Env      []EnvVar
	Process  string // instances of one name share one OS process; "" for none
}

// Message gives the message that a port type means at this instance; nil if t
// is empty.
func (i *Instance) Message(t PortType) *schema.Message {
	if t.Param != "" {
		return i.Types[t.Param]
	}
	return t.Message
}

// An Arg is the value of a parameter, given or by default. The value of a
// parameter that takes expressions is a string or a map[string]Value of
// strings: their source.
type Arg struct {
	Param *Param
	Value Value
	Span  diag.Span // where the value is written; of the instance, if it is the default
	Names []string  // the consts and parameters of main that its expressions use
}

// A Value is a checked value: nil (null, or an optional parameter left out),
// bool, int64 (sizes too, in bytes), float64, string (enum values too; of
// bytes, the bytes themselves), time.Time, time.Duration, []Value,
// map[string]Value (of a message too, by the names of its fields), Env, Secret or
// ParamRef. A const is replaced by its value. [Outside] writes constant ones.
type Value any

// An Env is a value read from the environment when the program starts.
type Env struct {
	Name    string
	Default *string // nil: the variable must be set
}

// A Secret is a value that nobody is shown: only the process that needs it reads
// it, when the program starts.
type Secret struct{ Name string }

// A ParamRef is the value of a parameter of main.
type ParamRef struct{ Name string }

// An EnvVar is a variable in the environment of an instance; Value is a
// string, Env or ParamRef.
type EnvVar struct {
	Name  string
	Value Value
	Span  diag.Span
}

// A Const is a named value of the program.
type Const struct {
	Name  string
	Doc   string
	Span  diag.Span
	Type  *schema.Type
	Value Value
}

// A Restart says when a process that has ended is started again, and how
// often within a period before the run fails.
type Restart struct {
	Policy string // always, on_failure, never
	Max    int
	Within time.Duration
}

// A Wire is a connection from an outgoing port to an incoming one, with all
// defaults filled in.
type Wire struct {
	Span    diag.Span // from end to end
	From    End
	To      End
	Through []string // ports of components that it leads through: "clean.docs"
	Where   *Expr    // nil if every message passes
	Else    bool
	Queue   Queue
	Timeout time.Duration // of a request; 0: never
	Timed   bool          // a timeout is written in the source, and not never
	Retry   int           // further attempts
	Deliver string        // at_most_once or at_least_once: of push wires; "" for the rest
	Journal string        // the folder that keeps what the wire carries; "" if none does
}

// Name spells the wire's ends: "feed.lines -> tally.quakes".
func (w *Wire) Name() string { return w.From.String() + " -> " + w.To.String() }

// An End is one side of a wire.
type End struct {
	Instance *Instance
	Port     *Port
	Span     diag.Span
}

// String spells the end: "feed.lines".
func (e End) String() string { return e.Instance.Name + "." + e.Port.Name }

// A Filter is a named filter.
type Filter struct {
	Name    string
	Doc     string
	Span    diag.Span // the name
	Message *schema.Message
	Where   *Expr
}

// An Expr is checked expression source with its place. Names lists the consts
// and parameters of main that it uses.
type Expr struct {
	Written string // as it stands in the program; of a wire through components, with "else", and "" if it stands nowhere
	Source  string // as it stands alone, with named filters spelled out
	Span    diag.Span
	Names   []string
	Checked *filter.Expr
}

// A Queue bounds what a wire holds back, in messages or, if Bytes is not 0, in
// bytes.
type Queue struct {
	Messages int
	Bytes    int
	Full     string // block, drop_oldest, drop_newest
}
