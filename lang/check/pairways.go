package check

import "slices"

// A side is a port as wires see it: a port of a component has one outside and
// one within.
type side struct {
	portKey
	within bool
}

// side is where a hop touches the port at the end.
func (e end) side() side { return side{e.key(), e.own} }

// opposite is where a way goes on that has come to a port of a component.
func (e end) opposite() side { return side{e.key(), !e.own} }

// pairHop notes a hop of a pair at both its sides. One that comes second there
// is left alone: see pairs.
func (p *paths) pairHop(h *hop) {
	from, to := h.from.side(), h.to.side()
	if !h.from.alias() && !h.to.alias() {
		return
	}
	if p.pairs[from] != nil || p.pairs[to] != nil || from == to {
		p.done[h] = true
		return
	}
	p.pairs[from], p.pairs[to] = h, h
}

// pair makes a link of a pair. Its hops may be written either way round, so
// from the first of them the way is followed in both directions; that is the
// outermost one, since graphs come before what is within them.
func (p *paths) pair(first *hop) {
	if p.done[first] || p.full {
		return
	}
	p.done[first] = true
	hops := []*hop{first}
	for e := first.to; e.alias(); e = hops[len(hops)-1].to {
		next := p.pairs[e.opposite()]
		if next == first {
			p.back(first)
		}
		if next == nil || p.done[next] {
			return // not wired there, as is reported elsewhere
		}
		p.done[next] = true
		hops = append(hops, next.leading(e.opposite(), true))
	}
	for e := first.from; e.alias(); e = hops[0].from {
		before := p.pairs[e.opposite()]
		if before == nil || p.done[before] {
			return
		}
		p.done[before] = true
		hops = slices.Insert(hops, 0, before.leading(e.opposite(), false))
	}
	p.link(hops)
}

// leading gives the hop of a pair so turned that it leads away from a side, or
// else to it.
func (h *hop) leading(at side, away bool) *hop {
	if (h.from.side() == at) == away {
		return h
	}
	turned := *h
	turned.from, turned.to = h.to, h.from
	return &turned
}
