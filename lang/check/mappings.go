package check

import (
	"maps"
	"slices"

	"github.com/ilpomo/opencore/internal/filter"
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// exprArguments checks the arguments that are expressions, now that it is
// known which messages they are about.
func (n *net) exprArguments() {
	for _, i := range n.instances {
		if i.Actor == nil {
			continue
		}
		n.at = i.frame
		for at := range i.Args {
			if arg := &i.Args[at]; arg.Param.Type.Type == nil {
				n.exprArgument(i, arg)
			}
		}
	}
}

func (n *net) exprArgument(i *instance, arg *model.Arg) {
	in := n.portsOf(i.Actor, false)
	if len(in) != 1 {
		return
	}
	from := i.Message(in[0].Message)
	if from == nil {
		return
	}
	scope := n.filterScope(from, false)
	node := i.argNode(arg.Param.Name)
	switch value := arg.Value.(type) {
	case string:
		if expr, _ := n.expr(argSource(node, arg, value), scope, nil); expr != nil {
			arg.Value, arg.Names = expr.Text(), expr.Names()
		}
	case map[string]model.Value:
		m := &mapping{net: n, instance: i, arg: arg, node: node, scope: scope}
		m.check(value)
	}
}

// argNode is what the instance gives for a parameter; nil if it gives nothing.
func (i *instance) argNode(name string) syntax.Value {
	for _, arg := range i.node.Args.Items {
		if arg != nil && arg.Name != nil && arg.Name.Text == name {
			return arg.Value
		}
	}
	return nil
}

// argSource is the text of an argument that is an expression. What is wrong
// with a const is shown where it is used, for only there it is an expression.
func argSource(node syntax.Value, arg *model.Arg, text string) source {
	if node == nil {
		return source{text: text, span: arg.Span}
	}
	return stringSource(node, text)
}

// A mapping is an argument of type {string: expr}: it makes the message of
// the actor's only outgoing port of the one that comes in.
type mapping struct {
	*net
	instance *instance
	arg      *model.Arg
	node     syntax.Value
	scope    *filter.Scope
}

func (m *mapping) check(fields map[string]model.Value) {
	out := m.portsOf(m.instance.Actor, true)
	if len(out) != 1 {
		return
	}
	to := m.instance.Message(out[0].Message)
	if to == nil || m.unsound[to] || m.unsound[m.scope.Message] {
		return
	}
	sources := make(map[string]string, len(fields))
	for name, text := range fields {
		sources[name], _ = text.(string)
	}
	exprs, problems := filter.CheckMapping(sources, m.scope, to)
	for _, p := range problems {
		m.report(p, sources, to)
	}
	m.arg.Names = namesOf(exprs)
	texts := make(map[string]model.Value, len(fields))
	for name, text := range fields {
		if texts[name] = text; exprs[name] != nil {
			texts[name] = exprs[name].Text()
		}
	}
	m.arg.Value = texts
}

// namesOf lists the consts and parameters that expressions use.
func namesOf(exprs map[string]*filter.Expr) []string {
	used := map[string]bool{}
	for _, e := range exprs {
		for _, name := range e.Names() {
			used[name] = true
		}
	}
	return slices.Sorted(maps.Keys(used))
}

func (m *mapping) report(p filter.FieldProblem, sources map[string]string, to *schema.Message) {
	key, value := m.entry(p.Field)
	text, given := sources[p.Field]
	switch {
	case !p.Key:
		m.problem(argSource(value, m.arg, text), p.Problem)
	case given:
		m.errorf(codeMapField, key, "%s", p.Message).Hint = p.Hint
	case m.at.partly():
	default:
		d := m.errorf(codeMapMissing, m.arg.Span, "%s", p.Message)
		d.Hint = p.Hint
		field, _ := to.Field(p.Field)
		if same, ok := m.scope.Message.Field(p.Field); ok {
			d.Note(diag.Span{}, "the field of that name of %q is %s, not %s", m.scope.Message.Name, typeText(same.Type), typeText(field.Type))
		}
	}
}

// entry finds the entry of a field: the place of its name, and its value. It
// falls back on the whole argument where that is a const or a default.
func (m *mapping) entry(name string) (diag.Span, syntax.Value) {
	if list, ok := m.node.(*syntax.Map); ok {
		for _, e := range list.Entries.Items {
			if e != nil && e.Key != nil && e.Key.Text == name {
				return e.Key.Span(), e.Value
			}
		}
	}
	return m.arg.Span, m.node
}
