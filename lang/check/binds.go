package check

import (
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
)

// A bound is a socket of ours that binds an address.
type bound struct {
	address  *model.Address
	endpoint endpoint // zero if the address is not constant
	by       diag.Span
	port     portKey // that has the address: of an external actor, or exposed
	frame    *frame
}

// A bindings is what binds at one place, a port with tcp.
type bindings struct {
	first      *bound
	everywhere *bound // at all interfaces; nil if none is
	byHost     map[string]*bound
}

// binds reports addresses that more than one socket would bind.
func (n *net) binds() {
	taken := map[any]*bindings{}
	for _, b := range n.allBound() {
		n.at = b.frame
		key := b.key()
		if key == nil {
			continue
		}
		at := taken[key]
		if at == nil {
			at = &bindings{byHost: map[string]*bound{}}
			taken[key] = at
		}
		if first := at.clash(&b); first != nil {
			n.boundTwice(&b, first)
		}
		at.add(&b)
	}
}

// clash finds what is bound where b would be; nil if nothing is.
func (at *bindings) clash(b *bound) *bound {
	switch {
	case b.endpoint.everywhere():
		return at.first
	case at.byHost[b.endpoint.host] != nil:
		return at.byHost[b.endpoint.host]
	default:
		return at.everywhere
	}
}

func (at *bindings) add(b *bound) {
	if at.first == nil {
		at.first = b
	}
	if at.everywhere == nil && b.endpoint.everywhere() {
		at.everywhere = b
	}
	if at.byHost[b.endpoint.host] == nil {
		at.byHost[b.endpoint.host] = b
	}
}

// allBound lists what binds, in the order written.
func (n *net) allBound() []bound {
	var list []bound
	for _, l := range n.links {
		foreign, own := l.from, l.to
		if !l.from.instance.Actor.External {
			foreign, own = l.to, l.from
		}
		if a := foreign.port.Address; foreign.instance.Actor.External && a != nil && a.Bind {
			n.at = l.frame()
			n.boundByReplicas(l, foreign, own)
			b := newBound(a, l.wire.Span, foreign.key())
			b.frame = n.at
			list = append(list, b)
		}
	}
	for _, e := range n.exposes {
		b := newBound(&e.Address, e.Span, e.end.key())
		b.frame = e.frame
		list = append(list, b)
	}
	return list
}

func newBound(a *model.Address, by diag.Span, port portKey) bound {
	b := bound{address: a, by: by, port: port}
	if text, ok := a.Endpoint.(string); ok {
		b.endpoint, _ = readEndpoint(text, true)
	}
	return b
}

// key is what two that bind the same have in common; nil if it can't be bound
// twice.
func (b *bound) key() any {
	switch v := b.address.Endpoint.(type) {
	case model.Env:
		return model.Env{Name: v.Name}
	case string:
		if b.endpoint.shared() || b.endpoint.chosen() {
			return nil
		}
		return b.endpoint.place()
	default:
		return v
	}
}

func (n *net) boundTwice(b, first *bound) {
	d := n.errorf(codeBoundTwice, b.by, "this binds %s, which is bound already", addressText(b.address))
	d.Note(first.by, "first bound here")
	if b.port == first.port && b.port.instance.Actor.External {
		d.Note(b.address.Span, "the address stands here")
	}
}

// boundByReplicas reports an instance whose replicas would all bind the
// address of an external port.
func (n *net) boundByReplicas(l *link, foreign, own end) {
	if own.instance.Replicas < 2 {
		return
	}
	n.errorf(codeBoundTwice, l.wire.Span, "each of the %d replicas of %q would bind %s", own.instance.Replicas, own.instance.Name, addressText(foreign.port.Address)).
		Note(foreign.port.Address.Span, "the address stands here").
		Help("let the foreign side bind, and say connect, or put an instance with one replica between")
}

// addressText spells an address as it is written.
func addressText(a *model.Address) string {
	switch v := a.Endpoint.(type) {
	case model.Env:
		return "env(" + quote(v.Name) + ")"
	case model.ParamRef:
		return "the address " + quote(v.Name)
	default:
		return quote(v.(string))
	}
}
