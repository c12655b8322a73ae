package check

import (
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/model"
)

// idle warns of wires for which another wire of their port leaves nothing, as
// far as that needs no look into filters.
func (n *net) idle() {
	all := n.unfiltered()
	for _, l := range n.links {
		key := portKey{l.from.instance, l.from.port}
		greedy := all[key]
		switch {
		case greedy == nil || greedy == l:
		case l.wire.Else && filtered(n.ports[key]) && firstElse(n.ports[key]) == l:
			n.warnf(codeIdleWire, l.elseSpan(), "nothing is left for this else: another wire takes every message").
				Note(greedy.wire.Span, "this one takes every message")
		case !l.wire.Else && l.from.port.Pattern.Requests() && l.below(greedy):
			n.warnf(codeIdleWire, l.wire.Span, "no request is left for this wire: one above takes every one").
				Note(greedy.wire.Span, "this one takes every message")
		}
	}
}

// unfiltered finds the first wire of each port that takes every message.
func (n *net) unfiltered() map[portKey]*link {
	first := map[portKey]*link{}
	for _, l := range n.links {
		key := portKey{l.from.instance, l.from.port}
		if first[key] == nil && !l.broken && !l.wire.Else && (l.filterText() == "" || l.always) {
			first[key] = l
		}
	}
	return first
}

// below reports whether l was written behind another link.
func (l *link) below(other *link) bool {
	return l.wire.Span.Start.Offset > other.wire.Span.Start.Offset
}

// keyTypes warns of instances whose keyed ports choose among the replicas by
// keys of different types.
func (n *net) keyTypes() {
	for _, i := range n.instances {
		if i.Actor == nil || i.Replicas < 2 {
			continue
		}
		var keyed []*model.Port
		for _, p := range i.Actor.Ports {
			if keyType(p) != nil {
				keyed = append(keyed, p)
			}
		}
		if !sameKeys(keyed) {
			n.differentKeys(i, keyed)
		}
	}
}

// sameKeys reports whether the keys of ports are of one type, but for null.
func sameKeys(keyed []*model.Port) bool {
	for _, p := range keyed {
		a, b := keyType(keyed[0]), keyType(p)
		if !assignable(a, b) && !assignable(b, a) {
			return false
		}
	}
	return true
}

func (n *net) differentKeys(i *instance, keyed []*model.Port) {
	d := n.warnf(codeKeyTypes, i.Span, "the keys of %q are of different types, so what belongs together does not meet at one replica", i.Name)
	for _, p := range keyed {
		d.Note(p.KeySpan, "the key of %q is %s", p.Name, typeText(keyType(p)))
	}
}

// keyType is the type of the field at the end of a port's key; nil if it has
// none.
func keyType(p *model.Port) *schema.Type {
	m := p.Message.Message
	var t *schema.Type
	for _, name := range p.Key {
		if m == nil {
			return nil
		}
		f, ok := m.Field(name)
		if !ok {
			return nil
		}
		t, m = f.Type, f.Type.Message
	}
	return t
}
