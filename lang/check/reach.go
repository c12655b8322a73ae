package check

import (
	"slices"

	"github.com/ilpomo/opencore/lang/model"
)

// reach warns of instances that no message reaches: they wait for each other,
// and there is no source in front of them. An instance that something is
// wrong with counts as a source: it may be meant to be one.
func (n *net) reach() {
	next, before := map[*instance][]*instance{}, map[*instance]*instance{}
	reached := map[*instance]bool{}
	for _, l := range n.links {
		if l.never {
			continue
		}
		next[l.from.instance] = append(next[l.from.instance], l.to.instance)
		if before[l.to.instance] == nil {
			before[l.to.instance] = l.from.instance
		}
	}
	for _, i := range n.instances {
		if i.Actor == nil || i.doubtful || speaks(i) || before[i] == nil { // the last is not wired, as has been reported
			spread(i, next, reached)
		}
	}
	for _, i := range n.instances {
		if !reached[i] && before[i] != nil {
			ring := ringBefore(i, before)
			n.unreached(ring)
			for _, r := range ring {
				spread(r, next, reached)
			}
		}
	}
}

// speaks reports whether messages come from an instance that got none from
// within the graph: it is a source, foreign peers reach it, or it has a pair,
// where either end may begin.
func speaks(i *instance) bool {
	if i.Actor.Source() || i.Actor.External || i.exposed {
		return true
	}
	return slices.ContainsFunc(i.Actor.Ports, func(p *model.Port) bool { return p.Pattern == model.Pair })
}

// spread marks all that messages of an instance reach.
func spread(from *instance, next map[*instance][]*instance, reached map[*instance]bool) {
	todo := []*instance{from}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if reached[i] {
			continue
		}
		reached[i] = true
		todo = append(todo, next[i]...)
	}
}

// ringBefore follows what is in front of an instance until it comes round,
// and gives those on the ring, each before the one that it waits for.
func ringBefore(i *instance, before map[*instance]*instance) []*instance {
	seen := map[*instance]bool{}
	for ; !seen[i]; i = before[i] {
		seen[i] = true
	}
	ring := []*instance{i}
	for at := before[i]; at != i; at = before[at] {
		ring = append(ring, at)
	}
	return ring
}

// unreached warns of a ring of instances at the one that was written first.
func (n *net) unreached(ring []*instance) {
	first := 0
	for i := range ring {
		if slices.Index(n.instances, ring[i]) < slices.Index(n.instances, ring[first]) {
			first = i
		}
	}
	ring = slices.Concat(ring[first:], ring[:first])
	n.at = ring[0].frame
	if len(ring) == 1 {
		n.warnf(codeUnreachable, ring[0].Span, "no message can reach %q: it waits for itself", ring[0].Name)
		return
	}
	d := n.warnf(codeUnreachable, ring[0].Span, "no message can reach %q: it waits for %q, and there is no source in front of it", ring[0].Name, ring[1].Name)
	for i, r := range ring[1:] {
		d.Note(r.Span, "%q waits for %q", r.Name, ring[(i+2)%len(ring)].Name)
	}
}

// unread warns of sources whose ports nobody reads, which only pub ports and
// external actors may have, of external actors that nothing is wired to, and of
// actors of the standard library that would only hand on: those do nothing else.
func (n *net) unread() {
	for _, i := range n.instances {
		if i.Actor == nil || i.doubtful || len(i.Actor.Ports) == 0 {
			continue
		}
		n.at = i.frame
		if i.Actor.Standard && !i.Actor.Source() {
			n.unheard(i)
			continue
		}
		if !i.Actor.Source() && !i.Actor.External {
			continue
		}
		wired := slices.ContainsFunc(i.Actor.Ports, func(p *model.Port) bool { return i.wired[p] })
		switch {
		case wired:
		case i.Actor.External:
			noteActor(n.warnf(codeUnread, i.Span, "%q has no part in the run: none of its ports is wired", i.Name), i.Actor)
		default:
			d := n.warnf(codeUnread, i.Span, "nobody reads %q: none of its ports is wired", i.Name)
			for _, p := range i.Actor.Ports {
				d.Note(p.Span, "%s port %q is declared here", p.Pattern, p.Name)
			}
		}
	}
}

// unheard warns of an instance that has something to hand on, and nobody to
// hand it to.
func (n *net) unheard(i *instance) {
	out := n.portsOf(i.Actor, true)
	if len(out) == 0 || slices.ContainsFunc(out, func(p *model.Port) bool { return i.wired[p] || mustBeWired(p.Pattern) }) {
		return
	}
	n.warnf(codeUnread, i.Span, "nobody reads %q, and all that it does is to hand on", i.Name).
		Note(out[0].Span, "%s port %q is declared here", out[0].Pattern, out[0].Name)
}
