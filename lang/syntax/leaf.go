package syntax

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/ilpomo/opencore/internal/literal"
	"github.com/ilpomo/opencore/lang/diag"
)

// take consumes one token as the whole of a node.
func (n *Node) take(lex *lexer.PeekingLexer) string {
	start := lex.RawCursor()
	t := lex.Next()
	n.Tokens = lex.Range(start, start+1)
	return t.Value
}

// Parse takes a word.
func (n *Name) Parse(lex *lexer.PeekingLexer) error {
	if lex.Peek().Type != tokenWord {
		return participle.NextMatch
	}
	n.Text = n.take(lex)
	return nil
}

// Parse takes a word, or words with dots between them.
func (p *Path) Parse(lex *lexer.PeekingLexer) error {
	switch lex.Peek().Type {
	case tokenWord:
		text := p.take(lex)
		p.Names = []*Name{{Node: p.Node, Text: text}}
	case tokenPath:
		p.take(lex)
		p.Names = splitPath(p.Tokens[0])
	default:
		return participle.NextMatch
	}
	return nil
}

// splitPath gives the names of a path with a place each.
func splitPath(t lexer.Token) []*Name {
	n := strings.Count(t.Value, ".") + 1
	tokens, names, all := make([]lexer.Token, n), make([]Name, n), make([]*Name, n)
	rest, pos := t.Value, t.Pos
	for i := range n {
		var word string
		word, rest, _ = strings.Cut(rest, ".")
		tokens[i] = lexer.Token{Type: tokenWord, Value: word, Pos: pos}
		names[i] = Name{Node: Node{Tokens: tokens[i : i+1]}, Text: word}
		all[i] = &names[i]
		pos.Offset += len(word) + 1
		pos.Column += utf8.RuneCountInString(word) + 1
	}
	return all
}

// Parse takes an instance, or an instance and its port.
func (r *PortRef) Parse(lex *lexer.PeekingLexer) error {
	t := lex.Peek()
	if t.Type == tokenPath && strings.Count(t.Value, ".") > 1 {
		return &problem{code: codeBelongs, token: *t, message: words(t) + " where a port belongs",
			hint: "a port is written instance.port"}
	}
	switch t.Type {
	case tokenWord:
		r.Instance = &Name{}
		r.Instance.Text = r.Instance.take(lex)
		r.Node = r.Instance.Node
	case tokenPath:
		r.take(lex)
		names := splitPath(*t)
		r.Instance, r.Port = names[0], names[1]
	default:
		return participle.NextMatch
	}
	return nil
}

// Parse takes an expression.
func (e *Expr) Parse(lex *lexer.PeekingLexer) error {
	switch lex.Peek().Type {
	case tokenBrokenExpr:
		e.Broken = true
	case tokenExpr:
	default:
		return participle.NextMatch
	}
	e.Source = e.take(lex)
	return nil
}

// Parse takes a string, quoted or raw.
func (s *String) Parse(lex *lexer.PeekingLexer) error {
	if t := lex.Peek(); t.Type != tokenString && t.Type != tokenRawString {
		return participle.NextMatch
	}
	s.Value = unquote(s.take(lex))
	return nil
}

// Parse takes a word or a string.
func (k *EntryKey) Parse(lex *lexer.PeekingLexer) error {
	if lex.Peek().Type == tokenWord {
		k.Text = k.take(lex)
		return nil
	}
	var s String
	if err := s.Parse(lex); err != nil {
		return err
	}
	k.Node, k.Text = s.Node, s.Value
	return nil
}

// parseValue takes a value of any kind.
func parseValue(lex *lexer.PeekingLexer) (Value, error) {
	switch t := lex.Peek(); t.Type {
	case tokenString, tokenRawString:
		s := &String{}
		return s, s.Parse(lex)
	case tokenInt, tokenFloat, tokenDuration, tokenSize:
		return parseNumber(lex), nil
	case tokenBad:
		if c := t.Value[0]; isDigit(c) || c == '-' {
			w := &Wrong{}
			w.take(lex)
			return w, nil
		}
	case tokenWord:
		return parseWord(lex)
	case tokenPunct, tokenMissing:
		switch t.Value {
		case "[":
			l := &List{}
			return l, l.Parse(lex)
		case "{":
			m := &Map{}
			return m, m.Parse(lex)
		}
	}
	return nil, participle.NextMatch
}

// parseQueueSize takes a value that is not what a full queue does.
func parseQueueSize(lex *lexer.PeekingLexer) (QueueSize, error) {
	if slices.Contains(fullWords, lex.Peek().Value) {
		return nil, participle.NextMatch
	}
	return parseValue(lex)
}

// fullWords say what a queue does that is full.
var fullWords = []string{"block", "drop_oldest", "drop_newest"}

// parseNumber takes a number of any kind.
func parseNumber(lex *lexer.PeekingLexer) Value {
	var n Node
	kind := lex.Peek().Type
	text, _ := literal.Digits(n.take(lex))
	switch kind {
	case tokenInt:
		i, _ := strconv.ParseInt(text, 10, 64)
		return &Int{Node: n, Value: i}
	case tokenFloat:
		f, _ := strconv.ParseFloat(text, 64)
		return &Float{Node: n, Value: f}
	case tokenDuration:
		d, _ := time.ParseDuration(text)
		return &Duration{Node: n, Value: d}
	}
	bytes, _ := literal.Size(text)
	return &Size{Node: n, Bytes: bytes}
}

// parseWord takes a value that begins with a word.
func parseWord(lex *lexer.PeekingLexer) (Value, error) {
	_, second := peekTwo(lex)
	if second.Type == tokenPunct && second.Value == "(" {
		switch lex.Peek().Value {
		case "env":
			return parseCall(lex, parsers().env)
		case "secret":
			return parseCall(lex, parsers().secret)
		}
	}
	var n Node
	switch text := n.take(lex); text {
	case "true", "false":
		return &Bool{Node: n, Value: text == "true"}, nil
	case "nil":
		return &Nil{Node: n}, nil
	default:
		return &Ref{Node: n, Name: text}, nil
	}
}

// parseCall takes env or secret.
func parseCall(lex *lexer.PeekingLexer, k *kind[Value]) (Value, error) {
	v, err := k.parse(lex)
	if p := k.badly(lex, v, err); p != nil {
		if t := &p.token; t.Type == tokenWord {
			p.hint = "put it in quotes: " + strconv.Quote(t.Value)
			p.fixes = []diag.Fix{{
				Title: "put it in quotes", Sure: t.Value == strings.ToUpper(t.Value),
				Edits: []diag.Edit{{Span: tokenSpan(t), New: strconv.Quote(t.Value)}},
			}}
		}
		return nil, p
	}
	return v, nil
}

// Parse takes a list.
func (l *List) Parse(lex *lexer.PeekingLexer) error {
	err := l.Elems.Parse(lex)
	l.Node = l.Elems.Node
	return err
}

// Parse takes a map.
func (m *Map) Parse(lex *lexer.PeekingLexer) error {
	err := m.Entries.Parse(lex)
	m.Node = m.Entries.Node
	return err
}

// peekTwo gives the next two tokens; at the end of the file both are the last
// one.
func peekTwo(lex *lexer.PeekingLexer) (first, second *lexer.Token) {
	first = lex.Peek()
	if first.EOF() {
		return first, first
	}
	next := lex.Range(lex.RawCursor(), lex.RawCursor()+2)
	return first, &next[1]
}
