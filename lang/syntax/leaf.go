package syntax

import (
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"
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
	words := strings.Split(t.Value, ".")
	tokens, names := make([]lexer.Token, len(words)), make([]*Name, len(words))
	pos := t.Pos
	for i, w := range words {
		tokens[i] = lexer.Token{Type: tokenWord, Value: w, Pos: pos}
		names[i] = &Name{Node: Node{Tokens: tokens[i : i+1]}, Text: w}
		next := advance(tokenSpan(&tokens[i]).End, ".")
		pos.Offset, pos.Column = next.Offset, next.Column
	}
	return names
}

// Parse takes an instance, or an instance and its port.
func (r *PortRef) Parse(lex *lexer.PeekingLexer) error {
	t := lex.Peek()
	if t.Type == tokenPath && strings.Count(t.Value, ".") > 1 {
		return &problem{code: codeBelongs, token: *t, message: words(t) + " where a port belongs",
			hint: "a port is written instance.port"}
	}
	var p Path
	if err := p.Parse(lex); err != nil {
		return err
	}
	r.Node, r.Instance = p.Node, p.Names[0]
	if len(p.Names) == 2 {
		r.Port = p.Names[1]
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

// parseNumber takes a number of any kind. One that the scanner reported is 0.
func parseNumber(lex *lexer.PeekingLexer) Value {
	var n Node
	kind := lex.Peek().Type
	text := strings.ReplaceAll(n.take(lex), "_", "")
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
	bytes, _ := parseSize(text)
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
