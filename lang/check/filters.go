package check

import (
	"slices"
	"strings"

	"github.com/ilpomo/opencore/internal/filter"
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// kindCodes gives the code of each kind of problem.
var kindCodes = map[filter.Kind]diag.Code{
	filter.Syntax:      codeExprSyntax,
	filter.UnknownName: codeExprName,
	filter.Type:        codeExprType,
	filter.NotAllowed:  codeExprRefused,
	filter.Literal:     codeExprLiteral,
	filter.TooBig:      codeExprBig,
	filter.NilCompare:  codeExprNil,
	filter.Clash:       codeExprClash,
}

var (
	boolType     = &schema.Type{Kind: schema.Bool}
	optionalText = &schema.Type{Kind: schema.String, Optional: true} // of topics: null is ""
)

// A source is the text of an expression with its place.
type source struct {
	text string
	span diag.Span
	at   func(start, end int) diag.Span // the place of a part of it
}

// exprSource is the text of a filter or a topic.
func exprSource(e *syntax.Expr) source { return source{e.Source, e.Span(), e.At} }

// expr checks an expression; nil if something is wrong with it.
func (c *checker) expr(src source, scope *filter.Scope, want *schema.Type) (*filter.Expr, *model.Expr) {
	if scope.Message != nil && c.unsound[scope.Message] {
		return nil, nil
	}
	key := exprKey{src.text, scope, want}
	seen := c.meaning(key)
	for _, p := range seen.problems {
		if d := c.problem(src, p); d != nil {
			c.meantIn(d, src, p, key)
			c.instead(d, src, p, key)
		}
	}
	if len(seen.problems) > 0 || seen.expr == nil {
		return nil, nil
	}
	return seen.expr, &model.Expr{Written: src.text, Source: seen.expr.Text(), Span: src.span, Names: seen.expr.Names(), Checked: seen.expr}
}

// meaning looks at an expression without reporting what is wrong with it.
func (c *checker) meaning(key exprKey) checked {
	seen, ok := c.exprs[key]
	if !ok {
		seen.expr, seen.problems = filter.Check(key.text, key.scope, key.want)
		c.exprs[key] = seen
	}
	return seen
}

// An exprKey is what an expression means: the same text in the same scope is
// checked once.
type exprKey struct {
	text  string
	scope *filter.Scope
	want  *schema.Type
}

// checked is what internal/filter said about an expression.
type checked struct {
	expr     *filter.Expr
	problems []filter.Problem
}

// problem reports what is wrong with an expression; nil if it says nothing.
func (c *checker) problem(src source, p filter.Problem) *diag.Diagnostic {
	at := src.span
	if src.at != nil && p.Start < p.End {
		at = src.at(p.Start, p.End)
	}
	message := p.Message
	if p.Kind == filter.UnknownName {
		if p.Bare && (c.own.incomplete() || c.main != nil && c.main.Params != nil && c.main.Params.Broken) {
			return nil
		}
		if d := c.own.names[src.text[p.Start:p.End]]; d != nil && d.constant != nil {
			message = quote(d.name) + " is a map, which expressions can't read"
		}
	}
	d := c.errorf(kindCodes[p.Kind], at, "%s", message)
	d.Hint = p.Hint
	if p.Kind == filter.UnknownName && src.text[p.Start:p.End] == "topic" {
		d.Help("a message has a topic if its port says so: pub name Type topic EXPR")
	}
	return d
}

// meantIn attaches what a word of an expression may have been meant to be. It is
// certain only if less is wrong with the expression then, and never within a
// component, whose other uses may have other messages.
func (c *checker) meantIn(d *diag.Diagnostic, src source, p filter.Problem, key exprKey) {
	if len(p.Near) == 0 || src.at == nil || p.Word == "topic" {
		return
	}
	start, end := p.Start, p.End
	if said := src.text[start:end]; len(said) == len(p.Word)+2 { // in quotes
		start, end = start+1, end-1
	}
	if src.text[start:end] != p.Word {
		return // a const that has the wrong value, or a word with escapes
	}
	right := func(name string) bool {
		_, left := filter.Check(src.text[:start]+name+src.text[end:], key.scope, key.want)
		return len(left) < len(c.exprs[key].problems) && (c.at == nil || c.at.up == nil)
	}
	c.meant(d, diag.Meant{Word: p.Word, At: src.at(start, end), Right: right}, slices.Values(p.Near))
}

// instead attaches what is to be written in the place of what another language
// would say. It is certain only if the expression is read further then.
func (c *checker) instead(d *diag.Diagnostic, src source, p filter.Problem, key exprKey) {
	if len(p.Edits) == 0 || src.at == nil {
		return
	}
	var edits []diag.Edit
	text, done := "", 0
	for _, e := range p.Edits {
		edits = append(edits, write(src.at(e.Start, e.End), e.New))
		text, done = text+src.text[done:e.Start]+e.New, e.End
	}
	title := "write " + p.Edits[0].New
	if !strings.Contains(title, `"`) {
		title = "write " + quote(p.Edits[0].New)
	}
	_, left := filter.Check(text+src.text[done:], key.scope, key.want)
	manyScopes := p.Kind != filter.Syntax && c.at != nil && c.at.up != nil
	if p.Unsure || manyScopes || len(left) >= len(c.exprs[key].problems) {
		d.Maybe(title, edits...)
		return
	}
	d.Sure(title, edits...)
}

// A scopeKey is what an expression sees, but for consts and parameters.
type scopeKey struct {
	message *schema.Message
	topic   bool
}

// filterScope gives what a filter of a wire sees in the graph at hand. There is
// one scope for each message, so that equal filters are checked once.
func (n *net) filterScope(m *schema.Message, topic bool) *filter.Scope {
	key := scopeKey{m, topic}
	scope := n.at.filterScopes[key]
	if scope == nil {
		scope = &filter.Scope{Message: m, Names: n.at.exprNames, Topic: topic}
		n.at.filterScopes[key] = scope
	}
	return scope
}

// planScope gives what a filter sees when the program runs.
func (n *net) planScope(m *schema.Message, topic bool) *filter.Scope {
	key := scopeKey{m, topic}
	scope := n.planScopes[key]
	if scope == nil {
		scope = &filter.Scope{Message: m, Names: n.planNames, Topic: topic}
		n.planScopes[key] = scope
	}
	return scope
}

// constNames gives the consts of the program as expressions see them.
func (c *checker) constNames() map[string]filter.Name {
	names := make(map[string]filter.Name, len(c.own.constNodes))
	for _, d := range c.own.constNodes {
		k := d.decl.constant
		switch {
		case k.typ == nil:
			names[k.name] = filter.Name{} // reported at the const
		case k.typ.Kind != schema.Map:
			names[k.name] = filter.Name{Type: k.typ, Value: filterValue(k.value)}
		}
	}
	return names
}

// paramNames adds the parameters of graph main to what expressions see.
func (c *checker) paramNames(names map[string]filter.Name) {
	for name, p := range c.params.params {
		names[name] = filter.Name{} // reported where it is declared
		if p.Type.Type.Kind != schema.Invalid {
			names[name] = filter.Name{Type: p.Type.Type}
		}
	}
}

// filterValue gives a value as internal/filter takes it.
func filterValue(v model.Value) any {
	list, ok := v.([]model.Value)
	if !ok {
		return v
	}
	out := make([]any, len(list))
	for i, e := range list {
		out[i] = filterValue(e)
	}
	return out
}

// stringSource is the text of an expression that is the value of an argument.
func stringSource(v syntax.Value, text string) source {
	src := source{text: text, span: v.Span()}
	if s, ok := v.(*syntax.String); ok {
		src.at = s.At
	}
	return src
}
