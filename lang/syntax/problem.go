package syntax

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/ilpomo/opencore/lang/diag"
)

// A problem is a diagnostic on its way from where it was found to the body
// that keeps it.
type problem struct {
	code    diag.Code
	token   lexer.Token // what is wrong, if span is zero
	span    diag.Span
	message string
	hint    string
	fixes   []diag.Fix
}

func (p *problem) Error() string { return p.message }

// addTo adds the problem to a list, unless its place was reported by the
// scanner.
func (p *problem) addTo(list *diag.List) {
	span := p.span
	if span.IsZero() {
		if p.token.Type == tokenMissing || p.token.Type == tokenBad {
			return
		}
		span = wrongSpan(&p.token)
	}
	d := list.Errorf(p.code, span, "%s", p.message)
	d.Hint, d.Fixes = p.hint, p.fixes
}

// wrongSpan gives the place to point at: the end of a line or file has no
// words.
func wrongSpan(t *lexer.Token) diag.Span {
	span := tokenSpan(t)
	if t.Type == tokenEOL || t.EOF() {
		span.End = span.Start
	}
	return span
}

// wrong tells what is wrong with the item that was just read, if anything.
func (k *kind[S]) wrong(lex *lexer.PeekingLexer, v S, err error) *problem {
	if p := k.badly(lex, v, err); p != nil {
		return p
	}
	if t := lex.Peek(); !endsItem(t) {
		return k.misplaced(t, "a comma or the end of the line")
	}
	return nil
}

// badly tells what is wrong with what a kind's parser gave.
func (k *kind[S]) badly(lex *lexer.PeekingLexer, v S, err error) *problem {
	switch {
	case err != nil:
		return k.unread(lex, err)
	case k.check != nil:
		return k.check(v)
	}
	return nil
}

// unread puts a parser's error into our words.
func (k *kind[S]) unread(lex *lexer.PeekingLexer, err error) *problem {
	var own *problem
	var unexpected *participle.UnexpectedTokenError
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &unexpected):
		return k.misplaced(&unexpected.Unexpected, belongs(unexpected.Message()))
	default: // participle.NextMatch, of a kind that is one token
		return k.misplaced(lex.Peek(), k.what)
	}
}

// misplaced says that a token stands where something else belongs.
func (k *kind[S]) misplaced(t *lexer.Token, belongs string) *problem {
	where := ""
	if belongs == "" {
		belongs = k.what
	}
	if belongs != k.what {
		where = ", in this " + k.name
	}
	p := &problem{code: codeBelongs, token: *t, message: words(t) + " where " + belongs + " belongs" + where}
	if k.usage != "" {
		p.hint = k.what + " is written: " + k.usage
	}
	return p
}

// words names a token to its author.
func words(t *lexer.Token) string {
	switch t.Type {
	case lexer.EOF:
		return "the end of the file"
	case tokenEOL:
		return "the end of the line"
	case tokenString, tokenRawString:
		return "the string " + clip(t.Value)
	case tokenExpr, tokenBrokenExpr:
		return "the expression " + clip(t.Value)
	}
	return fmt.Sprintf("%q", clip(t.Value))
}

// clip shortens a text to what fits into a message.
func clip(text string) string {
	const most = 30
	if line, _, more := strings.Cut(text, "\n"); more {
		text = line + "…"
	}
	runes := 0
	for i := range text {
		if runes++; runes > most {
			return text[:i] + "…"
		}
	}
	return text
}

// productionWords say what the grammar's productions and tokens are.
var productionWords = map[string]string{
	"Name": "a name", "Path": "a name", "Type": "a type", "EnumType": "a type",
	"Value": "a value", "QueueSize": "a size", "String": "a string", "List": "a list in [ ]", "Expr": "an expression",
	"PortRef": "a port", "EntryKey": "a name or a string",
	"Body[Field]": `"{"`, "Body[EnumValue]": `"{"`, "Body[Port]": `"{"`, "Body[Statement]": `"{"`,
	"Body[Param]": `"("`, "Body[Arg]": `"("`, "Full": "block, drop_oldest or drop_newest", "Codec": `"codec"`,
}

var (
	bodyName  = regexp.MustCompile(`Body\[[^\]]*?(\w+)\]`)
	firstTerm = regexp.MustCompile(`^\(*(?:("[^"]*")|(\w+(?:\[\w+\])?))`)
)

// belongs finds out what the grammar wants from participle's own message, in
// which the first term of the rest of a production stands behind "expected";
// "" if it doesn't say.
func belongs(message string) string {
	_, rest, _ := strings.Cut(message, " (expected ")
	rest = bodyName.ReplaceAllString(rest, "Body[$1]")
	m := firstTerm.FindStringSubmatch(rest)
	switch {
	case m == nil:
		return ""
	case m[1] != "":
		return m[1]
	}
	return productionWords[m[2]]
}
