package message

import (
	"fmt"

	"github.com/ilpomo/opencore/internal/schema"
)

// A Codec translates messages of one type between the dense encoding and the
// form that they have in the frames of foreign peers and programs. It serves
// one goroutine.
type Codec interface {
	// Append appends the outside form of payload, a dense encoding. It fails
	// where payload is none, and gives dst back.
	Append(dst, payload []byte) ([]byte, error)
	// Parse appends the dense encoding of the message that data, one whole
	// frame, holds. Nothing in data is trusted. The error says what is wrong
	// in the words of whoever sent it; dst is then given back.
	Parse(dst, data []byte) ([]byte, error)
}

// NewCodec makes the codec of a name that the language has, for messages of
// type m: msgpack, json, raw or pickle. It fails on other names, and where the
// codec is raw and m has not exactly one field, of type string or bytes.
func NewCodec(name string, m *schema.Message) (Codec, error) {
	switch name {
	case "msgpack":
		return NewMessagePack(m), nil
	case "json":
		return jsonCodec{NewJSONReader(m), NewJSONWriter(m)}, nil
	case "raw":
		return newRaw(m)
	case "pickle":
		return newPickled(m), nil
	}
	return nil, fmt.Errorf("no codec is called %q", name)
}

type jsonCodec struct {
	reader *JSONReader
	writer *JSONWriter
}

func (c jsonCodec) Append(dst, payload []byte) ([]byte, error) { return c.writer.Append(dst, payload) }
func (c jsonCodec) Parse(dst, data []byte) ([]byte, error)     { return c.reader.Append(dst, data) }
