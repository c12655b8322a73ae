// Package printable makes text safe to show: nothing that comes from a source,
// a plan, a message or a process can move the cursor, colour, turn the direction
// of writing or forge a line where people read it. It is for terminals and logs
// of lines, not for data that is read back.
package printable

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// tab is what a tab is shown as: a terminal's own tab stops would be off by
// what stands before a text on its line.
const tab = "    "

// Is reports whether a text may be shown as it is. Tabs and line ends may not.
func Is(text string) bool {
	for i, r := range text {
		if !strconv.IsPrint(r) || r == utf8.RuneError && !strings.HasPrefix(text[i:], string(utf8.RuneError)) {
			return false
		}
	}
	return true
}

// Text gives a text as it may be shown: tabs are spaces, and what is not
// printable, or not UTF-8, is written as in a Go string.
func Text(text string) string {
	if Is(text) {
		return text
	}
	var b strings.Builder
	for text != "" {
		r, size := utf8.DecodeRuneInString(text)
		switch piece := text[:size]; {
		case r == '\t':
			b.WriteString(tab)
		case Is(piece):
			b.WriteString(piece)
		default:
			quoted := strconv.Quote(piece)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		text = text[size:]
	}
	return b.String()
}

// Lines is Text line by line, for what is shown with more than one.
func Lines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = Text(line)
	}
	return strings.Join(lines, "\n")
}
