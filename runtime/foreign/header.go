package foreign

import (
	"errors"
	"fmt"

	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/message"
)

// A header is the first part of what the program says.
type header struct {
	kind   string
	fields []any
}

// parseHeader reads a header. Nothing in it is trusted.
func parseHeader(data []byte) (*header, error) {
	if len(data) > maxHeader {
		return nil, fmt.Errorf("a header of %d bytes", len(data))
	}
	if err := message.ValidateMessagePack(data); err != nil {
		return nil, fmt.Errorf("a header that is no MessagePack: %w", err)
	}
	v, err := actor.DecodeAny(data)
	if err != nil {
		return nil, fmt.Errorf("a header that is no MessagePack: %w", err)
	}
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		return nil, errors.New("a header that is no array")
	}
	kind, ok := list[0].(string)
	if !ok {
		return nil, errors.New("a header that does not begin with its kind")
	}
	return &header{kind, list[1:]}, nil
}

// text gives the i-th field behind the kind, if it is a text.
func (h *header) text(i int) (string, bool) {
	if i >= len(h.fields) {
		return "", false
	}
	text, ok := h.fields[i].(string)
	return text[:min(len(text), maxText)], ok
}

// number gives the i-th field, if it is a number that is not negative.
func (h *header) number(i int) (uint64, bool) {
	if i >= len(h.fields) {
		return 0, false
	}
	n, ok := h.fields[i].(int64)
	return uint64(n), ok && n >= 0
}

// list gives the i-th field, if it is an array; nothing is an empty one.
func (h *header) list(i int) ([]any, bool) {
	if i >= len(h.fields) || h.fields[i] == nil {
		return nil, true
	}
	list, ok := h.fields[i].([]any)
	return list, ok
}
