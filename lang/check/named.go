package check

import (
	"maps"

	"github.com/ilpomo/opencore/internal/filter"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// A namedFilter is a filter that expressions use by its name.
type namedFilter struct {
	decl  *decl
	node  *syntax.Filter
	scope *scope
	state constState
	expr  *filter.Expr // nil if something is wrong with it
}

// filters checks all named filters, each after those that it uses, and makes
// what expressions see besides their message.
func (c *checker) filters() {
	c.mainNames = c.constNames()
	c.paramNames(c.mainNames)
	for _, s := range c.scopes {
		for _, f := range s.filters {
			c.namedFilter(f)
		}
	}
}

// namedFilter checks a named filter, and those that it uses before.
func (c *checker) namedFilter(f *namedFilter) {
	if f.state != constUnseen {
		return
	}
	f.state = constOpen
	if e := f.node.Where; e != nil && !e.Broken {
		for word, at := range filter.Words(e.Source) {
			c.usedFilter(f, word, at)
		}
	}
	f.expr = c.filterOf(f)
	f.state = constDone
	if !f.scope.isStandard() {
		c.mainNames[f.decl.name] = filter.Name{Expr: f.expr}
	}
}

// usedFilter checks the filter that a word in f names, if it names one. One
// that is being checked leads back to itself.
func (c *checker) usedFilter(f *namedFilter, word string, at int) {
	d := f.scope.names[word]
	if d == nil || d.filter == nil {
		return
	}
	if d.filter.state == constOpen {
		c.errorf(codeFilterSelf, f.node.Where.At(at, at+len(word)), "named filter %q depends on itself", word).
			Note(d.span, "%q is declared here", word)
		return
	}
	c.namedFilter(d.filter)
}

// filterOf checks the expression of a named filter; nil if something is wrong
// with it. What follows from another filter being wrong is no finding.
func (c *checker) filterOf(f *namedFilter) *filter.Expr {
	if !readable(f.node.Message) || f.node.Where == nil || f.node.Where.Broken {
		return nil
	}
	d := c.messageOf(f.scope, f.node.Message, "a filter is about the fields of a message")
	if d == nil {
		return nil
	}
	names := maps.Clone(c.mainNames)
	if f.scope.isStandard() {
		names = map[string]filter.Name{}
	}
	for _, other := range f.scope.filters {
		if other.expr == nil {
			names[other.decl.name] = filter.Name{}
		}
	}
	scope := &filter.Scope{Message: d.message.Message, Names: names}
	expr, checked := c.expr(exprSource(f.node.Where), scope, boolType)
	if expr == nil {
		return nil
	}
	c.constantFilter(f, expr)
	if !f.scope.isStandard() {
		c.program.Filters = append(c.program.Filters, &model.Filter{
			Name: f.decl.name, Doc: f.node.Doc, Span: f.decl.span, Message: d.message.Message, Where: checked,
		})
	}
	return expr
}

func (c *checker) constantFilter(f *namedFilter, e *filter.Expr) {
	if value, same := e.Constant(); same {
		c.warnf(codeExprSame, f.node.Where.Span(), "this filter is always %v", value == true)
	}
}
