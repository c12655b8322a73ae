package syntax

import (
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
)

// A Cursor is a place in a text that someone is writing, told by what stands
// before it. What stands behind does not matter, and neither does what is
// wrong elsewhere.
type Cursor struct {
	Word   string // the part of a word before the place; "" between words
	Around []Around
	// Expr is the part of the expression before the place, the word included,
	// if InExpr says that it is in one.
	Expr   string
	InExpr bool
	// InString and InComment say that what is written is no language.
	InString  bool
	InComment bool
}

// An Around is what an open bracket makes of the items in it; the first one is
// the file itself.
type Around struct {
	Bracket string // "" of the file
	Items   ItemsKind
	Item    []string // the tokens of the item at hand, but for the word; of a pair of brackets the first alone
}

// An ItemsKind is what kind of items a bracket holds.
type ItemsKind int

// The kinds of items.
const (
	OtherItems   ItemsKind = iota // arguments, elements, values
	Declarations                  // of the file
	Ports                         // of an actor
	Statements                    // of a graph
	Fields                        // of a message, and parameters
	TypeParts                     // of a list or map type
	WireSettings                  // of a wire, in a block
)

var itemsKinds = map[context]ItemsKind{
	inFile: Declarations, inActor: Ports, inGraph: Statements, inFields: Fields, inType: TypeParts, inWire: WireSettings,
}

// At gives the cursor at an offset of a text.
func At(src string, offset int) Cursor {
	before := src[:offset]
	word := before[wordStart(before):]
	s := &scanner{line: 1, column: 1, lineStart: true, frames: []frame{{context: inFile}}, extra: offsets{}, src: before[:offset-len(word)]}
	for s.pos < len(s.src) && !s.refuse {
		s.next()
	}
	c := Cursor{Word: word}
	c.InComment = len(s.comments) > 0 && s.comments[len(s.comments)-1].span.Start.Line == s.line
	if last := s.last(); last != nil {
		c.look(s, last, word)
	}
	c.around(s)
	return c
}

// wordStart gives where the word at the end of a text begins.
func wordStart(text string) int {
	at := len(text)
	for at > 0 && isWordByte(text[at-1]) {
		at--
	}
	return at
}

// look tells whether the text ends in an expression or a string.
func (c *Cursor) look(s *scanner, last *lexer.Token, word string) {
	end := last.Pos.Offset + len(last.Value)
	onLine := !strings.Contains(s.src[min(end, len(s.src)):], "\n")
	switch {
	case last.Type == tokenExpr || last.Type == tokenBrokenExpr:
		if c.InExpr = onLine; c.InExpr {
			c.Expr = s.src[last.Pos.Offset:] + word
			c.InString = openString(c.Expr)
		}
	case last.Type == tokenString || last.Type == tokenRawString:
		c.InString = end == len(s.src) && openString(last.Value)
	case onLine && s.beforeExpr(last.Value):
		c.InExpr, c.Expr = true, word
	}
}

// openString tells whether a text ends within a string.
func openString(text string) bool {
	for at := 0; at < len(text); at++ {
		quote := text[at]
		if quote != '"' && quote != '\'' && quote != '`' {
			continue
		}
		i := at + 1
		for i < len(text) && text[i] != quote {
			if text[i] == '\\' && quote != '`' {
				i++
			}
			i++
		}
		if i >= len(text) {
			return true
		}
		at = i
	}
	return false
}

// around takes the tokens of the items at hand, from the last one back.
func (c *Cursor) around(s *scanner) {
	n := len(s.tokens)
	for i := len(s.frames) - 1; i >= 0; i-- {
		f := &s.frames[i]
		a := Around{Bracket: f.open, Items: itemsKinds[f.context]}
		a.Item, n = itemBefore(s.tokens[:n], i > 0)
		c.Around = append(c.Around, a)
	}
	slices.Reverse(c.Around)
}

// itemBefore gives the last item of a list of tokens, up to the bracket that
// is open, and the number of tokens before that bracket.
func itemBefore(tokens []lexer.Token, bracketed bool) (item []string, rest int) {
	depth, ended := 0, false
	n := len(tokens) - 1
	for ; n >= 0; n-- {
		t := &tokens[n]
		switch {
		case closes(t):
			depth++
		case isPunct(t, "(") || isPunct(t, "[") || isPunct(t, "{"):
			if depth--; depth < 0 {
				slices.Reverse(item)
				return item, n
			}
		case depth > 0:
		case t.Type == tokenEOL || isPunct(t, ","):
			if ended = true; !bracketed {
				slices.Reverse(item)
				return item, 0
			}
		}
		if depth == 0 && !ended {
			item = append(item, t.Value)
		}
	}
	slices.Reverse(item)
	return item, max(n, 0)
}

// The words that may stand in places, for those who offer them.
var (
	// DeclarationWords begin a declaration.
	DeclarationWords = slices.Clone(declarations)
	// Patterns begin a port.
	Patterns = slices.Clone(patterns)
)

// IsName reports whether a text can be a name: letters, digits and "_", the
// first no digit.
func IsName(text string) bool {
	s := scanner{src: text}
	return text != "" && isWordStart(text[0]) && s.wordEnd(0) == len(text)
}
