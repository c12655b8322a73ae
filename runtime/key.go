package runtime

import (
	"fmt"
	"strings"

	"github.com/ilpomo/opencore/internal/schema"
)

// A keyReader finds the field that chooses the replica in a message's
// encoding.
type keyReader struct{ steps []keyStep }

// A keyStep is a field on the way to it.
type keyStep struct {
	layout *schema.Layout
	field  *schema.FieldLayout
}

func newKeyReader(m *schema.Message, path string) (*keyReader, error) {
	k := &keyReader{}
	for _, name := range strings.Split(path, ".") {
		if m == nil {
			return nil, fmt.Errorf("key %s: what stands before %q is no message", path, name)
		}
		l := schema.LayoutOf(m)
		i := 0
		for i < len(m.Fields) && m.Fields[i].Name != name {
			i++
		}
		if i == len(m.Fields) {
			return nil, fmt.Errorf("key %s: message %q has no field %q", path, m.Name, name)
		}
		k.steps = append(k.steps, keyStep{l, &l.Fields[i]})
		m = m.Fields[i].Type.Message
	}
	return k, nil
}

// hash is FNV-1a, 64 bit, over the field's bytes in the encoding: the same for
// equal values, whoever sends them. An absent field is no bytes at all.
func (k *keyReader) hash(payload []byte) uint64 {
	const offset, prime = 14695981039346656037, 1099511628211
	h := uint64(offset)
	for _, b := range k.bytes(payload) {
		h = (h ^ uint64(b)) * prime
	}
	return h
}

func (k *keyReader) bytes(rec []byte) []byte {
	for _, s := range k.steps {
		if len(rec) < s.layout.Data || !s.field.Present(rec) {
			return nil
		}
		if !s.field.Type.HasData() {
			return rec[s.field.Slot : s.field.Slot+s.field.Type.SlotSize()]
		}
		start, end, ok := s.layout.Bounds(s.field, rec)
		if !ok {
			return nil
		}
		rec = rec[start:end]
	}
	return rec
}
