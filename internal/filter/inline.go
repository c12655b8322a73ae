package filter

import (
	"iter"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/ilpomo/opencore/internal/schema"
)

// Text is the expression as it stands alone: names of expressions are spelled
// out, and names that are called otherwise when the program runs are called
// so.
func (e *Expr) Text() string { return e.text }

// spelled notes that another text stands for a name.
func (c *checker) spelled(at *ast.IdentifierNode, text string) {
	if c.instead == nil {
		c.instead = map[int]string{}
	}
	c.instead[c.find(at.Location().From)] = text
}

// standIn makes a node of a name that stands for an expression.
func (c *checker) standIn(at *ast.IdentifierNode, e *Expr) *node {
	if c.scope.Message == nil || c.scope.Message.Name != e.message.Name {
		c.fail(Type, at, "%q is about messages %q%s", at.Value, e.message.Name, not(c.scope.Message))
		return badNode
	}
	for _, name := range e.names {
		c.names[name] = true
	}
	c.spelled(at, "("+e.text+")")
	return e.root
}

func not(m *schema.Message) string {
	if m == nil {
		return ", and here is none"
	}
	return ", not " + quoted(m.Name)
}

// kind says what a name is one of.
func (n Name) kind() string {
	if n.Expr != nil {
		return "named filter"
	}
	return "const or parameter"
}

// standalone is the source with what stands for its names, without comments
// around it.
func (c *checker) standalone() string {
	first, last := c.tokens[0].start, c.tokens[len(c.tokens)-1].end
	if len(c.instead) == 0 {
		return c.source[first:last]
	}
	var b strings.Builder
	done := first
	for i, t := range c.tokens {
		if text, ok := c.instead[i]; ok {
			b.WriteString(c.source[done:t.start])
			b.WriteString(text)
			done = t.end
		}
	}
	return b.String() + c.source[done:last]
}

// fits reports whether a text that was put together is within the limits, and
// says so if not: it is read again when the program runs.
func (c *checker) fits(text string) bool {
	if len(c.instead) == 0 {
		return true
	}
	s := &scanner{source: text, literals: map[int]*node{}}
	if s.scan() && s.parse() != nil {
		return true
	}
	if len(s.problems) == 0 || !slices.ContainsFunc(s.problems, func(p Problem) bool { return p.Kind == TooBig }) {
		panic("bug: an expression that is put together can't be read: " + text)
	}
	c.scanner.fail(TooBig, 0, len(c.source), "with all that its names stand for, the expression has too many parts")
	return false
}

// Words yields the words of a source that may be names, with the byte that each
// begins at. What can't be read ends it.
func Words(source string) iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		s := &scanner{source: source, literals: map[int]*node{}}
		s.scan()
		for i, t := range s.tokens {
			if t.kind != word || i > 0 && s.text(i-1) == "." {
				continue
			}
			if !yield(s.text(i), t.start) {
				return
			}
		}
	}
}
