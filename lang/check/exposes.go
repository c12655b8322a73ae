package check

import (
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// An exposed is a port that is opened to foreign peers.
type exposed struct {
	*model.Expose
	end     end
	codecAt diag.Span
}

// makeExposes finds the ports that are opened to foreign peers.
func (n *net) makeExposes() {
	for _, s := range n.node.Statements.Items {
		if e, ok := s.(*syntax.Expose); ok && e != nil && e.Port != nil {
			n.expose(e)
		}
	}
}

func (n *net) expose(s *syntax.Expose) {
	at := n.exposedEnd(s.Port)
	touch(at)
	if at.instance != nil {
		at.instance.exposed = true
	}
	if at.port == nil {
		doubt(at)
		return
	}
	e := &exposed{Expose: &model.Expose{Span: s.Span(), Codec: codecMsgpack}, end: at}
	e.End = model.End{Instance: at.instance.Instance, Port: at.port, Span: at.span}
	if s.Codec != nil {
		e.Codec, e.codecAt = n.codec(s.Codec), s.Codec.Span()
	}
	if s.Address == nil {
		return
	}
	var ok bool
	if e.Address, ok = n.address(s.Address, at.port.Pattern, true, n.names); ok {
		n.exposes = append(n.exposes, e)
		n.graph.Exposes = append(n.graph.Exposes, e.Expose)
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
		e.port = n.namedPort(ref, i)
	case n.partial[i.Actor]:
	case len(i.Actor.Ports) == 1:
		e.port = i.Actor.Ports[0]
	default:
		noteActor(n.errorf(codeWhichPort, ref.Span(), "%q has %s, so expose has to say which", i.Name, count(len(i.Actor.Ports), "port")), i.Actor)
	}
	return e
}
