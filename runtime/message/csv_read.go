package message

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ilpomo/opencore/internal/schema"
)

// A CSVReader reads messages of one type from the rows of a table whose first
// row has the outside names of fields. Splitting text into cells is not its work.
type CSVReader struct {
	record  *record
	columns []int // field of each column, -1 for those that no field is called like
	json    *jsonDecoder
}

// NewCSVReader makes a reader of messages of type m.
func NewCSVReader(m *schema.Message) *CSVReader {
	return &CSVReader{record: compile(m), json: newJSONDecoder()}
}

// Header takes the first row. Spaces around names don't count. It fails where
// a required field has no column, and where two columns have one name.
func (r *CSVReader) Header(names []string) error {
	seen := make([]bool, len(r.record.fields))
	columns := make([]int, len(names))
	for i, name := range names {
		at, ok := r.record.byName[strings.TrimSpace(name)]
		if !ok {
			columns[i] = -1
			continue
		}
		if seen[at] {
			return &fieldError{text: "two columns are called " + shown(r.record.fields[at].name)}
		}
		columns[i], seen[at] = at, true
	}
	for i := range r.record.fields {
		if f := &r.record.fields[i]; f.required && !seen[i] {
			return &fieldError{text: "no column is called " + shown(f.name) + ", which " + r.record.name + " needs; " + columnsThere(names)}
		}
	}
	r.columns = columns
	return nil
}

// columnsThere says which columns a table has, so that a misspelled name is
// found. A single one is often a row that isn't separated by commas.
func columnsThere(names []string) string {
	const most = 12
	if len(names) == 1 && strings.ContainsAny(names[0], ";\t") {
		return "there is one, " + shown(names[0]) + ": cells are separated by commas"
	}
	var list []string
	for _, name := range names[:min(len(names), most)] {
		list = append(list, shown(strings.TrimSpace(name)))
	}
	if more := len(names) - most; more > 0 {
		list = append(list, "… "+strconv.Itoa(more)+" more")
	}
	return "there are " + strings.Join(list, ", ")
}

// Append appends the dense encoding of the message in a row. Header comes
// first. A cell of a list, a map, a message or of type any is JSON; an empty
// cell is null, or the default, or an empty string. The error says what is
// malformed; dst is then returned as it was.
func (r *CSVReader) Append(dst []byte, cells []string) ([]byte, error) {
	if len(cells) != len(r.columns) {
		return dst, &fieldError{text: "the row has " + count(len(cells), "cell") + ", the header has " + strconv.Itoa(len(r.columns))}
	}
	d := r.json
	d.values, d.scratch = d.values[:0], d.scratch[:0]
	d.push(len(r.record.fields))
	for i, at := range r.columns {
		if at < 0 {
			continue
		}
		f := &r.record.fields[at]
		if err := d.cell(at, f, cells[i]); err != nil {
			return dst, within(f.name, err)
		}
	}
	return r.record.append(dst, d.values)
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// cell reads text as the value of field f into d.values[at].
func (d *jsonDecoder) cell(at int, f *field, text string) error {
	if !utf8.ValidString(text) {
		return errUTF8
	}
	if text == "" {
		v, err := emptyCell(f)
		d.values[at] = v
		return err
	}
	start := len(d.scratch)
	d.scratch = append(d.scratch, text...)
	raw := d.take(start)
	v := value{state: set}
	var err error
	switch f.shape.kind {
	case schema.String:
		v.data = raw
	case schema.Bytes:
		start = len(d.scratch)
		d.scratch, err = appendBase64(d.scratch, f.shape, raw)
		v.data = d.take(start)
	case schema.Record, schema.List, schema.Map, schema.Any:
		return d.jsonCell(at, f.shape, raw)
	default:
		v.word, err = cellWord(f.shape, bytes.TrimSpace(raw))
	}
	d.values[at] = v
	return err
}

// emptyCell gives what an empty cell means.
func emptyCell(f *field) (value, error) {
	switch {
	case f.shape.optional:
		return value{state: null}, nil
	case !f.required:
		return f.fallback, nil
	case f.shape.kind == schema.String || f.shape.kind == schema.Bytes:
		return value{state: set}, nil
	}
	return value{}, &fieldError{text: " is empty, and must not be"}
}

// jsonCell reads a cell that holds JSON.
func (d *jsonDecoder) jsonCell(at int, s *shape, text []byte) error {
	d.tokens.ResetBytes(text)
	err := d.value(at, s, 1)
	if err == nil {
		err = d.end()
	}
	return explain(text, err)
}

// cellWord reads a cell of a type with a slot of its own: numbers and text as
// in JSON, bools as [strconv.ParseBool] takes them.
func cellWord(s *shape, text []byte) (uint64, error) {
	switch s.kind {
	case schema.Bool:
		b, err := strconv.ParseBool(view(text))
		if err != nil {
			return 0, notA(s, shown(string(text)))
		}
		return boolWord(b), nil
	case schema.Int, schema.Float, schema.Duration:
		if w, ok := numberWord(s, text); ok {
			return w, nil
		}
	}
	return textWord(s, text)
}
