package message

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-faster/jx"

	"github.com/ilpomo/opencore/internal/schema"
)

// A TextReader reads messages with a single string field from lines of text.
type TextReader struct{ record *record }

// NewTextReader makes a reader of messages of type m, which must have one
// field, a string.
func NewTextReader(m *schema.Message) (*TextReader, error) {
	r := compile(m)
	if !r.isText() {
		return nil, fmt.Errorf("lines of text are messages with one field, a string; %s is not", m.Name)
	}
	return &TextReader{r}, nil
}

// isText reports whether a line of text can be a message of the type.
func (r *record) isText() bool { return len(r.fields) == 1 && r.fields[0].shape.kind == schema.String }

// Append appends the dense encoding of the message that is this line. It
// fails on what is not UTF-8, and returns dst then.
func (r *TextReader) Append(dst, line []byte) ([]byte, error) {
	if !utf8.Valid(line) {
		return dst, errUTF8
	}
	return r.record.append(dst, []value{{state: set, data: line}})
}

// A TextWriter writes messages of one type as lines of text: a message with a
// single string field as that string, any other as its fields, like this:
//
//	id=us2000crkq mag=5.3 place="50km NNW of Bitung, Indonesia" felt=12
//
// There, fields that are null are left out, and control characters are
// escaped, so that text can't play tricks on a terminal.
type TextWriter struct {
	record *record
	json   jx.Writer
	print  bool
}

// NewTextWriter makes a writer of messages of type m for files: a single
// string is written as it is.
func NewTextWriter(m *schema.Message) *TextWriter { return &TextWriter{record: compile(m)} }

// NewPrinter makes a writer of messages of type m for people: control
// characters are escaped in a single string too.
func NewPrinter(m *schema.Message) *TextWriter { return &TextWriter{record: compile(m), print: true} }

var errLineBreak = errors.New("has a line break, which a line of text can't hold")

// Append appends one line without its end. It fails where payload is not a
// valid encoding, and where a single string that is to be written as it is
// has a line break; it returns dst then.
func (w *TextWriter) Append(dst, payload []byte) ([]byte, error) {
	if len(payload) < w.record.head {
		return dst, errDense
	}
	if w.record.isText() {
		return w.single(dst, payload)
	}
	out := dst
	for i := range w.record.fields {
		c, err := w.record.cell(payload, i)
		if err != nil {
			return dst, err
		}
		if !c.present {
			continue
		}
		if len(out) > len(dst) {
			out = append(out, ' ')
		}
		out = append(append(out, w.record.fields[i].printed...), '=')
		if out, err = w.value(out, w.record.fields[i].shape, c); err != nil {
			return dst, err
		}
	}
	return out, nil
}

func (w *TextWriter) single(dst, payload []byte) ([]byte, error) {
	c, err := w.record.cell(payload, 0)
	if err != nil {
		return dst, err
	}
	if w.print {
		return AppendPrintable(dst, c.data), nil
	}
	if bytes.ContainsAny(c.data, "\r\n") {
		return dst, &fieldError{path: w.record.fields[0].name, text: " " + errLineBreak.Error()}
	}
	return append(dst, c.data...), nil
}

func (w *TextWriter) value(dst []byte, s *shape, c cell) ([]byte, error) {
	switch s.kind {
	case schema.String:
		return appendWordOrQuoted(dst, c.data), nil
	case schema.Duration:
		return append(dst, time.Duration(c.word()).String()...), nil
	case schema.Record, schema.List, schema.Map, schema.Any:
		w.json.Buf = w.json.Buf[:0]
		if err := writeValue(&w.json, s, c, 1); err != nil {
			return dst, err
		}
		return AppendPrintable(dst, w.json.Buf), nil
	default:
		return appendWord(dst, s, c)
	}
}

// appendWordOrQuoted appends text as it is if it can't be mistaken for
// anything else, else as a Go string in quotes.
func appendWordOrQuoted(dst, text []byte) []byte {
	if len(text) > 0 && !bytes.ContainsAny(text, " \"=\\`") && printable(text) {
		return append(dst, text...)
	}
	return strconv.AppendQuote(dst, view(text))
}

func printable(text []byte) bool {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 || !strconv.IsPrint(r) {
			return false
		}
		i += size
	}
	return true
}

// AppendPrintable appends text with all that a terminal would not print
// escaped as in a Go string: control characters, line ends, marks that turn the direction of
// writing, bytes that are not UTF-8.
func AppendPrintable(dst, text []byte) []byte {
	if printable(text) {
		return append(dst, text...)
	}
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if strconv.IsPrint(r) && (r != utf8.RuneError || size > 1) {
			dst = append(dst, text[:size]...)
		} else {
			start := len(dst)
			dst = strconv.AppendQuote(dst, view(text[:size]))
			dst = append(dst[:start], dst[start+1:len(dst)-1]...)
		}
		text = text[size:]
	}
	return dst
}

// printedName gives a field's name as it stands before its value in a line
// of text.
func printedName(name string) string {
	if strings.ContainsAny(name, "= ") || !printable([]byte(name)) {
		return strconv.Quote(name)
	}
	return name
}
