package filter

import (
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/ilpomo/opencore/internal/schema"
)

// What people write first who know SQL, Python, Go or JavaScript, and how it is
// written here.

// instead says what to write in the place of some bytes of the source.
func (p *Problem) instead(start, end int, text string) {
	p.Edits = append(p.Edits, Edit{start, end, text})
	if p.Hint == "" {
		p.Hint = "write " + text
	}
	if len(p.Hint) > maxHint {
		p.Hint = ""
	}
}

// maxHint bounds a hint with words of the source in it, in bytes.
const maxHint = 80

// operators are what other languages call ours, but for the case of letters.
var operators = map[string]string{
	"=": "==", "===": "==", "!==": "!=", "=>": ">=", "=<": "<=", "<>": "!=", "&": "&&",
	"and": "&&", "or": "||", "not": "not", "is": "==", "is not": "!=", "where": "&&",
}

// meanings say what those mean whose hint has to tell.
var meanings = map[string]string{
	"=": `"equals"`, "===": `"equals"`, "is": `"equals"`, "!==": `"differs"`, "<>": `"differs"`, "is not": `"differs"`,
	"&": `"and"`, "and": `"and"`, "or": `"or"`,
}

// habit puts what stands at token i, which is in its wrong place, into our
// words; false if it is no habit of another language.
func (s *scanner) habit(i int) bool {
	first, last := s.foreign(i)
	said := strings.ToLower(s.joined(first, last))
	ours, ok := operators[said]
	switch {
	case said == "between":
		return s.sqlBetween(i)
	case s.text(i) == "contains" || s.text(i) == "startsWith" || s.text(i) == "endsWith" || s.text(i) == "matches":
		return s.calledOperator(i)
	case !ok:
		return false
	}
	p := s.fail(Syntax, s.tokens[first].start, s.tokens[last].end, "%q does not belong here", s.source[s.tokens[first].start:s.tokens[last].end])
	switch {
	case said == "where":
		p.Hint = `conditions are joined with "&&"`
		if s.hasLoose() {
			return true // it would bind them in another way
		}
	case meanings[said] != "":
		p.Hint = fmt.Sprintf("%s is written %q", meanings[said], ours)
	default:
		p.Hint = fmt.Sprintf("write %q", ours)
	}
	p.instead(s.tokens[first].start, s.tokens[last].end, ours)
	return true
}

// foreign gives the tokens around i that other languages read as one.
func (s *scanner) foreign(i int) (first, last int) {
	switch now := s.text(i); {
	case i > 0 && s.touches(i-1) && slices.Contains([]string{"<>", "===", "!=="}, s.text(i-1)+now):
		return i - 1, i
	case i+1 < len(s.tokens) && s.touches(i) && slices.Contains([]string{"=>", "=<"}, now+s.text(i+1)):
		return i, i + 1
	case i+1 < len(s.tokens) && strings.EqualFold(now, "is") && strings.EqualFold(s.text(i+1), "not"):
		return i, i + 1
	case i > 0 && s.tokens[i-1].kind == word && s.text(i-1) == "NOT":
		return i - 1, i - 1
	}
	return i, i
}

// touches reports whether nothing stands between token i and the next, signs
// both.
func (s *scanner) touches(i int) bool {
	return s.tokens[i].kind == symbol && s.tokens[i].end == s.tokens[i+1].start
}

// joined gives the texts of some tokens; words are apart.
func (s *scanner) joined(first, last int) string {
	text := s.text(first)
	for i := first + 1; i <= last; i++ {
		if s.tokens[i].kind == word {
			text += " "
		}
		text += s.text(i)
	}
	return text
}

// hasLoose reports whether something binds less than "&&".
func (s *scanner) hasLoose() bool {
	for i := range s.tokens {
		if t := s.text(i); t == "||" || t == "or" || t == "?" {
			return true
		}
	}
	return false
}

// sqlBetween puts x between a and b into our words.
func (s *scanner) sqlBetween(i int) bool {
	p := s.failToken(i, Syntax, "%q does not belong here", s.text(i))
	p.Hint = "write a <= x && x <= b"
	first := s.operandBefore(i - 1)
	least := s.operandBehind(i + 1)
	if first < 0 || least < 0 || least+1 >= len(s.tokens) || !strings.EqualFold(s.text(least+1), "and") {
		return true
	}
	most := s.operandBehind(least + 2)
	if most < 0 || !s.alone(first, most) {
		return true
	}
	x := s.piece(first, i-1)
	p.Hint = ""
	p.instead(s.tokens[first].start, s.tokens[most].end, fmt.Sprintf("%s >= %s && %s <= %s", x, s.piece(i+1, least), x, s.piece(least+2, most)))
	return true
}

// coalesced says that what stands at token i and "??" need brackets.
func (s *scanner) coalesced(i int) {
	j := i
	for j > 0 && s.text(j) != "??" {
		j--
	}
	other := s.text(i)
	if j == i {
		for k := i - 1; k > 0 && other == "??"; k-- {
			if s.tokens[k].kind == symbol && s.tokens[k].partner == k && s.text(k) != "." {
				other = s.text(k)
			}
		}
	}
	p := s.failToken(i, Syntax, `%q and "??" need brackets to tell which comes first`, other)
	first, last := s.operandBefore(j-1), s.operandBehind(j+1)
	if first >= 0 && last >= 0 && (j == i || last == i-1) {
		p.instead(s.tokens[first].start, s.tokens[last].end, "("+s.piece(first, last)+")")
		p.Unsure = !slices.Contains([]string{"<", "<=", ">", ">="}, other) // what has an order is no condition
	}
}

// calledOperator puts contains(a, b) into our words.
func (s *scanner) calledOperator(i int) bool {
	op := s.text(i)
	p := s.failToken(i, Syntax, "%q is no function", op)
	p.Hint = "write text " + op + " part"
	if i+1 >= len(s.tokens) || s.text(i+1) != "(" {
		p.Message = fmt.Sprintf("%q does not belong here", op)
		return true
	}
	end := s.tokens[i+1].partner
	comma := -1
	for k := i + 2; k < end; k++ {
		switch p := s.tokens[k].partner; {
		case p > k:
			k = p
		case s.text(k) == "," && comma >= 0:
			return true
		case s.text(k) == ",":
			comma = k
		}
	}
	if comma < i+3 || comma+1 >= end || s.operandBehind(i+2) != comma-1 || s.operandBehind(comma+1) != end-1 {
		return true
	}
	text := s.piece(i+2, comma-1) + " " + op + " " + s.piece(comma+1, end-1)
	if !s.alone(i, end) {
		text = "(" + text + ")"
	}
	p.Hint = ""
	p.instead(s.tokens[i].start, s.tokens[end].end, text)
	return true
}

// piece is the source of some tokens.
func (s *scanner) piece(first, last int) string {
	return s.source[s.tokens[first].start:s.tokens[last].end]
}

// operandBehind gives the last token of the value that begins at token i: a
// literal, or a path or a call; -1 if there is none.
func (s *scanner) operandBehind(i int) int {
	if i < len(s.tokens) && s.text(i) == "-" {
		i++
	}
	if i >= len(s.tokens) || s.tokens[i].kind == symbol || s.tokens[i].kind == word && reservedWords[s.text(i)] && !literalWords[s.text(i)] {
		return -1
	}
	for i+1 < len(s.tokens) {
		switch t := s.text(i + 1); {
		case t == "." && i+2 < len(s.tokens) && s.tokens[i+2].kind == word:
			i += 2
		case t == "(" || t == "[":
			i = s.tokens[i+1].partner
		default:
			return i
		}
	}
	return i
}

// literalWords are the reserved words that are values.
var literalWords = map[string]bool{"true": true, "false": true, "nil": true}

// operandBefore gives the first token of the value that ends at token i; -1 if
// there is none.
func (s *scanner) operandBefore(i int) int {
	for first := i; first >= 0; first-- {
		if end := s.operandBehind(first); end == i && (first == 0 || s.text(first-1) != ".") {
			return first
		}
	}
	return -1
}

// alone reports whether nothing binds the tokens from first to last but what
// binds less than a comparison.
func (s *scanner) alone(first, last int) bool {
	loose := []string{"&&", "||", "and", "or", "(", ")", ",", "?", ":"}
	before := first == 0 || slices.Contains(loose, s.text(first-1)) && (first < 2 || s.text(first-1) != "(" || s.tokens[first-2].kind == symbol)
	return before && (last+1 == len(s.tokens) || slices.Contains(loose, s.text(last+1)))
}

// otherNames are what functions and operators are called elsewhere.
var otherNames = map[string]string{
	"size": "len", "length": "len", "strlen": "len", "len": "len", "count": "len",
	"tolower": "lower", "tolowercase": "lower", "lowercase": "lower", "lower": "lower", "toupper": "upper", "touppercase": "upper", "uppercase": "upper", "upper": "upper",
	"trim": "trim", "strip": "trim", "trimspace": "trim", "abs": "abs", "round": "round",
	"str": "string", "tostring": "string",
	"startswith": "startsWith", "hasprefix": "startsWith", "endswith": "endsWith", "hassuffix": "endsWith",
	"contains": "contains", "includes": "contains", "has": "contains", "matches": "matches", "match": "matches",
}

// ourName gives what a function or operator of another language is called here,
// "" if that is not known.
func ourName(theirs string) string {
	return otherNames[strings.ToLower(strings.ReplaceAll(theirs, "_", ""))]
}

// method says how text.startsWith(part) and list.contains(x) are written, and
// what Go has in a package.
func (c *checker) method(n *ast.CallNode, callee *ast.MemberNode) {
	name := c.text(c.last(callee))
	if pkg, ok := callee.Node.(*ast.IdentifierNode); ok && pkg.Value == "strings" && len(n.Arguments) > 0 {
		base := c.check(n.Arguments[0], nil)
		c.called(c.fail(NotAllowed, callee, "there is no function %q", c.words(callee)), n, name, base, n.Arguments)
		return
	}
	base := c.check(callee.Node, nil)
	c.called(c.fail(NotAllowed, callee, "methods can't be called in expressions"), n, name, base, append([]ast.Node{callee.Node}, n.Arguments...))
}

// called says how a call of what another language calls name is written, the
// first of whose arguments is base.
func (c *checker) called(p *Problem, n ast.Node, name string, base *node, arguments []ast.Node) {
	ours := ourName(name)
	_, function := functions[ours]
	first, last := c.enclose(c.first(n), c.last(n))
	start, end := c.tokens[first].start, c.tokens[last].end
	switch {
	case ours == "" || base.bad():
	case function && len(arguments) == 1:
		p.instead(start, end, ours+"("+c.words(arguments[0])+")")
	case !function && len(arguments) == 2:
		text := c.tested(base, ours, c.words(arguments[0]), c.words(arguments[1]))
		switch {
		case text == "":
		case c.alone(first, last):
			p.instead(start, end, text)
		default:
			p.instead(start, end, "("+text+")")
		}
	}
}

// tested spells the test of what x, which is k, has within; "" if it can have
// no such thing.
func (c *checker) tested(k *node, op, x, part string) string {
	switch {
	case k.t.Kind == schema.List && op == "contains":
		return part + " in " + x
	case k.t.Kind == schema.String:
		return x + " " + op + " " + part
	}
	return ""
}

// negatedFirst says that not a == b is read as (not a) == b, where a, which is
// k, is no condition.
func (c *checker) negatedFirst(n *ast.UnaryNode, around *ast.BinaryNode, k *node) {
	not := c.find(n.Location().From)
	first, last := c.enclose(c.first(n.Node), c.last(around))
	if first <= not { // the brackets are there
		c.mismatch(n.Node, k, typeBool)
		return
	}
	start, end := c.tokens[first].start, c.tokens[last].end
	p := c.scanner.fail(Type, c.tokens[not].start, end, "%q is read before %q, and %s is %s, not a bool", n.Operator, around.Operator, c.say(n.Node), noun(k.t))
	p.Hint = "write " + c.source[c.tokens[not].start:start] + "(" + c.source[start:end] + ")"
	p.instead(start, end, "("+c.source[start:end]+")")
}

// literalsElsewhere are what other languages call our literals.
var literalsElsewhere = map[string]string{"null": "nil", "none": "nil", "undefined": "nil", "true": "true", "false": "false"}

// reread gives what else is wrong with a source if a problem of it is mended, in
// its own places.
func reread(source string, p Problem, check func(source string) []Problem) []Problem {
	if len(p.Edits) != 1 {
		return nil
	}
	e := p.Edits[0]
	grown := len(e.New) - (e.End - e.Start)
	back := func(start, end int) (int, int, bool) {
		written := e.Start + len(e.New)
		if start < written && end > e.Start && (start >= e.Start || end <= written) {
			return 0, 0, false // within what is not there
		}
		if start >= written {
			start -= grown
		}
		if end >= written {
			end -= grown
		}
		return start, end, true
	}
	var rest []Problem
	for _, q := range check(source[:e.Start] + e.New + source[e.End:]) {
		ok := false
		if q.Start, q.End, ok = back(q.Start, q.End); !ok || q.Start == p.Start {
			continue
		}
		edits := q.Edits
		q.Edits = nil
		for _, edit := range edits {
			if edit.Start, edit.End, ok = back(edit.Start, edit.End); ok && !(edit.Start < e.End && edit.End > e.Start) {
				q.Edits = append(q.Edits, edit)
			}
		}
		rest = append(rest, q)
	}
	return rest
}
