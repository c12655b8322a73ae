package message

import (
	"fmt"
	"unicode/utf8"

	"github.com/ilpomo/opencore/internal/schema"
)

// raw is the codec of messages that are nothing but the bytes of their only
// field.
type raw struct{ record *record }

// newRaw fails where a message of type m is more than some bytes.
func newRaw(m *schema.Message) (*raw, error) {
	if err := CheckRaw(m); err != nil {
		return nil, err
	}
	return &raw{compile(m)}, nil
}

// CheckRaw reports why messages of type m can't be sent raw; nil if they can.
func CheckRaw(m *schema.Message) error {
	if len(m.Fields) == 1 {
		if k := m.Fields[0].Type.Kind; k == schema.String || k == schema.Bytes {
			return nil
		}
	}
	return fmt.Errorf("codec raw needs a message with one field, of type bytes or string; %s has another form", m.Name)
}

// Append appends the bytes; a null has none.
func (c *raw) Append(dst, payload []byte) ([]byte, error) {
	if len(payload) < c.record.head {
		return dst, errDense
	}
	v, err := c.record.cell(payload, 0)
	if err != nil {
		return dst, err
	}
	return append(dst, v.data...), nil
}

// Parse takes any bytes; for a string they must be UTF-8.
func (c *raw) Parse(dst, data []byte) ([]byte, error) {
	if c.record.fields[0].shape.kind == schema.String && !utf8.Valid(data) {
		return dst, errUTF8
	}
	return c.record.append(dst, []value{{state: set, data: data}})
}
