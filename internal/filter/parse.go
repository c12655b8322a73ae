package filter

import (
	"errors"
	"fmt"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
)

// parse gives the parser's tree of what s has scanned, nil with a problem
// where it makes none. The parser is made anew each time: one that is used
// again keeps old places.
func (s *scanner) parse() ast.Node {
	tree, err := parser.ParseWithConfig(s.masked(), nil)
	if err == nil {
		return tree.Node
	}
	if len(s.problems) > 0 { // what is not allowed is likely the reason
		return nil
	}
	var where *file.Error
	if !errors.As(err, &where) {
		s.fail(Syntax, 0, len(s.source), "this is not an expression")
		return nil
	}
	s.syntax(where)
	return nil
}

// syntax puts the parser's only problem in our words.
func (s *scanner) syntax(e *file.Error) {
	i := s.find(e.From)
	switch {
	case strings.Contains(e.Message, "maximum allowed nodes"):
		s.fail(TooBig, 0, len(s.source), "the expression has too many parts")
	case strings.Contains(e.Message, "EOF"):
		last := len(s.tokens) - 1
		s.failToken(last, Syntax, "the expression ends behind %q", s.text(last))
	case strings.Contains(e.Message, "escape") || s.tokens[i].kind == text && s.inside(i, e.From):
		s.failToken(i, Literal, "the string has an escape that is not known")
	case strings.Contains(e.Message, "coalesce"):
		s.coalesced(i)
	case strings.Contains(e.Message, "arguments"):
		s.arguments(i)
	default:
		s.misplaced(i)
	}
}

func (s *scanner) inside(i, rune int) bool { return s.tokens[i].rune < rune }

// arguments says that the predicate that ends at token i lacks one.
func (s *scanner) arguments(i int) {
	name := s.tokens[i].partner - 1
	if name < 0 {
		s.misplaced(i)
		return
	}
	p := s.failToken(name, Syntax, "%q lacks an argument", s.text(name))
	if f, ok := functions[s.text(name)]; ok {
		p.Hint = "write " + f.usage
	}
}

func (s *scanner) misplaced(i int) {
	if s.habit(i) {
		return
	}
	t := s.text(i)
	p := s.failToken(i, Syntax, "%s does not belong here", quoted(t))
	switch t {
	case "like", "LIKE":
		p.Hint = `a text within is written "contains", a regular expression "matches"`
	case "#", ".":
		p.Hint = "write it in a condition on the elements of a list, any(list, # == 1)"
	}
}

// quoted quotes what stands in the source, which has quotes itself where it is
// a string.
func quoted(s string) string {
	if strings.ContainsAny(s, "\"'`") {
		return s
	}
	return fmt.Sprintf("%q", s)
}
