package reference

import (
	"bufio"
	"io"
	"strings"

	"github.com/fatih/color"
	"github.com/rivo/uniseg"

	"github.com/ilpomo/opencore/internal/printable"
)

// Text writes a page for a terminal of so many columns, its headings bold if
// that is wanted. The error is that of w.
func (p Page) Text(w io.Writer, columns int, bold bool) error {
	t := &terminal{w: bufio.NewWriter(w), columns: columns, bold: color.New(color.Bold), names: p.widest()}
	if bold {
		t.bold.EnableColor()
	} else {
		t.bold.DisableColor()
	}
	for i, b := range p {
		if i > 0 && apart(p[i-1], b) {
			t.line("", "")
		}
		t.block(b)
	}
	return t.w.Flush()
}

// apart reports whether an empty line stands between two blocks.
func apart(before, b block) bool {
	switch b.kind {
	case entry:
		return before.kind != entry && before.kind != heading
	case item: // those without words about them stand close
		return before.kind != heading && (before.kind != item || before.text != "" || b.text != "")
	default:
		return before.kind != heading || before.level == 1 && b.kind != heading
	}
}

// widest gives the columns of the longest name in a list.
func (p Page) widest() int {
	most := 0
	for _, b := range p {
		if b.kind == entry {
			most = max(most, uniseg.StringWidth(b.words))
		}
	}
	return most
}

// A terminal is where a page is written to. bufio keeps the first error until
// the end.
type terminal struct {
	w       *bufio.Writer
	columns int
	names   int // columns of the names in a list
	bold    *color.Color
}

// line writes a line of what may come from a user's file.
func (t *terminal) line(indent, text string) {
	_, _ = t.w.WriteString(strings.TrimRight(indent+printable.Text(text), " ") + "\n")
}

func (t *terminal) block(b block) {
	const in, deep = "  ", "      "
	switch b.kind {
	case heading:
		_, _ = t.w.WriteString(t.bold.Sprint(printable.Text(b.words)) + "\n")
	case prose:
		t.wrap("", "", strings.Fields(b.text))
	case code, program:
		t.lines(codeIndent, b.text)
	case item:
		t.wrap(in, deep+in, aligned(b.words))
		t.wrap(deep, deep, strings.Fields(b.text))
	case more:
		t.wrap(deep, deep, strings.Fields(b.text))
	case moreCode:
		t.lines(deep+codeIndent, b.text)
	case entry:
		pad := strings.Repeat(" ", t.names-uniseg.StringWidth(b.words)+len(in))
		t.wrap(in+printable.Text(b.words)+pad, in+strings.Repeat(" ", t.names)+in, strings.Fields(b.text))
	}
}

func (t *terminal) lines(indent, text string) {
	for line := range strings.SplitSeq(text, "\n") {
		t.line(indent, line)
	}
}

// wrap writes a paragraph. first stands before its first line, indent before
// the others.
func (t *terminal) wrap(first, indent string, words []string) {
	if len(words) == 0 && strings.TrimSpace(first) == "" {
		return
	}
	line, width := "", uniseg.StringWidth(first)
	for _, word := range words {
		wide := uniseg.StringWidth(word)
		if line != "" && width+1+wide > t.columns {
			t.line(first, line)
			first, line, width = indent, "", uniseg.StringWidth(indent)
		}
		if line != "" {
			line, width = line+" ", width+1
		}
		line, width = line+word, width+wide
	}
	t.line(first, line)
}

// Markdown writes a page as Markdown. The error is that of w.
func (p Page) Markdown(w io.Writer) error {
	b := bufio.NewWriter(w)
	for i, block := range p {
		if i > 0 && !(listy(block) && listy(p[i-1])) {
			_, _ = b.WriteString("\n")
		}
		_, _ = b.WriteString(block.markdown() + "\n")
	}
	return b.Flush()
}

// listy reports whether a block is a point of a list of which no further
// paragraphs follow.
func listy(b block) bool { return b.kind == item || b.kind == entry }

func (b block) markdown() string {
	const in = "  "
	switch b.kind {
	case heading:
		return strings.Repeat("#", b.level) + " " + plain(b.words)
	case code:
		return indented(codeIndent, b.text)
	case program:
		return "```actors\n" + b.text + "\n```"
	case item, entry:
		return "- " + span(b.words) + behind(b.text)
	case more:
		return in + plain(b.text)
	case moreCode:
		return indented(in+codeIndent, b.text)
	default:
		return plain(b.text)
	}
}

func behind(text string) string {
	if text == "" {
		return ""
	}
	return ": " + plain(text)
}

// indented keeps code that users wrote from closing a fence: it has none.
func indented(indent, text string) string {
	return indent + strings.ReplaceAll(text, "\n", "\n"+indent)
}

// span sets words as code, whatever quotes are in them.
func span(words string) string {
	if strings.Contains(words, "`") {
		return "`` " + words + " ``"
	}
	return "`" + words + "`"
}

// plain keeps Markdown from reading signs of ours as its own. Backquotes mean
// code in comments too.
func plain(text string) string {
	return escapes.Replace(text)
}

var escapes = strings.NewReplacer("<", `\<`, "*", `\*`, "_", `\_`)
