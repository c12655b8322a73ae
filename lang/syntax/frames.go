package syntax

import (
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/ilpomo/opencore/lang/diag"
)

// A context is what kind of items stand between two brackets. The scanner
// needs it to know where expressions start.
type context int

const (
	inOther context = iota // arguments, lists, fields and so on: never an expression
	inFile
	inActor  // ports
	inGraph  // statements
	inFields // fields, parameters: a name and a type
	inType   // a list or map type
	inWire   // the settings of a wire, in a block
)

// A frame is an open bracket.
type frame struct {
	open    string // "" of the file itself
	span    diag.Span
	line    int
	context context
	item    item
	before  item // the one that the last line end ended
}

// An item is what was seen of the item at hand.
type item struct {
	tokens int    // so far
	first  string // its first word; a misspelled keyword mended
	last   string
	angles int  // open < of type parameters
	wire   bool // its second token is ->
	body   bool // { came
}

// closes gives the bracket that closes the frame.
func (f *frame) closes() string {
	switch f.open {
	case "(":
		return ")"
	case "[":
		return "]"
	}
	return "}"
}

// count takes note of a token of the item at hand.
func (f *frame) count(t lexer.Token) {
	if t.Type == tokenEOL || t.Type == tokenPunct && t.Value == "," && f.item.angles == 0 {
		f.before, f.item = f.item, item{}
		return
	}
	if f.item.tokens == 0 {
		f.item.first = t.Value
		if f.context == inFile {
			f.item.first, _ = nearDeclaration(t.Value)
		}
	}
	f.item.tokens++
	f.item.last = t.Value
	f.item.wire = f.item.wire || f.item.tokens == 2 && t.Type == tokenPunct && t.Value == "->"
	f.item.body = f.item.body || t.Value == "{"
	switch t.Value {
	case "<":
		f.item.angles++
	case ">":
		f.item.angles = max(0, f.item.angles-1)
	}
}

func (s *scanner) top() *frame { return &s.frames[len(s.frames)-1] }

// takePunct takes one of [puncts].
func (s *scanner) takePunct(p string) {
	switch p {
	case "(", "[", "{":
		s.openBracket(p)
	case ")", "]", "}":
		s.closeBracket(p)
	case "<":
		s.emit(tokenPunct, s.pos+1)
		s.angles++
		s.bounded()
	case ">":
		s.angles = max(0, s.angles-1)
		s.emit(tokenPunct, s.pos+1)
	default:
		s.emit(tokenPunct, s.pos+len(p))
		s.opensExpr(s.last())
	}
}

// openBracket opens a frame.
func (s *scanner) openBracket(p string) {
	if p == "{" {
		s.closeParams()
		s.angles = 0
	}
	f := frame{open: p, span: s.span(s.pos + 1), line: s.line, context: s.contextBehind(p)}
	s.emit(tokenPunct, s.pos+1)
	s.frames = append(s.frames, f)
	s.bounded()
}

// bounded refuses the file if more brackets are open than may be.
func (s *scanner) bounded() {
	if len(s.frames)-1+s.angles > maxDepth {
		s.tooDeep(tokenSpan(s.last()))
	}
}

// tooDeep refuses the file for a bracket.
func (s *scanner) tooDeep(bracket diag.Span) {
	s.refuse = true
	s.problems = nil
	s.problems.Errorf(codeLimit, bracket, "brackets are nested more than %d deep", maxDepth)
}

// contextBehind tells what stands behind an opening bracket that comes next.
func (s *scanner) contextBehind(p string) context {
	top := s.top()
	switch {
	case top.context == inType || top.context == inFields && top.item.tokens == 1:
		return inType
	case p == "(" && top.context == inFile && isHead(top.item.first):
		return inFields
	case p != "{":
	case top.context == inFile && top.item.first == "message":
		return inFields
	case top.context == inFile && top.item.first == "actor":
		return inActor
	case top.context == inFile && top.item.first != "enum": // a graph, or what may have been meant to be one
		return inGraph
	case top.context == inGraph && top.item.wire:
		return inWire
	}
	return inOther
}

// closeParams closes the parentheses behind the name of an actor or graph
// where the { of its body shows that they were left open.
func (s *scanner) closeParams() {
	top := s.top()
	if top.open != "(" || s.frames[len(s.frames)-2].context != inFile || !isHead(s.frames[len(s.frames)-2].item.first) {
		return
	}
	line := strings.TrimSpace(s.src[s.pos+1 : s.lineEnd()])
	if line == "" || strings.HasPrefix(line, "//") {
		s.closeFrames(len(s.frames) - 1)
	}
}

// isHead tells whether a declaration with this keyword has a body.
func isHead(keyword string) bool {
	return slices.Contains([]string{"message", "enum", "actor", "graph"}, keyword)
}

// closeBracket closes the frame that p belongs to, and those in it that were
// left open.
func (s *scanner) closeBracket(p string) {
	i := len(s.frames) - 1
	for i > 0 && s.frames[i].closes() != p {
		i--
	}
	if i == 0 {
		s.bracketProblem(s.span(s.pos+1), "%q closes nothing", p)
		s.extra[s.pos] = true
		s.pos++
		return
	}
	s.closeFrames(i + 1)
	s.closeTop(lexer.Token{Type: tokenPunct, Value: p, Pos: s.position(s.pos)})
	s.pos++
}

// closeTop closes the innermost frame with a token. A line end before it
// separates nothing.
func (s *scanner) closeTop(t lexer.Token) {
	if last := s.last(); last.Type == tokenEOL {
		s.tokens = s.tokens[:len(s.tokens)-1]
	}
	s.tokens = append(s.tokens, t)
	s.frames = s.frames[:len(s.frames)-1]
	s.top().count(t)
}

// closeFrames closes all frames but the first n, which the source doesn't.
func (s *scanner) closeFrames(n int) {
	if len(s.frames) > n {
		f := s.frames[n]
		s.bracketProblem(f.span, "%q is not closed", f.open)
	}
	for len(s.frames) > n {
		s.closeTop(lexer.Token{Type: tokenMissing, Value: s.top().closes(), Pos: s.position(s.pos)})
	}
}

// bracketProblem reports a bracket; one a line is enough, the others mostly
// follow from it.
func (s *scanner) bracketProblem(span diag.Span, format string, args ...any) {
	if s.bracketLine != span.Start.Line {
		s.problems.Errorf(codeBracket, span, format, args...)
	}
	s.bracketLine = span.Start.Line
}

// closeTypes closes types that were left open at a line end: they are written
// on one line, but for what follows a bracket or comma.
func (s *scanner) closeTypes() {
	n := len(s.frames)
	for n > 1 && s.frames[n-1].context == inType {
		n--
	}
	if last := s.last(); n == len(s.frames) || last.Type == tokenEOL || goesOn(last) {
		return
	}
	if !strings.HasPrefix(s.src[s.nextToken(s.pos):], s.top().closes()) {
		s.closeFrames(n)
	}
}

// openMissing puts in the { that is missing at the end of a declaration's
// head, if the next line can only be in the body.
func (s *scanner) openMissing() {
	top := s.top()
	if top.context != inFile || !isHead(top.item.first) || top.item.tokens < 2 || top.item.body || top.item.angles > 0 {
		return
	}
	if last := s.last(); last.Type == tokenEOL || goesOn(last) {
		return
	}
	rest := s.src[s.nextToken(s.pos):]
	if rest == "" || strings.HasPrefix(rest, "{") || strings.HasPrefix(rest, "}") {
		return
	}
	if start := strings.LastIndexByte(s.src[:len(s.src)-len(rest)], '\n') + 1; len(s.src)-len(rest) == start {
		return // what begins in column 1 is a declaration of its own
	}
	last := s.last()
	s.bracketProblem(tokenSpan(last), `"{" is missing behind this`)
	f := frame{open: "{", span: tokenSpan(last), line: s.line, context: s.contextBehind("{")}
	open := lexer.Token{Type: tokenMissing, Value: "{", Pos: s.position(s.pos)}
	s.tokens = append(s.tokens, open)
	top.count(open)
	s.frames = append(s.frames, f)
}

// startLine looks at the first token of a line: what can only begin a new item
// or declaration closes the brackets that were left open, and what can't begin
// one belongs on the line before.
func (s *scanner) startLine() {
	if !s.lineStart {
		return
	}
	if len(s.frames) > 1 {
		switch {
		case s.position(s.pos).Column == 1 && startsDeclaration(s.src[s.pos:]):
			s.closeFrames(1)
			s.emitEOL()
		case s.graphFrame() > 0 && startsStatement(s.src[s.pos:]):
			s.closeFrames(s.graphFrame() + 1)
			s.emitEOL()
		}
	}
	s.moveUp()
}

// emitEOL separates what follows from what was closed before it.
func (s *scanner) emitEOL() {
	if last := s.last(); last.Type == tokenMissing {
		s.tokens = append(s.tokens, lexer.Token{Type: tokenEOL, Value: "\n", Pos: s.position(s.pos)})
		s.top().item = item{}
	}
}

// graphFrame gives the index of the frame of a graph's body in which something
// else is open; 0 if there is none.
func (s *scanner) graphFrame() int {
	for i := len(s.frames) - 2; i > 0; i-- {
		if s.frames[i].context == inGraph {
			return i
		}
	}
	return 0
}

// moveUp reports a line that starts with what belongs on the one before, and
// reads on as if it stood there.
func (s *scanner) moveUp() {
	last := s.last()
	if last == nil || last.Type != tokenEOL {
		return
	}
	p := startsWithOperator(s.src[s.pos:])
	if p == "" && s.top().context != inOther && (s.src[s.pos] == '{' || s.src[s.pos] == '(') {
		p = s.src[s.pos : s.pos+1]
	}
	if p == "" {
		return
	}
	s.problems.Errorf(codeMoveUp, s.span(s.pos+len(p)), "a line can't start with %q", p).Help("move it up, to the end of the line before")
	s.tokens = s.tokens[:len(s.tokens)-1]
	s.top().item = s.top().before
}

// startsWithOperator gives the arrow, operator or separator that text starts
// with; "" if there is none.
func startsWithOperator(text string) string {
	for _, p := range puncts {
		if !strings.HasPrefix(text, p) {
			continue
		}
		switch p {
		case "(", ")", "[", "]", "{", "}", "<", ">", "!", "~", "=":
			return ""
		case "-":
			if len(text) > 1 && isDigit(text[1]) {
				return ""
			}
		}
		return p
	}
	return ""
}
