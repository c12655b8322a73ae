package message

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/go-faster/jx"

	"github.com/ilpomo/opencore/internal/schema"
)

// A JSONReader reads messages of one type from JSON objects.
type JSONReader struct {
	record *record
	json   *jsonDecoder
}

// NewJSONReader makes a reader of messages of type m.
func NewJSONReader(m *schema.Message) *JSONReader {
	return &JSONReader{record: compile(m), json: newJSONDecoder()}
}

// Append appends the dense encoding of the message that line, one JSON
// object, holds. The error says what is malformed, in the words of whoever
// wrote the line; dst is then returned as it was.
func (r *JSONReader) Append(dst, line []byte) ([]byte, error) {
	if err := r.json.begin(line); err != nil {
		return dst, err
	}
	if r.json.tokens.Next() != jx.Object {
		return dst, r.json.notObject(line)
	}
	base, err := r.json.fields(r.record, 1)
	if err == nil {
		err = r.json.end()
	}
	if err != nil {
		return dst, explain(line, err)
	}
	return r.record.append(dst, r.json.values[base:])
}

// A jsonDecoder turns JSON into values. Its memory is used again from message
// to message.
type jsonDecoder struct {
	builder
	tokens *jx.Decoder
	any    anyEncoder
}

func newJSONDecoder() *jsonDecoder { return &jsonDecoder{tokens: jx.DecodeBytes(nil)} }

// errSyntax stands for jx's own errors, which are no words for users; explain
// finds better ones.
var errSyntax = errors.New("not valid JSON")

// explain makes a syntax error say what is wrong with text and where.
func explain(text []byte, err error) error {
	if !errors.Is(err, errSyntax) {
		return err
	}
	var raw json.RawMessage
	var syntax *json.SyntaxError
	if errors.As(json.Unmarshal(text, &raw), &syntax) {
		return fmt.Errorf("not valid JSON at byte %d: %w", syntax.Offset, syntax)
	}
	return errSyntax
}

func (d *jsonDecoder) begin(text []byte) error {
	if !utf8.Valid(text) {
		return errUTF8
	}
	d.tokens.ResetBytes(text)
	d.reset()
	return nil
}

// end makes sure that nothing follows.
func (d *jsonDecoder) end() error {
	if err := d.tokens.Skip(); err != io.EOF {
		return errSyntax
	}
	return nil
}

// whole reads text as one value of shape s.
func (d *jsonDecoder) whole(s *shape, text []byte) (value, error) {
	if err := d.begin(text); err != nil {
		return value{}, err
	}
	d.push(1)
	err := d.value(0, s, 0)
	if err == nil {
		err = d.end()
	}
	return d.values[0], explain(text, err)
}

func (d *jsonDecoder) notObject(line []byte) error {
	raw, err := d.tokens.Raw()
	if err == nil {
		err = d.end()
	}
	if err != nil {
		return explain(line, errSyntax)
	}
	return fmt.Errorf("%s is not an object, as a message must be", rawShown(raw))
}

// fields reads an object and leaves the values of its fields on the stack,
// from base on.
func (d *jsonDecoder) fields(r *record, depth int) (base int, err error) {
	if depth > MaxDepth {
		return 0, errDepth
	}
	base = d.push(len(r.fields))
	fields, err := d.tokens.ObjIter()
	if err != nil {
		return 0, errSyntax
	}
	for place := 0; fields.Next(); place++ {
		i := r.index(fields.Key(), place)
		if i < 0 {
			if d.tokens.Skip() != nil {
				return 0, errSyntax
			}
			continue
		}
		if err := d.value(base+i, r.fields[i].shape, depth); err != nil {
			return 0, inField(r.fields[i].name, err)
		}
	}
	if fields.Err() != nil {
		return 0, errSyntax
	}
	return base, nil
}

// inField is within, but for what is wrong with the whole line.
func inField(name string, err error) error {
	if err == errSyntax {
		return err
	}
	return within(name, err)
}

func inElement(i int, err error) error { return inField("["+strconv.Itoa(i)+"]", err) }

// value reads the next value into d.values[at]; depth is that of what it is
// in.
func (d *jsonDecoder) value(at int, s *shape, depth int) error {
	next := d.tokens.Next()
	if next == jx.Invalid {
		return errSyntax
	}
	if next == jx.Null && (s.optional || s.kind != schema.Any) {
		return d.null(at, s)
	}
	v := value{state: set}
	var err error
	switch s.kind {
	case schema.Record:
		v.data, err = d.nested(next, s, depth)
	case schema.List:
		v.data, err = d.list(next, s, depth)
	case schema.Map:
		v.data, err = d.dict(next, s, depth)
	case schema.Any:
		v.data, err = d.anything(depth)
	case schema.String:
		v.data, err = d.text(next, s)
	case schema.Bytes:
		v.data, err = d.base64(next, s)
	default:
		v.word, err = d.word(next, s)
	}
	d.values[at] = v
	return err
}

func (d *jsonDecoder) null(at int, s *shape) error {
	if d.tokens.Null() != nil {
		return errSyntax
	}
	if !s.optional {
		return errNull()
	}
	d.values[at] = value{state: null}
	return nil
}

// mismatch is the error about a value of the wrong kind.
func (d *jsonDecoder) mismatch(s *shape) error {
	raw, err := d.tokens.Raw()
	if err != nil {
		return errSyntax
	}
	return notA(s, rawShown(raw))
}

func notA(s *shape, what string) error {
	return &fieldError{text: ": " + what + " is not " + s.noun}
}

// rawShown gives a JSON value as it may stand in an error.
func rawShown(raw jx.Raw) string {
	switch raw.Type() {
	case jx.Object:
		return "an object"
	case jx.Array:
		return "a list"
	case jx.String:
		text, err := jx.DecodeBytes(raw).Str()
		if err != nil {
			return "a string"
		}
		return shown(text)
	default:
		return string(raw[:min(len(raw), 40)])
	}
}

func (d *jsonDecoder) word(next jx.Type, s *shape) (uint64, error) {
	switch {
	case s.kind == schema.Bool && next == jx.Bool:
		b, err := d.tokens.Bool()
		if err != nil {
			return 0, errSyntax
		}
		return boolWord(b), nil
	case next == jx.Number && s.kind != schema.Bool && s.kind != schema.Enum && s.kind != schema.Time:
		raw, err := d.tokens.Raw()
		if err != nil {
			return 0, errSyntax
		}
		w, ok := numberWord(s, raw)
		if !ok {
			err = notA(s, rawShown(raw))
		}
		return w, err
	case next == jx.String && s.kind != schema.Bool && s.kind != schema.Int:
		start := len(d.scratch)
		var err error
		if d.scratch, err = d.tokens.StrAppend(d.scratch); err != nil {
			return 0, errSyntax
		}
		w, err := textWord(s, d.scratch[start:])
		d.scratch = d.scratch[:start]
		return w, err
	}
	return 0, d.mismatch(s)
}

func (d *jsonDecoder) text(next jx.Type, s *shape) ([]byte, error) {
	if next != jx.String {
		return nil, d.mismatch(s)
	}
	start := len(d.scratch)
	var err error
	if d.scratch, err = d.tokens.StrAppend(d.scratch); err != nil {
		return nil, errSyntax
	}
	return d.take(start), nil
}

func (d *jsonDecoder) base64(next jx.Type, s *shape) ([]byte, error) {
	text, err := d.text(next, s)
	if err != nil {
		return nil, err
	}
	start := len(d.scratch)
	d.scratch, err = appendBase64(d.scratch, s, text)
	return d.take(start), err
}

func (d *jsonDecoder) nested(next jx.Type, s *shape, depth int) ([]byte, error) {
	if next != jx.Object {
		return nil, d.mismatch(s)
	}
	base, err := d.fields(s.record, depth+1)
	if err != nil {
		return nil, err
	}
	return d.endRecord(base, s.record)
}

func (d *jsonDecoder) list(next jx.Type, s *shape, depth int) ([]byte, error) {
	if next != jx.Array {
		return nil, d.mismatch(s)
	}
	if depth+1 > MaxDepth {
		return nil, errDepth
	}
	base := len(d.values)
	elements, err := d.tokens.ArrIter()
	if err != nil {
		return nil, errSyntax
	}
	for elements.Next() {
		at := d.push(1)
		if err := d.value(at, s.elem, depth+1); err != nil {
			return nil, inElement(at-base, err)
		}
	}
	if elements.Err() != nil {
		return nil, errSyntax
	}
	return d.endList(base, s.elem)
}

// dict reads a map: its pairs as values, key and value by turns, then makes
// each pair a record.
func (d *jsonDecoder) dict(next jx.Type, s *shape, depth int) ([]byte, error) {
	if next != jx.Object {
		return nil, d.mismatch(s)
	}
	if depth+1 > MaxDepth {
		return nil, errDepth
	}
	base := len(d.values)
	pairs, err := d.tokens.ObjIter()
	if err != nil {
		return nil, errSyntax
	}
	for pairs.Next() {
		at := d.pair(base, pairs.Key())
		if err := d.value(at, s.value(), depth+1); err != nil {
			return nil, inField(string(d.values[at-1].data), err)
		}
	}
	if pairs.Err() != nil {
		return nil, errSyntax
	}
	return d.endDict(base, s.elem)
}
