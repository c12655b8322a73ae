package supervise

import (
	"time"

	"github.com/ilpomo/opencore/runtime/spec"
)

// counts sums up the counters of all processes by wire, and says what became
// of what was offered: what the counters don't tell is lost, or left.
func (r *run) counts() []spec.Counts {
	wires := make([]spec.Counts, len(r.plan.Wires))
	crashed := make([]bool, len(wires)) // at one end at least
	for _, p := range r.processes {
		p.addOuts(wires, crashed)
		p.addIns(wires, crashed)
	}
	for i := range wires {
		w := &wires[i]
		if !r.stopped && r.failure == nil {
			w.Left = 0 // who would take it had ended: as when a source that was restarted begins anew
		}
		w.Lost = int64(w.Offered - w.Filtered - w.Dropped - w.Delivered - w.Left)
		if r.forced && !crashed[i] && w.Lost > 0 {
			w.Left, w.Lost = w.Left+uint64(w.Lost), 0 // we ended the processes that had it in hand
		}
	}
	return wires
}

func (p *process) addOuts(wires []spec.Counts, crashed []bool) {
	for o, out := range p.spec.Outs {
		for i, ow := range out.Wires {
			w, word := &wires[ow.Wire], p.spec.OutWord(o, i)
			w.Offered += p.counters.word(word + spec.OutOffered)
			w.Filtered += p.counters.word(word + spec.OutFiltered)
			w.Dropped += p.counters.word(word + spec.OutDropped)
			w.Left += p.counters.word(word + spec.OutLeft)
			w.Delivered += p.counters.word(word + spec.OutDelivered)
			w.Rejected += p.counters.word(word + spec.OutRejected)
			crashed[ow.Wire] = crashed[ow.Wire] || p.crashed
		}
	}
}

func (p *process) addIns(wires []spec.Counts, crashed []bool) {
	for n, in := range p.spec.Ins {
		for i, iw := range in.Wires {
			w, word := &wires[iw.Wire], p.spec.InWord(n, i)
			w.Delivered += p.counters.word(word + spec.InDelivered)
			w.Rejected += p.counters.word(word + spec.InRejected)
			w.Filtered += p.counters.word(word + spec.InFiltered)
			w.Offered += p.counters.word(word + spec.InOffered)
			w.Dropped += p.counters.word(word + spec.InDropped)
			w.Left += p.counters.word(word + spec.InLeft)
			crashed[iw.Wire] = crashed[iw.Wire] || p.crashed
		}
	}
}

// totals sums up a run.
func (r *run) totals(wires []spec.Counts) Totals {
	var t Totals
	for _, p := range r.processes {
		t.Read += p.counters.word(spec.WordRead)
		t.Rejected += p.counters.word(spec.WordMalformed)
	}
	for i, w := range wires {
		if r.plan.Wires[i].From.External {
			t.Read += w.Offered // who runs elsewhere is a source
		}
		t.Rejected += w.Rejected
		t.Dropped += w.Dropped
		t.Left += w.Left
		if w.Lost >= 0 {
			t.Lost += uint64(w.Lost)
		} else {
			t.Surplus += uint64(-w.Lost)
		}
	}
	return t
}

// progress reads how far the run has come. What is on its way counts as
// neither lost nor left.
func (r *run) progress() Progress {
	p := Progress{Totals: r.totals(r.counts()), Took: time.Since(r.began)}
	p.Lost, p.Left, p.Surplus = 0, 0, 0
	for _, q := range r.processes {
		if total := q.counters.word(spec.WordTotal); total > 0 {
			p.Total += total
			p.Done += min(q.counters.word(spec.WordDone), total)
		}
	}
	return p
}

// result sums up a run that is over.
func (r *run) result() *Result {
	wires := r.counts()
	res := &Result{
		Outcome: Done,
		Took:    time.Since(r.began),
		Forced:  r.forced,
		Failure: r.failure,
		Totals:  r.totals(wires),
		Wires:   wires,

		Measured: r.measured(),
	}
	switch {
	case r.failure != nil:
		res.Outcome = Failed
	case r.stopped:
		res.Outcome = Stopped
	}
	return res
}
