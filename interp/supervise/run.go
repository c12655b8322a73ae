package supervise

import (
	"context"
	"time"

	"github.com/ilpomo/opencore/runtime/spec"
)

// A run is the state of a plan that runs. One goroutine, the loop in
// [run.run], owns all of it: what children say comes in through reports, time
// through alarms.
type run struct {
	plan      *spec.Plan
	hash      string // of the plan
	number    uint64 // of the run, random: processes of another one are refused
	options   Options
	folder    *folder
	processes []*process // by ProcessID
	reports   chan report
	alarms    alarms
	ends      *endings
	cycles    []*cycle

	began   time.Time
	spoke   time.Time // when sources were told to go
	backlog *backlog  // nil: nothing is measured
	phase   phase
	failure *Failure // of the first that failed
	stopped bool     // told to stop
	forced  bool     // processes are ended without being drained
	killed  bool     // by SIGKILL
}

// A phase is how far a run has come. It only goes up.
type phase int

const (
	starting phase = iota // not everyone is ready
	running               // sources speak
	draining              // sources have been told to stop; nothing is restarted
	ending                // what still runs is being ended
)

// A process is what the supervisor knows of one process of the plan.
type process struct {
	spec        *spec.Process
	budget      budget
	counters    *counters
	incarnation uint32 // of the last that was started; 0: none yet
	state       state
	child       Child         // nil while none runs
	endpoint    string        // that it has bound
	stop        bool          // told to stop
	crashed     bool          // at least once
	used        time.Duration // of the processors, by all incarnations that have exited
	failed      *spec.Failed
	fault       string // the rule of the protocol that it broke
	tail        tail   // the last that it said
	alarm       *alarm // of the restart, the readiness or the exit, whichever is next
}

// A state is where a process is in its life.
type state int

const (
	waiting  state = iota // to be started, at first or again
	launched              // started, not yet bound
	bound                 // its peers know where to find it
	ready                 // connected and started; waits for the others
	speaking              // was told to go
	ended                 // has done its work, and exits
	gone                  // for good
)

// live reports whether the process can be told something and take part.
func (p *process) live() bool { return p.state >= bound && p.state <= speaking }

// over reports whether nothing more comes of the process.
func (p *process) over() bool { return p.state >= ended }

// tell says something to the process's child, if there is one.
func (p *process) tell(d spec.Down) {
	if p.child != nil {
		p.child.Tell(d)
	}
}

func (p *process) peerID(done bool) spec.PeerID {
	return spec.PeerID{ID: p.spec.ID, Incarnation: p.incarnation, Done: done}
}

// A report is what a child said, with its sender.
type report struct {
	process     *process
	incarnation uint32
	said        Said
}

// run runs until no child is left.
func (r *run) run(ctx context.Context) *Result {
	r.began = time.Now()
	r.progressLater()
	r.measureLater()
	for _, id := range r.plan.Start {
		r.launch(r.processes[id])
	}
	stop, atOnce := ctx.Done(), r.options.AtOnce
	for !r.over() {
		select {
		case one := <-r.reports:
			r.hear(one)
		case <-stop:
			stop = nil
			r.stopRun()
		case <-atOnce:
			atOnce = nil
			r.endAtOnce()
		case <-r.alarms.next():
			r.alarms.fire()
		}
	}
	return r.result()
}

func (r *run) over() bool {
	for _, p := range r.processes {
		if p.state != gone {
			return false
		}
	}
	return true
}

func (r *run) emit(e Event) { r.options.Events(e) }

// hear takes in what a child said. Reports of a child come in order, and
// none after its exit, so the incarnation is always the present one.
func (r *run) hear(one report) {
	p := one.process
	if one.incarnation != p.incarnation {
		panic("bug: a child spoke after its exit")
	}
	switch said := one.said; {
	case said.Exit != nil:
		r.exited(p, *said.Exit)
	case said.Fault != "":
		p.fault = said.Fault
		p.child.Kill()
	case said.Up != nil:
		r.hearUp(p, said.Up)
	default:
		r.log(p, Log{Process: p.spec, Group: said.Group, Stderr: true, Record: spec.Log{Time: time.Now(), Level: "INFO", Message: said.Stderr}})
	}
}

// hearUp takes in one line of a child's control pipe.
func (r *run) hearUp(p *process, up *spec.Up) {
	switch {
	case up.Log != nil:
		r.log(p, Log{Process: p.spec, Record: *up.Log})
	case up.Bound != nil && p.state == launched:
		r.bound(p, up.Bound)
	case up.Ready && p.state == bound:
		r.ready(p)
	case up.Quiet != nil:
		r.quiet(p, up.Quiet)
	case up.Ended && p.live():
		r.ended(p)
	case up.Failed != nil:
		p.failed = up.Failed
	}
}

// log passes on what a process says, but for the last words of those whose
// start was interrupted: they have done nothing, and hide the reason.
func (r *run) log(p *process, l Log) {
	p.tail.add(l)
	if r.phase != ending || r.forced {
		r.emit(l)
	}
}

// A tail is the last that a process said.
type tail struct {
	lines []Log
	fatal []string // what the Go runtime wrote on its way down
}

// tailLines is how much of a log a report shows: with the rest of it, one
// screen.
const tailLines = 12

func (t *tail) add(l Log) {
	if l.Stderr && t.addFatal(l.Record.Message) {
		return
	}
	if len(t.lines) == tailLines {
		t.lines = append(t.lines[:0], t.lines[1:]...)
	}
	t.lines = append(t.lines, l)
}

// progressLater reports progress every so often.
func (r *run) progressLater() {
	if r.options.Progress <= 0 {
		return
	}
	r.alarms.after(r.options.Progress, func() {
		if r.phase != starting {
			r.emit(r.progress())
		}
		r.progressLater()
	})
}
