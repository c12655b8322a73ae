package check

import (
	"slices"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// arguments gives every parameter of the instance's actor its value. What
// expressions say is checked later, when the types of ports are known: see
// exprArguments.
func (n *net) arguments(i *instance) {
	given, strange := n.givenArgs(i)
	for _, param := range i.Actor.Params {
		if arg := given[param.Name]; arg != nil {
			n.argument(i, param, arg)
			continue
		}
		if param.Default == nil {
			if !strange && !i.node.Args.Broken { // or it may be what is misspelled
				n.errorf(codeNoArgument, i.node.Actor.Span(), "argument %q of %q is missing", param.Name, i.Actor.Name).
					Note(param.Span, "%q takes %s, and is declared here", param.Name, paramText(param.Type))
			}
			continue
		}
		i.Args = append(i.Args, model.Arg{Param: param, Value: *param.Default, Span: i.Span})
	}
}

// givenArgs finds the arguments by the name of their parameter, and tells
// whether there are others.
func (n *net) givenArgs(i *instance) (given map[string]*syntax.Arg, strange bool) {
	given = map[string]*syntax.Arg{}
	for _, arg := range i.node.Args.Items {
		if arg == nil || arg.Name == nil {
			continue
		}
		name := arg.Name.Text
		switch {
		case given[name] != nil:
			n.twice(arg.Name.Span(), "argument "+quote(name), given[name].Name.Span())
		case paramOf(i.Actor, name) == nil:
			strange = true
			if !n.openHeads[i.Actor] {
				n.noParam(i, arg)
			}
		default:
			given[name] = arg
		}
	}
	return given, strange
}

func paramOf(a *model.Actor, name string) *model.Param {
	for _, p := range a.Params {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// settingWords are what stands behind an instance's brackets.
var settingWords = map[string]bool{"replicas": true, "restart": true, "env": true, "process": true}

func (n *net) noParam(i *instance, arg *syntax.Arg) {
	name := arg.Name.Text
	d := n.noteActor(n.errorf(codeNoParam, arg.Name.Span(), "%s %q has no parameter %q", n.what(i.Actor), i.Actor.Name, name), i.Actor)
	if settingWords[name] {
		d.Help("settings stand behind the brackets: %s(…) %s …", i.node.Actor.Text(), name)
		return
	}
	given := map[string]bool{}
	for _, arg := range i.node.Args.Items {
		if arg != nil && arg.Name != nil {
			given[arg.Name.Text] = arg.Name.Text != name
		}
	}
	all := each(i.Actor.Params, func(p *model.Param) string { return p.Name })
	free := slices.AppendSeq([]string{}, except(all, given))
	n.suggestOne(d, diag.Meant{Word: name, At: arg.Name.Span(), Candidates: free}, "its parameters", all)
}

// argument adds the value of one parameter.
func (n *net) argument(i *instance, param *model.Param, arg *syntax.Arg) {
	if arg.Value == nil || param.Type.Type != nil && param.Type.Type.Kind == schema.Invalid {
		return
	}
	at := place{what: quote(param.Name), decl: param.Span, names: n.at.names}
	typ := param.Type.Type
	if typ == nil {
		typ, at.typ = exprValue(param.Type)
		at.names = n.constant("an expression")
	}
	if v, ok := n.value(arg.Value, typ, at); ok {
		i.Args = append(i.Args, model.Arg{Param: param, Value: v, Span: arg.Value.Span()})
	}
}

// paramText spells the type of a parameter.
func paramText(t model.ParamType) string {
	if t.Type == nil {
		return t.String()
	}
	return typeText(t.Type)
}

// exprValue gives the type of what a parameter for expressions is given, as it
// is checked and in words.
func exprValue(t model.ParamType) (*schema.Type, string) {
	text := &schema.Type{Kind: schema.String}
	if t.Map {
		return &schema.Type{Kind: schema.Map, Elem: text}, exprsText
	}
	return text, exprText
}
