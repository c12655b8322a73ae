package check

import (
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// makeInstances makes the instances of a graph with their values and settings.
func (n *net) makeInstances(f *frame) {
	for _, s := range f.node.Statements.Items {
		n.at = f
		switch s := s.(type) {
		case *syntax.Deliver:
			n.deliverDefault(f, s)
		case *syntax.Instance:
			if s == nil || s.Name == nil {
				continue
			}
			if first, what := n.namesake(f, s.Name.Text); what != "" {
				n.taken(s.Name.Span(), s.Name.Text, what, first)
				continue
			}
			if n.bounded(s.Name.Span()) {
				n.makeInstance(f, s)
			}
		}
	}
}

// namesake finds what has a name in a graph that wires would say; "" if nothing
// has.
func (n *net) namesake(f *frame, name string) (diag.Span, string) {
	if first := f.byName[name]; first != nil {
		return first.Span, "an instance"
	}
	if port := f.ownPort(name); port != nil {
		return port.Span, "a port"
	}
	return diag.Span{}, ""
}

func (n *net) makeInstance(f *frame, node *syntax.Instance) {
	i := &instance{
		node: node, frame: f,
		vars:  map[string]*typeVar{},
		wired: map[*model.Port]bool{}, inside: map[*model.Port]bool{}, settings: map[string]diag.Span{},
		Instance: &model.Instance{
			Name: f.prefix + node.Name.Text, Doc: node.Doc, Span: node.Name.Span(),
			Replicas: 1, Restart: defaultRestart,
		},
	}
	f.byName[node.Name.Text] = i
	i.Actor = n.actorOf(node)
	part := n.heads[i.Actor]
	if part == nil {
		n.instances = append(n.instances, i)
		n.instanceSettings(i)
	}
	if i.Actor == nil {
		return
	}
	n.typeArgs(i)
	n.arguments(i)
	if part != nil {
		n.makePart(i, part)
		return
	}
	n.graph.Instances = append(n.graph.Instances, i.Instance)
}

// actorOf finds the actor that an instance is one of; nil if it is not known.
func (n *net) actorOf(node *syntax.Instance) *model.Actor {
	if !readable(node.Actor) {
		return nil
	}
	d := n.find(n.at.scope, node.Actor)
	switch {
	case d == nil && node.Actor.Text() == "main" && n.main != nil:
		n.errorf(codeKind, node.Actor.Span(), "%q is the graph that runs, not an actor", "main").
			Note(n.program.Graph.Span, "%q is declared here", "main")
	case d == nil:
		n.notFound(codeNoActor, n.at.scope, node.Actor, "actor", kindActor, kindComponent)
	case d.part != nil:
		return d.part.actor
	case d.kind != kindActor:
		n.wrongKind(node.Actor, d, "an actor")
	default:
		return d.actor
	}
	return nil
}

// typeArgs makes the instance's type variables and determines those that are
// given.
func (n *net) typeArgs(i *instance) {
	for _, name := range i.Actor.TypeParams {
		i.vars[name] = &typeVar{instance: i.Name, param: name}
	}
	given := i.node.TypeArgs
	if len(given) == 0 {
		return
	}
	if len(given) != len(i.Actor.TypeParams) {
		n.wrongTypeArgs(i)
	}
	for at, path := range given {
		if !readable(path) {
			continue
		}
		if v := n.ownVar(path); v != nil && at < len(i.Actor.TypeParams) {
			unify(term{variable: v}, term{variable: i.vars[i.Actor.TypeParams[at]]}, path.Span())
			continue
		}
		d := n.messageOf(n.at.scope, path, "a type argument is a message")
		if at >= len(i.Actor.TypeParams) {
			continue
		}
		v := i.vars[i.Actor.TypeParams[at]]
		if d == nil {
			v.silent = true
			continue
		}
		v.determine(d.message.Message, path.Span())
	}
}

// ownVar is the type parameter of the component at hand that a path names; nil
// if it names none.
func (n *net) ownVar(path *syntax.Path) *typeVar {
	if n.at.part == nil || len(path.Names) != 1 {
		return nil
	}
	return n.at.part.vars[path.Names[0].Text]
}

func (n *net) wrongTypeArgs(i *instance) {
	given, want := i.node.TypeArgs, i.Actor.TypeParams
	at := i.node.Actor.Span()
	if first, last := given[0], given[len(given)-1]; first != nil && last != nil {
		at = first.Span().To(last.Span())
	}
	d := n.errorf(codeTypeArgs, at, "%s %q takes %s, not %d", n.what(i.Actor), i.Actor.Name, count(len(want), "type argument"), len(given))
	n.noteActor(d, i.Actor)
	for _, name := range want[min(len(given), len(want)):] {
		i.vars[name].silent = true
	}
}

// noteActor shows where an actor is declared.
func noteActor(d *diag.Diagnostic, a *model.Actor) *diag.Diagnostic {
	return d.Note(a.Span, "actor %q is declared here", a.Name)
}
