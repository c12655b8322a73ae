package check

import (
	"slices"

	"github.com/ilpomo/opencore/lang/model"
)

// makeLinks follows the hops from instance to instance: a port of a component
// that is looked into is only another name for those that its wires lead to.
func (n *net) makeLinks() {
	p := &paths{net: n, next: map[portKey][]*hop{}, pairs: map[side]*hop{}, done: map[*hop]bool{}}
	for _, h := range n.hops {
		switch {
		case h.from.port.Pattern == model.Pair:
			p.pairHop(h)
		case h.from.alias():
			p.next[h.from.key()] = append(p.next[h.from.key()], h)
		}
	}
	for _, h := range n.hops {
		switch {
		case h.from.port.Pattern == model.Pair:
			p.pair(h)
		case !h.from.alias():
			p.follow([]*hop{h})
		}
	}
}

// alias reports whether an end is a port of a component that is looked into.
func (e end) alias() bool { return e.instance.inner != nil }

// paths are the ways of messages through components.
type paths struct {
	*net
	next  map[portKey][]*hop // that lead on from a port of a component
	pairs map[side]*hop      // the wires of pairs
	done  map[*hop]bool      // those of pairs that have been followed, or can't be
}

// follow goes on behind the last of some hops.
func (p *paths) follow(hops []*hop) {
	last := hops[len(hops)-1]
	if !last.to.alias() {
		p.link(slices.Clone(hops))
		return
	}
	for _, h := range p.next[last.to.key()] {
		if p.full {
			return
		}
		if slices.Contains(hops, h) {
			p.back(h)
			continue
		}
		p.follow(append(hops, h))
	}
}

// back reports a wire without an end.
func (p *paths) back(h *hop) {
	p.at = h.frame
	p.errorf(codeSelf, h.span, "this wire leads through components back to itself, and there is no instance in between")
}

// link adds a link. It stands where the outermost of its hops does.
func (p *paths) link(hops []*hop) {
	l := &link{hops: hops, from: hops[0].from, to: hops[len(hops)-1].to}
	switch {
	case len(p.links) < maxLinks:
	case !p.full:
		p.full = true
		p.at = hops[0].frame
		p.errorf(codeRange, hops[0].span, "the graph has more than %d wires, counted with those of components", maxLinks)
		return
	default:
		return
	}
	if len(hops) > 1 && l.from.instance.Actor.External && l.to.instance.Actor.External {
		p.at = hops[0].frame
		p.notOurs(hops[0].span, l.from.instance, l.to.instance)
		return
	}
	l.wire = &model.Wire{
		Span: l.outermost().span,
		From: model.End{Instance: l.from.instance.Instance, Port: l.from.port, Span: l.from.span},
		To:   model.End{Instance: l.to.instance.Instance, Port: l.to.port, Span: l.to.span},
	}
	for _, h := range hops[1:] {
		l.wire.Through = append(l.wire.Through, h.from.instance.Name+"."+h.from.port.Name)
	}
	p.links = append(p.links, l)
	p.graph.Wires = append(p.graph.Wires, l.wire)
}

// outermost is the first of the hops that stand in the graph that all others
// are within.
func (l *link) outermost() *hop {
	least := l.hops[0]
	for _, h := range l.hops[1:] {
		if len(h.frame.prefix) < len(least.frame.prefix) {
			least = h
		}
	}
	return least
}

// frame is the graph that the outermost of the hops stands in.
func (l *link) frame() *frame { return l.outermost().frame }
