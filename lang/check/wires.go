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
		seen := map[string]diag.Span{}
		for _, h := range l.hops {
			n.at = h.frame
			for _, s := range once(n.checker, h.node.Settings.Items) {
				if n.oneSide(seen, s) {
					n.wireSetting(l, h, s)
				}
			}
		}
		n.deliverDefaults(l)
	}
	for _, h := range n.hops {
		n.at = h.frame
		for _, s := range h.node.Settings.Items {
			if _, ok := s.(*syntax.Else); ok {
				h.isElse = n.noPairFilter(h, s.Span())
			}
		}
	}
	n.conditions()
}

// oneSide reports whether a setting stands on one side of the ports of
// components that a wire leads through. Filters may stand on all.
func (n *net) oneSide(seen map[string]diag.Span, s syntax.WireSetting) bool {
	word := settingWord(s)
	if word == "" {
		return true
	}
	if first, ok := seen[word]; ok {
		n.errorf(codeTwice, s.Span(), "%q is given on both sides of a component's port", word).Note(first, "first here")
		return false
	}
	seen[word] = s.Span()
	return true
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

func (n *net) wireSetting(l *link, h *hop, s syntax.WireSetting) {
	switch s := s.(type) {
	case *syntax.Queue:
		if n.ownSender(l, s.Span(), "a queue") {
			n.queue(l, s)
		}
	case *syntax.Timeout:
		if n.forRequests(l, h, s.Span(), "timeout") {
			n.timeout(l, s)
		}
	case *syntax.Retry:
		if n.forRequests(l, h, s.Span(), "retry") {
			if v, ok := n.number(s.Count, "the number of retries", 0, math.MaxInt32); ok {
				l.wire.Retry = int(v)
			}
		}
	case *syntax.Deliver:
		if mode := n.deliverMode(s); n.handsOn(l, h, s.Span(), "deliver") {
			l.wire.Deliver = mode
		}
	case *syntax.Journal:
		if n.handsOn(l, h, s.Span(), "a journal") {
			n.journal(l, s)
		}
	}
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

// isSize reports whether a value is written in bytes: here, where the parameter
// of a component is given, or in a const, which has been evaluated, and so
// doesn't depend on itself.
func (n *net) isSize(v syntax.Value) bool {
	for {
		ref, ok := v.(*syntax.Ref)
		if !ok {
			_, ok = v.(*syntax.Size)
			return ok
		}
		if n.at.names.params[ref.Name] != nil {
			return n.at.names.sizes[ref.Name]
		}
		d := n.at.scope.names[ref.Name]
		if d == nil || d.constant == nil {
			return false
		}
		v = d.constant.node.Value
	}
}

// forRequests reports whether a setting that is about requests stands at a
// wire for them.
func (n *net) forRequests(l *link, h *hop, at diag.Span, what string) bool {
	if l.from.port.Pattern.Requests() {
		return n.ownSender(l, at, "a "+what)
	}
	n.notePort(n.errorf(codeNoRequest, at, "%s is for requests, and %q asks nothing", what, h.from.name()), h.from)
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
