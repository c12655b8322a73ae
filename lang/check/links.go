package check

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// makeHops finds the ports at the ends of all wires.
func (n *net) makeHops() {
	for _, f := range n.frames {
		n.at = f
		for _, s := range f.node.Statements.Items {
			if w, ok := s.(*syntax.Wire); ok && w != nil {
				n.chain(w)
			}
		}
	}
}

// chain makes the hops of a wire. In a->b->c the middle is the end of one
// and the beginning of the next.
func (n *net) chain(w *syntax.Wire) {
	instances := make([]*instance, len(w.Ends))
	for i, ref := range w.Ends {
		if !n.isOwn(ref) {
			instances[i] = n.instanceOf(ref)
		}
	}
	if n.backwards(w, instances) {
		return
	}
	for i := 1; i < len(w.Ends); i++ {
		h := &hop{node: w, frame: n.at}
		h.from = n.end(w.Ends[i-1], instances[i-1], true, i > 1)
		h.to = n.end(w.Ends[i], instances[i], false, i < len(w.Ends)-1)
		n.hop(h)
	}
}

// ownPort finds a port of the component that the graph is; nil if there is
// none of that name.
func (f *frame) ownPort(name string) *model.Port {
	if f.part == nil {
		return nil
	}
	if p := f.part.Actor.Port(name); p != model.RejectedPort {
		return p
	}
	return nil
}

// isOwn reports whether an end names a port of the component at hand.
func (n *net) isOwn(ref *syntax.PortRef) bool {
	return ref != nil && ref.Instance != nil && ref.Port == nil && n.at.byName[ref.Instance.Text] == nil && n.at.ownPort(ref.Instance.Text) != nil
}

// instanceOf finds the instance at an end; nil if it is not known.
func (n *net) instanceOf(ref *syntax.PortRef) *instance {
	if ref == nil || ref.Instance == nil {
		return nil
	}
	name := ref.Instance.Text
	if i := n.at.byName[name]; i != nil {
		return i
	}
	if n.at.lost || n.full {
		return nil
	}
	if d := n.at.scope.names[name]; d != nil && (d.kind == kindActor || d.kind == kindComponent) {
		n.errorf(codeKind, ref.Instance.Span(), "%q is %s, not an instance of one", name, d.kind).
			Note(d.span, "%q is declared here", name)
		return nil
	}
	d := n.errorf(codeNoInstance, ref.Instance.Span(), "there is no instance %q", name)
	if n.at.ownPort(name) != nil {
		d.Help("%q is a port of the component: its name stands alone", name)
	} else if meant := n.meant(d, diag.Meant{Word: name, At: ref.Instance.Span(), Right: n.hasPort(ref)}, maps.Keys(n.at.byName)); meant != "" {
		n.at.byName[meant].doubtful = true
	}
	return nil
}

// end finds the port at an end of a hop.
func (n *net) end(ref *syntax.PortRef, i *instance, outgoing, middle bool) end {
	if n.isOwn(ref) {
		return end{instance: n.at.part, port: n.at.ownPort(ref.Instance.Text), span: ref.Span(), own: true}
	}
	if i == nil || i.Actor == nil {
		return end{}
	}
	e := end{instance: i, span: ref.Span()}
	if ref.Port != nil {
		side := endsWires
		switch {
		case middle:
			side = nil
		case outgoing:
			side = beginsWires
		}
		port := n.namedPort(ref, i, side)
		if port == nil || !middle || port.Pattern.Outgoing() == outgoing || port.Pattern == model.Pair {
			e.port = port
			return e
		}
	}
	e.port = n.solePort(ref, i, outgoing)
	return e
}

// namedPort finds a port by its name; nil if there is none. A port of a pattern
// that side refuses can't have been meant; side is nil if each can.
func (n *net) namedPort(ref *syntax.PortRef, i *instance, side func(model.Pattern) bool) *model.Port {
	name := ref.Port.Text
	port := i.Actor.Port(name)
	if port == model.RejectedPort && i.Actor.External {
		noteActor(n.errorf(codeElsewhere, ref.Span(), "%q runs elsewhere, and nobody tells us what it rejects", i.Name), i.Actor)
		i.doubtful = true
		return nil
	}
	if port != nil && (port != model.RejectedPort || n.heads[i.Actor] == nil) {
		return port
	}
	i.doubtful = true
	if n.partial[i.Actor] {
		return nil
	}
	d := n.errorf(codeNoPort, ref.Port.Span(), "%s %q has no port %q", n.what(i.Actor), i.Actor.Name, name)
	m := diag.Meant{Word: name, At: ref.Port.Span(), Right: isPort(i.Actor, side)}
	n.suggestOne(n.noteActor(d, i.Actor), m, "its ports", n.portNames(i.Actor))
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
		n.noteActor(n.errorf(codeWhichPort, ref.Span(), "%q has %s", i.Name, count(0, what)), i.Actor)
	default:
		d := n.errorf(codeWhichPort, ref.Span(), "%q has %s, so the wire has to say which", i.Name, count(len(list), what))
		for _, p := range list[:min(len(list), maxShown)] {
			d.Note(p.Span, "%s port %q is declared here", p.Pattern, p.Name)
			d.Maybe("write "+quote(i.Name+"."+p.Name), write(ref.Span(), ref.Instance.Text+"."+p.Name))
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
		Help("turn the wire around: %s -> %s", to.Name, from.Name).
		Sure("turn the wire around", turned(w)...)
	return true
}

// portNames yields the names of all ports that instances of an actor have.
func (n *net) portNames(a *model.Actor) iter.Seq[string] {
	all := a.Ports
	if n.heads[a] == nil {
		all = slices.Concat(all, []*model.Port{model.RejectedPort})
	}
	return each(all, func(p *model.Port) string { return p.Name })
}

// what says what an actor is called: components look like some.
func (n *net) what(a *model.Actor) string {
	if n.heads[a] != nil {
		return "component"
	}
	return "actor"
}

// noteActor shows where an actor or a component is declared.
func (n *net) noteActor(d *diag.Diagnostic, a *model.Actor) *diag.Diagnostic {
	return d.Note(a.Span, "%s %q is declared here", n.what(a), a.Name)
}

// hop adds a hop if its ends may be wired to each other, and notes what is
// wired in any case.
func (n *net) hop(h *hop) {
	touch(h.from)
	touch(h.to)
	if h.from.port == nil || h.to.port == nil || !n.sides(h) || !n.patterns(h) || !n.ours(h) {
		doubt(h.from)
		doubt(h.to)
		return
	}
	h.span, h.order = h.from.span.To(h.to.span), len(n.hops)
	n.hops = append(n.hops, h)
}

// touch notes that a port is wired.
func touch(e end) {
	switch {
	case e.port == nil:
	case e.own:
		e.instance.inside[e.port] = true
	default:
		e.instance.wired[e.port] = true
	}
}

// doubt notes that a wire of the instance could not be understood.
func doubt(e end) {
	if e.instance != nil {
		e.instance.doubtful = true
	}
}

// sides reports whether the hop leads from an outgoing port to an in-port. A
// port of the component at hand is the other way round: what comes in at it goes
// on from there.
func (n *net) sides(h *hop) bool {
	from, to := h.from.begins(), !h.to.ends()
	switch {
	case !from && to:
		d := n.errorf(codeSide, h.from.span.To(h.to.span), "%s and %s", h.from.wrongSide("one"), h.to.wrongSide("one")).
			Help("turn the wire around: %s -> %s", h.to.name(), h.from.name())
		if len(h.node.Ends) == 2 {
			d.Sure("turn the wire around", turned(h.node)...)
		}
		return false
	case !from:
		n.notePort(n.errorf(codeSide, h.from.span, "%s, and wires don't begin there", h.from.wrongSide("port")), h.from)
	case to:
		n.notePort(n.errorf(codeSide, h.to.span, "%s, and wires don't end there", h.to.wrongSide("port")), h.to)
	}
	return from && !to
}

// begins reports whether a wire may begin at the end.
func (e end) begins() bool {
	if e.own {
		return endsWires(e.port.Pattern)
	}
	return beginsWires(e.port.Pattern)
}

// ends reports whether a wire may end at the end.
func (e end) ends() bool {
	if e.own {
		return beginsWires(e.port.Pattern)
	}
	return endsWires(e.port.Pattern)
}

// wrongSide says what the port at an end is that should be another one.
func (e end) wrongSide(word string) string {
	text := quote(e.name()) + " is an in-port"
	if e.port.Pattern.Outgoing() {
		text = quote(e.name()) + " is an outgoing " + word
	}
	if e.own {
		text += " of the component itself"
	}
	return text
}

// beginsWires reports whether a pattern may stand on the left of a wire.
func beginsWires(p model.Pattern) bool { return p.Outgoing() || p == model.Pair }

// endsWires reports whether a pattern may stand on the right of a wire.
func endsWires(p model.Pattern) bool { return !p.Outgoing() }

// patterns reports whether the patterns of a hop can meet.
func (n *net) patterns(h *hop) bool {
	if canAllMeet(h.from.patterns(), h.to.patterns()) {
		return true
	}
	from, to := h.from.port.Pattern, h.to.port.Pattern
	d := n.errorf(codePatterns, h.from.span.To(h.to.span), "%s port %q can't meet %s port %q", from, h.from.name(), to, h.to.name())
	n.notePort(d, h.from)
	n.notePort(d, h.to)
	if h.from.own || h.to.own {
		if instead := n.mirroring(h); instead != "" {
			d.Help("write %s: within a component %s", instead, mirrored(h))
		} else {
			d.Help("within a component %s", mirrored(h))
		}
		return false
	}
	d.Help("%s meets %s, %s meets %s", from, listing(partners(from)), to, listing(partners(to)))
	return false
}

// patterns lists what the port at an end may be for its wires there.
func (e end) patterns() []model.Pattern {
	if e.own {
		return mirrors[e.port.Pattern]
	}
	return []model.Pattern{e.port.Pattern}
}

func canAllMeet(from, to []model.Pattern) bool {
	for _, f := range from {
		for _, t := range to {
			if !canMeet(f, t) {
				return false
			}
		}
	}
	return true
}

// mirrored says what the ports of the component stand for within.
func mirrored(h *hop) string {
	var list []string
	for _, e := range []end{h.from, h.to} {
		if e.own {
			list = append(list, string(e.port.Pattern)+" stands for "+listing(mirrors[e.port.Pattern])+", which is wired to it")
		}
	}
	return strings.Join(list, ", and ")
}

// mirroring says which pattern the component's port at one end should have for
// the hop; "" if none.
func (n *net) mirroring(h *hop) string {
	var list []string
	for _, p := range slices.Sorted(maps.Keys(mirrors)) {
		if h.from.own && p.Outgoing() == h.from.port.Pattern.Outgoing() && canAllMeet(mirrors[p], h.to.patterns()) {
			list = append(list, quote(string(p)+" "+h.from.port.Name))
		}
	}
	for _, p := range slices.Sorted(maps.Keys(mirrors)) {
		if h.to.own && p.Outgoing() == h.to.port.Pattern.Outgoing() && canAllMeet(h.from.patterns(), mirrors[p]) {
			list = append(list, quote(string(p)+" "+h.to.port.Name))
		}
	}
	return strings.Join(list, " or ")
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
func (e end) name() string {
	if e.own {
		return e.port.Name
	}
	return e.instance.Name + "." + e.port.Name
}

// key is the port at the end.
func (e end) key() portKey { return portKey{e.instance, e.port} }
