package model

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/ilpomo/opencore/internal/schema"
)

// Outside writes a constant value of type t in the form that values have
// outside: times as RFC 3339, durations in nanoseconds, bytes in base64, the
// fields of a message by their outside names. v must fit t and hold no [Env]
// and no [ParamRef].
func Outside(t *schema.Type, v Value) json.RawMessage {
	data, err := json.Marshal(outside(t, v))
	if err != nil {
		panic(fmt.Sprintf("bug: a checked value of type %s has no JSON: %v", t, err))
	}
	return data
}

// outside gives v as what encoding/json writes in the form wanted.
func outside(t *schema.Type, v Value) any {
	switch v := v.(type) {
	case nil, bool, int64, float64:
		return v
	case string:
		if t.Kind == schema.Bytes {
			return []byte(v)
		}
		return v
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	case time.Duration:
		return int64(v)
	case []Value:
		return outsideList(Elem(t), v)
	case map[string]Value:
		if t.Kind == schema.Record {
			return outsideRecord(t.Message, v)
		}
		return outsideMap(Elem(t), v)
	default:
		panic(fmt.Sprintf("bug: %T is not a constant value", v))
	}
}

// Elem is the type of what lists and maps of type t hold; any holds any.
func Elem(t *schema.Type) *schema.Type {
	if t.Kind == schema.Any {
		return t
	}
	return t.Elem
}

func outsideList(elem *schema.Type, list []Value) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = outside(elem, v)
	}
	return out
}

func outsideMap(elem *schema.Type, m map[string]Value) map[string]any {
	out := make(map[string]any, len(m))
	for key, v := range m {
		out[key] = outside(elem, v)
	}
	return out
}

func outsideRecord(m *schema.Message, fields map[string]Value) map[string]any {
	out := make(map[string]any, len(fields))
	for i := range m.Fields {
		if v, ok := fields[m.Fields[i].Name]; ok {
			out[m.Fields[i].Outside()] = outside(m.Fields[i].Type, v)
		}
	}
	return out
}
