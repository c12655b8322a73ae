package prove

import (
	"fmt"
	"slices"

	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
)

const atLeastOnce = "at_least_once"

// A keeper asks of each wire that promises at_least_once whether all that has
// been sent on it arrives, whichever process is killed.
//
// Whoever sends keeps a message until it is done with behind the wire, so the
// death of the receiver costs nothing. What the sender had not been rid of dies
// with it. A journal on the wire has it still; else the sender must come to it
// again: it is a source that can, or what it was given is sent to it again,
// which is what the wires before it promise. They are asked in their turn, so
// each wire is answered for by the instance that it leaves.
type keeper struct {
	*prover
	into    map[inlet][]*model.Wire
	exposes map[inlet]*model.Expose
	dead    map[*model.Wire]bool // by filters; what isn't here has not been asked
	reached map[*model.Instance]bool
}

// An inlet is an in-port of an instance; a pair has one at both ends.
type inlet struct {
	instance *model.Instance
	port     *model.Port
}

// loss reports wires that promise more than can be kept.
func (v *prover) loss() {
	if !slices.ContainsFunc(v.graph.Wires, promises) {
		return
	}
	k := &keeper{prover: v, into: map[inlet][]*model.Wire{}, exposes: map[inlet]*model.Expose{}, dead: map[*model.Wire]bool{}}
	k.inlets()
	k.reach()
	sent := map[*model.Instance][]*model.Wire{} // what each sends that no journal keeps
	for _, w := range v.graph.Wires {
		if !promises(w) || !k.carries(w) {
			continue
		}
		k.receiver(w)
		if w.Journal != "" {
			continue
		}
		k.drops(w)
		if i := w.From.Instance; w.From.Port != model.RejectedPort || i.Actor.Source() { // else it is told of in the log
			sent[i] = append(sent[i], w)
		}
	}
	for _, i := range v.graph.Instances {
		if len(sent[i]) > 0 {
			k.sender(i, sent[i])
		}
	}
}

func (k *keeper) inlets() {
	add := func(e model.End, w *model.Wire) {
		at := inlet{e.Instance, e.Port}
		k.into[at] = append(k.into[at], w)
	}
	for _, w := range k.graph.Wires {
		add(w.To, w)
		if w.From.Port.Pattern == model.Pair {
			add(w.From, w)
		}
	}
	for _, e := range k.graph.Exposes {
		k.exposes[inlet{e.End.Instance, e.End.Port}] = e
	}
}

func promises(w *model.Wire) bool { return w.Deliver == atLeastOnce }

// sender reports an instance that can't come again to what dies with it, with
// all of its wires that promise more.
func (k *keeper) sender(i *model.Instance, wires []*model.Wire) {
	before := k.before(i)
	if len(before) == 0 {
		return
	}
	d := k.found.Errorf(codeLoss, wires[0].Span, "a kill of %s loses messages of this wire, which promises at_least_once", process(i))
	it, each := "it", "this wire"
	if len(wires) > 1 {
		d.Message = fmt.Sprintf("a kill of %s loses messages of %d wires, which promise at_least_once", process(i), len(wires))
		it, each = "them", "each of these wires"
	}
	for _, w := range wires[1:min(len(wires), mostNotes)] {
		d.Note(w.Span, "and of this wire")
	}
	for _, b := range before[:min(len(before), mostNotes)] {
		d.Note(b.span, "%s", b.why)
	}
	more, stop := k.mend(i)
	further := slices.DeleteFunc(slices.Clone(more), func(w *model.Wire) bool { return w.To.Instance == i })
	for _, m := range further[:min(len(further), mostNotes)] {
		d.Note(m.Span, "this wire, further up, promises nothing either")
	}
	switch {
	case stop != nil:
		if !slices.Contains(before, *stop) && !stop.span.IsZero() {
			d.Note(stop.span, "further up %s", stop.why)
		}
		d.Help("give %s a journal, as in: journal \"FOLDER\"", each)
	case len(more) == 1:
		d.Help("let %q deliver at_least_once too, or give %s a journal", more[0].Name(), each)
	default:
		d.Help("let the wires before %s deliver at_least_once too, or give %s a journal", it, each)
	}
}

// mostNotes is how many wires are shown that promise nothing: who has mended
// those is told of the others.
const mostNotes = 8

// process names what has to be killed for an instance to die.
func process(i *model.Instance) string {
	if i.Process != "" {
		return fmt.Sprintf("the process %q, in which %q runs,", i.Process, i.Name)
	}
	return fmt.Sprintf("%q", i.Name)
}

// drops reports a wire that promises and drops: nobody need be killed.
func (k *keeper) drops(w *model.Wire) {
	var which string
	switch w.Queue.Full {
	case "drop_oldest":
		which = "the oldest message"
	case "drop_newest":
		which = "what comes in"
	default:
		return
	}
	k.found.Warnf(codeDrops, w.Span, "this wire promises at_least_once, and drops %s when its queue is full", which).
		Help("let the queue block, or say deliver at_most_once")
}

// receiver reports a wire to a program that doesn't tell what it has dealt
// with: it counts as done when it has been written to its standard input.
func (k *keeper) receiver(w *model.Wire) {
	if a := w.To.Instance.Actor; a.Lines {
		k.found.Errorf(codeSilent, w.Span, "a kill of %s loses messages of this wire, which promises at_least_once", process(w.To.Instance)).
			Note(a.Span, "%q reads lines and tells nobody which it has dealt with", a.Name).
			Help("say deliver at_most_once, or let the program speak the protocol of exec actors")
	}
}

// A cause is why an instance does not come again to what died with it.
type cause struct {
	span diag.Span
	why  string
	wire *model.Wire // a push wire that could promise; nil for what can't
}

// before gives the reasons why an instance can lose for good what it has sent:
// none if it may come to it again. Handlers aren't known. Which in-port a message
// is due to isn't either, so each must have a cause; and a source of the user's
// own, a request that is asked again, or a pair that begins anew may bring
// everything back.
func (k *keeper) before(i *model.Instance) []cause {
	if at, gone := readOnce(i); gone {
		return []cause{{at, "standard input can't be read a second time", nil}}
	}
	switch {
	case i.Actor.Lines && i.Actor.Source():
		return []cause{{i.Actor.Span, fmt.Sprintf("%q writes lines, and can't go back to one", i.Actor.Name), nil}}
	case i.Actor.Lines:
		return []cause{{i.Actor.Span, fmt.Sprintf("%q reads lines, and what it has read is not sent again", i.Actor.Name), nil}}
	}
	var all []cause
	for _, p := range i.Actor.Ports {
		if p.Pattern.Outgoing() {
			continue
		}
		list, used := k.at(inlet{i, p})
		if used && len(list) == 0 {
			return nil
		}
		all = append(all, list...)
	}
	return all
}

// at gives the causes at one in-port; used is false if nothing comes in there.
func (k *keeper) at(in inlet) (list []cause, used bool) {
	if e := k.exposes[in]; e != nil {
		used = true
		if !in.port.Pattern.Requests() && in.port.Pattern != model.Pair {
			list = append(list, cause{e.Span, "foreign peers don't send again what was lost", nil})
		}
	}
	for _, w := range k.into[in] {
		if !k.carries(w) {
			continue
		}
		used = true
		if c := weak(w); c != nil {
			list = append(list, *c)
		}
	}
	return list, used
}

// weak tells why what comes on a wire isn't sent again; nil if it may be.
func weak(w *model.Wire) *cause {
	from := w.From.Instance
	switch pattern := w.From.Port.Pattern; {
	case pattern.Requests(), pattern == model.Pair, w.Journal != "", promises(w):
		return nil
	case from.Actor.External:
		return &cause{w.Span, "foreign peers don't send again what was lost", nil}
	case pattern == model.Pub && w.Queue.Full != "block":
		return &cause{w.Span, "a pub wire promises nothing, and this one drops when its queue is full", nil}
	case pattern == model.Pub:
		return &cause{w.Span, "a pub wire promises nothing", nil}
	default:
		return &cause{w.Span, fmt.Sprintf("%q does not send it again: this wire promises nothing", from.Name), w}
	}
}

// mostBefore is how many instances are followed up from one: where there are
// more, a journal is less work than a promise at each wire.
const mostBefore = 64

// mend gives the push wires that would have to promise too for an instance to
// be given again what it loses. If that doesn't do, stop is why.
func (k *keeper) mend(i *model.Instance) (list []*model.Wire, stop *cause) {
	seen := map[*model.Instance]bool{i: true}
	for todo := []*model.Instance{i}; len(todo) > 0; todo = todo[1:] {
		if len(seen) > mostBefore {
			return list, &cause{}
		}
		for _, c := range k.before(todo[0]) {
			if c.wire == nil {
				return list, &c
			}
			list = append(list, c.wire)
			if from := c.wire.From.Instance; !seen[from] {
				seen[from] = true
				todo = append(todo, from)
			}
		}
	}
	return list, nil
}

// readOnce reports whether an instance is a source of the standard library
// that can't go back to where it was. Standard input can't. gen.Messages makes the
// same messages again, and timer.Every a tick of the same number, if later.
func readOnce(i *model.Instance) (diag.Span, bool) {
	if !i.Actor.Standard || i.Actor.Name != "file.Lines" {
		return diag.Span{}, false
	}
	for _, a := range i.Args {
		if a.Param.Name == "path" && a.Value == "-" {
			return a.Span, true
		}
	}
	return diag.Span{}, false
}

// carries reports whether any message can be on a wire.
func (k *keeper) carries(w *model.Wire) bool {
	return !k.shut(w) && (k.reached[w.From.Instance] || w.From.Port.Pattern == model.Pair && k.reached[w.To.Instance])
}

// shut reports whether a wire's filter takes nothing.
func (k *keeper) shut(w *model.Wire) bool {
	if _, asked := k.dead[w]; !asked {
		k.dead[w] = never(checked(w.Where))
	}
	return k.dead[w]
}

// reach finds the instances that a message reaches: from sources, foreign
// peers, and pairs, where either end may begin.
func (k *keeper) reach() {
	k.reached = map[*model.Instance]bool{}
	next := map[*model.Instance][]*model.Wire{}
	for _, w := range k.graph.Wires {
		next[w.From.Instance] = append(next[w.From.Instance], w)
	}
	var todo []*model.Instance
	for _, i := range k.graph.Instances {
		if k.speaks(i) {
			todo = append(todo, i)
		}
	}
	for ; len(todo) > 0; todo = todo[1:] {
		if k.reached[todo[0]] {
			continue
		}
		k.reached[todo[0]] = true
		for _, w := range next[todo[0]] {
			if !k.shut(w) {
				todo = append(todo, w.To.Instance)
			}
		}
	}
}

func (k *keeper) speaks(i *model.Instance) bool {
	return i.Actor.Source() || i.Actor.External || slices.ContainsFunc(i.Actor.Ports, func(p *model.Port) bool {
		return p.Pattern == model.Pair || !p.Pattern.Outgoing() && k.exposes[inlet{i, p}] != nil
	})
}
