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
	taken := map[portKey]diag.Span{}
	for _, l := range n.links {
		n.at = l.frame()
		if l.from.port.Pattern != model.Pair {
			continue
		}
		if l.from.instance == l.to.instance && l.from.port == l.to.port {
			n.errorf(codePair, l.wire.Span, "%q is wired to itself, and a pair has two ends", l.from.name())
			continue
		}
		if n.pairEnd(taken, l.from, l.wire.Span) {
			n.pairEnd(taken, l.to, l.wire.Span)
		}
	}
	for _, e := range n.exposes {
		n.at = e.frame
		if e.end.port.Pattern == model.Pair {
			n.pairEnd(taken, e.end, e.Span)
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
func (n *net) pairEnd(taken map[portKey]diag.Span, e end, at diag.Span) bool {
	key := portKey{e.instance, e.port}
	if first, ok := taken[key]; ok {
		n.errorf(codePair, at, "%q is wired twice, and a pair has one wire", e.name()).Note(first, "first here")
		return false
	}
	taken[key] = at
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
