package message

import (
	"encoding/binary"
	"strings"

	"github.com/ilpomo/opencore/internal/schema"
)

// A shape is a type compiled for reading and writing.
type shape struct {
	kind     schema.Kind
	optional bool
	slot     int              // length of the slot: 1, 8 or 4; 4 has data
	noun     string           // "a float", for errors
	elem     *shape           // of a list; of a map, the record of a pair
	record   *record          // of a record
	names    []string         // of an enum
	packed   []string         // of an enum: the names as MessagePack has them
	numbers  map[string]uint8 // of an enum: the number of each name
}

// A record is a message type compiled for reading and writing.
type record struct {
	name   string
	fields []field
	byName map[string]int // by outside name
	head   int            // length of presence and slots

	// What names came last time, by their place in the object.
	order   []known
	learned int // how many of them are no fields
}

// A known name is that of a field, or of none if index is -1.
type known struct {
	name  string
	index int
}

type field struct {
	shape    *shape
	name     string // outside
	jsonKey  string // what stands before its value in a JSON object
	packKey  string // and in a MessagePack map
	printed  string // how it stands in a line of text
	presence int    // bit, -1 if not optional
	at       int    // offset of the slot
	previous int    // slot that says where the data starts, -1: at 0
	required bool
	fallback value // the default, else null
}

// A value is that of a field or element on its way into the dense encoding.
type value struct {
	state state
	word  uint64 // of a slot of 1 or 8 bytes
	data  []byte // of a slot of 4 bytes
}

type state uint8

const (
	absent state = iota
	null
	set
)

// A compiler makes one record of each message, also where messages contain
// themselves.
type compiler struct {
	records map[*schema.Message]*record
}

func compile(m *schema.Message) *record {
	c := compiler{records: map[*schema.Message]*record{}}
	return c.compile(m)
}

func (c *compiler) compile(m *schema.Message) *record {
	if r, ok := c.records[m]; ok {
		return r
	}
	layout := schema.LayoutOf(m)
	r := &record{name: m.Name, fields: make([]field, len(m.Fields)), byName: map[string]int{}, head: layout.Data}
	c.records[m] = r
	for i := range m.Fields {
		f, l := &m.Fields[i], &layout.Fields[i]
		r.byName[f.Outside()] = i
		r.fields[i] = field{
			shape: c.shape(f.Type), name: f.Outside(), jsonKey: jsonKey(i, f.Outside()), packKey: packKey(f.Outside()), printed: printedName(f.Outside()), presence: l.Presence, at: l.Slot, previous: l.Previous,
			required: f.Required(), fallback: value{state: null},
		}
	}
	for i := range m.Fields {
		if d := m.Fields[i].Default; d != "" {
			r.fields[i].fallback = defaultValue(r.fields[i].shape, d)
		}
	}
	return r
}

// defaultValue reads a default, which the checker has read before.
func defaultValue(s *shape, text string) value {
	v, err := newJSONDecoder().whole(s, []byte(text))
	if err != nil {
		panic("bug: default " + text + ": " + err.Error())
	}
	return v
}

func (c *compiler) shape(t *schema.Type) *shape {
	s := &shape{kind: t.Kind, optional: t.Optional, slot: t.SlotSize(), noun: noun(t)}
	switch t.Kind {
	case schema.Enum:
		s.names, s.numbers = t.Enum.Values, make(map[string]uint8, len(t.Enum.Values))
		for i, name := range t.Enum.Values {
			s.numbers[name] = uint8(i)
			s.packed = append(s.packed, packKey(name))
		}
	case schema.List:
		s.elem = c.shape(t.Elem)
	case schema.Map:
		s.elem = &shape{kind: schema.Record, slot: 4, noun: "a pair", record: c.compile(t.Entry())}
	case schema.Record:
		s.record = c.compile(t.Message)
	}
	return s
}

func noun(t *schema.Type) string {
	switch t.Kind {
	case schema.Int:
		return "an int"
	case schema.Any:
		return "a value"
	case schema.Bytes:
		return "bytes in base64"
	case schema.Time:
		return `a time like "2026-01-31T12:00:00Z"`
	case schema.Duration:
		return `a duration (nanoseconds, or text like "1.5s")`
	case schema.Enum:
		return "one of " + strings.Join(t.Enum.Values, ", ")
	case schema.List:
		return "a list"
	case schema.Map:
		return "a map"
	case schema.Record:
		return "an object of type " + t.Message.Name
	case schema.Invalid:
		panic("bug: a field without a type")
	default:
		return "a " + (&schema.Type{Kind: t.Kind}).String()
	}
}

// value gives the shape of a map's values.
func (s *shape) value() *shape { return s.elem.record.fields[1].shape }

// index finds a field by its outside name, -1 if there is none. place is where
// the name stands in its object: most objects look like the one before.
func (r *record) index(name []byte, place int) int {
	if place < len(r.order) && string(name) == r.order[place].name {
		return r.order[place].index
	}
	i, ok := r.byName[string(name)]
	if !ok {
		i = -1
	}
	r.expect(name, i, place)
	return i
}

// expect remembers a name that stood at a place. Unknown ones cost memory, so
// it learns only so many of them.
func (r *record) expect(name []byte, index, place int) {
	const most = 256
	k := known{index: index}
	switch {
	case place > len(r.order) || place >= most:
		return
	case index >= 0:
		k.name = r.fields[index].name
	case r.learned < most && len(name) < most:
		k.name = string(name)
		r.learned++
	default:
		return
	}
	if place == len(r.order) {
		r.order = append(r.order, k)
		return
	}
	r.order[place] = k
}

// append appends the encoding of the record with these values, one for each
// field. Absent ones take their default.
func (r *record) append(dst []byte, values []value) ([]byte, error) {
	base := len(dst)
	dst = appendZeros(dst, r.head)
	for i := range r.fields {
		f, v := &r.fields[i], &values[i]
		if v.state == absent {
			if f.required {
				return dst[:base], &fieldError{path: f.name, text: " is missing"}
			}
			v = &f.fallback
		}
		if f.presence >= 0 && v.state == set {
			dst[base+f.presence>>3] |= 1 << (f.presence & 7)
		}
		dst = f.shape.append(dst, base+f.at, base+r.head, v)
	}
	return dst, fits(len(dst) - base)
}

// append writes v into the slot at the given offset of dst, and appends its
// data, of which the first byte of the record or list stands at start.
func (s *shape) append(dst []byte, slot, start int, v *value) []byte {
	switch s.slot {
	case 1:
		dst[slot] = byte(v.word)
	case 8:
		binary.LittleEndian.PutUint64(dst[slot:], v.word)
	default:
		dst = append(dst, v.data...)
		binary.LittleEndian.PutUint32(dst[slot:], uint32(len(dst)-start))
	}
	return dst
}

// appendList appends the encoding of a list with elements of shape elem.
func appendList(dst []byte, elem *shape, values []value) ([]byte, error) {
	base := len(dst)
	presence := 0
	if elem.optional {
		presence = (len(values) + 7) / 8
	}
	dst = appendZeros(dst, 4+presence+len(values)*elem.slot)
	binary.LittleEndian.PutUint32(dst[base:], uint32(len(values)))
	slot, start := base+4+presence, len(dst)
	for i := range values {
		if elem.optional && values[i].state == set {
			dst[base+4+i>>3] |= 1 << (i & 7)
		}
		dst = elem.append(dst, slot, start, &values[i])
		slot += elem.slot
	}
	return dst, fits(len(dst) - base)
}

func fits(length int) error {
	if length > maxDense {
		return errTooLong
	}
	return nil
}

var zeros [256]byte

func appendZeros(dst []byte, n int) []byte {
	for n > len(zeros) {
		dst = append(dst, zeros[:]...)
		n -= len(zeros)
	}
	return append(dst, zeros[:n]...)
}
