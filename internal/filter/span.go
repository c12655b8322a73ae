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
// only: of an operation its operator, of a path its last name. Brackets around
// n belong to what n stands in, if to anything.
func (c *checker) span(n ast.Node) (start, end int) {
	first, last := c.enclose(c.first(n), c.last(n))
	return c.tokens[first].start, c.tokens[last].end
}

// first gives the first token of n but for brackets. It goes down one side
// only: the parser may have a node in its tree twice.
func (c *checker) first(n ast.Node) int {
	switch n := n.(type) {
	case *ast.BinaryNode:
		return c.first(n.Left)
	case *ast.ConditionalNode:
		return c.first(n.Cond)
	case *ast.MemberNode:
		return c.first(n.Node)
	case *ast.SliceNode:
		return c.first(n.Node)
	case *ast.ChainNode:
		return c.first(n.Node)
	case *ast.CallNode:
		return c.first(n.Callee)
	}
	return c.find(n.Location().From)
}

// last gives the last token of n, or a bracket that is closed behind it.
func (c *checker) last(n ast.Node) int {
	switch n := n.(type) {
	case *ast.UnaryNode:
		return c.last(n.Node)
	case *ast.BinaryNode:
		return c.last(n.Right)
	case *ast.ConditionalNode:
		return c.last(n.Exp2)
	case *ast.ChainNode:
		return c.last(n.Node)
	case *ast.CallNode, *ast.BuiltinNode:
		return c.behind(c.find(n.Location().From))
	}
	return c.find(n.Location().From)
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
