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
	users := map[*schema.Message][]*schema.Message{} // the messages that a message is within
	var todo []*schema.Message
	for _, s := range c.scopes {
		for _, node := range s.messageNodes {
			m := node.decl.message.Message
			for i := range m.Fields {
				if inner := m.Fields[i].Type.Inner(); inner != nil {
					users[inner] = append(users[inner], m)
				}
				c.unsound[m] = c.unsound[m] || !c.soundType(m.Fields[i].Type)
			}
			if c.unsound[m] {
				todo = append(todo, m)
			}
		}
	}
	for len(todo) > 0 {
		m := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, user := range users[m] {
			if !c.unsound[user] {
				c.unsound[user] = true
				todo = append(todo, user)
			}
		}
	}
}

// soundType reports whether all of a type is known, but for messages within.
func (c *checker) soundType(t *schema.Type) bool {
	for t.Elem != nil {
		t = t.Elem
	}
	switch t.Kind {
	case schema.Invalid:
		return false
	case schema.Enum:
		return !c.openEnums[t.Enum]
	default:
		return true
	}
}
