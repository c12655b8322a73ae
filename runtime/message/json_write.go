package message

import (
	"math"
	"unicode/utf8"

	"github.com/go-faster/jx"

	"github.com/ilpomo/opencore/internal/schema"
)

// A JSONWriter writes messages of one type as JSON objects.
type JSONWriter struct {
	record *record
	out    jx.Writer
}

// NewJSONWriter makes a writer of messages of type m.
func NewJSONWriter(m *schema.Message) *JSONWriter { return &JSONWriter{record: compile(m)} }

// Append appends the message as one JSON object, without line end. All fields
// are written, in their order, null too; a reader gives the same message
// back. It fails where payload is not a valid encoding, and returns dst then.
func (w *JSONWriter) Append(dst, payload []byte) ([]byte, error) {
	w.out.Buf = dst
	err := writeRecord(&w.out, w.record, payload, 1)
	out := w.out.Buf
	w.out.Buf = nil
	if err != nil {
		return dst, err
	}
	return out, nil
}

// writeRecord writes an object; depth is its own.
func writeRecord(w *jx.Writer, r *record, b []byte, depth int) error {
	if depth > MaxDepth {
		return errDepth
	}
	if len(b) < r.head {
		return errDense
	}
	w.ObjStart()
	for i := range r.fields {
		c, err := r.cell(b, i)
		if err != nil {
			return err
		}
		w.RawStr(r.fields[i].jsonKey)
		if err := writeValue(w, r.fields[i].shape, c, depth); err != nil {
			return err
		}
	}
	w.ObjEnd()
	return nil
}

// jsonKey gives what stands before the value of field i: `,"name":`.
func jsonKey(i int, name string) string {
	var w jx.Writer
	if i > 0 {
		w.Comma()
	}
	w.FieldStart(name)
	return string(w.Buf)
}

// writeValue writes one value; depth is that of what it is in.
func writeValue(w *jx.Writer, s *shape, c cell, depth int) error {
	if !c.present {
		w.Null()
		return nil
	}
	switch s.kind {
	case schema.Bool:
		w.Bool(c.slot[0] != 0)
	case schema.Int, schema.Duration:
		w.Int64(int64(c.word()))
	case schema.Float:
		writeFloat(w, math.Float64frombits(c.word()))
	case schema.Time:
		w.Buf = append(appendTime(append(w.Buf, '"'), int64(c.word())), '"')
	case schema.Enum:
		if int(c.slot[0]) >= len(s.names) {
			return errDense
		}
		w.Str(s.names[c.slot[0]])
	case schema.String:
		writeText(w, c.data)
	case schema.Bytes:
		w.Base64(c.data)
	case schema.Record:
		return writeRecord(w, s.record, c.data, depth+1)
	case schema.List:
		return writeList(w, s.elem, c.data, depth+1)
	case schema.Map:
		return writeMap(w, s, c.data, depth+1)
	case schema.Any:
		v, err := decodeAny(c.data)
		if err != nil {
			return err
		}
		writeAny(w, v)
	}
	return nil
}

// writeFloat writes what JSON has no number for as text, which readers take.
func writeFloat(w *jx.Writer, f float64) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		w.Buf = append(appendFloat(append(w.Buf, '"'), f), '"')
		return
	}
	w.Buf = appendFloat(w.Buf, f)
}

// writeText writes a string; a handler's may hold what is not UTF-8, for
// which stands U+FFFD.
func writeText(w *jx.Writer, text []byte) {
	if utf8.Valid(text) {
		w.ByteStr(text)
		return
	}
	w.Str(string([]rune(string(text))))
}

func writeList(w *jx.Writer, elem *shape, b []byte, depth int) error {
	if depth > MaxDepth {
		return errDepth
	}
	l, err := viewList(elem, b)
	if err != nil {
		return err
	}
	w.ArrStart()
	for l.more() {
		if l.next > 0 {
			w.Comma()
		}
		c, err := l.cell()
		if err != nil {
			return err
		}
		if err := writeValue(w, elem, c, depth); err != nil {
			return err
		}
	}
	w.ArrEnd()
	return nil
}

func writeMap(w *jx.Writer, s *shape, b []byte, depth int) error {
	if depth > MaxDepth {
		return errDepth
	}
	l, err := viewList(s.elem, b)
	if err != nil {
		return err
	}
	w.ObjStart()
	for l.more() {
		if l.next > 0 {
			w.Comma()
		}
		key, v, err := s.pair(&l)
		if err != nil {
			return err
		}
		writeText(w, key)
		w.RawStr(":")
		if err := writeValue(w, s.value(), v, depth); err != nil {
			return err
		}
	}
	w.ObjEnd()
	return nil
}
