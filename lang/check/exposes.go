package check

import (
	"slices"

	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// An exposed is a port that is opened to foreign peers.
type exposed struct {
	*model.Expose
	end     end // at an instance
	written end // that, or a port of a component that stands for it
	frame   *frame
	codecAt diag.Span
}

// makeExposes finds the ports that are opened to foreign peers.
func (n *net) makeExposes() {
	for _, f := range n.frames {
		n.at = f
		for _, s := range f.node.Statements.Items {
			if e, ok := s.(*syntax.Expose); ok && e != nil && e.Port != nil {
				n.expose(e)
			}
		}
	}
}

func (n *net) expose(s *syntax.Expose) {
	written := n.exposedEnd(s.Port)
	touch(written)
	at := n.realEnd(written)
	if at.instance != nil {
		at.instance.exposed = true
	}
	if at.port == nil {
		doubt(at)
		return
	}
	if !n.exposable(at) {
		return
	}
	e := &exposed{Expose: &model.Expose{Span: s.Span(), Codec: codecMsgpack}, end: at, written: written, frame: n.at}
	e.End = model.End{Instance: at.instance.Instance, Port: at.port, Span: at.span}
	if s.Codec != nil {
		e.Codec, e.codecAt = n.codec(s.Codec), s.Codec.Span()
	}
	if s.Address == nil {
		return
	}
	var ok bool
	if e.Address, ok = n.address(s.Address, at.port.Pattern, true, n.at.names); ok {
		n.exposes = append(n.exposes, e)
		n.graph.Exposes = append(n.graph.Exposes, e.Expose)
	}
}

// exposable reports whether the port has a ZeroMQ socket of its own that
// foreign peers can be given.
func (n *net) exposable(at end) bool {
	switch i := at.instance; {
	case i.Actor.External:
		noteActor(n.errorf(codeExpose, at.span, "%q runs elsewhere, and its ports are no sockets of ours", i.Name), i.Actor)
	case i.Replicas > 1:
		d := n.errorf(codeExpose, at.span, "%q has %d replicas, and only one of them could bind the address", i.Name, i.Replicas).
			Note(i.settings["replicas"], "the replicas are set here")
		if help := inFront(at.port.Pattern); help != "" {
			d.Help("%s", help)
		}
	case at.port.Pattern == model.In:
		d := n.errorf(codeExpose, at.span, "%q takes whatever it is wired to, so it has no socket of its own", at.name())
		n.notePort(d, at)
		d.Help("say what peers send with an external actor: actor Peers external { push out %s bind … }", n.messageName(at))
	default:
		return true
	}
	return false
}

// inFront says what stands in front of replicas; "" if there is nothing ready.
func inFront(p model.Pattern) string {
	switch p {
	case model.Rep, model.Router:
		return "put proxy.Queue in front of them, and expose that"
	case model.Pub:
		return "gather what they publish with proxy.Pass, and expose that"
	default:
		return ""
	}
}

// messageName spells the message of a port.
func (n *net) messageName(e end) string {
	if m := e.port.Message.Message; m != nil {
		return m.Name
	}
	return "T"
}

// exposeAlone reports a port that asks and is exposed besides being wired: a
// request goes to one place, and nothing says to which.
func (n *net) exposeAlone() {
	asks := map[portKey]diag.Span{}
	for _, l := range n.links {
		if l.from.port.Pattern.Requests() {
			asks[l.from.key()] = l.wire.Span
		}
	}
	for _, e := range n.exposes {
		n.at = e.frame
		if !e.end.port.Pattern.Outgoing() || !e.end.port.Pattern.Requests() {
			continue
		}
		key := portKey{e.end.instance, e.end.port}
		if first, ok := asks[key]; ok {
			n.errorf(codeExpose, e.Span, "%q asks one place, and it is wired or exposed already", e.end.name()).Note(first, "here")
			continue
		}
		asks[key] = e.Span
	}
}

// exposedEnd finds the port that is exposed.
func (n *net) exposedEnd(ref *syntax.PortRef) end {
	i := n.instanceOf(ref)
	if i == nil || i.Actor == nil {
		return end{}
	}
	e := end{instance: i, span: ref.Span()}
	switch {
	case ref.Port != nil:
		e.port = n.namedPort(ref, i, nil)
	case n.partial[i.Actor]:
	case len(i.Actor.Ports) == 1:
		e.port = i.Actor.Ports[0]
	default:
		d := n.errorf(codeWhichPort, ref.Span(), "%q has %s, so expose has to say which", i.Name, count(len(i.Actor.Ports), "port"))
		n.noteActor(d, i.Actor).Help("its ports: %s", listing(slices.Collect(n.portNames(i.Actor))))
	}
	return e
}

// realEnd follows a port of a component to the one port of an instance that it
// is another name for.
func (n *net) realEnd(at end) end {
	for at.port != nil && at.instance.inner != nil {
		var inside []*hop
		next := end{}
		for _, h := range n.hops {
			switch {
			case h.from.own && h.from.key() == at.key():
				inside, next = append(inside, h), h.to
			case h.to.own && h.to.key() == at.key():
				inside, next = append(inside, h), h.from
			}
		}
		if len(inside) != 1 || next.own || len(inside[0].node.Settings.Items) > 0 {
			n.errorf(codeExpose, at.span, "%q is another name for %s, and only one without settings can be opened", at.name(), count(len(inside), "wire"))
			return end{instance: at.instance, span: at.span}
		}
		at = end{instance: next.instance, port: next.port, span: at.span}
	}
	return at
}
