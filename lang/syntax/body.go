package syntax

import (
	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/ilpomo/opencore/lang/diag"
)

// Parse takes a list of items in its brackets. It never fails behind the first
// bracket: what is wrong is kept in the body.
func (b *Body[S]) Parse(lex *lexer.PeekingLexer) error {
	table := tableOf[S]()
	if !isPunct(lex.Peek(), table.open) {
		return participle.NextMatch
	}
	start := lex.RawCursor()
	lex.Next()
	b.read(lex, table)
	lex.Next() // the scanner leaves no bracket open
	b.Tokens = lex.Range(start, lex.RawCursor())
	return nil
}

// isPunct tells whether a token is this sign, written or put in.
func isPunct(t *lexer.Token, sign string) bool {
	return (t.Type == tokenPunct || t.Type == tokenMissing) && t.Value == sign
}

// closes tells whether a list of items ends before a token.
func closes(t *lexer.Token) bool {
	return t.EOF() || isPunct(t, ")") || isPunct(t, "]") || isPunct(t, "}")
}

// endsItem tells whether an item is over before a token.
func endsItem(t *lexer.Token) bool {
	return closes(t) || t.Type == tokenEOL || isPunct(t, ",")
}

// read takes items up to the bracket that closes the list.
func (b *Body[S]) read(lex *lexer.PeekingLexer, table *table[S]) {
	for !closes(lex.Peek()) {
		t := lex.Peek()
		switch {
		case len(b.problems) > maxProblems: // enough to know that this is no program
			skipPair(lex)
		case t.Type == tokenEOL:
			lex.Next()
		case isPunct(t, ","):
			b.add(&problem{code: codeBelongs, token: *t, message: words(t) + " where " + table.what + " belongs"})
			lex.Next()
		default:
			b.item(lex, table)
			if t := lex.Peek(); t.Type == tokenEOL || isPunct(t, ",") {
				lex.Next()
			}
		}
	}
}

// item takes one item. Behind it stands a separator, or the list's end.
func (b *Body[S]) item(lex *lexer.PeekingLexer, table *table[S]) {
	start := lex.MakeCheckpoint()
	choice := table.choose(lex)
	b.add(choice.problem)
	if choice.kind == nil {
		table.skipItem(lex)
		return
	}
	if choice.mended != "" { // read on as if it had been spelled right
		t := lex.Peek()
		defer func(written string) { t.Value = written }(t.Value)
		t.Value = choice.mended
	}
	v, err := choice.kind.parse(lex)
	if problem := choice.kind.wrong(lex, v, err); problem != nil {
		b.add(problem)
		lex.LoadCheckpoint(start)
		parseRest(lex, v)
		lex.LoadCheckpoint(start)
		table.skipItem(lex)
	}
	if n, ok := any(v).(interface{ setTokens([]lexer.Token) }); ok && any(v) != nil {
		n.setTokens(lex.Range(start.RawCursor(), lex.RawCursor()))
		b.Items = append(b.Items, v)
	}
}

// add keeps a problem, unless the scanner reported it already.
func (b *Body[S]) add(p *problem) {
	if p == nil {
		return
	}
	b.Broken = true
	p.addTo(&b.problems)
}

// skipItem goes to the end of the item at hand, over pairs of brackets.
func (t *table[S]) skipItem(lex *lexer.PeekingLexer) {
	angles := 0
	for next := lex.Peek(); !closes(next) && next.Type != tokenEOL; next = lex.Peek() {
		switch {
		case isPunct(next, "<"):
			angles++
		case isPunct(next, ">"):
			angles--
		case isPunct(next, ",") && angles <= 0 && !t.lines:
			return
		}
		skipPair(lex)
	}
}

// A declarer is a declaration with a body, which is worth reading behind a
// head that is broken.
type declarer interface {
	parseBody(lex *lexer.PeekingLexer) error
}

func (e *Enum) parseBody(lex *lexer.PeekingLexer) error    { return e.Values.Parse(lex) }
func (m *Message) parseBody(lex *lexer.PeekingLexer) error { return m.Fields.Parse(lex) }
func (a *Actor) parseBody(lex *lexer.PeekingLexer) error   { return a.Ports.Parse(lex) }
func (g *Graph) parseBody(lex *lexer.PeekingLexer) error   { return g.Statements.Parse(lex) }

// parseRest reads the body of a declaration whose head is broken.
func parseRest(lex *lexer.PeekingLexer, v any) {
	d, ok := v.(declarer)
	if !ok {
		return
	}
	for t := lex.Peek(); !closes(t) && t.Type != tokenEOL; t = lex.Peek() {
		if isPunct(t, "{") {
			// A NextMatch is impossible here: the bracket is the body's.
			_ = d.parseBody(lex)
			return
		}
		skipPair(lex)
	}
}

// skipPair goes over one token, or over a pair of brackets with all in it.
func skipPair(lex *lexer.PeekingLexer) {
	depth := 0
	for {
		switch t := lex.Next(); {
		case t.EOF():
			return
		case isPunct(t, "(") || isPunct(t, "[") || isPunct(t, "{"):
			depth++
		case closes(t):
			depth--
		}
		if depth <= 0 {
			return
		}
	}
}

// Parse takes settings up to the end of the item, or those in a block.
func (s *Settings[S]) Parse(lex *lexer.PeekingLexer) error {
	table := tableOf[S]()
	start := lex.RawCursor()
	for lex.Peek().Type == tokenWord {
		choice := table.choose(lex)
		if choice.kind == nil || choice.problem != nil {
			return choice.problem
		}
		v, err := choice.kind.parse(lex)
		if problem := choice.kind.badly(lex, v, err); problem != nil {
			return problem
		}
		s.Items = append(s.Items, v)
	}
	if err := s.block(lex, table); err != nil {
		return err
	}
	s.Tokens = lex.Range(start, lex.RawCursor())
	return s.inOrder(table)
}

// block takes settings in { }.
func (s *Settings[S]) block(lex *lexer.PeekingLexer, table *table[S]) error {
	if table.open == "" || !isPunct(lex.Peek(), table.open) {
		return nil
	}
	if len(s.Items) > 0 {
		return &problem{code: codeSettings, token: *lex.Peek(), message: "settings on the line and in a block",
			hint: "put them all into the block, or all on the line"}
	}
	var b Body[S]
	_ = b.Parse(lex) // the bracket is there
	s.Items, s.Block, s.Broken, s.problems = b.Items, true, b.Broken, b.problems
	if t := lex.Peek(); t.Type == tokenWord {
		return &problem{code: codeSettings, token: *t, message: "settings on the line and in a block",
			hint: "put them all into the block, or all on the line"}
	}
	return nil
}

// inOrder finds what stands behind a setting that has to be the last.
func (s *Settings[S]) inOrder(table *table[S]) error {
	for i, v := range s.Items {
		if i+1 < len(s.Items) && table.last != nil && table.last(v) {
			var at diag.Span
			if n, ok := any(s.Items[i+1]).(interface{ Span() diag.Span }); ok {
				at = n.Span()
			}
			return &problem{code: codeSettings, span: at, message: "a setting behind where or else", hint: "where and else stand last"}
		}
	}
	return nil
}
