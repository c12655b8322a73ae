package message

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"strings"
	"time"

	"github.com/ilpomo/opencore/internal/schema"
)

// ParamValue gives the Go value that actor.Setup.Params holds for a parameter
// of this type: nil, bool, int64, float64, string (enum values and expressions
// too), []byte, time.Time, time.Duration, []any or map[string]any (messages too, by
// the outside names of fields). raw is the value in the form that values have outside,
// empty for null; typ is a type as schema.Type writes it, "expr" or "{string: expr}"; lookup
// finds messages by name. It fails where the value is not one of the type.
func ParamValue(typ string, lookup func(name string) *schema.Message, raw json.RawMessage) (any, error) {
	s, err := paramShape(typ, lookup)
	if err != nil {
		return nil, err
	}
	c, err := paramCell(s, raw)
	if err != nil {
		return nil, err
	}
	return s.goValue(c)
}

// AppendParam appends the dense encoding of such a parameter: a record, a
// list or a map as the field of a message has it in its data, all else as its slot.
func AppendParam(dst []byte, typ string, lookup func(name string) *schema.Message, raw json.RawMessage) ([]byte, error) {
	s, err := paramShape(typ, lookup)
	if err != nil {
		return dst, err
	}
	c, err := paramCell(s, raw)
	if err != nil {
		return dst, err
	}
	if s.slot == 4 {
		return append(dst, c.data...), nil
	}
	return append(dst, c.slot...), nil
}

func paramShape(typ string, lookup func(string) *schema.Message) (*shape, error) {
	switch typ {
	case "expr", "expr?", "{string: expr}":
		typ = strings.Replace(typ, "expr", "string", 1)
	}
	t, err := schema.Parse(typ, lookup)
	if err != nil {
		return nil, err
	}
	c := compiler{records: map[*schema.Message]*record{}}
	return c.shape(t), nil
}

func paramCell(s *shape, raw json.RawMessage) (cell, error) {
	if len(raw) == 0 {
		raw = json.RawMessage("null")
	}
	v, err := newJSONDecoder().whole(s, raw)
	if err != nil {
		return cell{}, err
	}
	word := binary.LittleEndian.AppendUint64(nil, v.word)
	return cell{slot: word[:s.slot], data: v.data, present: v.state == set}, nil
}

// goValue gives the Go value of a cell.
func (s *shape) goValue(c cell) (any, error) {
	if !c.present {
		return nil, nil
	}
	switch s.kind {
	case schema.Bool:
		return c.slot[0] != 0, nil
	case schema.Int:
		return int64(c.word()), nil
	case schema.Float:
		return math.Float64frombits(c.word()), nil
	case schema.Time:
		return time.Unix(0, int64(c.word())).UTC(), nil
	case schema.Duration:
		return time.Duration(c.word()), nil
	case schema.Enum:
		if int(c.slot[0]) >= len(s.names) {
			return nil, errDense
		}
		return s.names[c.slot[0]], nil
	case schema.String:
		return string(c.data), nil
	case schema.Bytes:
		return bytes.Clone(c.data), nil
	case schema.Any:
		return decodeAny(c.data)
	case schema.List:
		return s.goList(c.data)
	case schema.Map:
		return s.goMap(c.data)
	default:
		return s.record.goRecord(c.data)
	}
}

func (s *shape) goList(b []byte) (any, error) {
	l, err := viewList(s.elem, b)
	if err != nil {
		return nil, err
	}
	list := make([]any, 0, l.count)
	for l.more() {
		c, err := l.cell()
		if err != nil {
			return nil, err
		}
		v, err := s.elem.goValue(c)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

func (s *shape) goMap(b []byte) (any, error) {
	l, err := viewList(s.elem, b)
	if err != nil {
		return nil, err
	}
	pairs := make(map[string]any, l.count)
	for l.more() {
		key, c, err := s.pair(&l)
		if err != nil {
			return nil, err
		}
		if pairs[string(key)], err = s.value().goValue(c); err != nil {
			return nil, err
		}
	}
	return pairs, nil
}

func (r *record) goRecord(b []byte) (any, error) {
	if len(b) < r.head {
		return nil, errDense
	}
	fields := make(map[string]any, len(r.fields))
	for i := range r.fields {
		c, err := r.cell(b, i)
		if err != nil {
			return nil, err
		}
		if fields[r.fields[i].name], err = r.fields[i].shape.goValue(c); err != nil {
			return nil, err
		}
	}
	return fields, nil
}
