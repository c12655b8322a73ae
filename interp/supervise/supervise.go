// Package supervise runs a plan: it starts one OS process for each replica,
// lets sources speak only when everyone listens, restarts what crashes within
// its budget, sees to it that the run ends when all sources have, drains it
// when it is stopped, and gives account of every message.
//
// It does not touch messages, sockets or handlers (package runtime does, in
// the processes), prints nothing (package display listens to its events), and
// installs no signal handlers. Read [Run] first, then [Options] and [Event];
// the state machine is in run.go, one concern a file beside it.
package supervise

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"github.com/ilpomo/opencore/runtime/spec"
)

// The transports of native wires.
const (
	IPC = "ipc"
	TCP = "tcp"
)

// DrainWithin is how long a stopped run may take to hand on what is queued.
const DrainWithin = 30 * time.Second

// terminateWithin is how long a process may take to end at once.
const terminateWithin = 2 * time.Second

// Options say how a plan is run. The zero value runs it.
type Options struct {
	Launcher  Launcher                    // nil: re-execute this program
	Events    func(Event)                 // called by one goroutine; nil: nobody listens
	Transport string                      // IPC or TCP; "": IPC
	Values    map[string]json.RawMessage  // of the parameters of main; where one is missing, its default
	Dir       string                      // where the folder of the run is made; "": a folder of the user's, see [folderParent]
	Drain     time.Duration               // 0: DrainWithin
	Progress  time.Duration               // how often to report progress; 0: never
	AtOnce    <-chan struct{}             // closed: end at once, undrained
	Measure   bool                        // the result has measurements
	Getenv    func(string) (string, bool) // nil: os.LookupEnv
}

// Run runs the plan until it ends, fails, or ctx is done, which drains it. An
// error means that nothing was started; all that happens later is in the
// result.
func Run(ctx context.Context, p *spec.Plan, hash string, o Options) (*Result, error) {
	o.defaults()
	if failure := checkEnvironment(p, &o); failure != nil {
		return &Result{Outcome: Failed, Failure: failure}, nil
	}
	f, err := newFolder(o.Dir, o.Transport, p)
	if err != nil {
		return nil, err
	}
	defer f.close()
	r, err := newRun(p, hash, o, f)
	if err != nil {
		return nil, err
	}
	defer r.close()
	return r.run(ctx), nil
}

func (o *Options) defaults() {
	if o.Launcher == nil {
		o.Launcher = &Exec{}
	}
	o.Launcher = newGroups(o.Launcher)
	if o.Events == nil {
		o.Events = func(Event) {}
	}
	if o.Transport == "" {
		o.Transport = IPC
	}
	if o.Drain == 0 {
		o.Drain = DrainWithin
	}
	if o.Getenv == nil {
		o.Getenv = os.LookupEnv
	}
}

// newRun prepares the state of a run: a process in waiting for each of the
// plan, with its counters file.
func newRun(p *spec.Plan, hash string, o Options, f *folder) (*run, error) {
	r := &run{
		plan:    p,
		hash:    hash,
		number:  rand.Uint64(),
		options: o,
		folder:  f,
		reports: make(chan report),
		ends:    newEndings(p),
		cycles:  newCycles(p),
	}
	for _, s := range p.Processes {
		c, err := newCounters(f.counters(s.ID), s.CounterWords())
		if err != nil {
			r.close()
			return nil, fmt.Errorf("counters of %s: %w", s.Title(), err)
		}
		r.processes = append(r.processes, &process{spec: s, counters: c, budget: budget{policy: s.Restart}})
	}
	return r, nil
}

// close gives back what newRun took.
func (r *run) close() {
	for _, p := range r.processes {
		p.counters.close()
	}
}
