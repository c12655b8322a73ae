package check

import (
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
)

// inferTypes finds what the type parameters of all instances stand for, over
// all wires, and compares the ends of each wire.
func (n *net) inferTypes() {
	for _, l := range n.links {
		n.unifyEnds(l)
	}
	for _, i := range n.instances {
		if i.doubtful {
			for _, v := range i.vars {
				v.root().silent = true
			}
		}
	}
	reported := map[*typeVar]bool{}
	for _, i := range n.instances {
		if i.Actor != nil {
			n.resolveTypes(i, reported)
		}
	}
}

// term gives what is known about the type of a port at an instance.
func (i *instance) term(t model.PortType) term {
	if t.Param != "" {
		return term{variable: i.vars[t.Param]}
	}
	return term{message: t.Message}
}

func (n *net) unifyEnds(l *link) {
	from, to := l.from, l.to
	requests := from.port.Pattern.Requests()
	verbs := [2]string{"sends", "takes"}
	if requests {
		verbs[0] = "asks"
	}
	if from.port.Pattern == model.Pair {
		n.unifyPair(l)
		return
	}
	if !n.unifyTypes(l, from.port.Message, to.port.Message, verbs) || !requests {
		return
	}
	n.unifyTypes(l, from.port.Reply, to.port.Reply, [2]string{"wants the reply", "replies"})
}

// unifyPair makes what each end of a pair sends what the other one takes.
func (n *net) unifyPair(l *link) {
	if n.unifyTypes(l, l.from.port.Message, l.to.port.Reply, [2]string{"sends", "takes"}) {
		n.unifyTypes(l, l.from.port.Reply, l.to.port.Message, [2]string{"takes", "sends"})
	}
}

// unifyTypes makes the types at both ends one. It reports false if they are
// not.
func (n *net) unifyTypes(l *link, from, to model.PortType, verbs [2]string) bool {
	a, b := l.from.instance.term(from), l.to.instance.term(to)
	if unify(a, b, l.wire.Span) {
		return true
	}
	l.broken = true
	sent, _ := a.resolved()
	taken, _ := b.resolved()
	d := n.errorf(codeTypes, l.wire.Span, "%q %s %q, and %q %s %q",
		l.from.name(), verbs[0], sent.Name, l.to.name(), verbs[1], taken.Name)
	n.noteType(d, l.from, a)
	n.noteType(d, l.to, b)
	return false
}

// noteType shows where the type at an end comes from.
func (n *net) noteType(d *diag.Diagnostic, e end, t term) {
	message, cause := t.resolved()
	if t.variable == nil {
		n.notePort(d, e)
		return
	}
	d.Note(cause, "%q is of %q because of this", e.name(), message.Name)
}

// resolveTypes notes what the type parameters of an instance stand for, and
// reports those that nothing determines, once for all that are equal.
func (n *net) resolveTypes(i *instance, reported map[*typeVar]bool) {
	i.Types = make(map[string]*schema.Message, len(i.vars))
	for _, name := range i.Actor.TypeParams {
		r := i.vars[name].root()
		if r.message != nil {
			i.Types[name] = r.message
			continue
		}
		if r.silent || reported[r] || n.partly() {
			continue
		}
		reported[r] = true
		n.errorf(codeUndetermined, i.node.Actor.Span(), "nothing determines the type %q of %q", name, i.Name).
			Help("say it at the instance: %s<…>(…)", i.node.Actor.Text())
	}
}
