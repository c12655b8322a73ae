package lsp

import (
	"sort"
	"strings"
	"unicode/utf8"

	"go.lsp.dev/protocol"

	"github.com/ilpomo/opencore/lang/diag"
)

// An encoding is how a client counts the characters of a line.
type encoding string

const (
	utf8Units  encoding = "utf-8"
	utf16Units encoding = "utf-16" // what every client knows
)

// units gives how many characters a rune is to the client; size are its
// bytes.
func (e encoding) units(r rune, size int) int {
	switch {
	case e == utf8Units:
		return size
	case r >= 0x10000:
		return 2
	default:
		return 1
	}
}

// A text is a file as it was at one moment, with what it takes to go from
// bytes to the client's positions and back. It does not change.
type text struct {
	src   string
	lines []int // where each line begins
	enc   encoding
}

func newText(src string, enc encoding) *text {
	lines := make([]int, 1, len(src)/32+1)
	for at := 0; ; {
		i := strings.IndexByte(src[at:], '\n')
		if i < 0 {
			break
		}
		at += i + 1
		lines = append(lines, at)
	}
	return &text{src: src, lines: lines, enc: enc}
}

// line gives a line without its end; "" if there is none of that number.
func (t *text) line(n int) string {
	if n < 0 || n >= len(t.lines) {
		return ""
	}
	end := len(t.src)
	if n+1 < len(t.lines) {
		end = t.lines[n+1] - 1
	}
	return strings.TrimSuffix(t.src[t.lines[n]:end], "\r")
}

// offset gives the byte that a position means. One behind the end of a line or
// of the text means that end.
func (t *text) offset(p protocol.Position) int {
	n := int(p.Line)
	if n >= len(t.lines) {
		return len(t.src)
	}
	left, line, at := int(p.Character), t.line(n), 0
	for at < len(line) && left > 0 {
		r, size := utf8.DecodeRuneInString(line[at:])
		if left -= t.enc.units(r, size); left < 0 {
			break // in the midst of a character: before it
		}
		at += size
	}
	return t.lines[n] + at
}

// position gives the position of a byte.
func (t *text) position(offset int) protocol.Position {
	offset = min(max(offset, 0), len(t.src))
	n := sort.SearchInts(t.lines, offset+1) - 1
	units := 0
	for at := t.lines[n]; at < offset; {
		r, size := utf8.DecodeRuneInString(t.src[at:])
		units += t.enc.units(r, size)
		at += size
	}
	return protocol.Position{Line: uint32(n), Character: uint32(units)}
}

// span gives the range that a span of this text means.
func (t *text) span(s diag.Span) protocol.Range { return t.between(s.Start.Offset, s.End.Offset) }

func (t *text) between(start, end int) protocol.Range {
	return protocol.Range{Start: t.position(start), End: t.position(end)}
}

// apply gives the text behind a change of it.
func (t *text) apply(change protocol.TextDocumentContentChangeEvent) *text {
	switch c := change.(type) {
	case *protocol.TextDocumentContentChangePartial:
		start, end := t.offset(c.Range.Start), t.offset(c.Range.End)
		if end < start {
			start, end = end, start
		}
		return newText(t.src[:start]+c.Text+t.src[end:], t.enc)
	case *protocol.TextDocumentContentChangeWholeDocument:
		return newText(strings.Clone(c.Text), t.enc)
	default:
		return t
	}
}
