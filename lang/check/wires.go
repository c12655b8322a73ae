package check

import (
	"math"
	"time"

	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// What a wire has that says nothing.
const (
	defaultQueue   = 1000 // messages
	defaultTimeout = 5 * time.Second
)

// What a wire does when its queue is full.
const (
	fullBlock      = "block"
	fullDropOldest = "drop_oldest"
)

// wires applies the settings of all wires, defaults included, and checks
// their filters.
func (n *net) wires() {
	for _, l := range n.links {
		l.defaults()
		for _, s := range once(n.checker, l.node.Settings.Items) {
			n.wireSetting(l, s)
		}
	}
}

func (l *link) defaults() {
	l.wire.Queue = model.Queue{Messages: defaultQueue, Full: fullBlock}
	switch {
	case l.from.port.Pattern == model.Pub:
		l.wire.Queue.Full = fullDropOldest
	case l.from.port.Pattern.Requests():
		l.wire.Timeout = defaultTimeout
	}
}

func (n *net) wireSetting(l *link, s syntax.WireSetting) {
	switch s := s.(type) {
	case *syntax.Queue:
		if n.ownSender(l, s.Span(), "a queue") {
			n.queue(l, s)
		}
	case *syntax.Timeout:
		if n.forRequests(l, s.Span(), "timeout") {
			n.timeout(l, s)
		}
	case *syntax.Retry:
		if n.forRequests(l, s.Span(), "retry") {
			if v, ok := n.number(s.Count, "the number of retries", 0, math.MaxInt32); ok {
				l.wire.Retry = int(v)
			}
		}
	case *syntax.Deliver:
		n.unsupported(s.Span(), "deliver")
	case *syntax.Journal:
		n.unsupported(s.Span(), "journal")
	case *syntax.Where:
		if n.noPairFilter(l, s.Span()) {
			n.where(l, s)
		}
	case *syntax.Else:
		l.wire.Else = n.noPairFilter(l, s.Span())
	}
}

// where checks the filter of a wire.
func (n *net) where(l *link, w *syntax.Where) {
	message := l.from.instance.Message(l.from.port.Message)
	if w.Expr == nil || w.Expr.Broken || message == nil {
		return
	}
	n.filter(l, w.Expr, message)
}

// queue applies the bounds of a wire: messages or bytes.
func (n *net) queue(l *link, s *syntax.Queue) {
	if s.Full != nil {
		l.wire.Queue.Full = s.Full.Text
	}
	if s.Size == nil {
		return
	}
	size, ok := n.number(s.Size, "the length of a queue", 1, math.MaxInt)
	switch {
	case !ok:
	case n.isSize(s.Size):
		l.wire.Queue.Messages, l.wire.Queue.Bytes = 0, int(size)
	default:
		l.wire.Queue.Messages = int(size)
	}
}

// isSize reports whether a value is written in bytes, here or in a const that
// has been evaluated, and so doesn't depend on itself.
func (n *net) isSize(v syntax.Value) bool {
	for {
		ref, ok := v.(*syntax.Ref)
		if !ok {
			_, ok = v.(*syntax.Size)
			return ok
		}
		v = n.own.names[ref.Name].constant.node.Value
	}
}

// forRequests reports whether a setting that is about requests stands at a
// wire for them.
func (n *net) forRequests(l *link, at diag.Span, what string) bool {
	if l.from.port.Pattern.Requests() {
		return n.ownSender(l, at, "a "+what)
	}
	n.notePort(n.errorf(codeNoRequest, at, "%s is for requests, and %q asks nothing", what, l.from.name()), l.from)
	return false
}

func (n *net) timeout(l *link, s *syntax.Timeout) {
	if ref, ok := s.Limit.(*syntax.Ref); ok && ref.Name == "never" {
		l.wire.Timeout = 0
		return
	}
	if v, ok := n.duration(s.Limit, "a timeout"); ok {
		l.wire.Timeout, l.wire.Timed = v, true
	}
}
