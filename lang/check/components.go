package check

import (
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// A component is a graph with ports. An instance of it is no process: it
// stands for the instances and wires that the graph has. What it looks like from
// outside is an actor like others.
type component struct {
	node  *syntax.Graph
	scope *scope
	actor *model.Actor // with the graph's parameters and ports, and no code
}

// componentHeads resolves parameters and ports of all components.
func (c *checker) componentHeads() {
	for _, s := range c.scopes {
		for _, k := range s.components {
			c.heads[k.actor] = k
			c.componentHead(k)
		}
	}
}

func (c *checker) componentHead(k *component) {
	head := &syntax.Actor{Node: k.node.Node, Name: k.node.Name, TypeParams: k.node.TypeParams, Params: k.node.Params}
	head.Ports.Broken = k.node.Statements.Broken
	for _, s := range k.node.Statements.Items {
		if port, ok := s.(*syntax.Port); ok && port != nil {
			head.Ports.Items = append(head.Ports.Items, port)
		}
	}
	p := &actorPass{
		checker: c, scope: k.scope, node: head, actor: k.actor, component: true,
		names: map[string]diag.Span{}, codecAt: map[*model.Port]diag.Span{}, addressed: map[*model.Port]bool{},
	}
	p.typeParams()
	p.params()
	p.ports()
	for _, param := range k.actor.Params {
		c.componentParam(k, param)
	}
}

// componentParam checks what a parameter of a component is besides one of an
// actor: a name in expressions.
func (c *checker) componentParam(k *component, p *model.Param) {
	if p.Type.Type == nil {
		c.errorf(codeKind, p.Span, "%q can't be a parameter of a component: %s is for parameters of actors alone", p.Name, p.Type)
		return
	}
	if why := reservedWord(p.Name); why != "" {
		c.errorf(codeReserved, p.Span, "%q can't be the name of a parameter of a graph: %s", p.Name, why)
	}
	if d := k.scope.names[p.Name]; d != nil && (d.kind == kindConst || d.kind == kindFilter) {
		c.taken(p.Span, p.Name, string(d.kind), d.span)
	}
}

// aliasPort checks what the port of a component may say: all but its type and
// pattern is that of the port inside.
func (p *actorPass) aliasPort(n *syntax.Port) {
	for _, s := range n.Settings.Items {
		p.errorf(codeClause, s.Span(), "a port of a component is another name for ports inside, and this stands there")
	}
}

// mirrors says what a port of a component is where its own wires see it. An
// in may be either.
var mirrors = map[model.Pattern][]model.Pattern{
	model.Pull: {model.Push}, model.Sub: {model.Pub}, model.In: {model.Push, model.Pub}, model.Rep: {model.Req}, model.Router: {model.Dealer},
	model.Push: {model.Pull}, model.Pub: {model.Sub}, model.Req: {model.Rep}, model.Dealer: {model.Router}, model.Pair: {model.Pair},
}
