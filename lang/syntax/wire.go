package syntax

import "github.com/ilpomo/opencore/lang/diag"

// A Wire connects ports. One with more than two ends is a chain, which has no
// settings.
//
//	feed -> tally.quakes queue 10_000 where mag >= 2.5
type Wire struct {
	Node
	Documented
	Ends     []*PortRef            `parser:"@@ ( '->' @@ )+"`
	Settings Settings[WireSetting] `parser:"@@"`
}

// A PortRef names an instance and its port, or, in a component, a port of its
// own.
type PortRef struct {
	Node
	Instance *Name
	Port     *Name // nil in feed -> tally
}

// Text spells the reference.
func (r *PortRef) Text() string {
	if r.Port == nil {
		return r.Instance.Text
	}
	return r.Instance.Text + "." + r.Port.Text
}

// A WireSetting stands behind a wire: *Queue, *Deliver, *Journal, *Timeout,
// *Retry or, last, *Where or *Else.
type WireSetting interface {
	Span() diag.Span
	wireSetting()
}

// Queue bounds what a wire holds back, in messages or bytes. At least one of
// Size and Full is set.
//
//	queue 10_000 drop_oldest
type Queue struct {
	Node
	Size QueueSize `parser:"'queue' @@?"`
	Full *Full     `parser:"@@?"`
}

// A QueueSize is a value, but none of the words of [Full].
type QueueSize interface{ Value }

// Full says what a wire does whose queue is full.
type Full struct {
	Node
	Text string `parser:"@( 'block' | 'drop_oldest' | 'drop_newest' )"`
}

// Deliver is a delivery promise: at_most_once or at_least_once.
type Deliver struct {
	Node
	Mode *Name `parser:"'deliver' @@"`
}

// Journal names the folder that keeps what a wire carries.
type Journal struct {
	Node
	Dir Value `parser:"'journal' @@"`
}

// Timeout bounds how long a request waits for its reply. The limit is a
// duration, or the name never.
type Timeout struct {
	Node
	Limit Value `parser:"'timeout' @@"`
}

// Retry says how often a request is tried again.
type Retry struct {
	Node
	Count Value `parser:"'retry' @@"`
}

// Where is the filter of a wire.
type Where struct {
	Node
	Expr *Expr `parser:"'where' @@"`
}

// Else marks the wire that takes what no other wire of its port takes.
type Else struct {
	Node
	Keyword bool `parser:"@'else'"`
}

func (*Queue) wireSetting()   {}
func (*Deliver) wireSetting() {}
func (*Journal) wireSetting() {}
func (*Timeout) wireSetting() {}
func (*Retry) wireSetting()   {}
func (*Where) wireSetting()   {}
func (*Else) wireSetting()    {}
