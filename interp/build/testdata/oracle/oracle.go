// Package oracle knows the dense encoding by reflection, as the documentation
// of internal/schema describes it and without its Layout: tests compare what
// generated codecs do with it.
package oracle

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"time"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/runtime/actor"
)

// Append appends the encoding of v, a generated struct of the type m.
func Append(b []byte, m *schema.Message, v reflect.Value) []byte {
	var values []value
	for i, f := range m.Fields {
		values = append(values, value{f.Type, v.Field(i)})
	}
	return append(b, record(values)...)
}

type value struct {
	t *schema.Type
	v reflect.Value
}

func record(values []value) []byte {
	var optional []bool
	for _, x := range values {
		if x.t.Optional {
			optional = append(optional, !x.v.IsNil())
		}
	}
	return append(bits(optional), slotsAndData(values)...)
}

func bits(list []bool) []byte {
	b := make([]byte, (len(list)+7)/8)
	for i, set := range list {
		if set {
			b[i/8] |= 1 << (i % 8)
		}
	}
	return b
}

func slotsAndData(values []value) []byte {
	var slots, data []byte
	for _, x := range values {
		present := !x.t.Optional || !x.v.IsNil()
		if x.t.Optional && present {
			x.v = x.v.Elem()
		}
		switch fixed := slot(x, present); {
		case fixed != nil:
			slots = append(slots, fixed...)
		default:
			if present {
				data = append(data, tail(x)...)
			}
			slots = binary.LittleEndian.AppendUint32(slots, uint32(len(data)))
		}
	}
	return append(slots, data...)
}

// slot gives the slot of a value that has no data.
func slot(x value, present bool) []byte {
	word := func(f func() uint64) []byte {
		if !present {
			return make([]byte, 8)
		}
		return binary.LittleEndian.AppendUint64(nil, f())
	}
	switch x.t.Kind {
	case schema.Bool:
		return bits([]bool{present && x.v.Bool(), false, false, false, false, false, false, false})
	case schema.Enum:
		if !present {
			return []byte{0}
		}
		return []byte{byte(x.v.Uint())}
	case schema.Int, schema.Duration:
		return word(func() uint64 { return uint64(x.v.Int()) })
	case schema.Float:
		return word(func() uint64 { return math.Float64bits(x.v.Float()) })
	case schema.Time:
		return word(func() uint64 { return uint64(x.v.Interface().(time.Time).UnixNano()) })
	default:
		return nil
	}
}

func tail(x value) []byte {
	switch x.t.Kind {
	case schema.String:
		return []byte(x.v.String())
	case schema.Bytes:
		return x.v.Bytes()
	case schema.Any:
		return actor.AppendAny(nil, x.v.Interface())
	case schema.Record:
		return Append(nil, x.t.Message, x.v)
	case schema.List:
		var values []value
		for i := range x.v.Len() {
			values = append(values, value{x.t.Elem, x.v.Index(i)})
		}
		return list(values, x.t.Elem.Optional)
	default:
		entry := &schema.Type{Kind: schema.Record, Message: x.t.Entry()}
		keys := x.v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return compare(a.String(), b.String()) })
		b := binary.LittleEndian.AppendUint32(nil, uint32(len(keys)))
		var slots, data []byte
		for _, key := range keys {
			data = append(data, record([]value{{entry.Message.Fields[0].Type, key}, {x.t.Elem, x.v.MapIndex(key)}})...)
			slots = binary.LittleEndian.AppendUint32(slots, uint32(len(data)))
		}
		return append(append(b, slots...), data...)
	}
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}

func list(values []value, optional bool) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(values)))
	if optional {
		var present []bool
		for _, x := range values {
			present = append(present, !x.v.IsNil())
		}
		b = append(b, bits(present)...)
	}
	return append(b, slotsAndData(values)...)
}

// Fill sets v, a generated struct of the type m, to a random message, in the
// form in which it is decoded: empty lists are nil, instants in UTC.
func Fill(r *rand.Rand, m *schema.Message, v reflect.Value) {
	for i, f := range m.Fields {
		fill(r, f.Type, v.Field(i))
	}
}

func fill(r *rand.Rand, t *schema.Type, v reflect.Value) {
	if inner := t.Inner(); inner != nil && inner.Recursive() && r.IntN(16) > 0 { // or there would be no end
		return
	}
	if t.Optional {
		if r.IntN(3) == 0 {
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	switch t.Kind {
	case schema.String:
		v.SetString(text(r))
	case schema.Bool:
		v.SetBool(r.IntN(2) == 0)
	case schema.Int, schema.Duration:
		v.SetInt(int64(r.Uint64()))
	case schema.Float:
		v.SetFloat(r.NormFloat64())
	case schema.Bytes:
		if s := text(r); s != "" {
			v.SetBytes([]byte(s))
		}
	case schema.Time:
		v.Set(reflect.ValueOf(time.Unix(0, int64(r.Uint64())).UTC()))
	case schema.Any:
		if x := anything(r, 3); x != nil {
			v.Set(reflect.ValueOf(x))
		}
	case schema.Enum:
		v.SetUint(uint64(r.IntN(len(t.Enum.Values))))
	case schema.Record:
		Fill(r, t.Message, v)
	default:
		fillMany(r, t, v)
	}
}

func fillMany(r *rand.Rand, t *schema.Type, v reflect.Value) {
	n := r.IntN(11) // more than a byte of presence bits
	for range n {
		elem := reflect.New(v.Type().Elem()).Elem()
		fill(r, t.Elem, elem)
		switch {
		case t.Kind == schema.List:
			v.Set(reflect.Append(v, elem))
		case v.IsNil():
			v.Set(reflect.MakeMap(v.Type()))
			fallthrough
		default:
			v.SetMapIndex(reflect.ValueOf(text(r)), elem)
		}
	}
}

func text(r *rand.Rand) string {
	return []string{"", "a", "täglich", "some words", "\x00", "0123456789012345678901234567890123456789"}[r.IntN(6)]
}

func anything(r *rand.Rand, depth int) any {
	switch n := r.IntN(9); {
	case n == 0:
		return nil
	case n == 1:
		return r.IntN(2) == 0
	case n == 2:
		return int64(r.Uint64()) >> r.IntN(64)
	case n == 3:
		return r.NormFloat64()
	case n == 4:
		return []byte(text(r))
	case n == 5:
		return time.Unix(int64(r.Uint32()), 17).UTC()
	case n == 6 && depth > 0:
		return []any{anything(r, depth-1), anything(r, depth-1)}
	case n == 7 && depth > 0:
		return map[string]any{"a": anything(r, depth-1), text(r): anything(r, depth-1)}
	default:
		return text(r)
	}
}

// A Codec is a pointer to a generated message.
type Codec interface {
	AppendMessage(b []byte) []byte
	DecodeMessage(payload []byte) error
}

// Check compares what a generated codec and the oracle do with one random
// message, and with bytes that are almost its encoding. fresh makes a message
// of the type m. It returns what is wrong, "" if nothing is.
func Check(r *rand.Rand, m *schema.Message, fresh func() Codec) string {
	v := fresh()
	Fill(r, m, reflect.ValueOf(v).Elem())
	before := []byte("before")
	got := v.AppendMessage(before)
	want := Append(nil, m, reflect.ValueOf(v).Elem())
	if string(got) != "before"+string(want) {
		return "encoding"
	}
	back := fresh()
	Fill(r, m, reflect.ValueOf(back).Elem()) // decoding replaces what was there
	if err := back.DecodeMessage(want); err != nil {
		return "decoding: " + err.Error()
	}
	if !reflect.DeepEqual(v, back) {
		return "decoded message"
	}
	for i := range want { // nothing decoded may lie in what it was decoded from
		want[i] ^= 0xff
	}
	if !reflect.DeepEqual(v, back) {
		return "decoded message once its payload is overwritten"
	}
	for i := range want {
		want[i] ^= 0xff
	}
	return checkGarbage(r, m, fresh, want)
}

// checkGarbage decodes bytes that are almost an encoding: whatever comes of
// it is no panic, and what is taken for a message is one.
func checkGarbage(r *rand.Rand, m *schema.Message, fresh func() Codec, good []byte) string {
	for range 20 {
		bad := slices.Clone(good)
		for range 1 + r.IntN(3) {
			if len(bad) > 0 {
				bad[r.IntN(len(bad))] = byte(r.IntN(256) >> r.IntN(8))
			}
		}
		if r.IntN(4) == 0 {
			bad = bad[:r.IntN(len(bad)+1)]
		}
		if problem := Decode(m, fresh(), bad); problem != "" {
			return problem
		}
	}
	return ""
}

// Decode decodes any bytes: whatever comes of it is no panic, and what is
// taken for a message is one, which encodes as the oracle says.
func Decode(m *schema.Message, into Codec, payload []byte) string {
	if err := into.DecodeMessage(payload); err != nil {
		return ""
	}
	got := into.AppendMessage(nil)
	if want := Append(nil, m, reflect.ValueOf(into).Elem()); string(got) != string(want) {
		return "encoding of what was decoded from garbage"
	}
	return ""
}
