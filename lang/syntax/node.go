package syntax

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/ilpomo/opencore/lang/diag"
)

// A Node knows its place in the source. Every node of the tree embeds one.
type Node struct {
	// Tokens are those the node was made of; empty in a part of a broken
	// item that was never reached.
	Tokens []lexer.Token
}

// Span gives exactly the words of the node; the zero span if there are none.
func (n *Node) Span() diag.Span {
	tokens := n.Tokens
	for len(tokens) > 0 && (tokens[len(tokens)-1].Type == tokenEOL || tokens[len(tokens)-1].Type == tokenMissing) {
		tokens = tokens[:len(tokens)-1]
	}
	if len(tokens) == 0 {
		return diag.Span{}
	}
	return tokenSpan(&tokens[0]).To(tokenSpan(&tokens[len(tokens)-1]))
}

func (n *Node) node() *Node { return n }

// Names yields the words in the node that may stand for a value: all but what
// is before a colon, those in strings too, which may be expressions or
// addresses.
func (n *Node) Names() iter.Seq[string] {
	return func(yield func(string) bool) {
		for i, t := range n.Tokens {
			if i+1 < len(n.Tokens) && isPunct(&n.Tokens[i+1], ":") {
				continue
			}
			for _, word := range strings.FieldsFunc(t.Value, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' }) {
				if !yield(word) {
					return
				}
			}
		}
	}
}

func (n *Node) setTokens(tokens []lexer.Token) { n.Tokens = tokens }

// tokenSpan gives the place of one token. A missing one has a place, but no
// width.
func tokenSpan(t *lexer.Token) diag.Span {
	start := diag.Position{Line: t.Pos.Line, Column: t.Pos.Column, Offset: t.Pos.Offset}
	if t.Type == tokenMissing {
		return diag.Span{File: t.Pos.Filename, Start: start, End: start}
	}
	return diag.Span{File: t.Pos.Filename, Start: start, End: advance(start, t.Value)}
}

// advance gives the position behind text that starts at p.
func advance(p diag.Position, text string) diag.Position {
	p.Offset += len(text)
	if i := strings.LastIndexByte(text, '\n'); i >= 0 {
		p.Line += strings.Count(text, "\n")
		p.Column, text = 1, text[i+1:]
	}
	p.Column += utf8.RuneCountInString(text)
	return p
}

// Documented is embedded by what can have a doc comment.
type Documented struct {
	// Doc holds the lines of the /// comment above, without the slashes and
	// one space; "" if there is none.
	Doc string
}

func (d *Documented) setDoc(text string) { d.Doc = text }

// A Name is one word.
type Name struct {
	Node
	Text string
}

// A Path is a name, or names with dots between them: file.Lines.
type Path struct {
	Node
	Names []*Name // at least one
}

// Text spells the path.
func (p *Path) Text() string {
	if len(p.Names) == 1 {
		return p.Names[0].Text
	}
	words := make([]string, len(p.Names))
	for i, n := range p.Names {
		words[i] = n.Text
	}
	return strings.Join(words, ".")
}

// An Expr is the source of a filter or a topic as it is written. Offsets in
// Source count from the start of the node's span.
type Expr struct {
	Node
	Source string
	Broken bool // an open bracket or string in it was reported already
}

// At gives the place of the bytes [start, end) of Source.
func (e *Expr) At(start, end int) diag.Span {
	span := e.Span()
	from := advance(span.Start, e.Source[:start])
	return diag.Span{File: span.File, Start: from, End: advance(from, e.Source[start:end])}
}

// A Body is a list of items in brackets, separated by commas or line ends.
// What is wrong with one item does not hide the others.
type Body[S any] struct {
	Node // with the brackets
	// Items holds whatever could be read, parts of broken items too: any
	// pointer below one may then be nil.
	Items []S
	// Broken tells that something in here was reported already, so that what
	// seems to be missing may only be misspelled.
	Broken bool
	// Lost tells that of something in here not even the kind is known.
	Lost bool

	problems diag.List
}

// Settings are words with their values behind the head of an item, separated
// by spaces, or in a block.
type Settings[S any] struct {
	Node
	Items []S
	Block bool // written in { }
	// Broken tells that something in the block was reported already.
	Broken bool

	problems diag.List
}
