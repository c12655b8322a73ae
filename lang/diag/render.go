package diag

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/fatih/color"

	"github.com/ilpomo/opencore/internal/printable"
)

// Render writes a list for people to read: each finding with its source line
// and a caret under the wrong words, the same for notes that have a place, and
// the hint. Findings come in the order of the list, with an empty line between
// them; of more than a hundred the last line says how many are not shown, which
// are warnings first. Sources gives the text of a file, nil if there is none:
// then places stand without lines. Colour is for terminals.
//
// What could upset a terminal (control characters, bytes that are not UTF-8)
// is escaped wherever it comes from. The error is that of w.
func Render(w io.Writer, list List, sources func(file string) []byte, color bool) error {
	r := renderer{sources: sources, style: plain}
	if color {
		r.style = coloured
	}
	most := mostShown(list)
	for i, d := range most {
		if i > 0 {
			r.b.WriteByte('\n')
		}
		r.diagnostic(d)
	}
	if more := len(list) - len(most); more > 0 {
		fmt.Fprintf(&r.b, "\n… and %d more, not shown; JSON has them all\n", more)
	}
	_, err := w.Write(r.b.Bytes())
	return err
}

// maxShown bounds how many findings are rendered: nobody reads more at once,
// and what is behind them mostly follows from what is before.
const maxShown = 100

// mostShown gives the findings to render, in their order: where some are left
// out, errors are what is kept.
func mostShown(list List) List {
	if len(list) <= maxShown {
		return list
	}
	errors := 0
	for _, d := range list {
		if d.Severity == Error {
			errors++
		}
	}
	warnings := max(0, maxShown-errors)
	shown := make(List, 0, maxShown)
	for _, d := range list {
		if len(shown) == maxShown {
			break
		}
		if d.Severity != Error {
			if warnings == 0 {
				continue
			}
			warnings--
		}
		shown = append(shown, d)
	}
	return shown
}

// A style paints the parts of a finding.
type style struct{ err, warning, gutter, note, help func(text string) string }

func asIs(text string) string { return text }

var plain = style{asIs, asIs, asIs, asIs, asIs}

var coloured = style{
	err:     paint(color.FgRed, color.Bold),
	warning: paint(color.FgYellow, color.Bold),
	gutter:  paint(color.FgBlue),
	note:    paint(color.FgCyan, color.Bold),
	help:    paint(color.FgGreen, color.Bold),
}

// paint gives a function that colours whatever the environment says: who
// calls Render has decided.
func paint(attributes ...color.Attribute) func(string) string {
	c := color.New(attributes...)
	c.EnableColor()
	return func(text string) string { return c.Sprint(text) }
}

type renderer struct {
	b       bytes.Buffer
	sources func(string) []byte
	style   style
}

func (r *renderer) diagnostic(d Diagnostic) {
	paint := r.style.err
	if d.Severity == Warning {
		paint = r.style.warning
	}
	fmt.Fprintf(&r.b, "%s: %s\n", paint(fmt.Sprintf("%s[%s]", d.Severity, d.Code)), printable.Text(d.Message))
	if !d.Span.IsZero() {
		fmt.Fprintf(&r.b, "  %s %s\n", r.style.gutter("-->"), printable.Text(d.Span.String()))
		r.source(d.Span, paint)
	}
	for _, n := range d.Notes {
		r.note(n)
	}
	if d.Hint != "" {
		fmt.Fprintf(&r.b, "%s %s\n", r.style.help("help:"), printable.Text(d.Hint))
	}
}

func (r *renderer) note(n Note) {
	fmt.Fprintf(&r.b, "%s %s", r.style.note("note:"), printable.Text(n.Message))
	if !n.Span.IsZero() {
		fmt.Fprintf(&r.b, ": %s", printable.Text(n.Span.String()))
	}
	r.b.WriteByte('\n')
	r.source(n.Span, r.style.note)
}

// source writes the line of a place with carets under it.
func (r *renderer) source(s Span, paint func(string) string) {
	if s.Start.Line == 0 || r.sources == nil {
		return
	}
	line, start, end, ok := lineOf(r.sources(s.File), s)
	if !ok {
		return
	}
	text, indent, carets := excerpt(line, start, end)
	number := strconv.Itoa(s.Start.Line)
	fmt.Fprintf(&r.b, "%s %s\n", r.style.gutter(number+" |"), text)
	fmt.Fprintf(&r.b, "%s %s%s\n", r.style.gutter(strings.Repeat(" ", len(number))+" |"),
		strings.Repeat(" ", indent), paint(strings.Repeat("^", carets)))
}

// lineOf gives the line that a place starts on, and where in it the place
// starts and ends, in bytes. A place of several lines ends with the first.
func lineOf(src []byte, s Span) (line []byte, start, end int, ok bool) {
	at := s.Start.Offset
	if at < 0 || at > len(src) {
		return nil, 0, 0, false
	}
	from := bytes.LastIndexByte(src[:at], '\n') + 1
	line = src[from:]
	if i := bytes.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	line = bytes.TrimSuffix(line, []byte("\r"))
	start = min(at-from, len(line))
	end = min(max(s.End.Offset-from, start), len(line))
	if mark := []byte("\uFEFF"); from == 0 && bytes.HasPrefix(line, mark) && start >= len(mark) {
		line, start, end = line[len(mark):], start-len(mark), end-len(mark)
	}
	return line, start, end, true
}
