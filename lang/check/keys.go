package check

import (
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/model"
)

// keyTypes warns of instances whose keyed ports choose among the replicas by
// keys of different types.
func (n *net) keyTypes() {
	for _, i := range n.instances {
		if i.Actor == nil || i.Replicas < 2 {
			continue
		}
		n.at = i.frame
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
