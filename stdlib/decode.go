package stdlib

import (
	"fmt"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/runtime/message"
)

// A decoder takes messages out of lines.
type decoder interface {
	// next appends the encoding of the next message to dst. The error is one
	// of the source, or a *malformed.
	next(dst []byte) ([]byte, error)
	// place is the offset behind what next has read, in bytes.
	place() uint64
	// skip goes on behind place.
	skip(place uint64) error
	// again makes ready for another file that takes the place of the first.
	again()
}

// A malformed is input that is no message.
type malformed struct {
	line   int
	data   []byte
	reason error
}

func (m *malformed) Error() string { return fmt.Sprintf("line %d: %v", m.line, m.reason) }

// newDecoder makes the decoder of a format.
func newDecoder(format string, m *schema.Message, lines *lineReader) (decoder, error) {
	switch format {
	case "csv":
		return &rows{lines: lines, message: message.NewCSVReader(m)}, nil
	case "text":
		r, err := message.NewTextReader(m)
		if err != nil {
			return nil, badParam("format", "%w", err)
		}
		return &lineDecoder{lines: lines, message: r}, nil
	default:
		return &lineDecoder{lines: lines, message: message.NewJSONReader(m)}, nil
	}
}

// A lineDecoder reads a message from each line.
type lineDecoder struct {
	lines   *lineReader
	message interface {
		Append(dst, line []byte) ([]byte, error)
	}
}

func (d *lineDecoder) place() uint64           { return d.lines.offset }
func (d *lineDecoder) skip(place uint64) error { return d.lines.skip(place) }
func (d *lineDecoder) again()                  {}

func (d *lineDecoder) next(dst []byte) ([]byte, error) {
	for {
		line, err := d.lines.next()
		if err == errTooLong {
			return dst, tooLong(d.lines, line)
		}
		if err != nil {
			return dst, err
		}
		if blank(line) {
			continue
		}
		dst, err := d.message.Append(dst, line)
		if err != nil {
			return dst, &malformed{d.lines.number, line, err}
		}
		return dst, nil
	}
}

func blank(line []byte) bool {
	for _, c := range line {
		if c != ' ' && c != '\t' {
			return false
		}
	}
	return true
}

func tooLong(l *lineReader, line []byte) error {
	return &malformed{l.number, line, fmt.Errorf("longer than %d bytes, the limit that max_line sets", l.most)}
}
