package filter

import "github.com/expr-lang/expr/ast"

// fail adds a problem about the words of n.
func (c *checker) fail(kind Kind, n ast.Node, format string, args ...any) *Problem {
	start, end := c.span(n)
	return c.scanner.fail(kind, start, end, format, args...)
}

// words is what n says in the source.
func (c *checker) words(n ast.Node) string {
	start, end := c.span(n)
	return c.source[start:end]
}

// span gives the place of n in bytes. The parser tells of each node one token
// only: of an operation its operator, of a path its last name.
func (c *checker) span(n ast.Node) (start, end int) {
	first, last := c.reach(n)
	return c.tokens[first].start, c.tokens[last].end
}

// reach gives the first and last token of n. Brackets around it that stand
// within a larger node belong to that.
func (c *checker) reach(n ast.Node) (first, last int) {
	at := c.find(n.Location().From)
	switch n := n.(type) {
	case *ast.UnaryNode:
		_, last = c.reach(n.Node)
		return c.enclose(at, last)
	case *ast.BinaryNode:
		first, _ = c.reach(n.Left)
		_, last = c.reach(n.Right)
		return c.enclose(first, last)
	case *ast.ConditionalNode:
		first, _ = c.reach(n.Cond)
		_, last = c.reach(n.Exp2)
		return c.enclose(first, last)
	case *ast.MemberNode:
		first, _ = c.reach(n.Node)
		return c.enclose(first, at)
	case *ast.SliceNode:
		first, _ = c.reach(n.Node)
		return c.enclose(first, at)
	case *ast.ChainNode:
		return c.reach(n.Node)
	case *ast.CallNode:
		first, _ = c.reach(n.Callee)
		return c.enclose(first, c.behind(at))
	case *ast.BuiltinNode:
		return c.enclose(at, c.behind(at))
	}
	return c.enclose(at, at)
}

// behind gives the bracket behind a function's name, or the name.
func (c *checker) behind(at int) int {
	if at+1 < len(c.tokens) && c.tokens[at+1].partner > at+1 {
		return at + 1
	}
	return at
}

// enclose widens a range of tokens until each bracket in it has its partner.
func (c *checker) enclose(first, last int) (int, int) {
	for wider := true; wider; {
		wider = false
		for i := first; i <= last; i++ {
			if p := c.tokens[i].partner; p < first || p > last {
				first, last, wider = min(first, p), max(last, p), true
			}
		}
	}
	return first, last
}
