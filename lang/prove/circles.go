package prove

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
)

// A wait is that one instance, within a handler, can wait for another one for
// as long as that does not take a message. What handlers do is not known: any
// of them may use any outgoing port.
type wait struct {
	from, to *model.Instance
	wire     *model.Wire
	request  bool // for a reply, not merely for room
}

// waits lists who can wait for whom. A queue that drops makes nobody wait for
// room; the one request that is in flight at a req port fits into any, and its
// reply is waited for. A timeout that is written in the source ends that, and who
// asks at a dealer port goes on meanwhile. Whether a foreign peer waits for
// anybody is not known.
func (v *prover) waits() map[*model.Instance][]wait {
	next := map[*model.Instance][]wait{}
	for _, w := range v.graph.Wires {
		from, to := w.From.Instance, w.To.Instance
		pattern := w.From.Port.Pattern
		switch {
		case from.Actor.External || to.Actor.External || v.idle[w]:
		case pattern == model.Req && w.Timed:
		case pattern == model.Dealer:
		case pattern != model.Req && w.Queue.Full != "block":
		default:
			next[from] = append(next[from], wait{from, to, w, pattern == model.Req})
			if pattern == model.Pair {
				next[to] = append(next[to], wait{to, from, w, false})
			}
		}
	}
	return next
}

// circles reports the shortest circle that begins with each wait, unless one
// that is reported goes through its instance already. A request in it makes it
// an error, so those are looked for first.
func (v *prover) circles() {
	next := onRings(v.graph.Instances, v.waits())
	done := map[*model.Instance]bool{}
	for _, requests := range []bool{true, false} {
		for _, i := range v.graph.Instances {
			for _, first := range next[i] {
				if first.request == requests && !done[i] {
					v.circleFrom(first, next, done)
				}
			}
		}
	}
}

// circleFrom reports the circle that begins with a wait, if there is one that
// is worth it. One of full queues alone is, if something can fill them.
func (v *prover) circleFrom(first wait, next map[*model.Instance][]wait, done map[*model.Instance]bool) {
	ring := circle(first, next)
	if ring == nil || !first.request && (!v.entered(ring) || v.told(ring)) {
		return
	}
	v.circle(ring)
	for _, w := range ring {
		done[w.from] = true
	}
}

// circle gives the shortest way from the end of a wait back to its beginning,
// the wait in front; nil if there is none.
func circle(first wait, next map[*model.Instance][]wait) []wait {
	by := map[*model.Instance]wait{} // how each was reached
	for todo := []*model.Instance{first.to}; len(todo) > 0; todo = todo[1:] {
		if todo[0] == first.from {
			return ring(first, by)
		}
		for _, w := range next[todo[0]] {
			if _, seen := by[w.to]; !seen && w.to != first.to {
				by[w.to] = w
				todo = append(todo, w.to)
			}
		}
	}
	return nil
}

func ring(first wait, by map[*model.Instance]wait) []wait {
	var back []wait
	for at := first.from; at != first.to; at = by[at].from {
		back = append(back, by[at])
	}
	slices.Reverse(back)
	return append([]wait{first}, back...)
}

// told tells whether it has been said of a ring that it fills up.
func (v *prover) told(ring []wait) bool {
	return !slices.ContainsFunc(ring, func(w wait) bool { return !v.rounds[w.from] })
}

// entered tells whether a ring gets messages from elsewhere, which may fill it.
func (v *prover) entered(ring []wait) bool {
	within := map[*model.Instance]bool{}
	for _, w := range ring {
		within[w.from] = true
	}
	return slices.ContainsFunc(v.graph.Wires, func(w *model.Wire) bool {
		return within[w.To.Instance] && !within[w.From.Instance]
	})
}

// circle reports one, each link with its place.
func (v *prover) circle(ring []wait) {
	first := ring[0]
	names := quotedNames(ring)
	if !first.request {
		d := v.found.Warnf(codeFullRing, first.wire.Span, "%s can wait for each other once their queues are full: more may circulate than they hold", names)
		if len(ring) == 1 {
			d.Message = names + " can wait for itself once its queue is full: more may circulate than it holds"
		}
		for _, w := range ring[1:] {
			d.Note(w.wire.Span, "%s", w.says())
		}
		d.Help("let one of these wires drop, with queue N drop_oldest, or see to it that less circulates than the queues hold")
		return
	}
	v.deadlock(ring, names)
}

// deadlock reports a circle with a request in it, and on which wires a timeout
// would break it.
func (v *prover) deadlock(ring []wait, names string) {
	first := ring[0]
	d := v.found.Errorf(codeDeadlock, first.wire.Span, "%s can deadlock: each waits for the next", names)
	if len(ring) == 1 {
		d.Message = names + " can deadlock: it waits for a reply of its own, and can't answer meanwhile"
	}
	var requests []*model.Wire
	for _, w := range ring {
		d.Note(w.wire.Span, "%s", w.says())
		if w.request {
			requests = append(requests, w.wire)
		}
	}
	if i := slices.IndexFunc(requests, func(w *model.Wire) bool { return w.Timeout > 0 }); i >= 0 {
		d.Note(diag.Span{}, "the default timeout of %s does not count: it fails one request after the other; one that is written counts", short(requests[i].Timeout))
	}
	others := "ask at a dealer port"
	if len(requests) < len(ring) {
		others += ", or let the queue that is waited for drop"
	}
	d.Help("write a timeout on %s, as in: timeout 1s; or %s", anyOf(requests), others)
	for _, w := range requests[:min(len(requests), mostNotes)] {
		if w.Timeout > 0 && v.alone(w) {
			d.Maybe(fmt.Sprintf("write a timeout on %q", w.Name()), diag.Edit{Span: w.Span.After(), New: " timeout 1s"})
		}
	}
}

// anyOf names wires, of which one is to be chosen.
func anyOf(wires []*model.Wire) string {
	var names []string
	for _, w := range wires[:min(len(wires), mostNotes)] {
		names = append(names, strconv.Quote(w.Name()))
	}
	return strings.Join(names, " or ")
}

// alone tells whether a wire can take settings where it stands: not in a chain,
// and not on both sides of a component's port.
func (v *prover) alone(w *model.Wire) bool {
	return len(w.Through) == 0 && !slices.ContainsFunc(v.graph.Wires, func(other *model.Wire) bool {
		return other != w && (other.To.Span == w.From.Span || other.From.Span == w.To.Span)
	})
}

func (w wait) says() string {
	if w.request {
		return `"` + w.from.Name + `" waits for a reply of "` + w.to.Name + `"`
	}
	return `"` + w.from.Name + `" waits for room while the queue to "` + w.to.Name + `" is full`
}
