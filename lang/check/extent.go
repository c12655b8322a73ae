package check

import "github.com/ilpomo/opencore/internal/schema"

// maxFields bounds the fields of a message, counted with those of the messages
// within as often as they stand there: generated code, and the Go compiler
// behind it, walk through all of them. Messages of real programs have hundreds.
const maxFields = 10_000

// extents refuses messages that are too large. A message that contains itself
// counts once within itself.
func (c *checker) extents() {
	counted := map[*schema.Message]int{}
	for _, s := range c.scopes {
		for _, m := range s.messageNodes {
			if countFields(m.decl.message.Message, counted) > maxFields && !containsLarge(m.decl.message.Message, counted) {
				c.errorf(codeRange, m.decl.span, "message %q has more than %d fields, counted with those of the messages within", m.decl.name, maxFields)
			}
		}
	}
}

// countFields counts up to more than maxFields.
func countFields(m *schema.Message, counted map[*schema.Message]int) int {
	n, seen := counted[m]
	if seen {
		return n
	}
	counted[m] = 0 // within itself
	for _, f := range m.Fields {
		n++
		if inner := f.Type.Inner(); inner != nil {
			n += countFields(inner, counted)
		}
		n = min(n, maxFields+1)
	}
	counted[m] = n
	return n
}

// containsLarge reports whether a message within is too large by itself, so
// that it is the one to blame.
func containsLarge(m *schema.Message, counted map[*schema.Message]int) bool {
	for _, f := range m.Fields {
		if inner := f.Type.Inner(); inner != nil && inner != m && counted[inner] > maxFields {
			return true
		}
	}
	return false
}
