package prove

import (
	"slices"

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
	d := v.found.Errorf(codeDeadlock, first.wire.Span, "%s can deadlock: each waits for the next", names)
	if len(ring) == 1 {
		d.Message = names + " can deadlock: it waits for a reply of its own, and can't answer meanwhile"
	}
	for _, w := range ring {
		d.Note(w.wire.Span, "%s", w.says())
	}
	if slices.ContainsFunc(ring, func(w wait) bool { return !w.request }) {
		d.Help("write a timeout on the wire of a request, ask at a dealer port, or let the queue that is waited for drop")
	} else {
		d.Help("write a timeout on the wire of a request, or ask at a dealer port")
	}
}

func (w wait) says() string {
	if w.request {
		return `"` + w.from.Name + `" waits for a reply of "` + w.to.Name + `"`
	}
	return `"` + w.from.Name + `" waits for room while the queue to "` + w.to.Name + `" is full`
}
