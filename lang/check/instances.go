package check

import (
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// makeInstances makes the instances of the graph with their values and
// settings.
func (n *net) makeInstances() {
	for _, s := range n.node.Statements.Items {
		node, ok := s.(*syntax.Instance)
		if !ok || node == nil || node.Name == nil {
			continue
		}
		if first := n.byName[node.Name.Text]; first != nil {
			n.taken(node.Name.Span(), node.Name.Text, "an instance", first.Span)
			continue
		}
		n.makeInstance(node)
	}
}

func (n *net) makeInstance(node *syntax.Instance) {
	i := &instance{
		node:  node,
		vars:  map[string]*typeVar{},
		wired: map[*model.Port]bool{}, settings: map[string]diag.Span{},
		Instance: &model.Instance{
			Name: node.Name.Text, Doc: node.Doc, Span: node.Name.Span(),
			Replicas: 1, Restart: defaultRestart,
		},
	}
	n.byName[i.Name] = i
	n.instances = append(n.instances, i)
	i.Actor = n.actorOf(node)
	n.instanceSettings(i)
	if i.Actor == nil {
		return
	}
	n.typeArgs(i)
	n.arguments(i)
	n.graph.Instances = append(n.graph.Instances, i.Instance)
}

// actorOf finds the actor that an instance is one of; nil if it is not known.
func (n *net) actorOf(node *syntax.Instance) *model.Actor {
	if !readable(node.Actor) {
		return nil
	}
	d := n.find(n.own, node.Actor)
	switch {
	case d == nil && node.Actor.Text() == "main":
		n.errorf(codeKind, node.Actor.Span(), "%q is the graph that runs, not an actor", "main").
			Note(n.graph.Span, "%q is declared here", "main")
	case d == nil:
		n.notFound(codeNoActor, n.own, node.Actor, "actor", kindActor)
	case d.kind != kindActor:
		n.wrongKind(node.Actor, d, "an actor")
	default:
		n.elsewhere(node, d.actor)
		return d.actor
	}
	return nil
}

// elsewhere refuses a handler in Go that is not in the folder of the program:
// both would have to have the messages as the same Go types.
func (n *net) elsewhere(node *syntax.Instance, a *model.Actor) {
	if n.ownHandler(a) || a.Standard {
		return
	}
	noteActor(n.errorf(codeUnsupported, node.Actor.Span(), "handlers in Go from another folder are not in this release, and %q is from %q", a.Name, a.Dir), a).
		Help("put the file that declares it into the folder of the program")
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
		d := n.messageOf(n.own, path, "a type argument is a message")
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

func (n *net) wrongTypeArgs(i *instance) {
	given, want := i.node.TypeArgs, i.Actor.TypeParams
	at := i.node.Actor.Span()
	if first, last := given[0], given[len(given)-1]; first != nil && last != nil {
		at = first.Span().To(last.Span())
	}
	d := n.errorf(codeTypeArgs, at, "actor %q takes %s, not %d", i.Actor.Name, count(len(want), "type argument"), len(given))
	noteActor(d, i.Actor)
	for _, name := range want[min(len(given), len(want)):] {
		i.vars[name].silent = true
	}
}

// noteActor shows where an actor is declared.
func noteActor(d *diag.Diagnostic, a *model.Actor) *diag.Diagnostic {
	return d.Note(a.Span, "actor %q is declared here", a.Name)
}
