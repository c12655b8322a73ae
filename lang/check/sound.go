package check

import "github.com/ilpomo/opencore/internal/schema"

// soundness finds the messages of which something is not known: a field that
// could not be read, or a type that is not declared, here or in a message
// within. What names a field of one may be right.
func (c *checker) soundness() {
	for _, s := range c.scopes {
		for _, m := range s.messageNodes {
			if m.node.Fields.Broken {
				c.unsound[m.decl.message.Message] = true
			}
		}
	}
	seen := map[*schema.Message]bool{}
	for _, s := range c.scopes {
		for _, m := range s.messageNodes {
			c.sound(m.decl.message.Message, seen)
		}
	}
}

// sound reports whether all of a message is known. The message must not
// contain itself: see recursion.
func (c *checker) sound(m *schema.Message, seen map[*schema.Message]bool) bool {
	if seen[m] {
		return !c.unsound[m]
	}
	seen[m] = true
	for i := range m.Fields {
		if !c.soundType(m.Fields[i].Type, seen) {
			c.unsound[m] = true
		}
	}
	return !c.unsound[m]
}

func (c *checker) soundType(t *schema.Type, seen map[*schema.Message]bool) bool {
	for t.Elem != nil {
		t = t.Elem
	}
	switch t.Kind {
	case schema.Invalid:
		return false
	case schema.Enum:
		return !c.openEnums[t.Enum]
	case schema.Record:
		return c.sound(t.Message, seen)
	default:
		return true
	}
}
