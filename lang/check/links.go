package check

import (
	"iter"
	"maps"
	"slices"

	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// makeLinks finds the ports at the ends of all wires.
func (n *net) makeLinks() {
	for _, s := range n.node.Statements.Items {
		if w, ok := s.(*syntax.Wire); ok && w != nil {
			n.chain(w)
		}
	}
}

// chain makes the links of a wire. In a->b->c the middle is the end of one
// link and the beginning of the next.
func (n *net) chain(w *syntax.Wire) {
	instances := make([]*instance, len(w.Ends))
	for i, ref := range w.Ends {
		instances[i] = n.instanceOf(ref)
	}
	if n.backwards(w, instances) {
		return
	}
	for i := 1; i < len(w.Ends); i++ {
		l := &link{node: w}
		l.from = n.end(w.Ends[i-1], instances[i-1], true, i > 1)
		l.to = n.end(w.Ends[i], instances[i], false, i < len(w.Ends)-1)
		n.link(l)
	}
}

// instanceOf finds the instance at an end; nil if it is not known.
func (n *net) instanceOf(ref *syntax.PortRef) *instance {
	if ref == nil || ref.Instance == nil {
		return nil
	}
	name := ref.Instance.Text
	if i := n.byName[name]; i != nil {
		return i
	}
	if n.partly() {
		return nil
	}
	if d := n.own.names[name]; d != nil && d.kind == kindActor {
		n.errorf(codeKind, ref.Instance.Span(), "%q is an actor, not an instance of one", name).
			Note(d.span, "%q is declared here", name)
		return nil
	}
	d := n.errorf(codeNoInstance, ref.Instance.Span(), "there is no instance %q", name)
	if meant := n.suggest(d, name, maps.Keys(n.byName)); meant != "" {
		n.byName[meant].doubtful = true
	}
	return nil
}

// end finds the port at an end of a link.
func (n *net) end(ref *syntax.PortRef, i *instance, outgoing, middle bool) end {
	if i == nil || i.Actor == nil {
		return end{}
	}
	e := end{instance: i, span: ref.Span()}
	if ref.Port != nil {
		port := n.namedPort(ref, i)
		if port == nil || !middle || port.Pattern.Outgoing() == outgoing || port.Pattern == model.Pair {
			e.port = port
			return e
		}
	}
	e.port = n.solePort(ref, i, outgoing)
	return e
}

// namedPort finds a port by its name; nil if there is none.
func (n *net) namedPort(ref *syntax.PortRef, i *instance) *model.Port {
	name := ref.Port.Text
	port := i.Actor.Port(name)
	if port == model.RejectedPort && i.Actor.External {
		noteActor(n.errorf(codeElsewhere, ref.Span(), "%q runs elsewhere, and nobody tells us what it rejects", i.Name), i.Actor)
		i.doubtful = true
		return nil
	}
	if port != nil {
		return port
	}
	i.doubtful = true
	if n.partial[i.Actor] {
		return nil
	}
	d := n.errorf(codeNoPort, ref.Port.Span(), "actor %q has no port %q", i.Actor.Name, name)
	n.suggestOne(noteActor(d, i.Actor), name, "its ports", portNames(i.Actor))
	return nil
}

// solePort finds the only outgoing or incoming port of an instance; nil if it
// has none, or several.
func (n *net) solePort(ref *syntax.PortRef, i *instance, outgoing bool) *model.Port {
	list := n.portsOf(i.Actor, outgoing)
	if n.partial[i.Actor] {
		return nil
	}
	what := "in-port"
	if outgoing {
		what = "outgoing port"
	}
	switch len(list) {
	case 1:
		return list[0]
	case 0:
		noteActor(n.errorf(codeWhichPort, ref.Span(), "%q has %s", i.Name, count(0, what)), i.Actor)
	default:
		d := n.errorf(codeWhichPort, ref.Span(), "%q has %s, so the wire has to say which", i.Name, count(len(list), what))
		for _, p := range list[:min(len(list), maxShown)] {
			d.Note(p.Span, "%s port %q is declared here", p.Pattern, p.Name)
		}
	}
	return nil
}

// A portList is the outgoing or the incoming ports of an actor.
type portList struct {
	actor    *model.Actor
	outgoing bool
}

// portsOf is ports, once for each actor.
func (n *net) portsOf(a *model.Actor, outgoing bool) []*model.Port {
	key := portList{a, outgoing}
	list, ok := n.lists[key]
	if !ok {
		list = ports(a, outgoing)
		n.lists[key] = list
	}
	return list
}

// backwards reports whether a wire between two instances leads from one that
// only takes to one that only sends, and says so.
func (n *net) backwards(w *syntax.Wire, instances []*instance) bool {
	if len(instances) != 2 || instances[0] == nil || instances[1] == nil || w.Ends[0].Port != nil || w.Ends[1].Port != nil {
		return false
	}
	from, to := instances[0], instances[1]
	for _, i := range instances {
		if i.Actor == nil || n.partial[i.Actor] {
			return false
		}
	}
	if len(n.portsOf(from.Actor, true)) > 0 || len(n.portsOf(to.Actor, false)) > 0 {
		return false
	}
	from.doubtful, to.doubtful = true, true
	n.errorf(codeSide, w.Ends[0].Span().To(w.Ends[1].Span()), "%q has no outgoing port and %q no in-port", from.Name, to.Name).
		Help("turn the wire around: %s -> %s", to.Name, from.Name)
	return true
}

// portNames yields the names of all ports that instances of an actor have.
func portNames(a *model.Actor) iter.Seq[string] {
	all := slices.Concat(a.Ports, []*model.Port{model.RejectedPort})
	return each(all, func(p *model.Port) string { return p.Name })
}

// link adds a link if its ends may be wired to each other, and notes what is
// wired in any case.
func (n *net) link(l *link) {
	touch(l.from)
	touch(l.to)
	if l.from.port == nil || l.to.port == nil {
		doubt(l.from)
		doubt(l.to)
		return
	}
	if !n.sides(l) || !n.patterns(l) || !n.ours(l) {
		doubt(l.from)
		doubt(l.to)
		return
	}
	l.wire = &model.Wire{
		Span: l.from.span.To(l.to.span),
		From: model.End{Instance: l.from.instance.Instance, Port: l.from.port, Span: l.from.span},
		To:   model.End{Instance: l.to.instance.Instance, Port: l.to.port, Span: l.to.span},
	}
	n.links = append(n.links, l)
	n.graph.Wires = append(n.graph.Wires, l.wire)
}

// touch notes that a port is wired.
func touch(e end) {
	if e.port != nil {
		e.instance.wired[e.port] = true
	}
}

// doubt notes that a wire of the instance could not be understood.
func doubt(e end) {
	if e.instance != nil {
		e.instance.doubtful = true
	}
}

// sides reports whether the link leads from an outgoing port to an in-port.
func (n *net) sides(l *link) bool {
	from, to := beginsWires(l.from.port.Pattern), !endsWires(l.to.port.Pattern)
	switch {
	case !from && to:
		n.errorf(codeSide, l.from.span.To(l.to.span), "%q is an in-port and %q is an outgoing one", l.from.name(), l.to.name()).
			Help("turn the wire around: %s -> %s", l.to.name(), l.from.name())
		return false
	case !from:
		n.notePort(n.errorf(codeSide, l.from.span, "%q is an in-port, and wires don't begin there", l.from.name()), l.from)
	case to:
		n.notePort(n.errorf(codeSide, l.to.span, "%q is an outgoing port, and wires don't end there", l.to.name()), l.to)
	}
	return from && !to
}

// beginsWires reports whether a pattern may stand on the left of a wire.
func beginsWires(p model.Pattern) bool { return p.Outgoing() || p == model.Pair }

// endsWires reports whether a pattern may stand on the right of a wire.
func endsWires(p model.Pattern) bool { return !p.Outgoing() }

// patterns reports whether the patterns of a link can meet.
func (n *net) patterns(l *link) bool {
	from, to := l.from.port.Pattern, l.to.port.Pattern
	if canMeet(from, to) {
		return true
	}
	d := n.errorf(codePatterns, l.from.span.To(l.to.span), "%s port %q can't meet %s port %q", from, l.from.name(), to, l.to.name())
	n.notePort(d, l.from)
	n.notePort(d, l.to)
	d.Help("%s meets %s, %s meets %s", from, listing(partners(from)), to, listing(partners(to)))
	return false
}

// notePort shows where the port of an end is declared.
func (n *net) notePort(d *diag.Diagnostic, e end) {
	if e.port.Span.IsZero() {
		d.Note(diag.Span{}, "%q is a push port that every instance has", e.port.Name)
		return
	}
	d.Note(e.port.Span, "%s port %q is declared here", e.port.Pattern, e.port.Name)
}

// name spells an end with its port.
func (e end) name() string { return e.instance.Name + "." + e.port.Name }
