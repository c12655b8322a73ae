package message

import (
	"encoding/binary"
	"errors"
	"unicode/utf8"

	"github.com/ilpomo/opencore/internal/schema"
)

// errDense is about bytes that are no dense encoding of their type, whatever
// is wrong with them: no user has written them.
var errDense = errors.New("not a valid encoding of its type")

// A cell is a value inside a dense encoding.
type cell struct {
	slot    []byte // as long as its shape says
	data    []byte // of a shape with data
	present bool   // false for null
}

func (c cell) word() uint64 { return binary.LittleEndian.Uint64(c.slot) }

// cell finds field i in b, which must be as long as the head at least.
func (r *record) cell(b []byte, i int) (cell, error) {
	f := &r.fields[i]
	c := cell{slot: b[f.at : f.at+f.shape.slot], present: true}
	if f.presence >= 0 {
		c.present = b[f.presence>>3]&(1<<(f.presence&7)) != 0
	}
	if f.shape.slot != 4 {
		return c, nil
	}
	start, end := uint64(r.head), uint64(r.head)+uint64(binary.LittleEndian.Uint32(c.slot))
	if f.previous >= 0 {
		start += uint64(binary.LittleEndian.Uint32(b[f.previous:]))
	}
	if start > end || end > uint64(len(b)) {
		return cell{}, errDense
	}
	c.data = b[start:end:end]
	return c, nil
}

// A listView reads the elements of an encoded list one after the other.
type listView struct {
	elem  *shape
	b     []byte
	count int
	next  int // number of the next element
	slot  int // offset of its slot
	start int // offset of the data
	end   int // where the data of the element before it ends
}

func viewList(elem *shape, b []byte) (listView, error) {
	if len(b) < 4 {
		return listView{}, errDense
	}
	count := uint64(binary.LittleEndian.Uint32(b))
	presence := uint64(0)
	if elem.optional {
		presence = (count + 7) / 8
	}
	start := 4 + presence + count*uint64(elem.slot)
	if start > uint64(len(b)) {
		return listView{}, errDense
	}
	return listView{elem: elem, b: b, count: int(count), slot: 4 + int(presence), start: int(start), end: int(start)}, nil
}

// more reports whether there is another element.
func (l *listView) more() bool { return l.next < l.count }

func (l *listView) cell() (cell, error) {
	c := cell{slot: l.b[l.slot : l.slot+l.elem.slot], present: true}
	if l.elem.optional {
		c.present = l.b[4+l.next>>3]&(1<<(l.next&7)) != 0
	}
	if l.elem.slot == 4 {
		end := uint64(l.start) + uint64(binary.LittleEndian.Uint32(c.slot))
		if end < uint64(l.end) || end > uint64(len(l.b)) {
			return cell{}, errDense
		}
		c.data = l.b[l.end:end:end]
		l.end = int(end)
	}
	l.next++
	l.slot += l.elem.slot
	return c, nil
}

// pair gives the next pair of the list that a map of shape s is encoded as.
func (s *shape) pair(l *listView) (key []byte, v cell, err error) {
	c, err := l.cell()
	if err != nil {
		return nil, cell{}, err
	}
	r := s.elem.record
	if len(c.data) < r.head {
		return nil, cell{}, errDense
	}
	k, err := r.cell(c.data, 0)
	if err != nil {
		return nil, cell{}, err
	}
	v, err = r.cell(c.data, 1)
	return k.data, v, err
}

// A Validator checks dense encodings of one message type.
type Validator struct{ record *record }

// NewValidator makes a validator of messages of type m.
func NewValidator(m *schema.Message) *Validator { return &Validator{compile(m)} }

// Validate reports whether payload is a dense encoding of the type, every
// byte of it: lengths, presence, values of enums, UTF-8, MessagePack within.
// It does not allocate.
func (v *Validator) Validate(payload []byte) error { return v.record.validate(payload, 1) }

// Validate is for one message of a type; for more, keep a [Validator].
func Validate(m *schema.Message, payload []byte) error { return NewValidator(m).Validate(payload) }

func (r *record) validate(b []byte, depth int) error {
	if depth > MaxDepth || len(b) < r.head {
		return errDense
	}
	end, bits := r.head, 0
	for i := range r.fields {
		c, err := r.cell(b, i)
		if err != nil {
			return err
		}
		if err := r.fields[i].shape.validate(c, depth); err != nil {
			return err
		}
		end += len(c.data)
		if r.fields[i].presence >= 0 {
			bits++
		}
	}
	if end != len(b) || !clearFrom(b, bits) {
		return errDense
	}
	return nil
}

// clearFrom reports whether the bits that fill up the last byte of presence
// are not set.
func clearFrom(presence []byte, bits int) bool {
	return bits%8 == 0 || presence[bits/8]>>(bits%8) == 0
}

// validate looks at one value; depth is that of what it is in.
func (s *shape) validate(c cell, depth int) error {
	if !c.present {
		return validateNull(s, c)
	}
	switch s.kind {
	case schema.Bool:
		return valid(c.slot[0] <= 1)
	case schema.Enum:
		return valid(int(c.slot[0]) < len(s.names))
	case schema.String:
		return valid(utf8.Valid(c.data))
	case schema.Any:
		return ValidateMessagePack(c.data)
	case schema.Record:
		return s.record.validate(c.data, depth+1)
	case schema.List:
		return validateList(s.elem, c.data, depth+1)
	case schema.Map: // its pairs count as a level, not also the list of them
		return validateList(s.elem, c.data, depth)
	}
	return nil
}

func valid(ok bool) error {
	if !ok {
		return errDense
	}
	return nil
}

// validateNull makes sure that nothing hides behind a null.
func validateNull(s *shape, c cell) error {
	if s.slot == 4 {
		return valid(len(c.data) == 0)
	}
	for _, b := range c.slot {
		if b != 0 {
			return errDense
		}
	}
	return nil
}

func validateList(elem *shape, b []byte, depth int) error {
	if depth > MaxDepth {
		return errDense
	}
	l, err := viewList(elem, b)
	if err != nil {
		return err
	}
	for l.more() {
		c, err := l.cell()
		if err != nil {
			return err
		}
		if err := elem.validate(c, depth); err != nil {
			return err
		}
	}
	return valid(l.end == len(b) && (!elem.optional || clearFrom(b[4:], l.count)))
}
