package actor

import (
	"encoding"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"time"
	"unicode/utf8"
)

// Fields of type any travel as MessagePack. The generated codecs call
// [AppendAny] and [DecodeAny]; what they can't say is what .actors files can't
// say either.

// maxAnyDepth bounds the nesting of a value of type any, as the runtime does
// for what comes from outside.
const maxAnyDepth = 64

// extTimestamp is MessagePack's extension type for instants.
const extTimestamp = 0xff

// errAny says that bytes are no value of type any.
var errAny = errors.New("not a MessagePack value")

// AppendAny appends v as MessagePack: nil, booleans, numbers, strings, []byte,
// time.Time, slices, maps with string keys, pointers to these and what marshals
// itself as text, like enums. Maps are written in the order of their keys. It panics on any other type, and on
// nesting deeper than 64, which are bugs of the handler.
func AppendAny(b []byte, v any) []byte { return appendAny(b, v, 0) }

func appendAny(b []byte, v any, depth int) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, 0xc0)
	case bool:
		if v {
			return append(b, 0xc3)
		}
		return append(b, 0xc2)
	case int64:
		return appendInt(b, v)
	case float64:
		return binary.BigEndian.AppendUint64(append(b, 0xcb), math.Float64bits(v))
	case string:
		return append(appendHead(b, strHeads, len(v)), v...)
	case []byte:
		return append(appendHead(b, binHeads, len(v)), v...)
	case time.Time:
		return appendTime(b, v)
	case encoding.TextMarshaler:
		return appendText(b, v)
	default:
		return appendReflected(b, reflect.ValueOf(v), depth)
	}
}

// appendText writes what has a name as that name: enums above all.
func appendText(b []byte, v encoding.TextMarshaler) []byte {
	text, err := v.MarshalText()
	if err != nil {
		panic(fmt.Sprintf("actor: a value of type any: %v", err))
	}
	return append(appendHead(b, strHeads, len(text)), text...)
}

func appendReflected(b []byte, v reflect.Value, depth int) []byte {
	if depth == maxAnyDepth {
		panic(fmt.Sprintf("actor: a value of type any is nested more than %d deep", maxAnyDepth))
	}
	switch {
	case v.Kind() == reflect.Bool:
		return appendAny(b, v.Bool(), depth)
	case v.CanInt():
		return appendInt(b, v.Int())
	case v.CanUint():
		return appendUint(b, v.Uint())
	case v.CanFloat():
		return appendAny(b, v.Float(), depth)
	case v.Kind() == reflect.String:
		return appendAny(b, v.String(), depth)
	case v.Kind() == reflect.Slice || v.Kind() == reflect.Array:
		b = appendHead(b, arrayHeads, v.Len())
		for i := range v.Len() {
			b = appendAny(b, v.Index(i).Interface(), depth+1)
		}
		return b
	case v.Kind() == reflect.Map && v.Type().Key().Kind() == reflect.String:
		return appendMap(b, v, depth)
	case v.Kind() == reflect.Pointer && v.IsNil():
		return appendAny(b, nil, depth)
	case v.Kind() == reflect.Pointer:
		return appendAny(b, v.Elem().Interface(), depth+1)
	default:
		panic(fmt.Sprintf("actor: a field of type any can't hold a %s", v.Type()))
	}
}

func appendMap(b []byte, v reflect.Value, depth int) []byte {
	values := make(map[string]reflect.Value, v.Len())
	for key, value := range v.Seq2() {
		values[key.String()] = value
	}
	b = appendHead(b, mapHeads, len(values))
	for _, key := range slices.Sorted(maps.Keys(values)) {
		b = appendAny(b, key, depth)
		b = appendAny(b, values[key].Interface(), depth+1)
	}
	return b
}

// heads are the first bytes of a kind of value by how its length is written:
// within the byte (below fix), in 1, 2 or 4 bytes. 0: there is no such form.
type heads struct {
	fix, fixEnd    int
	one, two, four byte
}

var (
	strHeads   = heads{0xa0, 32, 0xd9, 0xda, 0xdb}
	binHeads   = heads{0, 0, 0xc4, 0xc5, 0xc6}
	arrayHeads = heads{0x90, 16, 0, 0xdc, 0xdd}
	mapHeads   = heads{0x80, 16, 0, 0xde, 0xdf}
)

func appendHead(b []byte, h heads, n int) []byte {
	switch {
	case n < h.fixEnd:
		return append(b, byte(h.fix|n))
	case n <= math.MaxUint8 && h.one != 0:
		return append(b, h.one, byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(b, h.two), uint16(n))
	default:
		return binary.BigEndian.AppendUint32(append(b, h.four), uint32(n))
	}
}

// appendInt writes v in the shortest of the signed forms.
func appendInt(b []byte, v int64) []byte {
	switch {
	case v >= -32 && v <= math.MaxInt8:
		return append(b, byte(v))
	case v >= math.MinInt8 && v <= math.MaxInt8:
		return append(b, 0xd0, byte(v))
	case v >= math.MinInt16 && v <= math.MaxInt16:
		return binary.BigEndian.AppendUint16(append(b, 0xd1), uint16(v))
	case v >= math.MinInt32 && v <= math.MaxInt32:
		return binary.BigEndian.AppendUint32(append(b, 0xd2), uint32(v))
	default:
		return binary.BigEndian.AppendUint64(append(b, 0xd3), uint64(v))
	}
}

func appendUint(b []byte, v uint64) []byte {
	if v <= math.MaxInt64 {
		return appendInt(b, int64(v))
	}
	return binary.BigEndian.AppendUint64(append(b, 0xcf), v)
}

// appendTime writes the 12-byte form of the timestamp, which holds every
// instant.
func appendTime(b []byte, t time.Time) []byte {
	b = append(b, 0xc7, 12, extTimestamp)
	b = binary.BigEndian.AppendUint32(b, uint32(t.Nanosecond()))
	return binary.BigEndian.AppendUint64(b, uint64(t.Unix()))
}

// DecodeAny reads what [AppendAny] wrote, and MessagePack of other writers: nil,
// bool, int64 (uint64 beyond its range), float64, string, []byte, time.Time,
// []any, map[string]any. It fails on lengths that the bytes don't bear out,
// on nesting deeper than 64, on other keys than strings, on unknown extensions and on a rest.
func DecodeAny(payload []byte) (any, error) {
	d := anyDecoder{rest: payload}
	v, err := d.value(0)
	if err == nil && len(d.rest) > 0 {
		err = errAny
	}
	return v, err
}

type anyDecoder struct{ rest []byte }

func (d *anyDecoder) take(n int) ([]byte, error) {
	if n < 0 || n > len(d.rest) {
		return nil, errAny
	}
	b := d.rest[:n]
	d.rest = d.rest[n:]
	return b, nil
}

// uint reads a big-endian number of size bytes.
func (d *anyDecoder) uint(size int) (uint64, error) {
	b, err := d.take(size)
	n := uint64(0)
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return n, err
}

func (d *anyDecoder) value(depth int) (any, error) {
	head, err := d.uint(1)
	if err != nil || depth > maxAnyDepth {
		return nil, errAny
	}
	switch c := byte(head); {
	case c < 0x80:
		return int64(c), nil
	case c >= 0xe0:
		return int64(int8(c)), nil
	case c < 0x90:
		return d.dict(int(c&0x0f), depth)
	case c < 0xa0:
		return d.list(int(c&0x0f), depth)
	case c < 0xc0:
		return d.text(int(c & 0x1f))
	case c >= 0xca && c <= 0xd3:
		return d.number(c)
	default:
		return d.other(c, depth)
	}
}

// number reads floats (0xca, 0xcb), unsigned (0xcc to 0xcf) and signed
// integers (0xd0 to 0xd3) of 1, 2, 4 and 8 bytes.
func (d *anyDecoder) number(c byte) (any, error) {
	size := 4 << (c & 1) // of the floats
	if c >= 0xcc {
		size = 1 << (c & 3)
	}
	n, err := d.uint(size)
	switch {
	case c == 0xca:
		return float64(math.Float32frombits(uint32(n))), err
	case c == 0xcb:
		return math.Float64frombits(n), err
	case c <= 0xcf && n > math.MaxInt64:
		return n, err
	case c <= 0xcf:
		return int64(n), err
	default:
		shift := 64 - 8*size
		return int64(n<<shift) >> shift, err
	}
}

// lengthSizes says how many bytes the length behind a first byte has.
var lengthSizes = map[byte]int{0xc4: 1, 0xc5: 2, 0xc6: 4, 0xc7: 1, 0xd9: 1, 0xda: 2, 0xdb: 4, 0xdc: 2, 0xdd: 4, 0xde: 2, 0xdf: 4}

// other reads the forms that have a length of their own behind the first byte.
func (d *anyDecoder) other(c byte, depth int) (any, error) {
	switch c {
	case 0xc0:
		return nil, nil
	case 0xc2, 0xc3:
		return c == 0xc3, nil
	case 0xd6, 0xd7:
		return d.time(4 << (c & 1))
	}
	size, ok := lengthSizes[c]
	n, err := d.uint(size)
	switch {
	case !ok || err != nil:
		return nil, errAny
	case c <= 0xc6:
		b, err := d.take(int(n))
		return slices.Clone(b), err
	case c == 0xc7:
		return d.time(int(n))
	case c <= 0xdb:
		return d.text(int(n))
	case c <= 0xdd:
		return d.list(int(n), depth)
	default:
		return d.dict(int(n), depth)
	}
}

func (d *anyDecoder) text(n int) (any, error) {
	b, err := d.take(n)
	if err != nil || !utf8.Valid(b) {
		return nil, errAny
	}
	return string(b), nil
}

// maxAhead is how many elements are allocated for on the word of a length
// alone: lists within lists may all lie.
const maxAhead = 64

func (d *anyDecoder) list(n, depth int) (any, error) {
	list := make([]any, 0, min(n, maxAhead))
	for range n {
		v, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

func (d *anyDecoder) dict(n, depth int) (any, error) {
	dict := make(map[string]any, min(n, maxAhead))
	for range n {
		key, err := d.value(depth + 1)
		name, ok := key.(string)
		if err != nil || !ok {
			return nil, errAny
		}
		if dict[name], err = d.value(depth + 1); err != nil {
			return nil, err
		}
	}
	return dict, nil
}

// time reads a timestamp of size bytes behind its extension type.
func (d *anyDecoder) time(size int) (any, error) {
	ext, err := d.uint(1)
	if err != nil || ext != extTimestamp {
		return nil, errAny
	}
	var sec, nsec uint64
	switch size {
	case 4:
		sec, err = d.uint(4)
	case 8:
		sec, err = d.uint(8)
		sec, nsec = sec&(1<<34-1), sec>>34
	case 12:
		if nsec, err = d.uint(4); err == nil {
			sec, err = d.uint(8)
		}
	default:
		err = errAny
	}
	if err != nil || nsec >= 1e9 {
		return nil, errAny
	}
	return time.Unix(int64(sec), int64(nsec)).UTC(), nil
}
