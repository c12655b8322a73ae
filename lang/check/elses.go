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
	otherwise *hop     // the first with else; nil if there is none
	greedy    *hop     // the first that takes every message; nil if there is none
	exposed   *exposed // it is exposed, which takes every message too; nil if it is not
}

// findOutlets looks at the wires of each port.
func (n *net) findOutlets() {
	n.outlets = make(map[portKey]*outlet, len(n.hops))
	for _, h := range n.hops {
		n.at = h.frame
		o := n.outlet(h.from.key())
		switch text := h.filterText(); {
		case h.isElse:
			if o.otherwise == nil {
				o.otherwise = h
			}
		case o.greedy == nil && !h.broken && (text == "" || h.always):
			o.greedy = h
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
	seen := make(map[wireKey]*hop, len(n.hops))
	for _, h := range n.hops {
		n.at = h.frame
		if h.from.port.Pattern == model.Pair {
			continue
		}
		key := wireKey{h.from.key(), h.to.key(), h.filterText(), h.isElse}
		if first := seen[key]; first != nil {
			n.errorf(codeSameWire, h.span, "the wire %s stands here twice", h.from.name()+" -> "+h.to.name()).
				Note(first.span, "first here")
			continue
		}
		seen[key] = h
	}
}

// elses checks that an else has filters beside it, and no other else.
func (n *net) elses() {
	for _, h := range n.hops {
		n.at = h.frame
		if !h.isElse {
			continue
		}
		switch o := n.outlets[h.from.key()]; {
		case o.otherwise != h:
			n.errorf(codeTwoElse, h.elseSpan(), "%q has two wires with else", h.from.name()).
				Note(o.otherwise.elseSpan(), "the first one is here")
		case !o.filtered && !h.from.instance.doubtful:
			n.errorf(codeLoneElse, h.elseSpan(), "no other wire of %q has a filter, so there is no else", h.from.name())
		}
	}
}

// idle warns of wires for which another wire of their port leaves nothing, as
// far as that needs no look into filters.
func (n *net) idle() {
	for _, h := range n.hops {
		n.at = h.frame
		switch o := n.outlets[h.from.key()]; {
		case o.otherwise == h && o.filtered && o.exposed != nil:
			n.warnf(codeIdleWire, h.elseSpan(), "nothing is left for this else: foreign peers get every message").
				Note(o.exposed.Span, "they get them here")
		case o.greedy == nil || o.greedy == h:
		case o.otherwise == h && o.filtered:
			n.warnf(codeIdleWire, h.elseSpan(), "nothing is left for this else: another wire takes every message").
				Note(o.greedy.span, "this one takes every message")
		case !h.isElse && h.from.port.Pattern.Requests() && h.below(o.greedy):
			n.warnf(codeIdleWire, h.span, "no request is left for this wire: one above takes every one").
				Note(o.greedy.span, "this one takes every request")
		}
	}
}

// below reports whether h was written behind another hop.
func (h *hop) below(other *hop) bool {
	return h.order > other.order
}

// filterText is the filter of a hop as it was written; "" if there is none.
func (h *hop) filterText() string {
	for _, s := range h.node.Settings.Items {
		if w, ok := s.(*syntax.Where); ok && w.Expr != nil {
			return w.Expr.Source
		}
	}
	return ""
}

// elseSpan is the place of the word else.
func (h *hop) elseSpan() diag.Span {
	for _, s := range h.node.Settings.Items {
		if e, ok := s.(*syntax.Else); ok {
			return e.Span()
		}
	}
	return h.span
}
