package supervise

import (
	"time"

	"github.com/ilpomo/opencore/runtime/spec"
)

// A cycle of processes never sees the end of its own streams. It is over when
// its inputs from outside have ended and nothing is on its way within it. A
// process says when it is quiet, but a message may reach it in the next moment;
// so once all have said so, all are asked again: if nobody has sent or received
// anything since, all were quiet at one and the same moment, namely when they
// were asked (Mattern, Distributed Computing 2(3), 1987).
type cycle struct {
	members []spec.ProcessID
	quiet   answers // of this wave
	before  answers // of the one before; at first, what they said unasked
	wave    int     // number of the last wave of questions; 0: none yet
	asking  bool    // a wave is being answered
	again   *alarm  // starts the next; nil unless it is set
	over    bool
}

// Answers are what processes said of themselves.
type answers map[spec.ProcessID]spec.Quiet

// waveAgain is the pause after two waves that differed, so that a cycle that
// keeps itself busy doesn't keep the supervisor busy too.
const waveAgain = 10 * time.Millisecond

func newCycles(p *spec.Plan) []*cycle {
	var list []*cycle
	for _, proc := range p.Processes {
		if proc.Cycle == 0 {
			continue
		}
		for len(list) < proc.Cycle {
			list = append(list, &cycle{quiet: answers{}})
		}
		c := list[proc.Cycle-1]
		c.members = append(c.members, proc.ID)
	}
	return list
}

// cycleOf gives the cycle that a process is on; nil if it is on none.
func (r *run) cycleOf(p *process) *cycle {
	if p.spec.Cycle == 0 {
		return nil
	}
	return r.cycles[p.spec.Cycle-1]
}

// quiet takes in that a process on a cycle is quiet. While a wave is being
// answered only answers to it count.
func (r *run) quiet(p *process, q *spec.Quiet) {
	c := r.cycleOf(p)
	switch {
	case c == nil || !p.live() || c.asking && q.Probe != c.wave:
	case c.over: // it was started again since
		p.tell(spec.Down{Finish: true})
	default:
		c.quiet[p.spec.ID] = *q
		r.checkCycle(c)
	}
}

// checkCycle goes on as far as what is known of a cycle allows.
func (r *run) checkCycle(c *cycle) {
	members := r.remaining(c)
	switch {
	case c.over || r.phase == starting || c.again != nil || !c.quiet.cover(members):
	case !c.asking:
		r.ask(c)
	case c.quiet.equal(c.before, members):
		c.over = true
		for _, p := range members {
			p.tell(spec.Down{Finish: true})
		}
	default:
		c.asking = false
		c.again = r.alarms.after(waveAgain, func() { r.ask(c) })
	}
}

// remaining gives the members of a cycle that have not ended.
func (r *run) remaining(c *cycle) []*process {
	var list []*process
	for _, id := range c.members {
		if p := r.processes[id]; !p.over() {
			list = append(list, p)
		}
	}
	return list
}

// cover reports whether all of these have answered.
func (a answers) cover(members []*process) bool {
	for _, p := range members {
		if _, ok := a[p.spec.ID]; !ok {
			return false
		}
	}
	return true
}

// equal reports whether these processes gave the same numbers both times.
func (a answers) equal(b answers, members []*process) bool {
	for _, p := range members {
		now, then := a[p.spec.ID], b[p.spec.ID]
		if now.Sent != then.Sent || now.Received != then.Received {
			return false
		}
	}
	return true
}

// ask starts the next wave.
func (r *run) ask(c *cycle) {
	c.again = nil
	c.before, c.quiet = c.quiet, answers{}
	c.wave++
	c.asking = true
	for _, p := range r.remaining(c) {
		p.tell(spec.Down{Probe: c.wave})
	}
}

// forgetQuiet forgets what a process on a cycle said before it exited: the
// next incarnation speaks for itself, and then all are asked anew. If it is
// gone for good, the others may be quiet without it.
func (r *run) forgetQuiet(p *process) {
	c := r.cycleOf(p)
	if c == nil {
		return
	}
	c.again.cancel()
	c.again = nil
	for id, q := range c.before { // who has not answered yet has said this
		if _, ok := c.quiet[id]; !ok {
			c.quiet[id] = q
		}
	}
	delete(c.quiet, p.spec.ID)
	c.asking = false
	r.checkCycle(c)
}
