package check

import (
	"maps"
	"slices"
	"unicode/utf8"

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
		for at := range i.Args {
			if arg := &i.Args[at]; arg.Param.Type.Type == nil {
				n.exprArgument(i, arg)
			}
		}
	}
}

func (n *net) exprArgument(i *instance, arg *model.Arg) {
	in := ports(i.Actor, false)
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
			arg.Names = expr.Names()
		}
	case map[string]model.Value:
		m := &mapping{net: n, instance: i, arg: arg, node: node, scope: scope, from: from}
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

// part is the place of the bytes [start, end) of the text at span, which has
// no line ends.
func part(span diag.Span, text string, start, end int) diag.Span {
	at := func(offset int) diag.Position {
		p := span.Start
		p.Offset += offset
		p.Column += utf8.RuneCountInString(text[:offset])
		return p
	}
	return diag.Span{File: span.File, Start: at(start), End: at(end)}
}

// A mapping is an argument of type {string: expr}: it makes the message of
// the second type parameter of the one that comes in.
type mapping struct {
	*net
	instance *instance
	arg      *model.Arg
	node     syntax.Value
	scope    *filter.Scope
	from     *schema.Message
}

func (m *mapping) check(fields map[string]model.Value) {
	if len(m.instance.Actor.TypeParams) < 2 {
		return
	}
	to := m.instance.Types[m.instance.Actor.TypeParams[1]]
	if to == nil || m.unsound[to] {
		return
	}
	used := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		key, value := m.entry(name)
		field, ok := to.Field(name)
		if !ok {
			d := m.errorf(codeMapField, key, "message %q has no field %q", to.Name, name)
			m.suggest(d, name, fieldNames(to))
			continue
		}
		text, _ := fields[name].(string)
		expr, _ := m.expr(argSource(value, m.arg, text), m.scope, field.Type)
		if expr != nil {
			for _, n := range expr.Names() {
				used[n] = true
			}
		}
	}
	m.arg.Names = slices.Sorted(maps.Keys(used))
	if !m.net.node.Statements.Broken { // or what is missing may be what could not be read
		m.missing(to, fields)
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

// missing reports fields that nothing gives a value.
func (m *mapping) missing(to *schema.Message, given map[string]model.Value) {
	for i := range to.Fields {
		f := &to.Fields[i]
		if _, ok := given[f.Name]; ok || !f.Required() {
			continue
		}
		same, ok := m.from.Field(f.Name)
		if ok && same.Type.Same(f.Type) {
			continue
		}
		d := m.errorf(codeMapMissing, m.arg.Span, "nothing gives field %q of %q a value", f.Name, to.Name)
		if ok {
			d.Note(diag.Span{}, "the field of that name of %q is %s, not %s", m.from.Name, typeText(same.Type), typeText(f.Type))
		}
	}
}
