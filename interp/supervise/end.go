package supervise

import (
	"time"

	"github.com/ilpomo/opencore/runtime/spec"
)

// exitWithin is how long a process may take from the end of its work to its
// exit: closing sockets and files.
const exitWithin = 5 * time.Second

// ended notes that a process has done its work. Its exit follows.
func (r *run) ended(p *process) {
	p.alarm.cancel()
	p.state = ended
	r.emit(Ended{p.spec})
	p.alarm = r.alarms.after(exitWithin, func() { p.child.Kill() })
	if r.phase == starting {
		r.checkStart()
	}
	r.checkEnd()
}

// Endings knows when a run has come to its natural end. The end of a source
// travels along the wires by itself; only endless sources, and those who hear
// foreign peers, have to be told, and only when all that doesn't depend on them
// has ended: so they tick until the last message of the finite sources is
// through, as far as that can be known.
type endings struct {
	endless []spec.ProcessID
	finite  bool             // there are sources that end
	before  []spec.ProcessID // processes that no endless source reaches
	told    bool
}

func newEndings(p *spec.Plan) *endings {
	e := &endings{}
	reached := make([]bool, len(p.Processes))
	for _, proc := range p.Processes {
		switch {
		case proc.Endless, hearsForeign(proc):
			e.endless = append(e.endless, proc.ID)
			reach(p, proc, reached)
		case proc.Source:
			e.finite = true
		}
	}
	for id, depends := range reached {
		if !depends {
			e.before = append(e.before, spec.ProcessID(id))
		}
	}
	return e
}

// hearsForeign tells whether foreign peers send to a process: like an endless
// source it ends when it is told to.
func hearsForeign(p *spec.Process) bool {
	for _, in := range p.Ins {
		for _, w := range in.Wires {
			if w.Plain != nil {
				return true
			}
		}
	}
	return false
}

// reach marks a process and all that its lanes lead to.
func reach(p *spec.Plan, proc *spec.Process, reached []bool) {
	if reached[proc.ID] {
		return
	}
	reached[proc.ID] = true
	for _, peer := range proc.Peers {
		if peer.Connect {
			reach(p, p.Processes[peer.ID], reached)
		}
	}
}

// checkEnd tells endless sources to stop once nothing else keeps the run
// alive. A run without finite sources goes on until it is stopped.
func (r *run) checkEnd() {
	if r.phase != running || r.ends.told || !r.ends.finite {
		return
	}
	for _, id := range r.ends.before {
		if !r.processes[id].over() {
			return
		}
	}
	r.ends.told = true
	for _, id := range r.ends.endless {
		r.tellStop(r.processes[id])
	}
}

// tellStop tells a process, and all its later incarnations, to stop.
func (r *run) tellStop(p *process) {
	if !p.stop {
		p.stop = true
		p.tell(spec.Down{Stop: true})
	}
}
