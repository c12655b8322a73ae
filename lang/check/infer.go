package check

import (
	"slices"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
)

// inferTypes finds what the type parameters of all instances stand for, over
// all wires, and compares the ends of each wire.
func (n *net) inferTypes() {
	for _, h := range n.hops {
		n.at = h.frame
		n.unifyEnds(h)
	}
	all := slices.Concat(n.parts, n.instances)
	for _, i := range all {
		if i.doubtful {
			for _, v := range i.vars {
				v.root().silent = true
			}
		}
	}
	reported := map[*typeVar]bool{}
	for _, i := range all {
		if i.Actor != nil {
			n.at = i.frame
			n.resolveTypes(i, reported)
		}
	}
	if n.root.part != nil {
		n.root.part.resolve()
	}
}

// resolve notes what the type parameters of an instance stand for.
func (i *instance) resolve() {
	i.Types = make(map[string]*schema.Message, len(i.vars))
	for name, v := range i.vars {
		if r := v.root(); r.message != nil {
			i.Types[name] = r.message
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

func (n *net) unifyEnds(h *hop) {
	from, to := h.from, h.to
	requests := from.port.Pattern.Requests()
	verbs := [2]string{"sends", "takes"}
	if requests {
		verbs[0] = "asks"
	}
	if from.port.Pattern == model.Pair {
		n.unifyPair(h)
		return
	}
	if !n.unifyTypes(h, from.port.Message, to.port.Message, verbs) || !requests {
		return
	}
	n.unifyTypes(h, from.port.Reply, to.port.Reply, [2]string{"wants the reply", "replies"})
}

// unifyPair makes what each end of a pair sends what the other one takes.
func (n *net) unifyPair(h *hop) {
	sent, taken := h.from.pairTypes()
	back, wanted := h.to.pairTypes()
	if n.unifyTypes(h, sent, wanted, [2]string{"sends", "takes"}) {
		n.unifyTypes(h, taken, back, [2]string{"takes", "sends"})
	}
}

// pairTypes gives what wires see a pair port send and take. Within a component
// its port sends what it takes outside.
func (e end) pairTypes() (sent, taken model.PortType) {
	if e.own {
		return e.port.Reply, e.port.Message
	}
	return e.port.Message, e.port.Reply
}

// unifyTypes makes the types at both ends one. It reports false if they are
// not.
func (n *net) unifyTypes(h *hop, from, to model.PortType, verbs [2]string) bool {
	a, b := h.from.instance.term(from), h.to.instance.term(to)
	if unify(a, b, h.span) {
		return true
	}
	h.broken = true
	sent, _ := a.resolved()
	taken, _ := b.resolved()
	d := n.errorf(codeTypes, h.span, "%q %s %q, and %q %s %q",
		h.from.name(), verbs[0], sent.Name, h.to.name(), verbs[1], taken.Name)
	n.noteType(d, h.from, a)
	n.noteType(d, h.to, b)
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
	i.resolve()
	for _, name := range i.Actor.TypeParams {
		r := i.vars[name].root()
		if r.message != nil || r.silent || reported[r] || n.at.partly() {
			continue
		}
		reported[r] = true
		n.errorf(codeUndetermined, i.node.Actor.Span(), "nothing determines the type %q of %q", name, i.Name).
			Help("say it at the instance: %s<…>(…)", i.node.Actor.Text())
	}
}
