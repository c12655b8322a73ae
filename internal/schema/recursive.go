package schema

// Recursive reports whether a message contains itself, over whatever it
// contains: through lists, maps and optional fields.
func (m *Message) Recursive() bool {
	seen := map[*Message]bool{}
	todo := []*Message{m}
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for i := range at.Fields {
			inner := at.Fields[i].Type.Inner()
			if inner == m {
				return true
			}
			if inner != nil && !seen[inner] {
				seen[inner] = true
				todo = append(todo, inner)
			}
		}
	}
	return false
}

// Inner is the message that values of a type hold, at whatever depth of lists
// and maps; nil if they hold none.
func (t *Type) Inner() *Message {
	for t.Elem != nil {
		t = t.Elem
	}
	return t.Message
}
