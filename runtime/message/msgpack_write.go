package message

import (
	"encoding/binary"
	"math"

	"github.com/ilpomo/opencore/internal/schema"
)

// Append implements [Codec]: the message as a map with all its fields, in
// their order, null too, every number as short as can be.
func (c *MessagePack) Append(dst, payload []byte) ([]byte, error) {
	out, err := packRecord(dst, c.record, payload, 1)
	if err != nil {
		return dst, err
	}
	return out, nil
}

// packKey gives what stands before the value of a field.
func packKey(name string) string { return string(packText(nil, []byte(name))) }

// packRecord appends a map; depth is its own.
func packRecord(dst []byte, r *record, b []byte, depth int) ([]byte, error) {
	if depth > MaxDepth {
		return dst, errDepth
	}
	if len(b) < r.head {
		return dst, errDense
	}
	dst = packCount(dst, 0x80, 0xde, len(r.fields))
	for i := range r.fields {
		f := &r.fields[i]
		dst = append(dst, f.packKey...)
		if f.presence >= 0 && b[f.presence>>3]&(1<<(f.presence&7)) == 0 {
			dst = append(dst, 0xc0)
			continue
		}
		var err error
		if f.shape.slot == 4 {
			dst, err = packField(dst, r, i, b, depth)
		} else {
			dst, err = packWord(dst, f.shape, b[f.at:])
		}
		if err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// packField appends the value of a field with data, which is not null.
func packField(dst []byte, r *record, i int, b []byte, depth int) ([]byte, error) {
	c, err := r.cell(b, i)
	if err != nil {
		return dst, err
	}
	if s := r.fields[i].shape; s.kind != schema.String {
		return packData(dst, s, c.data, depth)
	}
	return packText(dst, c.data), nil
}

func packValue(dst []byte, s *shape, c cell, depth int) ([]byte, error) {
	switch {
	case !c.present:
		return append(dst, 0xc0), nil
	case s.slot == 4:
		return packData(dst, s, c.data, depth)
	default:
		return packWord(dst, s, c.slot)
	}
}

// packWord appends a value of a kind with a slot of 1 or 8 bytes, which slot
// begins with.
func packWord(dst []byte, s *shape, slot []byte) ([]byte, error) {
	switch s.kind {
	case schema.Bool:
		return append(dst, 0xc2|slot[0]&1), nil
	case schema.Enum:
		if int(slot[0]) >= len(s.packed) {
			return dst, errDense
		}
		return append(dst, s.packed[slot[0]]...), nil
	}
	word := binary.LittleEndian.Uint64(slot)
	switch s.kind {
	case schema.Float:
		return binary.BigEndian.AppendUint64(append(dst, 0xcb), word), nil
	case schema.Time:
		return packTime(dst, int64(word)), nil
	default: // int, duration
		return packInteger(dst, int64(word)), nil
	}
}

func packData(dst []byte, s *shape, data []byte, depth int) ([]byte, error) {
	switch s.kind {
	case schema.String:
		return packText(dst, data), nil
	case schema.Bytes:
		return append(packLength(dst, 0xc4, len(data)), data...), nil
	case schema.Record:
		return packRecord(dst, s.record, data, depth+1)
	case schema.List:
		return packList(dst, s.elem, data, depth+1)
	case schema.Map:
		return packMap(dst, s, data, depth+1)
	default: // any
		if ValidateMessagePack(data) != nil {
			return dst, errDense
		}
		return append(dst, data...), nil
	}
}

// packInteger appends n in as few bytes as can be.
func packInteger(dst []byte, n int64) []byte {
	if n < 0 {
		return packNegative(dst, n)
	}
	switch {
	case n <= 0x7f:
		return append(dst, byte(n))
	case n <= math.MaxUint8:
		return append(dst, 0xcc, byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(dst, 0xcd), uint16(n))
	case n <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(dst, 0xce), uint32(n))
	default:
		return binary.BigEndian.AppendUint64(append(dst, 0xcf), uint64(n))
	}
}

func packNegative(dst []byte, n int64) []byte {
	switch {
	case n >= -32:
		return append(dst, byte(n))
	case n >= math.MinInt8:
		return append(dst, 0xd0, byte(n))
	case n >= math.MinInt16:
		return binary.BigEndian.AppendUint16(append(dst, 0xd1), uint16(n))
	case n >= math.MinInt32:
		return binary.BigEndian.AppendUint32(append(dst, 0xd2), uint32(n))
	default:
		return binary.BigEndian.AppendUint64(append(dst, 0xd3), uint64(n))
	}
}

// packTime appends a timestamp in the shortest of its three forms.
func packTime(dst []byte, ns int64) []byte {
	seconds, rest := ns/1e9, ns%1e9
	if rest < 0 {
		seconds, rest = seconds-1, rest+1e9
	}
	switch {
	case seconds < 0 || seconds>>34 != 0:
		dst = binary.BigEndian.AppendUint32(append(dst, 0xc7, 12, 0xff), uint32(rest))
		return binary.BigEndian.AppendUint64(dst, uint64(seconds))
	case rest == 0 && seconds <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(dst, 0xd6, 0xff), uint32(seconds))
	default:
		return binary.BigEndian.AppendUint64(append(dst, 0xd7, 0xff), uint64(rest)<<34|uint64(seconds))
	}
}

// packText appends a string; a handler's may hold what is not UTF-8, for
// which stands U+FFFD.
func packText(dst, text []byte) []byte {
	if !validText(text) {
		text = []byte(string([]rune(string(text))))
	}
	if len(text) < 32 {
		return append(append(dst, 0xa0|byte(len(text))), text...)
	}
	return append(packLength(dst, 0xd9, len(text)), text...)
}

// packLength appends the head of text or bytes; code is that of a length of
// one byte, behind which stand those of two and four.
func packLength(dst []byte, code byte, n int) []byte {
	if n <= math.MaxUint8 {
		return append(dst, code, byte(n))
	}
	return packLong(dst, code+1, n)
}

// packCount appends the head of an array or a map of n; short is the code of
// none, long that of a count of two bytes, behind which stands that of four.
func packCount(dst []byte, short, long byte, n int) []byte {
	if n < 16 {
		return append(dst, short|byte(n))
	}
	return packLong(dst, long, n)
}

func packLong(dst []byte, code byte, n int) []byte {
	if n <= math.MaxUint16 {
		return binary.BigEndian.AppendUint16(append(dst, code), uint16(n))
	}
	return binary.BigEndian.AppendUint32(append(dst, code+1), uint32(n))
}

func packList(dst []byte, elem *shape, b []byte, depth int) ([]byte, error) {
	if depth > MaxDepth {
		return dst, errDepth
	}
	l, err := viewList(elem, b)
	if err != nil {
		return dst, err
	}
	dst = packCount(dst, 0x90, 0xdc, l.count)
	for l.more() {
		c, err := l.cell()
		if err != nil {
			return dst, err
		}
		if dst, err = packValue(dst, elem, c, depth); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

func packMap(dst []byte, s *shape, b []byte, depth int) ([]byte, error) {
	if depth > MaxDepth {
		return dst, errDepth
	}
	l, err := viewList(s.elem, b)
	if err != nil {
		return dst, err
	}
	dst = packCount(dst, 0x80, 0xde, l.count)
	for l.more() {
		key, v, err := s.pair(&l)
		if err != nil {
			return dst, err
		}
		if dst, err = packValue(packText(dst, key), s.value(), v, depth); err != nil {
			return dst, err
		}
	}
	return dst, nil
}
