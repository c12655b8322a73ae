package filter

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/ilpomo/opencore/internal/schema"
)

// defaultOf encodes a field's default, which schema has as the JSON that the
// value would be outside. Not ok is null.
func defaultOf(f *schema.Field) (elem, error) {
	d := json.NewDecoder(bytes.NewReader([]byte(f.Default)))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	if err == nil && d.More() {
		err = errors.New("more than one value")
	}
	if err != nil {
		return elem{}, fmt.Errorf("default %s: %w", f.Default, err)
	}
	value, err := fromJSON(v, f.Type)
	if err == nil && !value.ok && !nullable(f.Type) {
		err = fmt.Errorf("nil is not %s", noun(f.Type))
	}
	if err != nil {
		return elem{}, fmt.Errorf("default %s: %w", f.Default, err)
	}
	return value, nil
}

// fromJSON makes a value of t of what stands in JSON.
func fromJSON(v any, t *schema.Type) (elem, error) {
	if t.Kind == schema.Any {
		return elem{ref: refTo(appendMessagePack(nil, v)), ok: true}, nil
	}
	ok := true
	var e elem
	switch v := v.(type) {
	case nil:
		return elem{}, nil
	case bool:
		e.bits, ok = truth(v), t.Kind == schema.Bool
	case json.Number:
		e.bits, ok = numberBits(v, t)
	case string:
		return fromJSONString(v, t)
	case []any:
		if t.Kind == schema.List {
			return jsonList(v, t.Elem)
		}
		ok = false
	case map[string]any:
		switch t.Kind {
		case schema.Record:
			return jsonRecord(v, t.Message)
		case schema.Map:
			return jsonMap(v, t)
		}
		ok = false
	}
	if !ok {
		return elem{}, fmt.Errorf("%v is not %s", v, noun(t))
	}
	e.ok = true
	return e, nil
}

func numberBits(n json.Number, t *schema.Type) (int64, bool) {
	if t.Kind == schema.Float {
		f, err := n.Float64()
		return int64(math.Float64bits(f)), err == nil
	}
	i, err := n.Int64()
	return i, err == nil && (t.Kind == schema.Int || t.Kind == schema.Duration)
}

func fromJSONString(s string, t *schema.Type) (elem, error) {
	switch t.Kind {
	case schema.String:
		return elem{ref: refToText(s), ok: true}, nil
	case schema.Bytes:
		b, err := base64.StdEncoding.DecodeString(s)
		return elem{ref: refTo(b), ok: true}, err
	case schema.Time, schema.Duration, schema.Enum:
		n, err := convert(s, t)
		if err != nil {
			return elem{}, err
		}
		return elem{bits: n.value.(int64), ok: true}, nil
	}
	return elem{}, fmt.Errorf("%q is not %s", s, noun(t))
}

func jsonList(list []any, t *schema.Type) (elem, error) {
	e := &env{}
	w := e.newList(t, len(list))
	for i, v := range list {
		value, err := fromJSON(v, t)
		if err != nil {
			return elem{}, err
		}
		if value.ok {
			w.present(e, i)
		}
		if t.HasData() {
			e.scratch = append(e.scratch, value.ref.bytes()...)
			w.end(e, i)
		} else {
			w.bits(e, i, value.bits)
		}
	}
	return elem{ref: w.ref(e), ok: true}, nil
}

// jsonMap orders the keys so that the encoding is the same each time.
func jsonMap(m map[string]any, t *schema.Type) (elem, error) {
	keys := slices.Sorted(maps.Keys(m))
	list := make([]any, len(keys))
	for i, k := range keys {
		list[i] = map[string]any{"key": k, "value": m[k]}
	}
	return jsonList(list, &schema.Type{Kind: schema.Record, Message: t.Entry()})
}

func jsonRecord(v map[string]any, m *schema.Message) (elem, error) {
	layout := schema.LayoutOf(m)
	dst := make([]byte, layout.Data)
	for i := range m.Fields {
		f := &m.Fields[i]
		at := writerAt{layout, &layout.Fields[i]}
		value, err := jsonField(v, f)
		if err != nil {
			return elem{}, fmt.Errorf("field %q: %w", f.Name, err)
		}
		w := at.data(func(*env) (ref, bool) { return value.ref, value.ok })
		if !f.Type.HasData() {
			w = at.slot(func(*env) (int64, bool) { return value.bits, value.ok })
		}
		var ok bool
		if dst, ok = w(nil, dst, 0); !ok {
			return elem{}, fmt.Errorf("field %q is missing", f.Name)
		}
	}
	return elem{ref: refTo(dst), ok: true}, nil
}

func jsonField(v map[string]any, f *schema.Field) (elem, error) {
	value, ok := v[f.Outside()]
	if !ok && f.Default != "" {
		return defaultOf(f)
	}
	return fromJSON(value, f.Type)
}

// appendMessagePack encodes what stands in JSON, each thing in the longest
// form, which every reader knows.
func appendMessagePack(dst []byte, v any) []byte {
	switch v := v.(type) {
	case bool:
		return append(dst, 0xc2+byte(truth(v)))
	case json.Number:
		if i, err := v.Int64(); err == nil {
			return binary.BigEndian.AppendUint64(append(dst, 0xd3), uint64(i))
		}
		f, _ := v.Float64()
		return binary.BigEndian.AppendUint64(append(dst, 0xcb), math.Float64bits(f))
	case string:
		return append(binary.BigEndian.AppendUint32(append(dst, 0xdb), uint32(len(v))), v...)
	case []any:
		dst = binary.BigEndian.AppendUint32(append(dst, 0xdd), uint32(len(v)))
		for _, e := range v {
			dst = appendMessagePack(dst, e)
		}
		return dst
	case map[string]any:
		dst = binary.BigEndian.AppendUint32(append(dst, 0xdf), uint32(len(v)))
		for _, k := range slices.Sorted(maps.Keys(v)) {
			dst = appendMessagePack(appendMessagePack(dst, k), v[k])
		}
		return dst
	}
	return append(dst, messagePackNil)
}
