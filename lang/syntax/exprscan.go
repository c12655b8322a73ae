package syntax

import (
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/ilpomo/opencore/lang/diag"
)

// opensExpr takes the expression that stands behind the token just taken, if
// one does, as one token.
func (s *scanner) opensExpr(t *lexer.Token) {
	if !s.beforeExpr(t.Value) {
		return
	}
	for s.pos < len(s.src) && (s.src[s.pos] == ' ' || s.src[s.pos] == '\t') {
		s.pos++
	}
	e := exprScanner{scanner: s, at: s.pos, end: s.pos, wire: t.Value == "where"}
	e.scan()
	if e.end == s.pos {
		return
	}
	s.lineStart = false
	if e.broken {
		s.emit(tokenBrokenExpr, e.end)
	} else {
		s.emit(tokenExpr, e.end)
	}
}

// beforeExpr tells whether the word or sign just taken has an expression
// behind it.
func (s *scanner) beforeExpr(word string) bool {
	top := s.top()
	n := top.item.tokens - 1 // before the word
	switch word {
	case "where":
		return top.context == inGraph && top.item.wire && n >= 3 && s.beforeLast() != "->" ||
			top.context == inWire && n == 0
	case "topic":
		return (top.context == inActor || top.context == inGraph) && isPattern(top.item.first) && n >= 3 &&
			!slices.Contains([]string{"key", "codec", "->", "<->"}, s.beforeLast())
	case "=":
		return top.context == inFile && top.item.first == "filter"
	}
	return false
}

// beforeLast gives the text of the token before the last one.
func (s *scanner) beforeLast() string { return s.tokens[len(s.tokens)-2].Value }

// An exprScanner finds the end of an expression. It knows strings, comments,
// brackets and which signs and words are operators, and nothing else.
type exprScanner struct {
	*scanner
	at       int // of the next byte
	end      int // behind the last token
	operator bool
	opened   []int // offsets of the open brackets
	broken   bool
	wire     bool // it is the filter of a wire
}

// exprWords are operators that look like names.
var exprWords = []string{"and", "or", "not", "in", "contains", "startsWith", "endsWith", "matches"}

// scan goes to the end of the expression.
func (e *exprScanner) scan() {
	for e.at < len(e.src) {
		c := e.src[e.at]
		switch {
		case c == '\n':
			if !e.line() {
				e.unclosed()
				return
			}
		case c == ' ' || c == '\t' || c == '\r':
			e.at++
		case strings.HasPrefix(e.src[e.at:], "//"):
			e.at = e.lineEndAt(e.at)
		case c == '"' || c == '\'' || c == '`':
			e.text(c)
		case strings.IndexByte("([{", c) >= 0:
			e.opened = append(e.opened, e.at)
			e.take(1, true)
			if len(e.opened) > maxDepth {
				e.tooDeep(e.spanAt(e.at-1, 1))
				return
			}
		case strings.IndexByte(")]}", c) >= 0:
			if !e.closes(c) {
				e.unclosed()
				return
			}
			e.take(1, false)
		case c == ',' && len(e.opened) == 0 || e.leaves():
			return
		default:
			e.other(c)
		}
	}
	e.unclosed()
}

// leaves tells whether a wire goes on behind a condition that is whole: with
// another setting, or an arrow. No expression has such a thing there.
func (e *exprScanner) leaves() bool {
	if !e.wire || e.operator || e.end == e.pos || len(e.opened) > 0 {
		return false
	}
	rest := e.src[e.at:]
	word, _ := cutWord(rest)
	return strings.HasPrefix(rest, "->") || e.end < e.at && slices.Contains(behindWhere, word)
}

// behindWhere begin what belongs before the filter of a wire.
var behindWhere = append([]string{"queue", "deliver", "journal", "timeout", "retry", "else"}, fullWords...)

// take goes n bytes on.
func (e *exprScanner) take(n int, operator bool) {
	e.at += n
	e.end, e.operator = e.at, operator
}

// other takes a word, a number or an operator.
func (e *exprScanner) other(c byte) {
	if isWordByte(c) {
		n := 1
		for e.at+n < len(e.src) && isWordByte(e.src[e.at+n]) {
			n++
		}
		e.take(n, slices.Contains(exprWords, e.src[e.at:e.at+n]))
		return
	}
	e.take(1, strings.IndexByte("#$;", c) < 0)
}

// text takes a string.
func (e *exprScanner) text(quote byte) {
	if quote == '`' {
		if i := strings.IndexByte(e.src[e.at+1:], '`'); i >= 0 {
			e.take(i+2, false)
			return
		}
		e.openString(e.lineEndAt(e.at))
		return
	}
	end, closed := quotedEnd(e.src, e.at)
	if !closed {
		e.openString(end)
		return
	}
	e.take(end-e.at, false)
}

// openString reports a string without an end quote and ends it with its line.
func (e *exprScanner) openString(end int) {
	text := strings.TrimRight(e.src[e.at:end], " \t\r")
	e.problemAt(e.at, len(text), codeString, "a string that is not closed")
	e.broken, e.opened = true, nil
	e.take(len(text), false)
	e.at = end
}

// closes tells whether a closing bracket is the expression's own.
func (e *exprScanner) closes(c byte) bool {
	if len(e.opened) == 0 {
		return false
	}
	open := e.src[e.opened[len(e.opened)-1]]
	if open == '(' && c != ')' || open == '[' && c != ']' || open == '{' && c != '}' {
		return false
	}
	e.opened = e.opened[:len(e.opened)-1]
	return true
}

// line tells whether the expression goes on behind the line end at hand, and
// goes there.
func (e *exprScanner) line() bool {
	next := e.nextToken(e.at)
	if next == len(e.src) {
		return false
	}
	rest := e.src[next:]
	column1 := e.src[next-1] == '\n'
	switch {
	case len(e.opened) > 0:
		if column1 && startsDeclaration(rest) || startsStatement(rest) {
			return false
		}
	case e.operator:
		if startsStatement(rest) {
			return false
		}
	default:
		p := startsWithOperator(rest)
		if p == "" || strings.Contains("-> <-> , :", p) {
			return false
		}
		if strings.Contains(e.src[e.at:next], "\n\n") {
			return false
		}
		e.problemAt(next, len(p), codeMoveUp, "a line can't start with %q", p).
			Help("move it up, to the end of the line before")
	}
	e.at = next
	return true
}

// unclosed reports the first bracket that is still open, and ends the
// expression with that bracket's line.
func (e *exprScanner) unclosed() {
	if len(e.opened) == 0 {
		return
	}
	open := e.opened[0]
	if e.bracketLine != e.lineOf(open) {
		e.problemAt(open, 1, codeBracket, "%q is not closed", e.src[open:open+1])
	}
	e.bracketLine = e.lineOf(open)
	e.broken = true
	if end := e.lineEndAt(open); end < e.end {
		e.end = end
	}
	e.end = e.pos + len(strings.TrimRight(e.src[e.pos:e.end], " \t\r"))
}

// lineOf gives the line of an offset in the expression.
func (e *exprScanner) lineOf(at int) int {
	return e.scanner.line + strings.Count(e.src[e.pos:at], "\n")
}

// problemAt reports n bytes at an offset in the expression.
func (e *exprScanner) problemAt(at, n int, code diag.Code, format string, args ...any) *diag.Diagnostic {
	return e.problems.Errorf(code, e.spanAt(at, n), format, args...)
}

// spanAt is that of the n bytes at an offset in the expression.
func (e *exprScanner) spanAt(at, n int) diag.Span {
	start := advance(e.span(e.pos).Start, e.src[e.pos:at])
	return diag.Span{File: e.file, Start: start, End: advance(start, e.src[at:at+n])}
}
