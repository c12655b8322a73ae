package stdlib

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"

	"github.com/ilpomo/opencore/runtime/message"
)

// rows reads messages from CSV. encoding/csv splits the rows; it is fed line
// by line, so that the length of a row is bounded, and a row that is broken
// costs its first line only: what follows is read as if that had not been there.
type rows struct {
	lines   *lineReader
	message *message.CSVReader
	headed  bool // the first row has been read
	split   *csv.Reader
	held    []csvLine // the lines of the row at hand, then those that are to be read again
	fed     int       // how many of them split has got
	bytes   int       // in these
	rest    []byte    // what split is still to get of the last one
	arena   []byte    // what the lines held lie in
	long    error     // a line that is too long was met, and is to be reported behind those held
	done    uint64    // offset behind the row that was read last
}

// A csvLine is a line, with its end, and where it was.
type csvLine struct {
	text   []byte
	number int
	offset uint64 // behind it
}

// errRowTooLong stops split within a row, or where a line is too long.
var errRowTooLong = errors.New("no closing quote within the limit that max_line sets")

// A headerError is about the first row: no other can be read.
type headerError struct{ error }

func (r *rows) place() uint64 { return r.done }

func (r *rows) again() {
	r.headed, r.done = false, 0
}

func (r *rows) skip(place uint64) error {
	if err := r.header(); err != nil {
		return err
	}
	err := r.lines.skip(place)
	r.done = r.lines.offset
	return err
}

func (r *rows) next(dst []byte) ([]byte, error) {
	if !r.headed {
		if err := r.header(); err != nil {
			return dst, err
		}
	}
	cells, err := r.row()
	if err != nil {
		return dst, err
	}
	out, err := r.message.Append(dst, cells)
	if err != nil {
		err = &malformed{r.held[0].number, r.text(), err}
	}
	r.accept()
	return out, err
}

// header reads the first row. A file without one is at its end.
func (r *rows) header() error {
	r.restart()
	cells, err := r.row()
	var m *malformed
	switch {
	case errors.As(err, &m):
		return headerError{m.reason}
	case err != nil:
		return err
	}
	if err := r.message.Header(cells); err != nil {
		return headerError{err}
	}
	r.headed = true
	r.accept()
	return nil
}

// restart makes split forget a row that it is in.
func (r *rows) restart() {
	r.fed, r.bytes, r.rest = 0, 0, nil
	r.split = csv.NewReader(r)
	r.split.FieldsPerRecord = -1
	r.split.ReuseRecord = true
}

// row splits off the next row; its lines stay held until accept.
func (r *rows) row() ([]string, error) {
	cells, err := r.split.Read()
	switch {
	case err == nil:
		return cells, nil
	case r.fed > 0 && err != errStopped:
		return nil, r.reject(err)
	case r.long != nil:
		err, r.long, r.done = r.long, nil, r.lines.offset
	}
	return nil, err
}

// text gives the lines of the row at hand, without the last line end.
func (r *rows) text() []byte {
	var text []byte
	for _, line := range r.held[:r.fed] {
		text = append(text, line.text...)
	}
	return bytes.TrimSuffix(text, []byte{'\n'})
}

// accept is done with the row at hand.
func (r *rows) accept() { r.drop(r.fed) }

// drop forgets the first n lines held; the others are fed anew.
func (r *rows) drop(n int) {
	r.done = r.held[n-1].offset
	r.held = append(r.held[:0], r.held[n:]...)
	r.fed, r.bytes = 0, 0
	if len(r.held) == 0 {
		r.arena = r.arena[:0]
	}
}

// reject gives up on the first line of the row at hand.
func (r *rows) reject(reason error) error {
	first := r.held[0]
	r.drop(1)
	r.restart()
	return &malformed{first.number, bytes.TrimSuffix(first.text, []byte{'\n'}), csvReason(reason)}
}

func csvReason(err error) error {
	var parse *csv.ParseError
	switch {
	case !errors.As(err, &parse):
		return errRowTooLong
	case parse.Err == csv.ErrBareQuote:
		return fmt.Errorf("column %d: a quote within a cell that is not quoted", parse.Column)
	case parse.Err == csv.ErrQuote:
		return errors.New("a quoted cell does not end with a quote and a comma")
	}
	return parse.Err
}

// Read feeds split, never beyond the end of a line.
func (r *rows) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		if err := r.feed(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func (r *rows) feed() error {
	for r.fed == 0 && len(r.held) > 0 && blank(bytes.TrimSuffix(r.held[0].text, []byte{'\n'})) {
		r.drop(1)
	}
	if r.fed == len(r.held) {
		if err := r.hold(); err != nil {
			return err
		}
	}
	line := r.held[r.fed]
	if r.fed > 0 && r.bytes+len(line.text) > r.lines.most {
		return errRowTooLong
	}
	r.fed++
	r.bytes += len(line.text)
	r.rest = line.text
	return nil
}

// hold reads a line. Blank ones before a row are skipped.
func (r *rows) hold() error {
	for r.long == nil {
		line, err := r.lines.next()
		if err == errTooLong {
			r.long = tooLong(r.lines, bytes.Clone(line))
			break
		}
		if err != nil {
			return err
		}
		if r.fed > 0 || !blank(line) {
			start := len(r.arena)
			r.arena = append(append(r.arena, line...), '\n')
			r.held = append(r.held, csvLine{r.arena[start:], r.lines.number, r.lines.offset})
			return nil
		}
	}
	return errRowTooLong
}
