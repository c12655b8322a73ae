package schema

import (
	"fmt"
	"hash/fnv"
	"io"
)

// Hash is equal for two messages whose dense encodings mean the same: the
// names and types of all fields, those of messages within included. It is
// FNV-1a, 64 bit.
func (m *Message) Hash() uint64 {
	h := fnv.New64a()
	m.describe(h, map[*Message]bool{})
	return h.Sum64()
}

func (m *Message) describe(w io.Writer, seen map[*Message]bool) {
	if seen[m] {
		return
	}
	seen[m] = true
	fmt.Fprintf(w, "message %s\n", m.Name)
	for _, f := range m.Fields {
		fmt.Fprintf(w, "%s %s\n", f.Name, f.Type)
	}
	for _, f := range m.Fields {
		for t := f.Type; t != nil; t = t.Elem {
			if t.Message != nil {
				t.Message.describe(w, seen)
			}
		}
	}
}
