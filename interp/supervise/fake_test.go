package supervise

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/ilpomo/opencore/runtime/spec"
)

func TestMain(m *testing.M) {
	if os.Getenv(spec.ChildVariable) != "" {
		os.Exit(childMain())
	}
	if os.Getenv("SUPERVISE_TEST_ORPHANS") != "" {
		os.Exit(orphansMain())
	}
	os.Setenv("GORACE", "atexit_sleep_ms=0") // the race detector's children need not linger
	goleak.VerifyTestMain(m)
}

// planOf makes a plan of one process for each letter, with a wire for each
// pair: "a>b b>c". Letters with "!" are endless sources.
func planOf(graph string) *spec.Plan {
	p := &spec.Plan{Version: spec.Version, Program: "test", File: "test.actors"}
	byName := map[string]*spec.Process{}
	process := func(name string) *spec.Process {
		bare := strings.TrimSuffix(name, "!")
		if byName[bare] == nil {
			byName[bare] = &spec.Process{
				ID: spec.ProcessID(len(p.Processes)), Instance: bare, Replicas: 1, Actor: "A", Source: true,
				Endless: name != bare, Place: "test.actors:1:1",
				Restart: spec.Restart{Policy: "on_failure", Max: 5, Within: spec.Duration(time.Minute)},
			}
			p.Processes = append(p.Processes, byName[bare])
		}
		return byName[bare]
	}
	for _, edge := range strings.Fields(graph) {
		from, to, ok := strings.Cut(edge, ">")
		f := process(from)
		if !ok {
			continue
		}
		t := process(to)
		t.Source = false
		id := spec.WireID(len(p.Wires))
		p.Wires = append(p.Wires, spec.Wire{ID: id, Name: edge, Copies: 1})
		f.Outs = append(f.Outs, spec.Out{Port: fmt.Sprint("out", id), Wires: []spec.OutWire{{Wire: id}}})
		t.Ins = append(t.Ins, spec.In{Port: fmt.Sprint("in", id), Wires: []spec.InWire{{Wire: id}}})
		f.Peers = append(f.Peers, spec.Peer{ID: t.ID, Connect: true})
		if f != t {
			t.Peers = append(t.Peers, spec.Peer{ID: f.ID})
		}
	}
	for i := len(p.Processes) - 1; i >= 0; i-- { // planOf's callers write sources first
		p.Start = append(p.Start, spec.ProcessID(i))
	}
	return p
}

// A world is a run with children that are goroutines. Tests say what a child
// does by its instance; a child without a script does what a good one does.
type world struct {
	t       *testing.T
	plan    *spec.Plan
	options Options
	scripts map[string]func(*fake)
	refuse  string // the instance that can't be launched

	mu     sync.Mutex
	events []string // what has happened, one word each: "started a", "go b"
	times  map[string]time.Duration
	began  time.Time
	ended  map[spec.ProcessID]chan struct{}
	all    []Event
}

func newWorld(t *testing.T, graph string) *world {
	w := &world{t: t, plan: planOf(graph), scripts: map[string]func(*fake){}, times: map[string]time.Duration{}, ended: map[spec.ProcessID]chan struct{}{}}
	w.options = Options{Launcher: w, Dir: t.TempDir(), Transport: TCP, Events: w.hear, Getenv: func(string) (string, bool) { return "", false }}
	return w
}

// run runs the world in a bubble with a fake clock.
func (w *world) run(ctx context.Context) *Result {
	w.t.Helper()
	w.began = time.Now()
	for _, p := range w.plan.Processes {
		w.ended[p.ID] = make(chan struct{})
	}
	if err := os.Chmod(w.options.Dir, 0o700); err != nil {
		w.t.Fatal(err)
	}
	res, err := Run(ctx, w.plan, "hash", w.options)
	if err != nil {
		w.t.Fatal(err)
	}
	return res
}

func (w *world) hear(e Event) {
	w.mu.Lock()
	w.all = append(w.all, e)
	w.mu.Unlock()
	switch e := e.(type) {
	case Restarting:
		w.note("restarting %s", e.Process.Title())
	case Crashed:
		w.note("crashed %s", e.Process.Title())
	case Draining:
		w.note("draining %s", e.Why)
	case Terminating:
		w.note("terminating %v", e.Kill)
	case Running:
		w.note("running")
	}
}

// note writes down that something happens now.
func (w *world) note(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	what := fmt.Sprintf(format, args...)
	w.events = append(w.events, what)
	w.times[what] = time.Since(w.began) // the last time it happened
}

// happened gives what of these words has happened, in order.
func (w *world) happened(words ...string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []string
	for _, e := range w.events {
		for _, word := range words {
			if strings.HasPrefix(e, word) {
				list = append(list, e)
				break
			}
		}
	}
	return strings.Join(list, ", ")
}

func (w *world) at(what string) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	at, ok := w.times[what]
	if !ok {
		w.t.Errorf("%q never happened; what did: %s", what, strings.Join(w.events, ", "))
	}
	return at
}

// Launch implements Launcher.
func (w *world) Launch(c Command, say func(Said)) (Child, error) {
	name := c.Launch.Process.Instance
	if name == w.refuse {
		return nil, fmt.Errorf("no more processes")
	}
	w.note("launched %s", name)
	f := &fake{world: w, Command: c, name: name, saySomething: say, told: make(chan spec.Down, 1000),
		terminated: make(chan struct{}, 10), killed: make(chan struct{}, 10)}
	script := w.scripts[name]
	if script == nil {
		script = (*fake).work
	}
	go f.live(script)
	return f, nil
}

// A fake is a child that is a goroutine.
type fake struct {
	world        *world
	Command      Command
	name         string
	saySomething func(Said)
	told         chan spec.Down
	terminated   chan struct{}
	killed       chan struct{}
	gone, peers  map[spec.ProcessID]bool // as told
	stop, went   bool                    // was told
	over         bool                    // its cycle is
	probe        int                     // the last that it was asked
	stubborn     bool                    // doesn't heed SIGTERM
}

func (f *fake) PID() int         { return 1 }
func (f *fake) Tell(d spec.Down) { f.world.noteDown(f.name, d); f.told <- d }
func (f *fake) Terminate()       { f.world.note("terminate %s", f.name); f.terminated <- struct{}{} }
func (f *fake) Kill()            { f.world.note("kill %s", f.name); f.killed <- struct{}{} }

// An exited is what a fake panics with to leave its script.
type exited Exit

// live follows the script and reports the exit. What a script would do
// behind its end is to end well.
func (f *fake) live(script func(*fake)) {
	defer func() {
		e := recover()
		exit, ok := e.(exited)
		if e != nil && !ok {
			panic(e)
		}
		f.saySomething(Said{Exit: (*Exit)(&exit)})
	}()
	f.gone, f.peers = map[spec.ProcessID]bool{}, map[spec.ProcessID]bool{}
	script(f)
}

func (f *fake) exit(code int)           { panic(exited{Code: code}) }
func (f *fake) die(s syscall.Signal)    { panic(exited{Code: -1, Signal: s}) }
func (f *fake) up(u spec.Up)            { f.saySomething(Said{Up: &u}) }
func (f *fake) log(text string)         { f.up(spec.Up{Log: &spec.Log{Message: text}}) }
func (f *fake) fail(failed spec.Failed) { f.up(spec.Up{Failed: &failed}) }
func (f *fake) incarnation() uint32     { return f.Command.Launch.Incarnation }
func (f *fake) process() *spec.Process  { return f.Command.Launch.Process }
func (f *fake) sleep(d time.Duration)   { f.until(d, nil, func() bool { return false }) }
func (f *fake) wait(ok func() bool)     { f.until(0, nil, ok) }

// until takes in what the fake is told until ok, or until done is closed, or
// for d, if that is not 0.
func (f *fake) until(d time.Duration, done <-chan struct{}, ok func() bool) {
	var timeout <-chan time.Time
	if d > 0 {
		timeout = time.After(d)
	}
	for !ok() {
		select {
		case down := <-f.told:
			f.take(down)
		case <-done:
			return
		case <-timeout:
			return
		case <-f.terminated:
			if !f.stubborn {
				f.die(syscall.SIGTERM)
			}
		case <-f.killed:
			f.die(syscall.SIGKILL)
		}
	}
}

func (f *fake) take(d spec.Down) {
	switch {
	case d.Peer != nil:
		f.peers[d.Peer.ID] = true
	case d.Gone != nil:
		f.peers[d.Gone.ID] = d.Gone.Done
		f.gone[d.Gone.ID] = d.Gone.Done
	case d.Stop:
		f.stop = true
	case d.Go:
		f.went = true
	case d.Probe > 0:
		f.probe = d.Probe
	case d.Finish:
		f.over = true
	}
}

// noteDown writes down what a child is told.
func (w *world) noteDown(name string, d spec.Down) {
	peer := func(id spec.ProcessID) string { return w.plan.Processes[id].Instance }
	switch {
	case d.Peer != nil:
		w.note("peer %s->%s.%d", name, peer(d.Peer.ID), d.Peer.Incarnation)
	case d.Gone != nil:
		w.note("gone %s->%s.%d %v", name, peer(d.Gone.ID), d.Gone.Incarnation, d.Gone.Done)
	case d.Stop:
		w.note("stop %s", name)
	case d.Go:
		w.note("go %s", name)
	case d.Probe > 0:
		w.note("probe %s %d", name, d.Probe)
	case d.Finish:
		w.note("finish %s", name)
	}
}

// start comes up as far as ready.
func (f *fake) start() {
	f.up(spec.Up{Bound: &spec.Bound{Endpoint: "tcp://" + f.name}})
	f.wait(func() bool {
		for _, peer := range f.process().Peers {
			if !f.peers[peer.ID] {
				return false
			}
		}
		return true
	})
	f.world.note("ready %s", f.name)
	f.up(spec.Up{Ready: true})
}

// going comes up and waits until it is told to go.
func (f *fake) going() {
	f.start()
	f.wait(func() bool { return f.went })
}

// inputs waits until all inputs have ended; endless sources wait until they
// are told to stop.
func (f *fake) inputs() {
	if f.process().Endless {
		f.wait(func() bool { return f.stop })
	}
	for _, peer := range f.process().Peers {
		if !peer.Connect {
			f.until(0, f.world.ended[peer.ID], func() bool { return f.gone[peer.ID] })
		}
	}
}

// finish ends the fake's streams and exits.
func (f *fake) finish() {
	f.world.note("ended %s", f.name)
	f.up(spec.Up{Ended: true})
	close(f.world.ended[f.process().ID])
	f.exit(0)
}

// work is what a good child does: a source ends after a second.
func (f *fake) work() {
	f.going()
	if f.process().Source && !f.process().Endless {
		f.until(time.Second, nil, func() bool { return f.stop })
	}
	f.inputs()
	f.finish()
}

// count adds to a word of the fake's counters file, as the real child does.
func (f *fake) count(word int, n uint64) {
	file, err := os.OpenFile(f.Command.Launch.Counters, os.O_RDWR, 0)
	if err != nil {
		f.world.t.Error(err)
		return
	}
	defer file.Close()
	var b [8]byte
	if _, err := file.ReadAt(b[:], int64(8*word)); err != nil {
		f.world.t.Error(err)
	}
	binary.LittleEndian.PutUint64(b[:], binary.LittleEndian.Uint64(b[:])+n)
	if _, err := file.WriteAt(b[:], int64(8*word)); err != nil {
		f.world.t.Error(err)
	}
}

// bubble runs a test with a fake clock.
func bubble(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, test)
}
