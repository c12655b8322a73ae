package supervise

import (
	"slices"

	"github.com/ilpomo/opencore/runtime/spec"
)

// stopRun drains a run that is told to stop. A start in progress is
// interrupted: nobody has spoken, so there is nothing to drain.
func (r *run) stopRun() {
	r.stopped = r.failure == nil
	if r.phase == starting {
		r.terminate()
		return
	}
	r.drain(Stopped)
}

// fail notes why a run fails, unless it already has, and drains what is left
// of it: what has been read should still reach its file.
func (r *run) fail(f *Failure) {
	if r.failure == nil {
		r.failure = f
	}
	if r.phase == starting {
		r.terminate()
		return
	}
	r.drain(Failed)
}

// drain has the sources stop; the rest ends with its inputs, in the order of
// the graph. What waits to be restarted stays down. What is on its way up may
// still do its work.
func (r *run) drain(why Outcome) {
	if r.phase >= draining {
		return
	}
	r.stopMeasuring()
	r.phase = draining
	r.emit(Draining{why, r.options.Drain})
	r.alarms.after(r.options.Drain, r.terminate)
	r.buryWaiting()
	for _, id := range slices.Backward(r.plan.Start) { // sources first
		r.tellStop(r.processes[id])
	}
}

func (r *run) buryWaiting() {
	for _, p := range r.processes {
		if p.state == waiting {
			r.bury(p)
		}
	}
}

// terminate ends what still runs, first by asking.
func (r *run) terminate() {
	if r.phase == ending || r.over() {
		return
	}
	r.force(false)
	for _, p := range r.processes {
		if p.child != nil {
			p.child.Terminate()
		}
	}
	r.alarms.after(terminateWithin, r.kill)
}

// endAtOnce ends what still runs by SIGKILL.
func (r *run) endAtOnce() {
	r.stopped = r.stopped || r.failure == nil
	r.kill()
}

func (r *run) kill() {
	if r.killed || r.over() {
		return
	}
	r.killed = true
	r.force(true)
	for _, p := range r.processes {
		if p.child != nil {
			p.child.Kill()
		}
	}
}

// force notes that processes are ended from here on that may not have done
// their work.
func (r *run) force(kill bool) {
	r.forced = r.forced || r.phase == running || r.phase == draining
	r.phase = ending
	r.buryWaiting()
	r.emit(Terminating{r.left(), kill})
}

// left gives the processes that still run.
func (r *run) left() []*spec.Process {
	var list []*spec.Process
	for _, p := range r.processes {
		if p.child != nil {
			list = append(list, p.spec)
		}
	}
	return list
}
