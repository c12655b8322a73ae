package message

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/go-faster/jx"
	"github.com/vmihailenco/msgpack/v5"
)

// An anyEncoder encodes values of type any as MessagePack. Its zero value is
// ready.
type anyEncoder struct {
	buffer  bytes.Buffer
	encoder *msgpack.Encoder
}

// append appends the encoding of v, as [jsonDecoder.anyValue] makes it.
// Maps come in the order of their keys, so that equal values look equal.
func (e *anyEncoder) append(dst []byte, v any) []byte {
	if e.encoder == nil {
		e.encoder = msgpack.NewEncoder(&e.buffer)
		e.encoder.SetSortMapKeys(true)
		e.encoder.UseCompactInts(true)
	}
	e.buffer.Reset()
	if err := e.encoder.Encode(v); err != nil {
		panic("bug: MessagePack of a JSON value: " + err.Error())
	}
	return append(dst, e.buffer.Bytes()...)
}

// anything reads the next JSON value as MessagePack.
func (d *jsonDecoder) anything(depth int) ([]byte, error) {
	v, err := d.anyValue(depth)
	if err != nil {
		return nil, err
	}
	start := len(d.scratch)
	d.scratch = d.any.append(d.scratch, v)
	return d.take(start), nil
}

// anyValue reads the next JSON value as nil, bool, int64, float64, string,
// []any or map[string]any. depth is that of what it is in.
func (d *jsonDecoder) anyValue(depth int) (any, error) {
	var v any
	var err error
	switch d.tokens.Next() {
	case jx.Null:
		err = d.tokens.Null()
	case jx.Bool:
		v, err = d.tokens.Bool()
	case jx.String:
		v, err = d.tokens.Str()
	case jx.Number:
		return d.anyNumber()
	case jx.Array:
		return d.anyList(depth + 1)
	case jx.Object:
		return d.anyMap(depth + 1)
	default:
		err = errSyntax
	}
	if err != nil {
		return nil, errSyntax
	}
	return v, nil
}

// anyNumber reads a number as the int that it is written as, else as a float.
func (d *jsonDecoder) anyNumber() (any, error) {
	raw, err := d.tokens.Raw()
	if err != nil {
		return nil, errSyntax
	}
	if n, err := strconv.ParseInt(view(raw), 10, 64); err == nil {
		return n, nil
	}
	f, err := strconv.ParseFloat(view(raw), 64)
	if err != nil {
		return nil, &fieldError{text: ": " + string(raw[:min(len(raw), 40)]) + " is too large for a float"}
	}
	return f, nil
}

func (d *jsonDecoder) anyList(depth int) (any, error) {
	if depth > MaxDepth {
		return nil, errDepth
	}
	list := []any{}
	elements, err := d.tokens.ArrIter()
	if err != nil {
		return nil, errSyntax
	}
	for elements.Next() {
		v, err := d.anyValue(depth)
		if err != nil {
			return nil, inElement(len(list), err)
		}
		list = append(list, v)
	}
	if elements.Err() != nil {
		return nil, errSyntax
	}
	return list, nil
}

func (d *jsonDecoder) anyMap(depth int) (any, error) {
	if depth > MaxDepth {
		return nil, errDepth
	}
	pairs := map[string]any{}
	fields, err := d.tokens.ObjIter()
	if err != nil {
		return nil, errSyntax
	}
	for fields.Next() {
		key := string(fields.Key())
		v, err := d.anyValue(depth)
		if err != nil {
			return nil, inField(key, err)
		}
		pairs[key] = v
	}
	if fields.Err() != nil {
		return nil, errSyntax
	}
	return pairs, nil
}

// decodeAny gives the value that b encodes: nil, bool, int64, uint64 beyond
// int64, float64, string, []byte, time.Time, []any or map[string]any. b is
// validated first.
func decodeAny(b []byte) (any, error) {
	if err := ValidateMessagePack(b); err != nil {
		return nil, err
	}
	v, err := msgpack.NewDecoder(bytes.NewReader(b)).DecodeInterface()
	if err != nil {
		return nil, err
	}
	return widened(v), nil
}

// widened gives v with its numbers as int64 and float64, in lists and maps too.
func widened(v any) any {
	switch v := v.(type) {
	case int8:
		return int64(v)
	case int16:
		return int64(v)
	case int32:
		return int64(v)
	case uint8:
		return int64(v)
	case uint16:
		return int64(v)
	case uint32:
		return int64(v)
	case uint64:
		if v <= math.MaxInt64 {
			return int64(v)
		}
	case float32:
		return float64(v)
	case *time.Time:
		return *v
	case []any:
		for i := range v {
			v[i] = widened(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = widened(v[key])
		}
	}
	return v
}

// writeAny writes v, as decodeAny gives it, as JSON.
func writeAny(w *jx.Writer, v any) {
	switch v := v.(type) {
	case nil:
		w.Null()
	case bool:
		w.Bool(v)
	case int64:
		w.Int64(v)
	case uint64:
		w.UInt64(v)
	case float64:
		writeFloat(w, v)
	case string:
		w.Str(v)
	case []byte:
		w.Base64(v)
	case time.Time:
		w.Buf = append(v.UTC().AppendFormat(append(w.Buf, '"'), time.RFC3339Nano), '"')
	case []any:
		writeAnyList(w, v)
	case map[string]any:
		writeAnyMap(w, v)
	default:
		panic(fmt.Sprintf("bug: MessagePack gave a %T", v))
	}
}

func writeAnyList(w *jx.Writer, list []any) {
	w.ArrStart()
	for i, v := range list {
		if i > 0 {
			w.Comma()
		}
		writeAny(w, v)
	}
	w.ArrEnd()
}

func writeAnyMap(w *jx.Writer, pairs map[string]any) {
	w.ObjStart()
	for i, key := range slices.Sorted(maps.Keys(pairs)) {
		if i > 0 {
			w.Comma()
		}
		w.FieldStart(key)
		writeAny(w, pairs[key])
	}
	w.ObjEnd()
}
