package diag

import (
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"github.com/ilpomo/opencore/internal/printable"
)

const (
	// maxBefore and maxAfter bound, in columns, what is shown of a long line
	// before and behind the start of the wrong words.
	maxBefore = 60
	maxAfter  = 80
)

// maxRunes bounds what is looked at where runes take no columns.
const maxRunes = 4 * (maxBefore + maxAfter)

// A piece is text as it is shown, and how many columns it takes.
type piece struct {
	text  string
	width int
	cut   bool // there would have been more
}

// excerpt gives what to show of a line, and how many columns to leave before
// the carets under the bytes [start, end) and how many carets to set: at least
// one, since the end of a line can be wrong too.
func excerpt(line []byte, start, end int) (text string, indent, carets int) {
	before := lastColumns(line[:start], maxBefore)
	words := firstColumns(line[start:end], maxAfter)
	after := piece{cut: words.cut}
	if !words.cut {
		after = firstColumns(line[end:], maxAfter-words.width)
	}
	if before.cut {
		before.text, before.width = "…"+before.text, before.width+1
	}
	if after.cut {
		after.text += "…"
	}
	return strings.TrimRight(before.text+words.text+after.text, " "), before.width, max(1, words.width)
}

// firstColumns shows the start of a text.
func firstColumns(text []byte, columns int) piece {
	var p piece
	var b strings.Builder
	for runes := 0; len(text) > 0; runes++ {
		_, size := utf8.DecodeRune(text)
		shown := printable.Text(string(text[:size]))
		width := uniseg.StringWidth(shown)
		if p.width+width > columns || runes == maxRunes {
			p.cut = true
			break
		}
		b.WriteString(shown)
		p.width += width
		text = text[size:]
	}
	p.text = b.String()
	return p
}

// lastColumns shows the end of a text.
func lastColumns(text []byte, columns int) piece {
	from, width := len(text), 0
	for runes := 0; from > 0; runes++ {
		_, size := utf8.DecodeLastRune(text[:from])
		width += uniseg.StringWidth(printable.Text(string(text[from-size : from])))
		if width > columns || runes == maxRunes {
			break
		}
		from -= size
	}
	p := firstColumns(text[from:], columns)
	p.cut = from > 0
	return p
}
