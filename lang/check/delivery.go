package check

import (
	"slices"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

var deliverModes = []string{"at_most_once", "at_least_once"}

// deliverMode reads a delivery promise; "" if it is none.
func (n *net) deliverMode(s *syntax.Deliver) string {
	if s.Mode == nil {
		return ""
	}
	if slices.Contains(deliverModes, s.Mode.Text) {
		return s.Mode.Text
	}
	d := n.errorf(codeNoName, s.Mode.Span(), "there is no delivery %q: there are %s", s.Mode.Text, listing(deliverModes))
	n.suggest(d, s.Mode.Span(), s.Mode.Text, slices.Values(deliverModes))
	return ""
}

// deliverDefault notes what a graph promises of its push wires.
func (n *net) deliverDefault(f *frame, s *syntax.Deliver) {
	switch {
	case s == nil:
	case f.deliver != nil:
		n.twice(s.Span(), quote("deliver"), f.deliver.Span())
	case n.deliverMode(s) != "":
		f.deliver = s
	}
}

// deliverDefaults applies what the graphs promise that a link leads through,
// where the link itself says nothing: the innermost graph that says something
// knows best.
func (n *net) deliverDefaults(l *link) {
	if l.wire.Deliver != "" || l.from.port.Pattern != model.Push || l.from.instance.Actor.External || l.to.instance.Actor.External {
		return
	}
	depth := -1
	for _, h := range l.hops {
		for f := h.frame; f != nil; f = f.up {
			if f.deliver != nil {
				if len(f.prefix) > depth {
					depth, l.wire.Deliver = len(f.prefix), f.deliver.Mode.Text
				}
				break
			}
		}
	}
}

// handsOn reports whether a setting that is about delivery stands at a wire
// between a push and an in-port of ours.
func (n *net) handsOn(l *link, h *hop, at diag.Span, what string) bool {
	switch {
	case l.from.port.Pattern != model.Push && !(h.from.own && l.from == h.from && slices.Contains(mirrors[h.from.port.Pattern], model.Push)):
		n.notePort(n.errorf(codeClause, at, "%s is for push wires, and %q is a %s port", what, h.from.name(), h.from.port.Pattern), h.from)
		return false
	case l.to.instance.Actor.External:
		noteActor(n.errorf(codeElsewhere, at, "nobody tells us what %q has dealt with: it runs elsewhere", l.to.instance.Name), l.to.instance.Actor)
		return false
	}
	return n.ownSender(l, at, what)
}

// journal applies the folder of a journal.
func (n *net) journal(l *link, s *syntax.Journal) {
	const what = "a journal"
	value, ok := n.value(s.Dir, &schema.Type{Kind: schema.String}, place{what: what, names: n.constant(what)})
	switch dir, _ := value.(string); {
	case !ok:
	case dir == "":
		n.errorf(codeValue, s.Dir.Span(), "the folder of the journal has no name")
	default:
		l.wire.Journal = dir
	}
}
