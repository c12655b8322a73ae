package filter

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"strings"

	"github.com/ilpomo/opencore/internal/schema"
)

// variants is how many messages are made of one state before it is given up.
const variants = 3

// witness makes a message for which what is assumed of its fields holds. What
// nothing is assumed of is empty: 0, "", nil. Variants differ in the values chosen.
func (st state) witness(m *schema.Message, variant int) (payload []byte, topic string, ok bool) {
	root := record{}
	for _, a := range st {
		if a.term == nil {
			continue
		}
		v, some := a.may.pick(a.term.t, variant)
		switch {
		case !some:
			return nil, "", false
		case a.term.op == opTopic:
			topic = v.(string)
		default:
			root.set(a.term, v)
		}
	}
	return root.encode(m), topic, true
}

// A record is a message to be: the values of its fields by their index, as
// constants have them; a record's is a record.
type record map[int]any

// set gives the field that a term reads its value. Terms that are no fields
// come as they may.
func (r record) set(term *node, v any) {
	if in, ok := r.holder(term); ok {
		if _, there := in[term.field].(record); !there {
			in[term.field] = v
		}
	}
}

// holder gives the record that the field of a term lies in.
func (r record) holder(term *node) (record, bool) {
	switch term.op {
	case opField:
		return r, true
	case opPart:
		outer, ok := r.holder(term.kids[0])
		if !ok {
			return nil, false
		}
		inner, ok := outer[term.kids[0].field].(record)
		if !ok {
			inner = record{}
			outer[term.kids[0].field] = inner
		}
		return inner, true
	}
	return nil, false
}

// encode writes the record in the dense encoding; see [schema.Layout].
func (r record) encode(m *schema.Message) []byte {
	l := schema.LayoutOf(m)
	b := make([]byte, l.Data)
	for i := range l.Fields {
		f := &l.Fields[i]
		v := r[i]
		if f.Presence >= 0 && v != nil {
			b[f.Presence>>3] |= 1 << (f.Presence & 7)
		}
		switch f.Type.SlotSize() {
		case 1:
			b[f.Slot] = byte(slotBits(v))
		case 8:
			binary.LittleEndian.PutUint64(b[f.Slot:], slotBits(v))
		default:
			b = appendData(b, f.Type, v)
			binary.LittleEndian.PutUint32(b[f.Slot:], uint32(len(b)-l.Data))
		}
	}
	return b
}

func slotBits(v any) uint64 {
	switch v := v.(type) {
	case int64:
		return uint64(v)
	case float64:
		return math.Float64bits(v)
	}
	return 0
}

// appendData appends what lies in the data part; nil is the least of the type.
func appendData(b []byte, t *schema.Type, v any) []byte {
	switch v := v.(type) {
	case string:
		if t.Kind == schema.String || t.Kind == schema.Bytes {
			return append(b, v...)
		}
	case record:
		if t.Kind == schema.Record {
			return append(b, v.encode(t.Message)...)
		}
	case nil:
		if t.Optional {
			return b
		}
	}
	switch {
	case t.Kind == schema.Any:
		return append(b, messagePackNil)
	case t.Kind == schema.List || t.Kind == schema.Map:
		return append(b, 0, 0, 0, 0)
	case t.Kind == schema.Record:
		return append(b, record{}.encode(t.Message)...)
	}
	return b
}

// pick chooses a value of the domain: nil for null.
func (d domain) pick(t *schema.Type, variant int) (v any, ok bool) {
	switch class := classOf(t); {
	case !d.some:
		return nil, d.null
	case class == nums:
		return choice(d.ints.only, d.ints.points(intsAround), d.ints.has, variant)
	case class == flts:
		return choice(d.floats.only, d.floats.points(floatsAround), d.floats.has, variant)
	case class == strs:
		return choice(d.texts.only, d.strings(), func(s string) bool { return d.texts.has(s) && d.passes(s) }, variant)
	}
	return record{}, true
}

// choice gives one of the candidates that fit: of only, if there is such a
// list.
func choice[T cmp.Ordered](only, candidates []T, fits func(T) bool, variant int) (any, bool) {
	if only != nil {
		candidates = only
	}
	var last any
	for _, c := range candidates {
		if fits(c) {
			if last = c; variant == 0 {
				break
			}
			variant--
		}
	}
	return last, last != nil
}

// points are values worth trying: near the ends, near what is left out, and
// small ones.
func (v values[T]) points(around func(T) []T) []T {
	var zero T
	list := around(zero)
	if v.low != nil {
		list = append(list, around(v.low.v)...)
	}
	if v.high != nil {
		list = append(list, around(v.high.v)...)
	}
	for _, x := range v.not {
		list = append(list, around(x)...)
	}
	return list
}

func intsAround(x int64) []int64 {
	list := []int64{x}
	if x < math.MaxInt64 {
		list = append(list, x+1)
	}
	if x > math.MinInt64 {
		list = append(list, x-1)
	}
	return list
}

func floatsAround(x float64) []float64 {
	return []float64{x, x + 1, x - 1, math.Nextafter(x, math.Inf(1)), math.Nextafter(x, math.Inf(-1))}
}

// strings are strings worth trying.
func (d domain) strings() []string {
	prefix, middle, end := d.prefix(), "", ""
	for _, t := range d.traits {
		switch {
		case t.demands(opContains):
			middle += t.text
		case t.demands(opEndsWith) && len(t.text) > len(end):
			end = t.text
		}
	}
	list := []string{prefix, end}
	for _, filling := range []string{"", "a", "b", "other", "1"} {
		list = append(list, prefix+filling+middle+end)
	}
	list = append(list, d.texts.points(func(s string) []string { return []string{s, s + "a"} })...)
	return slices.Compact(append(list, strings.ToUpper(prefix+middle+end)))
}
