package supervise

import (
	"time"

	"github.com/ilpomo/opencore/runtime/spec"
)

// Measured is what a run has cost, and what waited for whom.
type Measured struct {
	Spoke   time.Duration   // from when sources were told to go until they ended, or were told to stop
	Wires   []spec.Counts   // what had become of messages then; by WireID
	Used    []time.Duration // of the processors in the whole run, by ProcessID; that of a group is with one of its members
	Waiting []float64       // messages that were on their way on a wire or being handled while sources spoke, on average; by WireID
	Samples int             // of which Waiting is the average
}

// A backlog adds up how many messages are on their way.
type backlog struct {
	sums    []uint64 // by WireID
	samples int
	spoke   time.Duration // when sources were told to stop; 0: they were not
	wires   []spec.Counts // the account then
}

// sampleEvery is how often it is looked how many messages are on their way.
// Reading the counters of a thousand wires takes some 50 µs.
const sampleEvery = 5 * time.Millisecond

// measureLater looks every so often, from when sources speak on, until they are
// told to stop: what is drained waits for nobody.
func (r *run) measureLater() {
	if !r.options.Measure || r.phase > running {
		return
	}
	if r.backlog == nil {
		r.backlog = &backlog{sums: make([]uint64, len(r.plan.Wires))}
	}
	r.alarms.after(sampleEvery, func() {
		if r.phase == running {
			r.sample()
		}
		r.measureLater()
	})
}

// sample adds what is on its way now. The counters are read one after the other
// while they move, so a wire may seem to have delivered more than was offered.
func (r *run) sample() {
	for i, w := range r.counts() {
		if w.Lost > 0 { // which it is not, as long as the run goes on
			r.backlog.sums[i] += uint64(w.Lost)
		}
	}
	r.backlog.samples++
}

// stopMeasuring notes what had become of messages when sources stop.
func (r *run) stopMeasuring() {
	if b := r.backlog; b != nil && b.wires == nil && !r.spoke.IsZero() {
		b.spoke, b.wires = time.Since(r.spoke), r.counts()
	}
}

// measured sums up; nil where there is nothing to tell.
func (r *run) measured() *Measured {
	if r.backlog == nil || r.spoke.IsZero() {
		return nil
	}
	r.stopMeasuring()
	m := &Measured{Spoke: r.backlog.spoke, Wires: r.backlog.wires, Samples: r.backlog.samples}
	for _, p := range r.processes {
		m.Used = append(m.Used, p.used)
	}
	for _, sum := range r.backlog.sums {
		m.Waiting = append(m.Waiting, float64(sum)/float64(max(1, r.backlog.samples)))
	}
	return m
}
