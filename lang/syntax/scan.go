package syntax

import (
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/ilpomo/opencore/lang/diag"
)

const (
	// maxFile bounds a file in bytes. No program that a person wrote comes near.
	maxFile = 4 << 20
	// maxDepth bounds open brackets: the parser recurses once or more for each.
	maxDepth = 200

	// byteOrderMark is what some editors begin a file with. It has no column.
	byteOrderMark = "\uFEFF"
)

// definition is the lexer as participle wants it.
type definition struct{}

// Symbols names the kinds of tokens.
func (definition) Symbols() map[string]lexer.TokenType { return symbols }

// Lex reads all of r and gives its tokens.
func (definition) Lex(file string, r io.Reader) (lexer.Lexer, error) {
	src, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return &tokens{list: scan(file, src).tokens}, nil
}

// tokens hands out a list, one at a time; the last one is the end of the file.
type tokens struct{ list []lexer.Token }

func (t *tokens) Next() (lexer.Token, error) {
	next := t.list[0]
	if !next.EOF() {
		t.list = t.list[1:]
	}
	return next, nil
}

// A comment stands between the tokens.
type comment struct {
	text string // with its slashes
	span diag.Span
	// next is the offset of the token behind a doc comment that is alone on
	// its line; else -1.
	next int
}

// doc gives the words of a doc comment; false if it is another comment.
func (c *comment) doc() (text string, ok bool) {
	text, ok = strings.CutPrefix(c.text, "///")
	if !ok || strings.HasPrefix(text, "/") {
		return "", false
	}
	return strings.TrimPrefix(text, " "), true
}

// Offsets are a set of places in a file.
type offsets map[int]bool

// A scanner turns text into tokens. It is forgiving where what is meant is
// plain: brackets that are missing are put in and those that close nothing
// are left out, each reported once, so that the parser behind it meets only
// pairs.
type scanner struct {
	file string
	src  string
	pos  int // of the next byte
	line int
	// column of the byte at columnAt, which is on the current line
	column, columnAt int
	lineStart        bool // nothing but space before pos on this line

	tokens   []lexer.Token
	comments []comment
	waiting  []int // indices of doc comments whose token is still to come
	problems diag.List

	frames []frame // the open brackets; the first is the file itself
	extra  offsets // of brackets that close nothing
	angles int     // open < of type arguments
	refuse bool    // a limit is passed; nothing of this file is parsed
	// line of the last problem with a bracket: one a line is enough
	bracketLine int
}

// scan gives the tokens of a file, with the end of the file as the last one.
func scan(file string, src []byte) *scanner {
	s := &scanner{file: file, line: 1, column: 1, lineStart: true, frames: []frame{{context: inFile}}, extra: offsets{}}
	if len(src) > maxFile {
		s.tooBig()
		return s
	}
	s.src = string(src)
	if strings.HasPrefix(s.src, byteOrderMark) {
		s.pos, s.columnAt = len(byteOrderMark), len(byteOrderMark)
	}
	s.tokens = make([]lexer.Token, 0, len(src)/8+16)
	if !utf8.ValidString(s.src) {
		s.invalidUTF8()
	}
	for s.pos < len(s.src) && !s.refuse {
		s.next()
		s.refuse = s.refuse || len(s.problems) > maxProblems
	}
	s.finish()
	return s
}

func (s *scanner) tooBig() {
	s.refuse = true
	start := diag.Position{Line: 1, Column: 1}
	s.problems.Errorf(codeLimit, diag.Span{File: s.file, Start: start, End: start}, "a file is at most %d MiB", maxFile>>20)
	s.tokens = []lexer.Token{lexer.EOFToken(lexer.Position{Filename: s.file, Line: 1, Column: 1})}
}

// finish closes what is open and adds the end of the file.
func (s *scanner) finish() {
	if !s.refuse {
		s.closeFrames(1)
	}
	s.tokens = append(s.tokens, lexer.EOFToken(s.position(s.pos)))
}

// invalidUTF8 reports the first byte that is not UTF-8.
func (s *scanner) invalidUTF8() {
	at := 0
	for at < len(s.src) {
		r, size := utf8.DecodeRuneInString(s.src[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	start := advance(diag.Position{Line: 1, Column: 1}, s.src[:at])
	end := start
	end.Offset, end.Column = end.Offset+1, end.Column+1
	s.problems.Errorf(codeCharacter, diag.Span{File: s.file, Start: start, End: end}, "a byte that is not UTF-8: 0x%02x", s.src[at]).
		Help("save the file as UTF-8")
}

// next takes one token, comment, space or line end.
func (s *scanner) next() {
	c := s.src[s.pos]
	switch {
	case c == '\n':
		s.endLine()
	case c == ' ' || c == '\t' || c == '\r':
		s.pos++
	case strings.HasPrefix(s.src[s.pos:], "//"):
		s.comment()
	case c == '#':
		s.hashComment()
	default:
		for _, i := range s.waiting {
			s.comments[i].next = s.pos
		}
		s.waiting = s.waiting[:0]
		s.startLine()
		s.token(c)
		s.lineStart = false
	}
}

// token takes the token that starts with c.
func (s *scanner) token(c byte) {
	switch {
	case s.foreignArrow():
	case isDigit(c) || c == '-' && s.pos+1 < len(s.src) && isDigit(s.src[s.pos+1]):
		s.number()
	case c == '"':
		s.quoted()
	case c == '\'':
		s.singleQuoted()
	case c == '`':
		s.raw()
	case c < utf8.RuneSelf && !isWordByte(c):
		s.punct()
	default:
		s.word()
	}
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isWordByte(c byte) bool {
	return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || isDigit(c) || c >= utf8.RuneSelf
}

func isWordStart(c byte) bool { return isWordByte(c) && !isDigit(c) }

// position gives the place of an offset on the current line, at or behind the
// last one asked for.
func (s *scanner) position(offset int) lexer.Position {
	s.column += utf8.RuneCountInString(s.src[s.columnAt:offset])
	s.columnAt = offset
	return lexer.Position{Filename: s.file, Offset: offset, Line: s.line, Column: s.column}
}

// emit adds the token of the bytes up to end and goes on behind it.
func (s *scanner) emit(kind lexer.TokenType, end int) *lexer.Token {
	t := lexer.Token{Type: kind, Value: s.src[s.pos:end], Pos: s.position(s.pos)}
	s.tokens = append(s.tokens, t)
	s.move(end)
	s.top().count(t)
	return &s.tokens[len(s.tokens)-1]
}

// move goes on at offset end, which may be lines below.
func (s *scanner) move(end int) {
	text := s.src[s.pos:end]
	if i := strings.LastIndexByte(text, '\n'); i >= 0 {
		s.line += strings.Count(text, "\n")
		s.column, s.columnAt = 1, s.pos+i+1
	}
	s.pos = end
}

// span gives the place of the bytes from pos to end, which are on the current
// line.
func (s *scanner) span(end int) diag.Span {
	t := lexer.Token{Value: s.src[s.pos:end], Pos: s.position(s.pos)}
	return tokenSpan(&t)
}

// last gives the token before; nil at the start of the file.
func (s *scanner) last() *lexer.Token {
	if len(s.tokens) == 0 {
		return nil
	}
	return &s.tokens[len(s.tokens)-1]
}

// endLine ends the line, and the item with it unless something is open that
// goes on below.
func (s *scanner) endLine() {
	s.openMissing()
	s.closeTypes()
	if last := s.last(); last != nil && last.Type != tokenEOL && !goesOn(last) {
		s.emit(tokenEOL, s.pos+1)
	} else {
		s.move(s.pos + 1)
	}
	s.lineStart = true
}

// goesOn tells whether a line that ends in t has its item's rest below.
func goesOn(t *lexer.Token) bool {
	if t.Type != tokenPunct && t.Type != tokenMissing {
		return false
	}
	switch t.Value {
	case "(", "[", "{", "<", ",", "->", "<->":
		return true
	}
	return false
}

// lineEnd gives the offset of the current line's end.
func (s *scanner) lineEnd() int { return s.lineEndAt(s.pos) }

// lineEndAt gives the end of the line of an offset.
func (s *scanner) lineEndAt(at int) int {
	if i := strings.IndexByte(s.src[at:], '\n'); i >= 0 {
		return at + i
	}
	return len(s.src)
}

// comment takes a comment.
func (s *scanner) comment() {
	end := s.lineEnd()
	text := strings.TrimRight(s.src[s.pos:end], " \t\r")
	c := comment{text: text, span: s.span(s.pos + len(text)), next: -1}
	if _, doc := c.doc(); doc && s.lineStart {
		s.waiting = append(s.waiting, len(s.comments))
	}
	s.comments = append(s.comments, c)
	s.pos = end
}

// nextToken gives the offset of the first token at or behind an offset.
func (s *scanner) nextToken(at int) int {
	for at < len(s.src) {
		switch {
		case strings.ContainsRune(" \t\r\n", rune(s.src[at])):
			at++
		case strings.HasPrefix(s.src[at:], "//"):
			i := strings.IndexByte(s.src[at:], '\n')
			if i < 0 {
				return len(s.src)
			}
			at += i
		default:
			return at
		}
	}
	return at
}

// hashComment skips a comment as other languages write it.
func (s *scanner) hashComment() {
	s.problems.Errorf(codeCharacter, s.span(s.pos+1), `"#" is nothing here`).Help("a comment starts with //")
	s.pos = s.lineEnd()
}

// word takes a name, or names with dots between them.
func (s *scanner) word() {
	end, kind := s.wordEnd(s.pos), tokenWord
	if end == s.pos {
		s.badCharacter()
		return
	}
	for end+1 < len(s.src) && s.src[end] == '.' && isWordStart(s.src[end+1]) {
		next := s.wordEnd(end + 1)
		if next == end+1 {
			break
		}
		end, kind = next, tokenPath
	}
	if end+1 < len(s.src) && s.src[end] == '-' && isWordStart(s.src[end+1]) {
		s.hyphen(end)
		return
	}
	s.opensExpr(s.emit(kind, end))
}

// hyphen reports a name like rate-limit and takes it as one word.
func (s *scanner) hyphen(end int) {
	for end+1 < len(s.src) && s.src[end] == '-' && isWordStart(s.src[end+1]) {
		end = s.wordEnd(end + 1)
	}
	text := s.src[s.pos:end]
	s.problems.Errorf(codeCharacter, s.span(end), "a name can't contain %q: %q", "-", text).
		Help("write %q", strings.ReplaceAll(text, "-", "_"))
	s.emit(tokenWord, end)
}

// wordEnd gives the end of the word that starts at an offset.
func (s *scanner) wordEnd(at int) int {
	for at < len(s.src) {
		if s.src[at] < utf8.RuneSelf {
			if !isWordByte(s.src[at]) {
				return at
			}
			at++
			continue
		}
		r, size := utf8.DecodeRuneInString(s.src[at:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) {
			return at
		}
		at += size
	}
	return at
}

// badCharacter reports a run of what can't start a token and takes it as one.
func (s *scanner) badCharacter() {
	r, size := utf8.DecodeRuneInString(s.src[s.pos:])
	end := s.pos + size
	for end < len(s.src) && s.src[end] >= utf8.RuneSelf && s.wordEnd(end) == end {
		_, n := utf8.DecodeRuneInString(s.src[end:])
		end += n
	}
	if r != utf8.RuneError || size > 1 { // what is not UTF-8 is reported once for the file
		s.problems.Errorf(codeCharacter, s.span(end), "%q is nothing here", s.src[s.pos:end])
	}
	s.emit(tokenBad, end)
}

// puncts are what the language knows between words and what expressions know,
// longest first.
var puncts = []string{
	"<->", "->", "&&", "||", "==", "!=", "<=", ">=", "??", "?.", "..",
	"(", ")", "[", "]", "{", "}", "<", ">", ",", "=", ":", "?", ".",
	"+", "-", "*", "/", "%", "!", "&", "|", "^", "~",
}

// punct takes brackets, arrows, separators and operators.
func (s *scanner) punct() {
	rest := s.src[s.pos:]
	for _, p := range puncts {
		if strings.HasPrefix(rest, p) {
			s.takePunct(p)
			return
		}
	}
	if rest[0] == ';' {
		s.semicolon()
		return
	}
	s.problems.Errorf(codeCharacter, s.span(s.pos+1), "%q is nothing here", rest[:1])
	s.emit(tokenBad, s.pos+1)
}

// foreignArrows are how wires are drawn elsewhere.
var foreignArrows = []string{"--->", "-->", "==>", "=>", "~>", ">>", "|>", "→", "⟶", "⇒"}

// foreignArrow reports an arrow that isn't ours, and takes it as one that is.
func (s *scanner) foreignArrow() bool {
	top := s.top()
	if top.context != inGraph || top.item.tokens != 1 && !top.item.wire {
		return false
	}
	for _, arrow := range foreignArrows {
		if !strings.HasPrefix(s.src[s.pos:], arrow) {
			continue
		}
		at := s.span(s.pos + len(arrow))
		s.problems.Errorf(codeBelongs, at, "a wire is written with %q, not with %q", "->", arrow).
			Sure(`write "->"`, diag.Edit{Span: at, New: "->"})
		s.emit(tokenPunct, s.pos+len(arrow)).Value = "->"
		top.item.wire, top.item.last = true, "->"
		return true
	}
	return false
}

// semicolon reports a separator of other languages and takes it as ours.
func (s *scanner) semicolon() {
	s.problems.Errorf(codeCharacter, s.span(s.pos+1), `";" is nothing here`).
		Help("a comma or the end of the line separates items")
	if last := s.last(); last != nil && last.Type != tokenEOL && !goesOn(last) {
		s.emit(tokenPunct, s.pos+1).Value = ","
		s.top().item = item{}
		return
	}
	s.pos++
}
