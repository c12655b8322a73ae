package check

import (
	"slices"

	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
)

// pairs checks that a pair has two ends: one replica each, and one wire.
func (n *net) pairs() {
	for _, i := range n.instances {
		n.at = i.frame
		if i.Actor != nil && i.Replicas > 1 {
			n.pairReplicas(i)
		}
	}
	taken := map[side]diag.Span{}
	for _, h := range n.hops {
		n.at = h.frame
		switch {
		case h.from.port.Pattern != model.Pair:
		case h.from.side() == h.to.side():
			n.errorf(codePair, h.span, "%q is wired to itself, and a pair has two ends", h.from.name())
		case n.pairEnd(taken, h.from, h.span):
			n.pairEnd(taken, h.to, h.span)
		}
	}
	for _, e := range n.exposes {
		n.at = e.frame
		if e.end.port.Pattern == model.Pair {
			n.pairEnd(taken, e.written, e.Span)
		}
	}
}

func (n *net) pairReplicas(i *instance) {
	at := slices.IndexFunc(i.Actor.Ports, func(p *model.Port) bool { return p.Pattern == model.Pair })
	if at < 0 || i.Actor.External {
		return
	}
	n.errorf(codePair, i.settings["replicas"], "%q has a pair port, so it has one replica: a pair has two ends", i.Name).
		Note(i.Actor.Ports[at].Span, "pair port %q is declared here", i.Actor.Ports[at].Name)
}

// pairEnd takes the one wire that a pair port has. It reports false if that is
// taken.
func (n *net) pairEnd(taken map[side]diag.Span, e end, at diag.Span) bool {
	if first, ok := taken[e.side()]; ok {
		n.errorf(codePair, at, "%q is wired twice, and a pair has one wire", e.name()).Note(first, "first here")
		return false
	}
	taken[e.side()] = at
	return true
}

// noPairFilter reports a filter at a pair.
func (n *net) noPairFilter(h *hop, at diag.Span) bool {
	if h.from.port.Pattern != model.Pair {
		return true
	}
	n.errorf(codePair, at, "a pair has no filter: each end takes all that the other one sends")
	return false
}
