package schema

import "encoding/binary"

// The dense encoding is what travels between our own processes. Both ends know
// the message's type (HELLO compares [Message.Hash]), so it holds no names and
// no tags, and every field can be read without looking at the others. A record:
//
//	presence   one bit for each optional field, in their order, low bit first;
//	           set means present
//	slots      one for each field, in order, little endian, unaligned:
//	             bool, enum                      1 byte
//	             int, float, time, duration      8 bytes
//	             all else                        4 bytes: where its data ends,
//	                                             counted from the start of the data
//	data       of the fields with a 4-byte slot, in order, without gaps; the
//	           data of a field starts where that of the one before it ends
//
// An absent optional field has a slot of zeros, or, with a 4-byte slot, empty
// data. The data of a string or bytes is its bytes, of a record its encoding,
// of any its MessagePack. A list:
//
//	count      4 bytes
//	presence   count bits, low bit first, if the element is optional
//	slots      count slots, as in a record
//	data       as in a record
//
// A map is a list of the record [Entry] of its type.

// A Layout says where the fields of a message lie in its dense encoding.
type Layout struct {
	Message *Message
	Fields  []FieldLayout // one for each field of the message
	Data    int           // offset of the data: the length of presence and slots
}

// A FieldLayout is where one field lies.
type FieldLayout struct {
	Type     *Type
	Presence int // its bit, -1 if the field is not optional
	Slot     int // offset of its slot from the start of the record
	Previous int // slot of the field whose data ends where this one's starts; -1: it starts at 0. For fields with data only
}

// LayoutOf computes the layout of a message.
func LayoutOf(m *Message) *Layout {
	l := &Layout{Message: m, Fields: make([]FieldLayout, len(m.Fields))}
	bits := 0
	for i := range m.Fields {
		f := &l.Fields[i]
		f.Type, f.Presence, f.Previous = m.Fields[i].Type, -1, -1
		if f.Type.Optional {
			f.Presence = bits
			bits++
		}
	}
	at, previous := (bits+7)/8, -1
	for i := range l.Fields {
		f := &l.Fields[i]
		f.Slot = at
		at += f.Type.SlotSize()
		if f.Type.HasData() {
			f.Previous = previous
			previous = f.Slot
		}
	}
	l.Data = at
	return l
}

// SlotSize is the length of the type's slot: 1, 8 or 4 bytes.
func (t *Type) SlotSize() int {
	switch t.Kind {
	case Bool, Enum:
		return 1
	case Int, Float, Time, Duration:
		return 8
	default:
		return 4
	}
}

// HasData reports whether values of the type lie in the data part, their slot
// saying where they end.
func (t *Type) HasData() bool { return t.SlotSize() == 4 }

// Present reports whether the field is there in rec, which must be at least
// l.Data long.
func (f *FieldLayout) Present(rec []byte) bool {
	return f.Presence < 0 || rec[f.Presence>>3]&(1<<(f.Presence&7)) != 0
}

// Bounds gives the field's data as offsets into rec, which must be at least
// l.Data long. ok is false where the record lies about them.
func (l *Layout) Bounds(f *FieldLayout, rec []byte) (start, end int, ok bool) {
	start, end = l.Data, l.Data+int(binary.LittleEndian.Uint32(rec[f.Slot:]))
	if f.Previous >= 0 {
		start += int(binary.LittleEndian.Uint32(rec[f.Previous:]))
	}
	return start, end, start <= end && end <= len(rec)
}

// Entry gives the record that one pair of a map of type t is encoded as: a
// field "key" and a field "value".
func (t *Type) Entry() *Message {
	return &Message{Name: "entry", Fields: []Field{
		{Name: "key", Type: &Type{Kind: String}}, {Name: "value", Type: t.Elem},
	}}
}
