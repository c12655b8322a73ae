package syntax

import (
	"bytes"
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/rivo/uniseg"

	"github.com/ilpomo/opencore/lang/diag"
)

// Format lays a file out: indentation by brackets, one space or none between
// tokens, columns for fields, ports, parameters and instances on lines that
// follow each other, at most one empty line in a row, no comma at the end of a
// line. Where lines end is the author's choice, but for what stands behind the
// { of a body that goes over lines. Comments and expressions stay as they are.
//
// A file with errors is not formatted; the result is then nil and the list says
// what is wrong with it.
func Format(file string, src []byte) ([]byte, diag.List) {
	f, problems := Parse(file, src)
	if problems.HasErrors() {
		return nil, problems
	}
	return f.Format(src), nil
}

// Format is the function of that name for a file that has been parsed, from
// src; nil if it is broken.
func (f *File) Format(src []byte) []byte {
	if f.Broken {
		return nil
	}
	out := formatter{stack: []bracket{{indent: -1, context: inFile}}}
	for _, l := range splitLines(scan(f.Name, src)) {
		out.add(l)
	}
	align(out.rows)
	return out.bytes()
}

// A sourceLine is what will stand on one line.
type sourceLine struct {
	tokens  []lexer.Token
	comment string
	blank   bool // an empty line before it
}

// splitLines gives the tokens and comments of a file line by line.
func splitLines(s *scanner) []sourceLine {
	var lines []sourceLine
	end, fresh, comments := 0, true, s.comments // line on which the last token ended
	add := func(line int) *sourceLine {
		if line > end || fresh {
			lines = append(lines, sourceLine{blank: line > end+1 && end > 0})
		}
		end, fresh = line, false
		return &lines[len(lines)-1]
	}
	breaks := bodyBreaks(s.tokens)
	for i, t := range s.tokens {
		for len(comments) > 0 && (t.EOF() || comments[0].span.Start.Offset < t.Pos.Offset) {
			l := add(comments[0].span.Start.Line)
			l.comment, fresh = comments[0].text, true
			comments = comments[1:]
		}
		if t.EOF() || t.Type == tokenEOL {
			continue
		}
		fresh = fresh || breaks[i]
		l := add(t.Pos.Line)
		l.tokens = append(l.tokens, t)
		end += strings.Count(t.Value, "\n")
	}
	dropLastCommas(lines)
	return lines
}

// dropLastCommas drops the commas at ends of lines, which the line ends
// replace, but between the names in < >.
func dropLastCommas(lines []sourceLine) {
	angles := 0
	for i := range lines {
		tokens := lines[i].tokens
		for at := range tokens {
			switch {
			case isPunct(&tokens[at], "<"):
				angles++
			case isPunct(&tokens[at], ">"):
				angles--
			}
		}
		if n := len(tokens); n > 0 && isPunct(&tokens[n-1], ",") && angles == 0 {
			lines[i].tokens = tokens[:n-1]
		}
	}
}

// bodyBreaks finds the tokens that begin a line because they are the first
// behind the { of a body that goes over lines, or are its }.
func bodyBreaks(tokens []lexer.Token) map[int]bool {
	breaks := map[int]bool{}
	var open []int
	for i := range tokens {
		t := &tokens[i]
		switch {
		case isPunct(t, "(") || isPunct(t, "[") || isPunct(t, "{"):
			open = append(open, i)
		case !t.EOF() && closes(t):
			from := open[len(open)-1]
			open = open[:len(open)-1]
			if t.Value == "}" && tokens[from].Pos.Line != t.Pos.Line && !isMap(tokens[from:]) {
				breaks[from+1], breaks[i] = true, true
			}
		}
	}
	return breaks
}

// isMap tells whether the { at the head of tokens opens a map, literal or
// type, and not a body.
func isMap(tokens []lexer.Token) bool {
	return len(tokens) > 2 && isPunct(&tokens[2], ":")
}

// A bracket is one that is open.
type bracket struct {
	indent  int // of the line it was opened on
	context context
	tight   bool   // no spaces inside
	first   string // the first word of the item at hand
	angles  int    // open < of names in < >
}

// A row is a line as it is written. Rows of one kind that follow each other
// have their cells aligned.
type row struct {
	indent  int
	blank   bool // an empty line before it
	kind    rowKind
	cells   []string // none if there is only a comment
	comment string
}

// A rowKind tells what the cells of a row are.
type rowKind int

const (
	loose      rowKind = iota // one cell, aligned with nothing
	plainRow                  // one cell; comments are aligned
	fieldRow                  // name, type, rest
	portRow                   // pattern, name, type, rest
	equalsRow                 // name, = and rest
	commentRow                // no cell
)

// gaps are the spaces behind the cells of a kind.
var gaps = map[rowKind][]int{fieldRow: {2, 1}, portRow: {1, 1, 2}, equalsRow: {1}}

// A formatter makes rows of lines.
type formatter struct {
	rows   []row
	stack  []bracket // the first is the file itself
	goesOn bool      // the item of the last line goes on below, other than in brackets
}

func (f *formatter) top() *bracket { return &f.stack[len(f.stack)-1] }

// add makes a row of a line.
func (f *formatter) add(l sourceLine) {
	r := row{blank: l.blank && len(f.rows) > 0 && !f.afterOpen(), comment: l.comment, kind: commentRow}
	r.indent = f.top().indent + 1
	if len(l.tokens) > 0 {
		f.addTokens(&r, l.tokens)
	}
	f.rows = append(f.rows, r)
}

// afterOpen tells whether the last line ends in an open bracket.
func (f *formatter) afterOpen() bool {
	last := f.rows[len(f.rows)-1]
	if last.kind != loose || len(last.cells) == 0 {
		return false
	}
	return strings.HasSuffix(last.cells[0], "(") || strings.HasSuffix(last.cells[0], "[") || strings.HasSuffix(last.cells[0], "{")
}

// addTokens lays out the tokens of a row.
func (f *formatter) addTokens(r *row, tokens []lexer.Token) {
	leading := 0
	for leading < len(tokens) && closes(&tokens[leading]) {
		leading++
	}
	switch {
	case leading > 0:
		r.indent = f.stack[len(f.stack)-leading].indent
		r.blank = false
	case f.goesOn:
		r.indent++
	}
	if !f.goesOn {
		f.top().first = ""
	}
	starts := []int{0}
	if r.kind = f.kind(tokens); r.kind != loose && !f.goesOn {
		starts = cellStarts(r.kind, tokens)
	}
	r.cells = f.cells(tokens, starts, r.indent)
	last := &tokens[len(tokens)-1]
	f.goesOn = goesOn(last) && !isPunct(last, "(") && !isPunct(last, "[") && !isPunct(last, "{")
}

// kind tells what the columns of a line are.
func (f *formatter) kind(tokens []lexer.Token) rowKind {
	depth := 0
	for i := range tokens {
		t := &tokens[i]
		switch {
		case strings.Contains(t.Value, "\n"):
			return loose
		case isPunct(t, "(") || isPunct(t, "[") || isPunct(t, "{"):
			depth++
		case closes(t):
			if depth--; depth < 0 {
				return loose
			}
		case isPunct(t, ",") && depth == 0:
			return loose
		}
	}
	context := f.top().context
	switch {
	case depth > 0:
		return loose
	case context == inFields:
		return fieldRow
	case context == inActor || context == inGraph && isPattern(tokens[0].Value) && len(tokens) > 1 && tokens[1].Type == tokenWord:
		return portRow
	case context == inGraph && len(tokens) > 1 && isPunct(&tokens[1], "="):
		return equalsRow
	}
	return plainRow
}

// cellStarts gives the index of the first token of each cell.
func cellStarts(kind rowKind, tokens []lexer.Token) []int {
	starts := []int{0}
	switch kind {
	case fieldRow:
		starts = append(starts, 1, typeEnd(tokens, 1))
	case portRow:
		starts = append(starts, 1, 2, typeEnd(tokens, 2))
	case equalsRow:
		starts = append(starts, 1)
	}
	for starts[len(starts)-1] >= len(tokens) {
		starts = starts[:len(starts)-1]
	}
	return starts
}

// typeEnd gives the index behind the type that starts at i, with the type
// behind its arrow.
func typeEnd(tokens []lexer.Token, i int) int {
	for i < len(tokens) {
		if i++; i < len(tokens) && isPunct(&tokens[i-1], "->") || isPunct(&tokens[i-1], "<->") {
			continue
		}
		if tokens[i-1].Value == "enum" && i < len(tokens) && isPunct(&tokens[i], "(") {
			i++
		}
		for depth := nesting(&tokens[i-1]); depth > 0; i++ {
			depth += nesting(&tokens[i])
		}
		if i < len(tokens) && isPunct(&tokens[i], "?") {
			i++
		}
		if i == len(tokens) || !isPunct(&tokens[i], "->") && !isPunct(&tokens[i], "<->") {
			break
		}
	}
	return i
}

// nesting is 1 for an opening bracket, -1 for a closing one.
func nesting(t *lexer.Token) int {
	switch {
	case isPunct(t, "(") || isPunct(t, "[") || isPunct(t, "{"):
		return 1
	case closes(t):
		return -1
	}
	return 0
}

// cells spells the tokens of a line, cell by cell.
func (f *formatter) cells(tokens []lexer.Token, starts []int, indent int) []string {
	cells := make([]string, 0, len(starts))
	var b strings.Builder
	for i := range tokens {
		switch {
		case slices.Contains(starts[1:], i):
			cells = append(cells, b.String())
			b.Reset()
		case i > 0 && f.space(tokens, i):
			b.WriteByte(' ')
		}
		b.WriteString(spell(&tokens[i], indent+1))
		f.track(tokens, i, indent)
	}
	return append(cells, b.String())
}

// spell gives the text of a token. The lines of an expression begin indented.
func spell(t *lexer.Token, indent int) string {
	if t.Type == tokenExpr {
		return indentExpr(t.Value, strings.Repeat(indentation, indent))
	}
	return t.Value
}

// indentation is that of one level.
const indentation = "  "

// track keeps the stack of brackets.
func (f *formatter) track(tokens []lexer.Token, i, indent int) {
	t, top := &tokens[i], f.top()
	if top.first == "" {
		top.first = t.Value
	}
	switch {
	case nesting(t) > 0:
		tight := t.Value != "{" || isMap(tokens[i:]) || i+1 < len(tokens) && isPunct(&tokens[i+1], "}")
		f.stack = append(f.stack, bracket{indent: indent, context: f.inside(t.Value), tight: tight})
	case nesting(t) < 0:
		f.stack = f.stack[:len(f.stack)-1]
	case isPunct(t, "<"):
		top.angles++
	case isPunct(t, ">"):
		top.angles--
	case isPunct(t, ",") && top.angles == 0:
		top.first = ""
	}
}

// inside tells what stands inside a bracket that opens here.
func (f *formatter) inside(open string) context {
	top := f.top()
	switch {
	case top.context != inFile:
	case open == "(" && isHead(top.first), open == "{" && top.first == "message":
		return inFields
	case open == "{" && top.first == "actor":
		return inActor
	case open == "{" && top.first == "graph":
		return inGraph
	}
	return inOther
}

// space tells whether a space stands before a token of a line.
func (f *formatter) space(tokens []lexer.Token, i int) bool {
	before, t := &tokens[i-1], &tokens[i]
	switch {
	case isPunct(before, "(") || isPunct(before, "[") || isPunct(before, "<") || isPunct(t, "<"):
		return false
	case isPunct(before, "{"):
		return !f.top().tight
	case isPunct(t, "}"):
		return !f.top().tight
	case isPunct(t, "("):
		return before.Type == tokenPunct && !isPunct(before, ">")
	}
	return !(t.Type == tokenPunct && slices.Contains([]string{",", ":", ")", "]", ">", "?"}, t.Value))
}

// align pads the cells of rows of one kind that follow each other, so that
// each is in a column with those above and below.
func align(rows []row) {
	for from := 0; from < len(rows); {
		to := from + 1
		for to < len(rows) && !rows[to].blank && together(rows[from], rows[to]) {
			to++
		}
		alignBlock(rows[from:to])
		from = to
	}
}

// together tells whether two rows belong to one block.
func together(a, b row) bool {
	return a.kind != loose && a.indent == b.indent && (a.kind == b.kind || b.kind == commentRow)
}

func alignBlock(rows []row) {
	gaps := gaps[rows[0].kind]
	for column, gap := range gaps {
		width := 0
		for _, r := range rows {
			if len(r.cells) > column+1 {
				width = max(width, uniseg.StringWidth(r.cells[column]))
			}
		}
		for _, r := range rows {
			if len(r.cells) > column+1 {
				r.cells[column] += strings.Repeat(" ", width-uniseg.StringWidth(r.cells[column])+gap)
			}
		}
	}
	alignComments(rows)
}

// alignComments puts the comments behind rows into one column.
func alignComments(rows []row) {
	width := 0
	for _, r := range rows {
		if r.comment != "" {
			width = max(width, uniseg.StringWidth(strings.Join(r.cells, "")))
		}
	}
	for i, r := range rows {
		if r.comment != "" && len(r.cells) > 0 && r.kind != loose {
			text := strings.Join(r.cells, "")
			rows[i].cells = []string{text + strings.Repeat(" ", width-uniseg.StringWidth(text))}
		}
	}
}

// bytes gives the text of all rows.
func (f *formatter) bytes() []byte {
	var b bytes.Buffer
	for _, r := range f.rows {
		if r.blank {
			b.WriteByte('\n')
		}
		b.WriteString(strings.Repeat(indentation, r.indent))
		text := strings.Join(r.cells, "")
		if text != "" && r.comment != "" {
			text += " "
		}
		b.WriteString(text + r.comment + "\n")
	}
	return b.Bytes()
}

// indentExpr begins each line of an expression but the first with an indent,
// and leaves out empty lines. Strings stay as they are.
func indentExpr(text, indent string) string {
	if !strings.Contains(text, "\n") {
		return text
	}
	var b strings.Builder
	for text != "" {
		n := exprLine(text)
		if line := strings.Trim(text[:n], " \t\r\n"); line != "" {
			if b.Len() > 0 {
				b.WriteString("\n" + indent)
			}
			b.WriteString(line)
		}
		text = text[n:]
	}
	return b.String()
}

// exprLine gives the length of the first line of an expression, where a line
// end in a string is none.
func exprLine(text string) int {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\n':
			return i + 1
		case strings.HasPrefix(text[i:], "//"):
			if n := strings.IndexByte(text[i:], '\n'); n >= 0 {
				return i + n + 1
			}
			return len(text)
		case c == '`':
			if n := strings.IndexByte(text[i+1:], '`'); n >= 0 {
				i += n + 1
			}
		case c == '"' || c == '\'':
			end, _ := quotedEnd(text, i)
			i = end - 1
		}
	}
	return len(text)
}
