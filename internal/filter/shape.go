package filter

import (
	"encoding/binary"

	"github.com/ilpomo/opencore/internal/schema"
)

// A shape reads the parts of values of one type in one representation. Refs
// that it is given are of that representation, and may lie about everything
// else: what can't be read is null.
type shape interface {
	// field reads field i of a record.
	field(i int) func(r ref) elem
	fieldShape(i int) shape
	// count gives how many elements a list has or pairs a map; ok is false if it
	// can't be read.
	count(r ref) (n int, ok bool)
	// at reads element i of a list for whose ref count has said that there is one.
	at(r ref, i int) elem
	// get looks a key of a map up.
	get(r ref, key string) elem
	// elemShape is the shape of a list's elements or a map's values.
	elemShape() shape
	// null reports whether a value of type any is nil.
	null(r ref) bool
}

// dense is the shape of values in the dense encoding.
type dense struct {
	t      *schema.Type
	layout *schema.Layout // of a record, or of the entries of a map
}

// newDense gives the shape of a type, nil for types without parts.
func newDense(t *schema.Type) shape {
	switch t.Kind {
	case schema.Record:
		return &dense{t, schema.LayoutOf(t.Message)}
	case schema.Map:
		return &dense{t, schema.LayoutOf(t.Entry())}
	case schema.List, schema.Any:
		return &dense{t: t}
	}
	return nil
}

func (d *dense) fieldShape(i int) shape { return newDense(d.layout.Fields[i].Type) }
func (d *dense) elemShape() shape       { return newDense(d.t.Elem) }

func (d *dense) field(i int) func(r ref) elem {
	l := d.layout
	f := &l.Fields[i]
	return func(r ref) elem { return readField(l, f, r.bytes()) }
}

// readField reads a field of a record.
func readField(l *schema.Layout, f *schema.FieldLayout, rec []byte) elem {
	if len(rec) < l.Data || !f.Present(rec) {
		return elem{}
	}
	if f.Type.HasData() {
		start, end, ok := l.Bounds(f, rec)
		if !ok {
			return elem{}
		}
		return elem{ref: refTo(rec[start:end]), ok: true}
	}
	return readSlot(f.Type, rec[f.Slot:])
}

// readSlot reads a value without data, from as many bytes as its type needs.
func readSlot(t *schema.Type, slot []byte) elem {
	switch t.Kind {
	case schema.Bool:
		return elem{bits: truth(slot[0] != 0), ok: true}
	case schema.Enum:
		return elem{bits: int64(slot[0]), ok: int(slot[0]) < len(t.Enum.Values)}
	}
	return elem{bits: int64(binary.LittleEndian.Uint64(slot)), ok: true}
}

// countSize is the length of the count in front of a list.
const countSize = 4

func (d *dense) count(r ref) (n int, ok bool) {
	b := r.bytes()
	if len(b) < countSize {
		return 0, false
	}
	count := uint64(binary.LittleEndian.Uint32(b))
	if d.slots(count)+count*uint64(d.slotSize()) > uint64(len(b)) {
		return 0, false
	}
	return int(count), true
}

// slots is where the slots of a list of n elements begin.
func (d *dense) slots(n uint64) uint64 {
	if d.t.Kind == schema.List && d.t.Elem.Optional {
		return countSize + (n+7)/8
	}
	return countSize
}

func (d *dense) slotSize() int {
	if d.t.Kind == schema.Map {
		return 4
	}
	return d.t.Elem.SlotSize()
}

func (d *dense) at(r ref, i int) elem {
	b := r.bytes()
	count := uint64(binary.LittleEndian.Uint32(b))
	if d.t.Kind == schema.List && d.t.Elem.Optional && b[countSize+i>>3]&(1<<(i&7)) == 0 {
		return elem{}
	}
	size, slots := d.slotSize(), int(d.slots(count))
	slot := b[slots+i*size:]
	if d.t.Kind == schema.List && !d.t.Elem.HasData() {
		return readSlot(d.t.Elem, slot)
	}
	data := b[slots+int(count)*size:]
	start, end := uint32(0), binary.LittleEndian.Uint32(slot)
	if i > 0 {
		start = binary.LittleEndian.Uint32(b[slots+(i-1)*size:])
	}
	if start > end || uint64(end) > uint64(len(data)) {
		return elem{}
	}
	return elem{ref: refTo(data[start:end]), ok: true}
}

// get takes the last of equal keys, as decoding into a map does.
func (d *dense) get(r ref, key string) elem {
	n, ok := d.count(r)
	if !ok {
		return elem{}
	}
	for i := n - 1; i >= 0; i-- {
		entry := d.at(r, i)
		if !entry.ok {
			continue
		}
		rec := entry.ref.bytes()
		if k := readField(d.layout, &d.layout.Fields[0], rec); k.ok && k.ref.text() == key {
			return readField(d.layout, &d.layout.Fields[1], rec)
		}
	}
	return elem{}
}

// messagePackNil is the encoding of nil in MessagePack.
const messagePackNil = 0xc0

func (d *dense) null(r ref) bool { return r.n == 0 || r.n == 1 && r.bytes()[0] == messagePackNil }
