package syntax

import (
	"slices"
	"strconv"
	"strings"

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
		b.Lost = true
		table.skipItem(lex)
		return
	}
	v, err := parseMended(lex, choice)
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

// parseMended takes an item as if its first word had been spelled right.
func parseMended[S any](lex *lexer.PeekingLexer, c choice[S]) (S, error) {
	if c.mended != "" {
		t := lex.Peek()
		defer func(written string) { t.Value = written }(t.Value)
		t.Value = c.mended
	}
	return c.kind.parse(lex)
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
	defer func() { s.Tokens = lex.Range(start, lex.RawCursor()) }()
	for lex.Peek().Type == tokenWord {
		choice := table.choose(lex)
		if choice.mended == "" && choice.problem != nil {
			return s.giveUp(lex, table, choice.problem)
		}
		if choice.problem != nil {
			s.wrong(choice.problem)
		}
		if choice.kind == nil {
			lex.Next()
			continue
		}
		v, err := parseMended(lex, choice)
		if problem := choice.kind.badly(lex, v, err); problem != nil {
			return s.giveUp(lex, table, problem)
		}
		s.Items = append(s.Items, v)
	}
	if err := s.block(lex, table); err != nil {
		return err
	}
	s.inOrder(table, lex.Range(start, lex.RawCursor()))
	return nil
}

// giveUp keeps a problem behind which nothing of the item can be read. What
// stands before the settings is right; where more than settings can stand
// behind them, the whole item is wrong.
func (s *Settings[S]) giveUp(lex *lexer.PeekingLexer, table *table[S], p *problem) error {
	if table.open == "" {
		return p
	}
	s.wrong(p)
	table.skipItem(lex)
	return nil
}

// wrong keeps a problem behind which all can be read.
func (s *Settings[S]) wrong(p *problem) {
	s.Broken = true
	p.addTo(&s.problems)
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
func (s *Settings[S]) inOrder(table *table[S], tokens []lexer.Token) {
	if table.last == nil {
		return
	}
	at := slices.IndexFunc(s.Items, table.last)
	if at < 0 || at == len(s.Items)-1 {
		return
	}
	last, behind := nodeOf(s.Items[at]), nodeOf(s.Items[at+1])
	if len(last.Tokens) == 0 || len(behind.Tokens) == 0 {
		return
	}
	word := behind.Tokens[0].Value
	hint := "where and else stand last"
	if word == "else" {
		hint = "a wire takes what a filter lets through, or else what is left: not both"
	}
	p := &problem{code: codeSettings, span: behind.Span(), message: strconv.Quote(word) + " stands behind " + last.Tokens[0].Value,
		hint: hint}
	if !table.last(s.Items[at+1]) {
		p.hint = "settings stand before where and else"
		if !s.Block {
			first := slices.IndexFunc(tokens, func(t lexer.Token) bool { return t.Pos == behind.Tokens[0].Pos })
			p.fixes = []diag.Fix{movedBefore(last, tokens[first:])}
		}
	}
	s.wrong(p)
}

// movedBefore puts the tokens behind a node before it.
func movedBefore(n *Node, behind []lexer.Token) diag.Fix {
	var b strings.Builder
	for i, t := range behind {
		b.WriteString(t.Value)
		if end := t.Pos.Offset + len(t.Value); i+1 == len(behind) || behind[i+1].Pos.Offset > end {
			b.WriteByte(' ')
		}
	}
	cut := n.Span().After()
	cut.End = tokenSpan(&behind[len(behind)-1]).End
	return diag.Fix{Title: "write it before " + n.Tokens[0].Value, Sure: true, Edits: []diag.Edit{
		{Span: n.Span().Before(), New: b.String()}, {Span: cut},
	}}
}

// nodeOf gives the node that an item embeds.
func nodeOf(item any) *Node { return item.(interface{ node() *Node }).node() }
