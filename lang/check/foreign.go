package check

import (
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
)

// ours reports whether at least one end of a hop is ours.
func (n *net) ours(h *hop) bool {
	if !h.from.instance.Actor.External || !h.to.instance.Actor.External {
		return true
	}
	n.notOurs(h.from.span.To(h.to.span), h.from.instance, h.to.instance)
	return false
}

func (n *net) notOurs(at diag.Span, from, to *instance) {
	d := n.errorf(codeNotOurs, at, "%q and %q both run elsewhere, so opencore has no part in this wire", from.Name, to.Name)
	noteActor(d, from.Actor)
	if to.Actor != from.Actor {
		noteActor(d, to.Actor)
	}
	d.Help("put an instance between that takes from one and hands on to the other")
}

// foreignSenders reports wires that want of a foreign sender what only our own
// can do: copy to several wires, choose a replica by key, or count replicas
// as one subscriber.
func (n *net) foreignSenders() {
	first := map[portKey]*link{}
	for _, l := range n.links {
		n.at = l.frame()
		if !l.from.instance.Actor.External {
			continue
		}
		n.foreignReplicas(l)
		if l.from.port.Pattern == model.Pub || l.from.port.Pattern == model.Pair {
			continue
		}
		if f := first[l.from.key()]; f != nil {
			n.sharedWires(l, f)
			continue
		}
		first[l.from.key()] = l
	}
}

func (n *net) sharedWires(l, first *link) {
	what := "messages"
	if l.from.port.Pattern.Requests() {
		what = "requests"
	}
	n.errorf(codeShared, l.wire.Span, "%q runs elsewhere and shares its %s among its peers, so it can't be wired twice: no wire would get all", l.from.name(), what).
		Note(first.wire.Span, "the first wire is here").
		Note(l.from.port.Span, "%s port %q is declared here", l.from.port.Pattern, l.from.port.Name)
}

// foreignReplicas reports an end with replicas among which a foreign sender
// can't choose.
func (n *net) foreignReplicas(l *link) {
	to := l.to
	if to.instance.Replicas < 2 {
		return
	}
	var d *diag.Diagnostic
	switch {
	case to.port.Key != nil:
		d = n.errorf(codeShared, l.wire.Span, "%q runs elsewhere and can't choose among the replicas of %q by key", l.from.instance.Name, to.instance.Name).
			Note(to.port.KeySpan, "the key stands here")
	case to.port.Pattern == model.In && l.from.port.Pattern == model.Pub:
		d = n.errorf(codeShared, l.wire.Span, "%q runs elsewhere, and each of the %d replicas of %q would get each of its messages", l.from.instance.Name, to.instance.Replicas, to.instance.Name)
		n.notePort(d, to)
	default:
		return
	}
	d.Help("put an instance with one replica between")
}

// ownSender reports a setting of a wire that is its sender's affair, where the
// sender is foreign.
func (n *net) ownSender(l *link, at diag.Span, what string) bool {
	if !l.from.instance.Actor.External {
		return true
	}
	noteActor(n.errorf(codeElsewhere, at, "%s is the sender's affair, and %q runs elsewhere", what, l.from.instance.Name), l.from.instance.Actor)
	return false
}

// settable reports whether a setting may stand at an instance: an external
// one has none.
func (n *net) settable(i *instance, word string, at diag.Span) bool {
	i.settings[word] = at
	if i.Actor == nil || !i.Actor.External {
		return true
	}
	noteActor(n.errorf(codeElsewhere, at, "%q runs elsewhere, so there is nothing to say about its %s", i.Name, settingWhat[word]), i.Actor)
	return false
}

// settingWhat says in words what settings of instances are about.
var settingWhat = map[string]string{
	"replicas": "replicas", "restart": "restarts", "env": "environment", "process": "process",
}
