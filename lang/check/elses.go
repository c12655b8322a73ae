package check

import (
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// An outlet is an outgoing port of an instance with what its wires say
// together.
type outlet struct {
	filtered  bool     // one of them has a filter
	otherwise *link    // the first with else; nil if there is none
	greedy    *link    // the first that takes every message; nil if there is none
	exposed   *exposed // it is exposed, which takes every message too; nil if it is not
}

// findOutlets looks at the wires of each port.
func (n *net) findOutlets() {
	n.outlets = make(map[portKey]*outlet, len(n.links))
	for _, l := range n.links {
		o := n.outlet(l.fromKey())
		switch text := l.filterText(); {
		case l.wire.Else:
			if o.otherwise == nil {
				o.otherwise = l
			}
		case o.greedy == nil && !l.broken && (text == "" || l.always):
			o.greedy = l
			o.filtered = o.filtered || text != ""
		default:
			o.filtered = o.filtered || text != ""
		}
	}
	for _, e := range n.exposes {
		n.outlet(portKey{e.end.instance, e.end.port}).exposed = e
	}
}

// outlet gives what is known of a port.
func (n *net) outlet(key portKey) *outlet {
	o := n.outlets[key]
	if o == nil {
		o = &outlet{}
		n.outlets[key] = o
	}
	return o
}

// A wireKey is what makes two wires the same: their ends and what they take.
type wireKey struct {
	from, to portKey
	where    string
	isElse   bool
}

// sameWires reports wires that stand there twice. Of pairs see pairs.
func (n *net) sameWires() {
	seen := make(map[wireKey]*link, len(n.links))
	for _, l := range n.links {
		if l.from.port.Pattern == model.Pair {
			continue
		}
		key := wireKey{l.fromKey(), portKey{l.to.instance, l.to.port}, l.filterText(), l.wire.Else}
		if first := seen[key]; first != nil {
			n.errorf(codeSameWire, l.wire.Span, "the wire %s stands here twice", l.wire.Name()).
				Note(first.wire.Span, "first here")
			continue
		}
		seen[key] = l
	}
}

// elses checks that an else has filters beside it, and no other else.
func (n *net) elses() {
	for _, l := range n.links {
		if !l.wire.Else {
			continue
		}
		switch o := n.outlets[l.fromKey()]; {
		case o.otherwise != l:
			n.errorf(codeTwoElse, l.elseSpan(), "%q has two wires with else", l.from.name()).
				Note(o.otherwise.elseSpan(), "the first one is here")
		case !o.filtered && !l.from.instance.doubtful:
			n.errorf(codeLoneElse, l.elseSpan(), "no other wire of %q has a filter, so there is no else", l.from.name())
		}
	}
}

// idle warns of wires for which another wire of their port leaves nothing, as
// far as that needs no look into filters.
func (n *net) idle() {
	for _, l := range n.links {
		switch o := n.outlets[l.fromKey()]; {
		case o.otherwise == l && o.filtered && o.exposed != nil:
			n.warnf(codeIdleWire, l.elseSpan(), "nothing is left for this else: foreign peers get every message").
				Note(o.exposed.Span, "they get them here")
		case o.greedy == nil || o.greedy == l:
		case o.otherwise == l && o.filtered:
			n.warnf(codeIdleWire, l.elseSpan(), "nothing is left for this else: another wire takes every message").
				Note(o.greedy.wire.Span, "this one takes every message")
		case !l.wire.Else && l.from.port.Pattern.Requests() && l.below(o.greedy):
			n.warnf(codeIdleWire, l.wire.Span, "no request is left for this wire: one above takes every one").
				Note(o.greedy.wire.Span, "this one takes every request")
		}
	}
}

// fromKey is the port that a link leaves.
func (l *link) fromKey() portKey { return portKey{l.from.instance, l.from.port} }

// below reports whether l was written behind another link.
func (l *link) below(other *link) bool {
	return l.wire.Span.Start.Offset > other.wire.Span.Start.Offset
}

// filterText is the filter of a link as it was written; "" if there is none.
func (l *link) filterText() string {
	for _, s := range l.node.Settings.Items {
		if w, ok := s.(*syntax.Where); ok && w.Expr != nil {
			return w.Expr.Source
		}
	}
	return ""
}

// elseSpan is the place of the word else.
func (l *link) elseSpan() diag.Span {
	for _, s := range l.node.Settings.Items {
		if e, ok := s.(*syntax.Else); ok {
			return e.Span()
		}
	}
	return l.wire.Span
}
