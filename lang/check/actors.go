package check

import (
	"slices"

	"github.com/ilpomo/opencore/internal/filter"
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// actors resolves parameters and ports of all actors.
func (c *checker) actors() {
	for _, s := range c.scopes {
		for _, a := range s.actorNodes {
			c.actor(s, a, c.mainNames)
			if !s.isStandard() && c.ownHandler(a.decl.actor) {
				c.program.Actors = append(c.program.Actors, a.decl.actor)
			}
		}
	}
}

// ownHandler reports whether the code of an actor is where the program's is:
// in its folder, if it is in Go.
func (c *checker) ownHandler(a *model.Actor) bool { return !a.InGo() || a.Dir == c.own.home().Dir }

// An actorPass is what is being found out about one actor.
type actorPass struct {
	*checker
	scope *scope
	node  *syntax.Actor
	actor *model.Actor
	names map[string]diag.Span // of parameters and ports

	component bool // it is the head of a component

	endlessAt, externalAt, execAt diag.Span // where the head says so; zero if it doesn't

	codecAt   map[*model.Port]diag.Span
	addressed map[*model.Port]bool // those with bind or connect
	claimed   bool                 // what only foreign actors have has been reported

	exprNames map[string]filter.Name // what topics see besides the message
}

func (c *checker) actor(s *scope, a declared[*syntax.Actor], exprNames map[string]filter.Name) {
	p := &actorPass{
		checker: c, scope: s, node: a.node, actor: a.decl.actor,
		names: map[string]diag.Span{}, exprNames: exprNames,
		codecAt: map[*model.Port]diag.Span{}, addressed: map[*model.Port]bool{},
	}
	p.typeParams()
	p.settings()
	p.params()
	p.ports()
	p.endless()
	p.program()
	p.external()
	p.exprParams()
}

func (p *actorPass) params() {
	if p.node.Params == nil {
		return
	}
	p.openHeads[p.actor] = p.node.Params.Broken
	for _, param := range p.node.Params.Items {
		if param != nil && param.Name != nil && p.claim(param.Name) {
			p.actor.Params = append(p.actor.Params, p.param(param))
		}
	}
}

func (p *actorPass) ports() {
	for _, port := range p.node.Ports.Items {
		if port != nil && port.Name != nil && p.claim(port.Name) {
			p.port(port)
		}
	}
	if p.node.Ports.Broken {
		p.partial[p.actor] = true
	}
}

// claim takes a name for a parameter or port. It reports false if another
// one has it.
func (p *actorPass) claim(n *syntax.Name) bool {
	if first, ok := p.names[n.Text]; ok {
		p.taken(n.Span(), n.Text, "a parameter or port", first)
		return false
	}
	p.names[n.Text] = n.Span()
	return true
}

func (p *actorPass) typeParams() {
	seen := map[string]diag.Span{}
	for _, n := range p.node.TypeParams {
		if n == nil {
			continue
		}
		if first, ok := seen[n.Text]; ok {
			p.taken(n.Span(), n.Text, "a type parameter", first)
			continue
		}
		seen[n.Text] = n.Span()
		p.shadowed(n)
		p.actor.TypeParams = append(p.actor.TypeParams, n.Text)
	}
}

// shadowed reports a type parameter that hides a type of its name.
func (p *actorPass) shadowed(n *syntax.Name) {
	if _, ok := schema.Scalar(n.Text); ok || n.Text == exprType {
		p.errorf(codeReserved, n.Span(), "%q can't be the name of a type parameter: it is a type of the language", n.Text)
	} else if d := p.scope.names[n.Text]; d != nil && (d.kind == kindMessage || d.kind == kindEnum) {
		p.taken(n.Span(), n.Text, string(d.kind), d.span)
	}
}

// isTypeParam reports whether a type is one of the actor's parameters.
func (p *actorPass) isTypeParam(path *syntax.Path) bool {
	return readable(path) && len(path.Names) == 1 && slices.Contains(p.actor.TypeParams, path.Names[0].Text)
}

func (p *actorPass) param(n *syntax.Param) *model.Param {
	p.reservedMember(n.Name, "a parameter")
	param := &model.Param{Name: n.Name.Text, Doc: n.Doc, Span: n.Name.Span()}
	param.Type = p.paramType(n.Type)
	names := &names{scope: p.scope}
	switch {
	case param.Type.Expr || param.Type.Map:
		if n.Default != nil {
			p.exprDefault(param, n.Default, names)
		}
	case param.Type.Type.Kind == schema.Invalid:
		param.Default = new(model.Value) // or each instance would have to give it
	default:
		p.paramDefault(param, n, names)
	}
	return param
}

// paramDefault gives a parameter of an actor or of graph main its default.
func (c *checker) paramDefault(param *model.Param, n *syntax.Param, names *names) {
	if n.Default != nil {
		v, _ := c.value(n.Default, param.Type.Type, place{what: quote(param.Name), names: names})
		param.Default = &v
	} else if param.Type.Type.Optional {
		param.Default = new(model.Value)
	}
}

// exprDefault gives a parameter for expressions its default; what it says is
// checked where an instance uses it.
func (p *actorPass) exprDefault(param *model.Param, n syntax.Value, names *names) {
	names.constant = "an expression"
	typ, words := exprValue(param.Type)
	v, _ := p.value(n, typ, place{what: quote(param.Name), typ: words, names: names})
	param.Default = &v
}

func (p *actorPass) paramType(t *syntax.Type) model.ParamType {
	switch {
	case isExprType(t):
		return model.ParamType{Expr: true}
	case t != nil && isExprType(t.Map):
		return model.ParamType{Map: true}
	case t != nil && t.Optional && readable(t.Name) && t.Name.Text() == exprType:
		p.errorf(codeKind, t.Span(), "%q can't be optional", exprType).Help("give the parameter a default: %q", "true")
		return model.ParamType{Expr: true}
	case t != nil && p.isTypeParam(t.Name):
		p.errorf(codeKind, t.Span(), "%q is a type parameter, and those are for ports", t.Name.Text())
		return model.ParamType{Type: &schema.Type{}}
	}
	typ := p.typeOf(p.scope, t)
	if typ == nil {
		typ = &schema.Type{}
	}
	return model.ParamType{Type: typ}
}

func isExprType(t *syntax.Type) bool {
	return t != nil && !t.Optional && readable(t.Name) && t.Name.Text() == exprType
}

// settings looks at what stands behind the actor's head: where its code is,
// and whether it ends.
func (p *actorPass) settings() {
	for _, s := range once(p.checker, p.node.Settings.Items) {
		switch s := s.(type) {
		case *syntax.Endless:
			p.endlessAt = s.Span()
			p.actor.Endless = true
		case *syntax.External:
			p.externalAt = s.Span()
			p.actor.External, p.actor.Endless = true, true
		case *syntax.Exec:
			p.exec(s)
		}
	}
}

// endless checks that an actor that says so is a source.
func (p *actorPass) endless() {
	if p.endlessAt.IsZero() {
		return
	}
	if port := p.inPort(); port != nil {
		p.errorf(codeEndless, p.endlessAt, "%q can't be endless: only a source can, an actor without in-ports", p.actor.Name).
			Note(port.Span, "in-port %q is declared here", port.Name)
	}
}

// inPort is the first of the actor's in-ports; nil if it has none.
func (p *actorPass) inPort() *model.Port {
	for _, port := range p.actor.Ports {
		if !port.Pattern.Outgoing() {
			return port
		}
	}
	return nil
}

// exprParams checks that there is one message for the actor's parameters of
// expressions to be about.
func (p *actorPass) exprParams() {
	if p.partial[p.actor] {
		return
	}
	for _, param := range p.actor.Params {
		if !param.Type.Expr && !param.Type.Map {
			continue
		}
		if in := ports(p.actor, false); len(in) != 1 {
			p.errorf(codeExprParam, param.Span, "%q is about the message of the actor's only in-port, and the actor has %s",
				param.Name, count(len(in), "in-port"))
		} else if out := ports(p.actor, true); param.Type.Map && len(out) != 1 {
			p.errorf(codeExprParam, param.Span, "%q makes the message of the actor's only outgoing port, and the actor has %s",
				param.Name, count(len(out), "outgoing port"))
		}
	}
}
