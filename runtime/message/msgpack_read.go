package message

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"

	"github.com/ilpomo/opencore/internal/schema"
)

// A MessagePack is the [Codec] of messages that are MessagePack maps.
type MessagePack struct {
	record *record
	in     packDecoder
}

// NewMessagePack makes a codec of messages of type m.
func NewMessagePack(m *schema.Message) *MessagePack { return &MessagePack{record: compile(m)} }

// Parse implements [Codec].
func (c *MessagePack) Parse(dst, data []byte) ([]byte, error) {
	if err := ValidateMessagePack(data); err != nil {
		return dst, err
	}
	dst, _, err := c.in.message(dst, c.record, data)
	return dst, err
}

// A packDecoder turns MessagePack that has passed the walk into values. So it
// trusts lengths, keys and text; a value of the wrong type is all that it can
// meet.
type packDecoder struct {
	builder
	in []byte
	at int // of the next byte
}

// message appends the dense encoding of the message that in begins with, and
// tells how long it was there.
func (d *packDecoder) message(dst []byte, r *record, in []byte) (out []byte, length int, err error) {
	d.reset()
	d.in, d.at = in, 0
	if !isPackMap(in[0]) {
		return dst, 0, fmt.Errorf("%s is not a map, as a message must be", d.shown())
	}
	base, err := d.fields(r)
	if err != nil {
		return dst, 0, err
	}
	out, err = r.append(dst, d.values[base:])
	d.in = nil
	return out, d.at, err
}

func isPackMap(c byte) bool   { return c&0xf0 == 0x80 || c == 0xde || c == 0xdf }
func isPackArray(c byte) bool { return c&0xf0 == 0x90 || c == 0xdc || c == 0xdd }
func isPackText(c byte) bool  { return c&0xe0 == 0xa0 || c >= 0xd9 && c <= 0xdb }
func isPackBytes(c byte) bool { return c >= 0xc4 && c <= 0xc6 }

// length reads the head of a map, an array, text or bytes.
func (d *packDecoder) length() int {
	c := d.in[d.at]
	d.at++
	switch {
	case c < 0xa0: // map and array
		return int(c & 0x0f)
	case c < 0xc0: // text
		return int(c & 0x1f)
	}
	switch width := lengthWidth(c); width {
	case 1:
		d.at++
		return int(d.in[d.at-1])
	case 2:
		d.at += 2
		return int(binary.BigEndian.Uint16(d.in[d.at-2:]))
	default:
		d.at += 4
		return int(binary.BigEndian.Uint32(d.in[d.at-4:]))
	}
}

// bytes reads text or bytes. What it gives lies in d.in.
func (d *packDecoder) bytes() []byte {
	n := d.length()
	d.at += n
	return d.in[d.at-n : d.at : d.at]
}

// skip passes over the next value.
func (d *packDecoder) skip() []byte {
	start := d.at
	end, err := walk(d.in, start, 1)
	if err != nil {
		panic("bug: the walk has passed what it refuses: " + err.Error())
	}
	d.at = end
	return d.in[start:d.at:d.at]
}

// fields reads a map and leaves the values of the fields on the stack, from
// base on.
func (d *packDecoder) fields(r *record) (base int, err error) {
	base = d.push(len(r.fields))
	for place := range d.length() {
		i := r.index(d.bytes(), place)
		if i < 0 {
			d.skip()
			continue
		}
		if err := d.value(base+i, r.fields[i].shape); err != nil {
			return 0, within(r.fields[i].name, err)
		}
	}
	return base, nil
}

// value reads the next value into d.values[at].
func (d *packDecoder) value(at int, s *shape) error {
	c := d.in[d.at]
	if c == 0xc0 && (s.optional || s.kind != schema.Any) {
		return d.null(at, s)
	}
	if s.slot != 4 {
		word, err := d.word(c, s)
		v := &d.values[at]
		v.state, v.word = set, word
		return err
	}
	data, err := d.data(c, s)
	v := &d.values[at] // what data has pushed may have moved it
	v.state, v.data = set, data
	return err
}

// data reads a value of a kind with data; c is its first byte.
func (d *packDecoder) data(c byte, s *shape) ([]byte, error) {
	switch {
	case s.kind == schema.String && isPackText(c), s.kind == schema.Bytes && isPackBytes(c):
		return d.bytes(), nil
	case s.kind == schema.Any:
		return d.skip(), nil
	case s.kind == schema.Record && isPackMap(c):
		return d.nested(s.record)
	case s.kind == schema.List && isPackArray(c):
		return d.list(s)
	case s.kind == schema.Map && isPackMap(c):
		return d.dict(s)
	}
	return nil, d.mismatch(s)
}

func (d *packDecoder) null(at int, s *shape) error {
	d.at++
	if !s.optional {
		return errNull()
	}
	d.values[at] = value{state: null}
	return nil
}

func errNull() error { return &fieldError{text: " is null, and must not be"} }

// word reads a value of a kind with a slot of 1 or 8 bytes; c is its first
// byte.
func (d *packDecoder) word(c byte, s *shape) (uint64, error) {
	switch s.kind {
	case schema.Bool:
		if c == 0xc2 || c == 0xc3 {
			d.at++
			return uint64(c & 1), nil
		}
	case schema.Float:
		if f, ok := d.float(c); ok {
			return math.Float64bits(f), nil
		}
	case schema.Int, schema.Duration:
		if n, ok := d.int(c); ok {
			return uint64(n), nil
		}
	case schema.Time:
		if ns, ok := d.time(c); ok {
			return uint64(ns), nil
		}
	}
	if isPackText(c) && (s.kind == schema.Enum || s.kind == schema.Time || s.kind == schema.Duration) {
		return textWord(s, d.bytes())
	}
	return 0, d.mismatch(s)
}

// int reads an int, or a float that is one; if there is none it reads nothing.
func (d *packDecoder) int(c byte) (n int64, ok bool) {
	in := d.in[d.at+1:]
	size := 0
	switch {
	case c <= 0x7f:
		n = int64(c)
	case c >= 0xe0:
		n = int64(int8(c))
	case c == 0xca || c == 0xcb:
		return d.wholeFloat(c)
	case c < 0xcc || c > 0xd3:
		return 0, false
	default:
		size = 1 << ((c - 0xcc) & 3)
		n = packInt(c, in)
	}
	if c == 0xcf && n < 0 {
		return 0, false // beyond int64
	}
	d.at += 1 + size
	return n, true
}

// packInt gives the int of 1 to 8 bytes that follows its code c.
func packInt(c byte, in []byte) int64 {
	switch c {
	case 0xcc:
		return int64(in[0])
	case 0xcd:
		return int64(binary.BigEndian.Uint16(in))
	case 0xce:
		return int64(binary.BigEndian.Uint32(in))
	case 0xd0:
		return int64(int8(in[0]))
	case 0xd1:
		return int64(int16(binary.BigEndian.Uint16(in)))
	case 0xd2:
		return int64(int32(binary.BigEndian.Uint32(in)))
	default: // 0xcf, 0xd3
		return int64(binary.BigEndian.Uint64(in))
	}
}

// wholeFloat reads a float as the int that it is, as [parseInt] does.
func (d *packDecoder) wholeFloat(c byte) (int64, bool) {
	const exact = 1 << 53
	start := d.at
	f, _ := d.float(c)
	if f != math.Trunc(f) || math.Abs(f) >= exact {
		d.at = start
		return 0, false
	}
	return int64(f), true
}

// float reads a number; if there is none it reads nothing.
func (d *packDecoder) float(c byte) (f float64, ok bool) {
	switch c {
	case 0xcb:
		f = math.Float64frombits(binary.BigEndian.Uint64(d.in[d.at+1:]))
		d.at += 9
		return f, true
	case 0xca:
		f = float64(math.Float32frombits(binary.BigEndian.Uint32(d.in[d.at+1:])))
		d.at += 5
		return f, true
	case 0xcf:
		f = float64(binary.BigEndian.Uint64(d.in[d.at+1:]))
		d.at += 9
		return f, true
	}
	n, ok := d.int(c)
	return float64(n), ok
}

// time reads a timestamp as nanoseconds since 1970; if there is none, or one
// outside the years 1678 to 2262, it reads nothing.
func (d *packDecoder) time(c byte) (ns int64, ok bool) {
	seconds, rest, length := d.timestamp(c)
	if length == 0 {
		return 0, false
	}
	if ns, ok = nanoseconds(seconds, rest); ok {
		d.at += length
	}
	return ns, ok
}

// timestamp gives the next value as seconds since 1970 and nanoseconds, and
// its length, which is 0 if it is no timestamp.
func (d *packDecoder) timestamp(c byte) (seconds, rest int64, length int) {
	in := d.in[d.at:]
	switch {
	case c == 0xd6:
		return int64(binary.BigEndian.Uint32(in[2:])), 0, 6
	case c == 0xd7:
		both := binary.BigEndian.Uint64(in[2:])
		return int64(both & (1<<34 - 1)), int64(both >> 34), 10
	case c == 0xc7 && in[1] == 12:
		return int64(binary.BigEndian.Uint64(in[7:])), int64(binary.BigEndian.Uint32(in[3:])), 15
	case c == 0xc7: // the longer spellings of the other two
		short := packDecoder{in: in[1:]}
		seconds, rest, length = short.timestamp(0xd6 + in[1]>>3)
		return seconds, rest, 1 + length
	}
	return 0, 0, 0
}

// nanoseconds adds a time of seconds and the rest of one; ok is false where
// that is no int.
func nanoseconds(seconds, rest int64) (ns int64, ok bool) {
	const most = math.MaxInt64/1_000_000_000 + 1
	if seconds < -most || seconds > most {
		return 0, false
	}
	// The second of the earliest time overflows without its rest, and comes
	// back when it is added.
	ns = seconds*1e9 + rest
	return ns, (ns >= 0) == (seconds >= 0)
}

func (d *packDecoder) nested(r *record) ([]byte, error) {
	base, err := d.fields(r)
	if err != nil {
		return nil, err
	}
	return d.endRecord(base, r)
}

func (d *packDecoder) list(s *shape) ([]byte, error) {
	n := d.length()
	if n > maxDense/s.elem.slot {
		return nil, errTooLong
	}
	if s.elem.slot != 4 {
		return d.words(s.elem, n)
	}
	base := d.push(n)
	for i := range n {
		if err := d.value(base+i, s.elem); err != nil {
			return nil, within("["+strconv.Itoa(i)+"]", err)
		}
	}
	return d.endList(base, s.elem)
}

// words reads a list of n numbers or the like where it is to lie: they may be
// many, as in a vector.
func (d *packDecoder) words(elem *shape, n int) ([]byte, error) {
	start, presence := len(d.scratch), 0
	if elem.optional {
		presence = (n + 7) / 8
	}
	d.scratch = appendZeros(d.scratch, 4+presence+n*elem.slot)
	list := d.scratch[start:]
	binary.LittleEndian.PutUint32(list, uint32(n))
	slots := list[4+presence:]
	for i := range n {
		c := d.in[d.at]
		if c == 0xc0 && elem.optional {
			d.at++
			continue
		}
		word, err := d.word(c, elem)
		if c == 0xc0 {
			err = errNull()
		}
		if err != nil {
			return nil, within("["+strconv.Itoa(i)+"]", err)
		}
		if elem.optional {
			list[4+i>>3] |= 1 << (i & 7)
		}
		elem.append(slots, i*elem.slot, 0, &value{word: word})
	}
	return d.take(start), nil
}

// dict reads a map: its pairs as values, key and value by turns.
func (d *packDecoder) dict(s *shape) ([]byte, error) {
	base := len(d.values)
	for range d.length() {
		at := d.pair(base, d.bytes())
		if err := d.value(at, s.value()); err != nil {
			return nil, within(string(d.values[at-1].data), err)
		}
	}
	return d.endDict(base, s.elem)
}

// mismatch is the error about a value of the wrong kind.
func (d *packDecoder) mismatch(s *shape) error {
	if s.kind == schema.Bytes {
		return &fieldError{text: ": " + d.shown() + " is not bytes"}
	}
	return notA(s, d.shown())
}

// shown gives the next value as it may stand in an error.
func (d *packDecoder) shown() string {
	switch c := d.in[d.at]; {
	case c == 0xc0:
		return "null"
	case c == 0xc2 || c == 0xc3:
		return strconv.FormatBool(c == 0xc3)
	case isPackMap(c):
		return "a map"
	case isPackArray(c):
		return "a list"
	case isPackText(c):
		return shown(string(d.bytes()))
	case isPackBytes(c):
		return "a value of bytes"
	case c == 0xcf:
		return strconv.FormatUint(binary.BigEndian.Uint64(d.in[d.at+1:]), 10)
	case c == 0xca || c == 0xcb:
		f, _ := d.float(c)
		return strconv.FormatFloat(f, 'g', -1, 64)
	}
	if n, ok := d.int(d.in[d.at]); ok {
		return strconv.FormatInt(n, 10)
	}
	return "a timestamp"
}
