package syntax

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/ilpomo/opencore/internal/literal"
	"github.com/ilpomo/opencore/lang/diag"
)

// quoted takes a string in double quotes, which ends on its line.
func (s *scanner) quoted() {
	end, closed := quotedEnd(s.src, s.pos)
	if !closed {
		end = s.unclosedString(s.lineEnd())
		s.problems.Errorf(codeString, s.span(end), "a string that is not closed").Help(`end it with "`)
		s.emit(tokenString, end)
		return
	}
	s.checkEscapes(end)
	s.emit(tokenString, end)
}

// quotedEnd gives the offset behind a string that starts with its quote at an
// offset, and whether it is closed on its line.
func quotedEnd(src string, at int) (end int, closed bool) {
	quote := src[at]
	for at++; at < len(src); at++ {
		switch src[at] {
		case quote:
			return at + 1, true
		case '\\':
			at++
		case '\n':
			return at, false
		}
		if at < len(src) && src[at] == '\n' { // behind a backslash
			return at, false
		}
	}
	return len(src), false
}

// unclosedString gives the end of a string without an end quote: before the
// brackets at the end of its line that something before it on the line waits
// for, so that they are not missed too.
func (s *scanner) unclosedString(end int) int {
	text := strings.TrimRight(s.src[s.pos:end], " \t\r")
	for i := len(s.frames) - 1; i > 0; i-- {
		f := s.frames[i]
		if f.line != s.line || !strings.HasSuffix(text, f.closes()) {
			break
		}
		text = strings.TrimRight(strings.TrimSuffix(text, f.closes()), " \t")
	}
	return s.pos + max(len(text), 1)
}

// checkEscapes reports the first escape in the string up to end that is none.
func (s *scanner) checkEscapes(end int) {
	text := s.src[s.pos:end]
	rest := text[1 : len(text)-1]
	for rest != "" {
		_, _, tail, err := strconv.UnquoteChar(rest, '"')
		if err != nil {
			break
		}
		rest = tail
	}
	if rest == "" {
		return
	}
	at := len(text) - 1 - len(rest)
	wrong := rest[:min(2, len(rest))]
	start := advance(s.span(s.pos).Start, text[:at])
	span := s.span(end)
	span.Start, span.End = start, advance(start, wrong)
	s.problems.Errorf(codeString, span, "%q is no escape", wrong).
		Help("escapes are those of Go, like \\n; between ` and ` a backslash is a backslash")
}

// singleQuoted reports a string as other languages write it and takes it as
// one of ours.
func (s *scanner) singleQuoted() {
	end, closed := quotedEnd(s.src, s.pos)
	if !closed {
		end = s.unclosedString(end)
	}
	s.problems.Errorf(codeString, s.span(end), "a string in single quotes").Help(`write it in double quotes, "…"`)
	s.emit(tokenString, end)
}

// raw takes a string between backquotes, which may go over lines.
func (s *scanner) raw() {
	if i := strings.IndexByte(s.src[s.pos+1:], '`'); i >= 0 {
		s.emit(tokenRawString, s.pos+1+i+1)
		return
	}
	end := s.unclosedString(s.lineEnd())
	s.problems.Errorf(codeString, s.span(end), "a string that is not closed").Help("end it with `")
	s.emit(tokenRawString, end)
}

// unquote gives what a string token means; "" for one that was reported.
func unquote(text string) string {
	if value, err := strconv.Unquote(text); err == nil {
		return value
	}
	return ""
}

// number takes a number, a duration or a size.
func (s *scanner) number() {
	end := s.pos + 1
	for end < len(s.src) {
		r, size := utf8.DecodeRuneInString(s.src[end:])
		exponent := (r == '+' || r == '-') && strings.ContainsRune("eE", rune(s.src[end-1])) &&
			end+1 < len(s.src) && isDigit(s.src[end+1])
		if r != '.' && r != 'µ' && r != 'μ' && !isASCIIWord(r) && !exponent {
			break
		}
		end += size
	}
	text := s.src[s.pos:end]
	kind, problem, hint := classify(text)
	if problem != "" {
		kind = tokenBad
		d := s.problems.Errorf(codeNumber, s.span(end), "%q %s", text, problem)
		if meant := sizeMeant(text); meant != "" {
			d.Help("did you mean %q?", meant).Maybe("write "+strconv.Quote(meant), diag.Edit{Span: s.span(end), New: meant})
		} else if hint != "" {
			d.Help("%s", hint)
		}
	}
	s.emit(kind, end)
}

// sizeUnits are the units of sizes as they are written elsewhere.
var sizeUnits = map[string]string{
	"b": "B", "k": "KiB", "kb": "KiB", "kib": "KiB", "mb": "MiB", "mib": "MiB", "g": "GiB", "gb": "GiB", "gib": "GiB", "tb": "TiB", "tib": "TiB",
}

// sizeMeant gives the size that a text was most likely meant to be, "" if none.
func sizeMeant(text string) string {
	unit := strings.TrimLeft(text, "-0123456789_.")
	ours := sizeUnits[strings.ToLower(unit)]
	digits, ok := literal.Digits(strings.TrimSuffix(text, unit) + ours)
	if _, whole := literal.Size(digits); ours == "" || !ok || !whole {
		return ""
	}
	return strings.TrimSuffix(text, unit) + ours
}

func isASCIIWord(r rune) bool { return r < utf8.RuneSelf && isWordByte(byte(r)) }

// classify tells what kind of number a text is, or what is wrong with it.
func classify(text string) (kind lexer.TokenType, problem, hint string) {
	digits, ok := literal.Digits(text)
	if !ok {
		return tokenInt, "is no number", "an underscore stands between two digits"
	}
	unit := strings.TrimLeft(digits, "-0123456789.")
	switch {
	case unit == "" && !strings.Contains(digits, "."):
		if _, err := strconv.ParseInt(digits, 10, 64); err != nil {
			return tokenInt, "is too big a number", "numbers go from -2^63 to 2^63-1"
		}
		return tokenInt, "", ""
	case unit == "" || unit[0] == 'e' || unit[0] == 'E':
		if _, err := strconv.ParseFloat(digits, 64); err != nil {
			return tokenFloat, "is no number", ""
		}
		return tokenFloat, "", ""
	case strings.HasSuffix(unit, "B"):
		if _, ok := literal.Size(digits); !ok {
			return tokenSize, "is no size", "sizes are whole bytes in B, KiB, MiB, GiB or TiB, like 64KiB"
		}
		return tokenSize, "", ""
	}
	if _, err := time.ParseDuration(digits); err != nil {
		return tokenDuration, "is neither a number nor a duration nor a size", "like 10_000, 2.5, 250ms, 1h30m or 64KiB"
	}
	return tokenDuration, "", ""
}
