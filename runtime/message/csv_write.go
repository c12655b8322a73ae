package message

import (
	"bytes"
	"encoding/base64"
	"math"
	"strconv"

	"github.com/go-faster/jx"

	"github.com/ilpomo/opencore/internal/schema"
)

// A CSVWriter writes messages of one type as rows of CSV (RFC 4180, lines end
// with a line feed).
type CSVWriter struct {
	record *record
	json   jx.Writer
}

// NewCSVWriter makes a writer of messages of type m.
func NewCSVWriter(m *schema.Message) *CSVWriter { return &CSVWriter{record: compile(m)} }

// AppendHeader appends the row of the fields' outside names, with its line
// end.
func (w *CSVWriter) AppendHeader(dst []byte) []byte {
	for i := range w.record.fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		start := len(dst)
		dst = append(dst, w.record.fields[i].name...)
		dst = quoteCell(dst, start)
	}
	return append(dst, '\n')
}

// Append appends one row with its line end. Lists, maps, messages and values
// of type any are written as JSON, null as an empty cell. It fails where
// payload is not a valid encoding, and returns dst then.
func (w *CSVWriter) Append(dst, payload []byte) ([]byte, error) {
	if len(payload) < w.record.head {
		return dst, errDense
	}
	out := dst
	for i := range w.record.fields {
		if i > 0 {
			out = append(out, ',')
		}
		c, err := w.record.cell(payload, i)
		if err != nil {
			return dst, err
		}
		start := len(out)
		if out, err = w.cell(out, w.record.fields[i].shape, c); err != nil {
			return dst, err
		}
		out = quoteCell(out, start)
		if len(w.record.fields) == 1 && len(out) == start { // a blank line would be no row
			out = append(out, '"', '"')
		}
	}
	return append(out, '\n'), nil
}

func (w *CSVWriter) cell(dst []byte, s *shape, c cell) ([]byte, error) {
	if !c.present {
		return dst, nil
	}
	switch s.kind {
	case schema.String:
		return append(dst, c.data...), nil
	case schema.Record, schema.List, schema.Map, schema.Any:
		w.json.Buf = dst
		err := writeValue(&w.json, s, c, 1)
		dst, w.json.Buf = w.json.Buf, nil
		return dst, err
	default:
		return appendWord(dst, s, c)
	}
}

// appendWord appends a value of any other kind as bare text.
func appendWord(dst []byte, s *shape, c cell) ([]byte, error) {
	switch s.kind {
	case schema.Bool:
		return strconv.AppendBool(dst, c.slot[0] != 0), nil
	case schema.Int, schema.Duration:
		return strconv.AppendInt(dst, int64(c.word()), 10), nil
	case schema.Float:
		return appendFloat(dst, math.Float64frombits(c.word())), nil
	case schema.Time:
		return appendTime(dst, int64(c.word())), nil
	case schema.Bytes:
		return base64.StdEncoding.AppendEncode(dst, c.data), nil
	default:
		if int(c.slot[0]) >= len(s.names) {
			return dst, errDense
		}
		return append(dst, s.names[c.slot[0]]...), nil
	}
}

// quoteCell puts the cell from start on in quotes where it needs them.
func quoteCell(dst []byte, start int) []byte {
	cell := dst[start:]
	if len(cell) == 0 || cell[0] != ' ' && cell[0] != '\t' && !bytes.ContainsAny(cell, ",\"\r\n") {
		return dst
	}
	end := len(dst)
	dst = appendZeros(dst, 2+bytes.Count(cell, []byte{'"'}))
	dst[len(dst)-1] = '"'
	for from, to := end-1, len(dst)-2; from >= start; from, to = from-1, to-1 {
		dst[to] = dst[from]
		if dst[from] == '"' {
			to--
			dst[to] = '"'
		}
	}
	dst[start] = '"'
	return dst
}
