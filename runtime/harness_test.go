package runtime

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/spec"
)

// patient is how long a test waits for what must happen.
const patient = 20 * time.Second

// number is the message of most tests.
var number = &schema.Message{Name: "Number", Fields: []schema.Field{
	{Name: "n", Type: &schema.Type{Kind: schema.Int}},
	{Name: "text", Type: &schema.Type{Kind: schema.String}},
}}

// Number is what the generator would write for it.
type Number struct {
	N    int64
	Text string
}

func (m Number) AppendMessage(b []byte) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(m.N))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(m.Text)))
	return append(b, m.Text...)
}

func (m *Number) DecodeMessage(b []byte) error {
	if len(b) < 12 || len(b) != 12+int(binary.LittleEndian.Uint32(b[8:])) {
		return fmt.Errorf("%d bytes are no Number", len(b))
	}
	m.N, m.Text = int64(binary.LittleEndian.Uint64(b)), string(b[12:])
	return nil
}

// A graph is a plan made by hand, with the handlers of its actors.
type graph struct {
	processes []*spec.Process
	wires     []spec.Wire
	lanes     spec.LaneID
	actors    map[string]actor.Factory
	params    []spec.Name
}

// A group is an instance: its replicas.
type group []*spec.Process

func newGraph() *graph { return &graph{actors: map[string]actor.Factory{}} }

// add adds an instance whose handler is made by factory. ports are written
// "push out", "pull in", "req ask".
func (g *graph) add(name string, replicas int, factory actor.Factory, ports ...string) group {
	var all group
	g.actors[name] = factory
	for r := range replicas {
		p := &spec.Process{
			ID: spec.ProcessID(len(g.processes)), Instance: name, Replica: r, Replicas: replicas,
			Actor: name, Place: "test.actors:1:1", Source: true, Restart: spec.Restart{Policy: "on_failure"},
		}
		for _, port := range ports {
			pattern, port, _ := strings.Cut(port, " ")
			reply := ""
			if slices.Contains([]string{"req", "dealer", "rep", "router"}, pattern) {
				reply = "Number"
			}
			switch pattern {
			case "pair":
				p.Source = false
				p.Outs = append(p.Outs, spec.Out{Port: port, Pattern: pattern, Message: "Number"})
				p.Ins = append(p.Ins, spec.In{Port: port, Pattern: pattern, Message: "Number"})
			case "push", "pub", "req", "dealer":
				p.Outs = append(p.Outs, spec.Out{Port: port, Pattern: pattern, Message: "Number", Reply: reply})
			default:
				p.Source = false
				p.Ins = append(p.Ins, spec.In{Port: port, Pattern: pattern, Message: "Number", Reply: reply})
			}
		}
		g.processes = append(g.processes, p)
		all = append(all, p)
	}
	return all
}

// topic gives a pub port of an instance a topic.
func (all group) topic(port, expr string) {
	for _, p := range all {
		p.Outs[outIndex(p, port)].Topic = expr
	}
}

func outIndex(p *spec.Process, port string) int {
	i := slices.IndexFunc(p.Outs, func(o spec.Out) bool { return o.Port == port })
	if i < 0 && port == rejectedPort {
		p.Outs = append(p.Outs, spec.Out{Port: port, Pattern: "push", Message: "Rejected"})
		return len(p.Outs) - 1
	}
	return i
}

// wire wires two ports, written "instance.port". settings change the wire of
// each sender.
func (g *graph) wire(from group, out string, to group, in string, settings func(*spec.OutWire)) spec.WireID {
	id := spec.WireID(len(g.wires))
	name := from[0].Instance + "." + out + " -> " + to[0].Instance + "." + in
	copies := 1
	if to[0].Ins[inIndex(to[0], in)].Pattern == "sub" {
		copies = len(to)
	}
	g.wires = append(g.wires, spec.Wire{ID: id, Name: name, Message: "Number", Copies: copies})
	topics := from[0].Outs[outIndex(from[0], out)].Topic != ""
	for _, receiver := range to {
		i := inIndex(receiver, in)
		receiver.Ins[i].Wires = append(receiver.Ins[i].Wires, spec.InWire{Wire: id, Topic: topics})
		peers(receiver, from, false)
	}
	for _, sender := range from {
		peers(sender, to, true)
		o := outIndex(sender, out)
		for c := range copies {
			w := spec.OutWire{Wire: id, Copy: c, Queue: spec.Queue{Messages: 1000, Full: "block"}}
			receivers := to
			if copies > 1 {
				receivers = to[c : c+1]
			}
			for _, receiver := range receivers {
				l := spec.Lane{ID: g.lanes, Peer: receiver.ID}
				g.lanes++
				w.Lanes = append(w.Lanes, l)
				i := inIndex(receiver, in)
				ws := receiver.Ins[i].Wires
				ws[len(ws)-1].Lanes = append(ws[len(ws)-1].Lanes, spec.Lane{ID: l.ID, Peer: sender.ID})
			}
			if settings != nil {
				settings(&w)
			}
			sender.Outs[o].Wires = append(sender.Outs[o].Wires, w)
		}
	}
	return id
}

func inIndex(p *spec.Process, port string) int {
	return slices.IndexFunc(p.Ins, func(i spec.In) bool { return i.Port == port })
}

func peers(p *spec.Process, others group, connect bool) {
	for _, o := range others {
		i := slices.IndexFunc(p.Peers, func(peer spec.Peer) bool { return peer.ID == o.ID })
		if i < 0 {
			i = len(p.Peers)
			p.Peers = append(p.Peers, spec.Peer{ID: o.ID, Title: o.Title(), Cycle: p.Cycle != 0 && p.Cycle == o.Cycle})
		}
		p.Peers[i].Connect = p.Peers[i].Connect || connect
	}
}

// A play is a graph that runs, all its processes within this one; it stands in
// for the supervisor.
type play struct {
	t      testing.TB
	real   bool // in processes of their own, which run realActors
	graph  *graph
	dir    string
	mu     sync.Mutex
	more   *sync.Cond
	parts  []*part
	logs   []*spec.Log
	failed []*spec.Failed
	going  bool
	waves  int
	hushed map[spec.ProcessID]spec.Quiet // in this wave
	before map[spec.ProcessID]spec.Quiet // and in the one before
}

// A part is a process of a play.
type part struct {
	spec        *spec.Process
	incarnation uint32
	endpoint    string
	listening   []spec.Listening
	ready       bool
	ended       bool
	exited      bool
	status      int
	down        *os.File
	command     *exec.Cmd // of a real process
	restart     bool      // when it exits with another status than 0
}

// start starts all processes, within this one.
func (g *graph) start(t testing.TB) *play { return g.begin(t, false) }

// startReal starts all processes for real.
func (g *graph) startReal(t testing.TB) *play { return g.begin(t, true) }

func (g *graph) begin(t testing.TB, real bool) *play {
	t.Helper()
	dir, err := os.MkdirTemp("", "oc")
	if err != nil {
		t.Fatal(err)
	}
	pl := &play{t: t, real: real, graph: g, dir: dir, hushed: map[spec.ProcessID]spec.Quiet{}}
	pl.more = sync.NewCond(&pl.mu)
	for _, p := range g.processes {
		pl.parts = append(pl.parts, &part{spec: p})
	}
	t.Cleanup(pl.finish)
	pl.mu.Lock()
	defer pl.mu.Unlock()
	for _, a := range pl.parts {
		pl.launch(a)
	}
	return pl
}

// launch starts an incarnation. Locked.
func (pl *play) launch(a *part) {
	a.incarnation++
	a.endpoint, a.ready, a.exited, a.ended = "", false, false, false
	path := filepath.Join(pl.dir, fmt.Sprint(a.spec.ID))
	if a.incarnation == 1 {
		words := make([]uint64, a.spec.CounterWords())
		words[spec.WordVersion] = spec.Version
		data := unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), len(words)*8)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			pl.t.Fatal(err)
		}
	}
	downR, downW, err := os.Pipe()
	if err != nil {
		pl.t.Fatal(err)
	}
	upR, upW, err := os.Pipe()
	if err != nil {
		pl.t.Fatal(err)
	}
	a.down = downW
	l := &spec.Launch{
		Version: spec.Version, Graph: "g", Run: 7, Incarnation: a.incarnation,
		Bind: "ipc://" + path + fmt.Sprintf(".%d", a.incarnation), Counters: path, Transport: "ipc",
		Messages: schema.Set{"Number": number, "Rejected": schema.Rejected},
		Params:   pl.graph.params, Values: map[string]json.RawMessage{}, Process: a.spec, Wires: pl.graph.wires,
	}
	for _, param := range pl.graph.params {
		l.Values[param.Name] = param.Value
	}
	pl.say(a, spec.Down{Launch: l})
	incarnation := a.incarnation
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		pl.listen(a, incarnation, upR)
	}()
	if pl.real {
		a.command = exec.Command(os.Args[0])
		a.command.Env = append(os.Environ(), spec.ChildVariable+"=1")
		a.command.Stderr = os.Stderr
		a.command.ExtraFiles = []*os.File{downR, upW}
		if err := a.command.Start(); err != nil {
			pl.t.Fatal(err)
		}
	}
	command := a.command
	go func() {
		status := pl.play(command, downR, upW)
		downR.Close()
		upW.Close()
		<-heard
		pl.exited(a, status)
	}()
}

// play is the life of a process; it gives its status.
func (pl *play) play(command *exec.Cmd, down, up *os.File) int {
	if command == nil {
		return run(world{actors: pl.graph.actors, down: down, up: up, lookup: os.LookupEnv})
	}
	command.Wait()
	return command.ProcessState.ExitCode()
}

// say says something to a process. Locked. One that is gone doesn't hear it.
func (pl *play) say(a *part, d spec.Down) {
	line, err := json.Marshal(d)
	if err != nil {
		pl.t.Fatal(err)
	}
	a.down.Write(append(line, '\n'))
}

func (pl *play) listen(a *part, incarnation uint32, up *os.File) {
	defer up.Close()
	d := json.NewDecoder(up)
	for {
		var m spec.Up
		if err := d.Decode(&m); err != nil {
			if err != io.EOF {
				pl.t.Errorf("%s: %v", a.spec.Title(), err)
			}
			return
		}
		pl.mu.Lock()
		if a.incarnation == incarnation {
			pl.hear(a, &m)
		}
		pl.more.Broadcast()
		pl.mu.Unlock()
	}
}

// hear does what the supervisor does. Locked.
func (pl *play) hear(a *part, m *spec.Up) {
	switch {
	case m.Bound != nil:
		a.endpoint, a.listening = m.Bound.Endpoint, m.Bound.Plain
		pl.introduce(a)
	case m.Ready:
		a.ready = true
		if pl.waves > 0 {
			pl.say(a, spec.Down{Probe: pl.waves})
		}
		pl.letGo()
	case m.Ended:
		a.ended = true
	case m.Failed != nil:
		pl.failed = append(pl.failed, m.Failed)
	case m.Log != nil:
		pl.logs = append(pl.logs, m.Log)
	case m.Quiet != nil:
		pl.wave(a, *m.Quiet)
	}
}

// introduce tells a process and its peers of each other. Locked.
func (pl *play) introduce(a *part) {
	for _, peer := range a.spec.Peers {
		b := pl.parts[peer.ID]
		switch {
		case b.exited && b.ended:
			pl.say(a, spec.Down{Gone: &spec.PeerID{ID: b.spec.ID, Incarnation: b.incarnation, Done: true}})
		case b.exited:
			pl.say(a, spec.Down{Gone: &spec.PeerID{ID: b.spec.ID, Incarnation: b.incarnation}})
		case b.endpoint != "":
			pl.say(a, spec.Down{Peer: &spec.PeerUp{PeerID: spec.PeerID{ID: b.spec.ID, Incarnation: b.incarnation}, Endpoint: b.endpoint}})
			if a != b {
				pl.say(b, spec.Down{Peer: &spec.PeerUp{PeerID: spec.PeerID{ID: a.spec.ID, Incarnation: a.incarnation}, Endpoint: a.endpoint}})
			}
		}
	}
}

// letGo says go as soon as all are ready. Locked.
func (pl *play) letGo() {
	for _, a := range pl.parts {
		if !a.ready && !a.ended {
			return
		}
	}
	pl.going = true
	for _, a := range pl.parts {
		if !a.exited {
			pl.say(a, spec.Down{Go: true})
		}
	}
}

// wave asks all of a cycle again and again, until all are quiet in two waves
// in a row with the same numbers. Locked.
func (pl *play) wave(a *part, q spec.Quiet) {
	if q.Probe != pl.waves {
		return
	}
	pl.hushed[a.spec.ID] = q
	var members []*part
	for _, b := range pl.parts {
		if b.spec.Cycle != 0 {
			members = append(members, b)
		}
	}
	if len(pl.hushed) < len(members) {
		return
	}
	same := pl.waves > 1
	for id, q := range pl.hushed {
		old := pl.before[id]
		same = same && q.Sent == old.Sent && q.Received == old.Received
	}
	pl.before, pl.hushed = pl.hushed, map[spec.ProcessID]spec.Quiet{}
	pl.waves++
	for _, b := range members {
		if same {
			pl.say(b, spec.Down{Finish: true})
		} else {
			pl.say(b, spec.Down{Probe: pl.waves})
		}
	}
}

func (pl *play) exited(a *part, status int) {
	pl.mu.Lock()
	defer pl.mu.Unlock()
	a.exited, a.status = true, status
	delete(pl.hushed, a.spec.ID)
	a.down.Close()
	again := a.restart && status != 0
	for _, peer := range a.spec.Peers {
		if b := pl.parts[peer.ID]; !b.exited && (b.endpoint != "" || b.incarnation > 0) {
			pl.say(b, spec.Down{Gone: &spec.PeerID{ID: a.spec.ID, Incarnation: a.incarnation, Done: !again}})
		}
	}
	if again {
		pl.launch(a)
	}
	pl.more.Broadcast()
}

// until waits for something about the play.
func (pl *play) until(what string, ok func() bool) {
	pl.t.Helper()
	stop := time.AfterFunc(patient, func() { panic(pl.t.Name() + ": waited in vain for " + what + "\n" + pl.state()) })
	defer stop.Stop()
	pl.mu.Lock()
	defer pl.mu.Unlock()
	for !ok() {
		pl.more.Wait()
	}
}

func (pl *play) state() string {
	var b strings.Builder
	if pl.mu.TryLock() {
		defer pl.mu.Unlock()
	}
	for _, a := range pl.parts {
		fmt.Fprintf(&b, "%s: endpoint %q ready %v ended %v exited %v\n", a.spec.Title(), a.endpoint, a.ready, a.ended, a.exited)
	}
	for _, l := range pl.logs {
		fmt.Fprintf(&b, "%s %s %v\n", l.Level, l.Message, l.Attrs)
	}
	for _, f := range pl.failed {
		fmt.Fprintf(&b, "failed: %+v\n", *f)
	}
	for i := range pl.graph.wires {
		fmt.Fprintf(&b, "%s: %+v\n", pl.graph.wires[i].Name, pl.counts(spec.WireID(i)))
	}
	return b.String()
}

// wait waits until all processes have exited, and demands that they did well.
func (pl *play) wait() {
	pl.t.Helper()
	pl.until("the end", func() bool {
		return !slices.ContainsFunc(pl.parts, func(a *part) bool { return !a.exited })
	})
	for _, a := range pl.parts {
		if a.status != 0 || !a.ended {
			pl.t.Errorf("%s exits with status %d, ended %v\n%s", a.spec.Title(), a.status, a.ended, pl.state())
		}
	}
}

// finish ends what still runs, as if the supervisor had died.
func (pl *play) finish() {
	pl.mu.Lock()
	for _, a := range pl.parts {
		a.restart = false
		if !a.exited {
			a.down.Close()
		}
	}
	pl.mu.Unlock()
	pl.until("all to notice that the supervisor is gone", func() bool {
		return !slices.ContainsFunc(pl.parts, func(a *part) bool { return !a.exited })
	})
	os.RemoveAll(pl.dir)
}

// kill ends a process: by SIGKILL, or as abruptly as can be within one.
func (pl *play) kill(p *spec.Process) {
	pl.mu.Lock()
	defer pl.mu.Unlock()
	if pl.real {
		pl.parts[p.ID].command.Process.Kill()
		return
	}
	pl.parts[p.ID].down.Close()
}

// word reads a counter.
func (pl *play) word(p *spec.Process, i int) uint64 {
	data, err := os.ReadFile(filepath.Join(pl.dir, fmt.Sprint(p.ID)))
	if err != nil {
		return 0
	}
	return binary.LittleEndian.Uint64(data[8*i:])
}

// counts is the account of a wire.
func (pl *play) counts(id spec.WireID) (c spec.Counts) {
	for _, p := range pl.graph.processes {
		for o := range p.Outs {
			for w := range p.Outs[o].Wires {
				if p.Outs[o].Wires[w].Wire == id {
					first := p.OutWord(o, w)
					c.Offered += pl.word(p, first+spec.OutOffered)
					c.Filtered += pl.word(p, first+spec.OutFiltered)
					c.Dropped += pl.word(p, first+spec.OutDropped)
					c.Left += pl.word(p, first+spec.OutLeft)
					c.Delivered += pl.word(p, first+spec.OutDelivered)
					c.Rejected += pl.word(p, first+spec.OutRejected)
				}
			}
		}
		for i := range p.Ins {
			for w := range p.Ins[i].Wires {
				if p.Ins[i].Wires[w].Wire == id {
					c.Delivered += pl.word(p, p.InWord(i, w)+spec.InDelivered)
					c.Rejected += pl.word(p, p.InWord(i, w)+spec.InRejected)
					c.Filtered += pl.word(p, p.InWord(i, w)+spec.InFiltered)
					c.Offered += pl.word(p, p.InWord(i, w)+spec.InOffered)
					c.Dropped += pl.word(p, p.InWord(i, w)+spec.InDropped)
					c.Left += pl.word(p, p.InWord(i, w)+spec.InLeft)
				}
			}
		}
	}
	c.Lost = int64(c.Offered) - int64(c.Filtered+c.Dropped+c.Delivered+c.Left)
	return c
}

// A source is a handler that sends in Run.
type source struct {
	Out         actor.Out[Number]
	incarnation uint32
	run         func(ctx context.Context, s *source) error
}

func (s *source) Run(ctx context.Context) error { return s.run(ctx, s) }

// emits makes a source.
func emits(run func(ctx context.Context, s *source) error) actor.Factory {
	return func(setup *actor.Setup) (*actor.Instance, error) {
		s := &source{incarnation: setup.Incarnation, run: run}
		s.Out.Connect(setup.Outs["out"])
		return &actor.Instance{Handler: s}, nil
	}
}

// sends makes a source of the numbers below n.
func sends(n int) actor.Factory {
	return emits(func(ctx context.Context, s *source) error {
		for i := range n {
			if err := s.Out.Send(ctx, Number{N: int64(i), Text: fmt.Sprint(i % 7)}); err != nil {
				return err
			}
		}
		return nil
	})
}

// takes makes a sink: f gets each message of the port "in".
func takes(f func(ctx context.Context, setup *actor.Setup, m Number) error) actor.Factory {
	return func(setup *actor.Setup) (*actor.Instance, error) {
		return &actor.Instance{Handler: struct{}{}, In: map[string]actor.Incoming{
			"in": {Message: func(ctx context.Context, payload []byte) error {
				var m Number
				if err := m.DecodeMessage(payload); err != nil {
					return err
				}
				return f(ctx, setup, m)
			}},
		}}, nil
	}
}

// A ledger notes what arrived, by who got it.
type ledger struct {
	mu  sync.Mutex
	got map[string][]int64
}

func newLedger() *ledger { return &ledger{got: map[string][]int64{}} }

func (l *ledger) note(_ context.Context, setup *actor.Setup, m Number) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.got[setup.Title] = append(l.got[setup.Title], m.N)
	return nil
}

func (l *ledger) all() []int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []int64
	for _, list := range l.got {
		all = append(all, list...)
	}
	slices.Sort(all)
	return all
}

// whole demands that exactly the numbers below n are there.
func whole(t *testing.T, got []int64, n int) {
	t.Helper()
	if len(got) != n {
		t.Fatalf("%d messages, want %d", len(got), n)
	}
	for i, x := range got {
		if x != int64(i) {
			t.Fatalf("message %d is %d", i, x)
		}
	}
}
