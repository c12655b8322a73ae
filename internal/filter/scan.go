package filter

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The limits on source, checked before the parser sees it: it takes nine
// million open brackets until its stack is full, and says nothing before.
const (
	maxSource   = 64 << 10 // bytes
	maxBrackets = 64       // open at once
	maxUnary    = 64       // unary operators in a row: the parser recurses for each
	maxProblems = 100      // more don't help, and each costs time to place
)

type tokenKind uint8

const (
	symbol  tokenKind = iota // operators and brackets
	word                     // names and operators that are words
	numeral                  // numbers, durations and sizes
	text                     // strings
)

// A token is a piece of source as the parser's lexer cuts it.
type token struct {
	kind       tokenKind
	start, end int // in bytes
	rune       int // start in runes: what the parser counts in
	partner    int // index of the bracket that belongs to this one
}

// A scanner cuts source into tokens to know where things stand, refuses what
// would harm the parser, and hides our own literals from it.
type scanner struct {
	source   string
	tokens   []token
	literals map[int]*node // durations, sizes and bad numbers, by start in runes
	open     []int         // indexes of brackets
	problems []Problem
	at, rune int // the place in source, in bytes and runes
	signs    int // how many unary operators in a row
}

// scan reports whether the source may go to the parser. Problems that don't
// forbid it are left in s.problems too.
func (s *scanner) scan() bool {
	if len(s.source) > maxSource {
		s.fail(TooBig, 0, len(s.source), "the expression is longer than 64 KiB")
		return false
	}
	for s.at < len(s.source) {
		r, size := utf8.DecodeRuneInString(s.source[s.at:])
		if unicode.IsSpace(r) {
			s.advance(size)
			continue
		}
		if !s.token(r, size) {
			return false
		}
	}
	if len(s.tokens) == 0 {
		s.fail(Syntax, 0, len(s.source), "an expression is missing")
	}
	for _, i := range s.open {
		s.failToken(i, Syntax, "%q is never closed", s.text(i))
	}
	return len(s.tokens) > 0 && len(s.open) == 0
}

// token reads one token or comment that begins with r.
func (s *scanner) token(r rune, size int) bool {
	rest := s.source[s.at:]
	switch {
	case r == utf8.RuneError && size == 1:
		s.fail(Syntax, s.at, s.at+1, "this is not UTF-8")
		return false
	case strings.HasPrefix(rest, "//") || strings.HasPrefix(rest, "/*"):
		return s.comment(rest)
	case r == '"' || r == '\'' || r == '`':
		return s.string(0)
	case (r == 'b' || r == 'B') && len(rest) > 1 && (rest[1] == '"' || rest[1] == '\''):
		if !s.string(1) {
			return false
		}
		s.failToken(len(s.tokens)-1, NotAllowed, "byte strings are not allowed in expressions")
		return true
	case digit(rest, 0) || r == '.' && digit(rest, 1):
		s.number(rest)
		return true
	case letter(r):
		s.add(word, len(rest)-len(strings.TrimLeftFunc(rest, alphanumeric)))
		return s.word()
	case strings.ContainsRune("([{)]}", r):
		s.add(symbol, 1)
		return s.bracket(rest[0])
	case strings.ContainsRune("?/#|:,;%+-^&!=*<>.", r):
		s.add(symbol, operatorLength(rest))
		return s.operator()
	}
	s.fail(Syntax, s.at, s.at+size, "%q does not belong in an expression", string(r))
	return false
}

// operatorLength cuts operators as the parser does, nonsense like "!*"
// included.
func operatorLength(rest string) int {
	seconds := map[byte]string{'?': ".?", '|': "|", ':': ":", '.': ".", '#': "#"}[rest[0]]
	if strings.IndexByte("&!=*<>", rest[0]) >= 0 {
		seconds = "&=*"
	}
	if len(rest) > 1 && strings.IndexByte(seconds, rest[1]) >= 0 {
		return 2
	}
	return 1
}

func (s *scanner) comment(rest string) bool {
	if rest[1] == '*' {
		s.fail(NotAllowed, s.at, s.at+2, `a comment begins with "//"`)
		return false
	}
	end := strings.IndexByte(rest, '\n')
	if end < 0 {
		end = len(rest)
	}
	s.advance(end)
	return true
}

// string reads a string behind a prefix of so many bytes.
func (s *scanner) string(prefix int) bool {
	rest := s.source[s.at:]
	quote := rest[prefix]
	for i := prefix + 1; i < len(rest); i++ {
		switch {
		case rest[i] == quote && quote == '`' && i+1 < len(rest) && rest[i+1] == quote:
			i++
		case rest[i] == quote:
			s.add(text, i+1)
			return true
		case rest[i] == '\\' && quote != '`':
			i++
		case rest[i] == '\n' && quote != '`':
			i = len(rest)
		}
	}
	s.fail(Syntax, s.at, s.at+prefix+1, "the string is never closed")
	return false
}

// number reads a number and the unit behind it, if there is one.
func (s *scanner) number(rest string) {
	end := numberLength(rest)
	unit := end
	for unit < len(rest) {
		r, size := utf8.DecodeRuneInString(rest[unit:])
		if !alphanumeric(r) && (r != '.' || unit == end || !digit(rest, unit+1)) {
			break
		}
		unit += size
	}
	s.add(numeral, unit)
	i := len(s.tokens) - 1
	lit, message, hint := readNumeral(rest[:end], rest[:unit])
	if message != "" {
		s.failToken(i, Literal, "%s", message).Hint = hint
	}
	if lit != nil {
		s.literals[s.tokens[i].rune] = lit
	}
}

// numberLength is how much of rest the parser takes as a number.
func numberLength(rest string) int {
	digits, i := "0123456789_", 0
	if len(rest) > 1 && rest[0] == '0' {
		switch rest[1] {
		case 'x', 'X':
			digits, i = "0123456789abcdefABCDEF_", 2
		case 'o', 'O':
			digits, i = "01234567_", 2
		case 'b', 'B':
			digits, i = "01_", 2
		}
	}
	run := func() {
		for i < len(rest) && strings.IndexByte(digits, rest[i]) >= 0 {
			i++
		}
	}
	run()
	if strings.HasPrefix(rest[i:], ".") {
		if strings.HasPrefix(rest[i:], "..") {
			return i
		}
		i++
		run()
	}
	if i < len(rest) && (rest[i] == 'e' || rest[i] == 'E') {
		i++
		if i < len(rest) && (rest[i] == '+' || rest[i] == '-') {
			i++
		}
		run()
	}
	return i
}

// masked is the source with a name in place of each literal that the parser
// does not know. The name has as many runes, so that all places stay true.
func (s *scanner) masked() string {
	if len(s.literals) == 0 {
		return s.source
	}
	var b strings.Builder
	done := 0
	for _, t := range s.tokens {
		if s.literals[t.rune] == nil {
			continue
		}
		literal := s.source[t.start:t.end]
		b.WriteString(s.source[done:t.start])
		b.WriteString(strings.Repeat("_", utf8.RuneCountInString(literal)))
		done = t.end
	}
	return b.String() + s.source[done:]
}

func (s *scanner) word() bool {
	i := len(s.tokens) - 1
	w := s.text(i)
	if i > 0 && (s.text(i-1) == "." || s.text(i-1) == "?.") {
		return true
	}
	switch w {
	case "let", "if", "else":
		s.failToken(i, NotAllowed, "%q is not allowed in expressions", w).Hint = map[string]string{
			"if": `write condition ? one : other`, "else": `write condition ? one : other`,
		}[w]
	}
	return w != "not" || s.countUnary()
}

func (s *scanner) operator() bool {
	i := len(s.tokens) - 1
	op := s.text(i)
	switch op {
	case "|":
		p := s.failToken(i, NotAllowed, `"|" is not allowed in expressions`)
		p.Hint = `"or" is written "||"`
		p.instead(s.tokens[i].start, s.tokens[i].end, "||")
	case ";", "::":
		s.failToken(i, NotAllowed, "%q is not allowed in expressions", op)
	case "?.":
		s.failToken(i, NotAllowed, `"?." is not allowed in expressions`).Hint = `write ".": a path through nil is nil`
	case ":":
		if i > 0 && s.text(i-1) == "?" {
			s.failToken(i, NotAllowed, `"?:" without a value between is not allowed in expressions`)
		}
	case "!", "-", "+":
		return s.countUnary()
	}
	return true
}

// countUnary notes one more operator that may be unary.
func (s *scanner) countUnary() bool {
	i := len(s.tokens) - 1
	s.signs++
	if i == 0 || !isUnary(s.text(i-1)) {
		s.signs = 1
	}
	if s.signs > maxUnary {
		s.failToken(i, TooBig, "more than %d unary operators in a row", maxUnary)
		return false
	}
	return true
}

func isUnary(op string) bool { return op == "!" || op == "-" || op == "+" || op == "not" }

func (s *scanner) bracket(b byte) bool {
	i := len(s.tokens) - 1
	if strings.IndexByte("([{", b) >= 0 {
		s.open = append(s.open, i)
		if len(s.open) > maxBrackets {
			s.failToken(i, TooBig, "more than %d brackets are open at once", maxBrackets)
			return false
		}
		return true
	}
	if len(s.open) == 0 {
		s.failToken(i, Syntax, "%q closes nothing", string(b))
		return false
	}
	o := s.open[len(s.open)-1]
	if want := map[string]byte{"(": ')', "[": ']', "{": '}'}[s.text(o)]; want != b {
		s.failToken(i, Syntax, "%q where %q closes %q", string(b), string(want), s.text(o))
		return false
	}
	s.open = s.open[:len(s.open)-1]
	s.tokens[o].partner, s.tokens[i].partner = i, o
	return true
}

// add notes a token of so many bytes and moves behind it.
func (s *scanner) add(kind tokenKind, length int) {
	s.tokens = append(s.tokens, token{kind, s.at, s.at + length, s.rune, len(s.tokens)})
	s.advance(length)
}

func (s *scanner) advance(length int) {
	s.rune += utf8.RuneCountInString(s.source[s.at : s.at+length])
	s.at += length
}

// text is what token i says.
func (s *scanner) text(i int) string { return s.source[s.tokens[i].start:s.tokens[i].end] }

// find gives the token that begins at a place in runes, or the last before it.
func (s *scanner) find(rune int) int {
	i, ok := slices.BinarySearchFunc(s.tokens, rune, func(t token, r int) int { return t.rune - r })
	if !ok && i > 0 {
		i--
	}
	return i
}

func (s *scanner) failToken(i int, kind Kind, format string, args ...any) *Problem {
	return s.fail(kind, s.tokens[i].start, s.tokens[i].end, format, args...)
}

// fail adds a problem and gives a pointer to it for the hint, valid until the
// next one.
func (s *scanner) fail(kind Kind, start, end int, format string, args ...any) *Problem {
	p := Problem{Kind: kind, Start: start, End: end, Message: fmt.Sprintf(format, args...)}
	if len(s.problems) >= maxProblems {
		return &p
	}
	s.problems = append(s.problems, p)
	return &s.problems[len(s.problems)-1]
}

func digit(s string, i int) bool { return i < len(s) && '0' <= s[i] && s[i] <= '9' }

// letter reports whether a name may begin with r; what it may hold besides is
// as the parser has it.
func letter(r rune) bool { return r == '_' || r == '$' || unicode.IsLetter(r) }

func alphanumeric(r rune) bool { return letter(r) || unicode.IsDigit(r) }
