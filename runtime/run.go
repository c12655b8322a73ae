package runtime

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"github.com/ilpomo/opencore/internal/filter"
	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/foreign"
	"github.com/ilpomo/opencore/runtime/lane"
	"github.com/ilpomo/opencore/runtime/spec"
	"github.com/ilpomo/opencore/runtime/zmq"
)

// exitFailed is the status of a process that gives up for a reason that may be
// another one next time.
const exitFailed = 1

// A world is what surrounds an actor process.
type world struct {
	actors map[string]actor.Factory
	down   io.Reader // what the supervisor says
	up     io.Writer
	lookup func(variable string) (string, bool)

	// Of a member of a group:
	context *zmq.Context    // that it shares with the others; nil: of its own
	halt    <-chan struct{} // closed: another has failed; nil: there is none
}

// A process is an actor process from launch to end.
type process struct {
	world    world
	launch   *spec.Launch
	spec     *spec.Process
	up       *upward
	log      *slog.Logger
	counters *counters
	read     *uint64 // a counter: messages that a source has sent
	known    map[string]filter.Name
	node     *lane.Node
	outs     []*outPort
	rejected *outPort // nil where it isn't wired
	ins      []*inWire
	pairs    map[string]*pair        // of pair ports with foreign peers
	cyclic   map[spec.ProcessID]bool // peers on the same cycle
	instance *actor.Instance
	host     foreign.Host // of a program; nil: a handler
	stalled  []*inWire    // from foreign peers, for which the program has no room
	orphaned atomic.Bool  // the supervisor is gone
	programs runningPrograms

	ctx     context.Context // of the handler
	cancel  context.CancelFunc
	source  context.Context // of a source: ends when it is told to stop
	stopped context.CancelFunc
	info    *actor.Info
	topics  map[string]string
	reply   []byte
	died    chan int                  // the status of a process that ends at once
	halt    atomic.Bool               // it does: no further message is handled
	opened  atomic.Pointer[lane.Node] // node, for other goroutines

	// With the node locked:
	started bool  // go has been said
	stop    bool  // so has stop
	finish  bool  // so has finish: the cycle is quiet
	probe   int   // the last wave
	told    int   // the wave that has been answered
	quiet   bool  // and that we are quiet has been told
	running bool  // a source is in Run
	done    bool  // a source has ended its stream
	ending  bool  // at once, whatever is in hand
	parts   bool  // because another member of the group has failed
	next    int64 // when the next tick is due
}

// run is a whole actor process.
func run(w world) int {
	p := &process{world: w, up: newUpward(w.up), topics: map[string]string{}, died: make(chan int, 1)}
	defer p.up.close(time.Second)
	p.log = slog.New(&logHandler{up: p.up})
	p.info = &actor.Info{Log: p.log, Subscribe: p.subscribe}
	base, cancel := context.WithCancel(context.Background())
	defer cancel()
	p.ctx, p.cancel = actor.WithInfo(base, p.info), cancel
	p.source, p.stopped = context.WithCancel(p.ctx)
	defer p.stopped()
	down := json.NewDecoder(bufio.NewReader(w.down))
	if err := p.hear(down); err != nil {
		return p.fail(err)
	}
	finished := make(chan int, 1)
	go func() { finished <- p.live(down) }()
	select {
	case status := <-finished:
		return status
	case status := <-p.died:
		p.abandon(finished)
		p.programs.kill()
		return status
	case <-w.halt:
		p.part(finished)
		return exitFailed
	}
}

// parting is how long a process that ends at once waits for its handler to
// return, which its context tells to.
const parting = 200 * time.Millisecond

// abandon counts what is queued as left and has the main loop end with the
// message in hand.
func (p *process) abandon(finished <-chan int) {
	p.halt.Store(true)
	p.cancel()
	if n := p.opened.Load(); n != nil {
		n.Lock()
		p.ending = true
		n.GiveUp()
		p.giveUpPlain()
		n.Changed()
		n.Unlock()
	}
	wait := parting
	if p.spec.Exec != nil {
		wait = p.grace()
	}
	select {
	case <-finished:
	case <-time.After(wait):
	}
}

// part ends a member of a group another of which has failed. It can't go on,
// but what it has sent is still delivered, as when it had failed itself.
func (p *process) part(finished <-chan int) {
	p.halt.Store(true)
	p.cancel()
	if n := p.opened.Load(); n != nil {
		n.Lock()
		p.ending, p.parts = true, true
		n.Changed()
		n.Unlock()
	}
	select {
	case <-finished:
	case <-time.After(parting + resting):
	}
}

// hear reads the launch.
func (p *process) hear(down *json.Decoder) error {
	var first spec.Down
	if err := down.Decode(&first); err != nil {
		return fmt.Errorf("nothing was said about what to be: %w", err)
	}
	if first.Launch == nil || first.Launch.Process == nil {
		return errors.New("something else was said before what to be")
	}
	p.launch, p.spec = first.Launch, first.Launch.Process
	if v := p.launch.Version; v != spec.Version {
		return fmt.Errorf("the run is of version %d, this program of %d", v, spec.Version)
	}
	return nil
}

// live goes from launch to end, in the goroutine of the main loop.
func (p *process) live(down *json.Decoder) (status int) {
	defer p.release()
	defer func() {
		if reason := recover(); reason != nil {
			p.up.tell(spec.Up{Failed: &spec.Failed{Reason: fmt.Sprintf("panic: %v", reason), Stack: handlerStack(debug.Stack())}})
			p.deliverRest()
			status = spec.ExitPanic
		}
	}()
	if err := p.prepare(); err != nil {
		return p.fail(err)
	}
	p.up.tell(spec.Up{Bound: &spec.Bound{Endpoint: p.node.Endpoint(), Plain: p.listening()}})
	go p.listen(down)
	again, err := p.work()
	p.node.Lock()
	ending, parts, late := p.ending, p.parts, p.late()
	p.node.Unlock()
	switch {
	case parts:
		p.deliverRest()
		return exitFailed
	case ending:
		return exitFailed // the status is given elsewhere
	case err != nil:
		status := p.fail(err)
		p.deliverRest()
		return status
	}
	if late > 0 {
		p.log.Info("replies came too late", "count", late)
	}
	if !again {
		p.up.tell(spec.Up{Ended: true})
	}
	return spec.ExitDone
}

// release closes the sockets. The counters stay: a goroutine of the handler's
// may outlive it.
func (p *process) release() {
	if p.node == nil {
		return
	}
	p.node.Lock()
	p.ending = true
	p.node.Changed()
	p.node.Unlock()
	p.closeHost()
	p.node.Close()
}

// resting is how long a process that fails tries to get rid of what it has
// taken to be sent.
const resting = 500 * time.Millisecond

// deliverRest sends what the handler had sent before it failed: only what it
// had in hand, and what waits for it, is lost.
func (p *process) deliverRest() {
	if p.node == nil {
		return
	}
	p.node.Lock()
	defer p.node.Unlock()
	p.ending = true
	p.node.Changed()
	p.node.Wait(func() bool { return p.node.Clear() && p.plainClear() }, p.node.After(resting))
	p.partPlain()
}

// handlerStack cuts off what lies above the panic in a stack: it is ours, and
// so is the goroutine.
func handlerStack(stack []byte) string {
	lines := strings.SplitAfter(string(stack), "\n")
	for i := len(lines) - 1; i > 0; i-- {
		if strings.HasPrefix(lines[i], "panic(") && i+2 < len(lines) {
			return strings.Join(lines[i+2:], "")
		}
	}
	return string(stack)
}

// fail tells the supervisor why this process gives up.
func (p *process) fail(err error) int {
	f := &spec.Failed{Reason: err.Error()}
	if bad, ok := errors.AsType[*badArg](err); ok {
		f.Config, f.Param, f.Place = true, bad.arg.Name, bad.arg.Place
	}
	if bad, ok := errors.AsType[*actor.Error](err); ok {
		f.Config = bad.Config
		p.blame(f, bad.Param)
	}
	f.Config = f.Config || errors.Is(err, zmq.ErrAddress)
	p.up.tell(spec.Up{Failed: f})
	if f.Config {
		return spec.ExitParams
	}
	return exitFailed
}

// blame names the parameter that an error is about, with its place.
func (p *process) blame(f *spec.Failed, param string) {
	f.Param = param
	for i := range p.spec.Args {
		if p.spec.Args[i].Name == param {
			f.Place = p.spec.Args[i].Place
		}
	}
}

// prepare makes everything that needs nobody else.
func (p *process) prepare() error {
	params, err := p.params()
	if err != nil {
		return err
	}
	if p.known, err = p.names(); err != nil {
		return err
	}
	if p.counters, err = openCounters(p.launch.Counters, p.spec); err != nil {
		return err
	}
	p.read = p.counters.word(spec.WordRead)
	if err := p.open(); err != nil {
		return err
	}
	if err := p.wire(); err != nil {
		return err
	}
	return p.make(params)
}

// open binds the process's endpoint.
func (p *process) open() error {
	graph := fnv.New64a()
	graph.Write([]byte(p.launch.Graph))
	c := lane.Config{
		Run: p.launch.Run, Graph: graph.Sum64(), Self: p.spec.ID, Incarnation: p.launch.Incarnation,
		Bind: p.launch.Bind, Inproc: p.launch.Inproc, Context: p.world.context, Peers: p.spec.Peers,
		Report: func(level slog.Level, text string) { p.log.Log(p.ctx, level, text) },
	}
	// No heartbeat: on one machine the kernel tells at once that a process has
	// ended, and one that is merely stopped would be given up with all that is
	// on its way to it.
	var err error
	if p.node, err = lane.Open(c); err != nil {
		return fmt.Errorf("can't be reached: %w", err)
	}
	p.opened.Store(p.node)
	return nil
}

// wire makes the ports.
func (p *process) wire() error {
	p.cyclic, p.pairs = map[spec.ProcessID]bool{}, map[string]*pair{}
	for _, peer := range p.spec.Peers {
		p.cyclic[peer.ID] = peer.Cycle
	}
	p.node.Lock()
	defer p.node.Unlock()
	for i := range p.spec.Outs {
		o, err := p.newOutPort(i)
		if err != nil {
			return err
		}
		p.outs = append(p.outs, o)
		if o.spec.Port == rejectedPort && len(o.wires) > 0 {
			p.rejected = o
		}
	}
	for i := range p.spec.Ins {
		if err := p.addIns(i); err != nil {
			return err
		}
	}
	return nil
}

func (p *process) wireName(id spec.WireID) string {
	for i := range p.launch.Wires {
		if p.launch.Wires[i].ID == id {
			return p.launch.Wires[i].Name
		}
	}
	return fmt.Sprintf("wire %d", id)
}

// make makes the handler.
func (p *process) make(params map[string]any) error {
	factory := p.world.actors[p.spec.Actor]
	if factory == nil && p.spec.Exec == nil {
		return &actor.Error{Config: true, Err: fmt.Errorf("this program has no handler for the actor %s", p.spec.Actor)}
	}
	mappings, err := p.mappings(params)
	if err != nil {
		return err
	}
	s := &actor.Setup{
		Params: params, Mappings: mappings, Messages: map[string]any{},
		Outs: map[string]actor.Sender{}, Asks: map[string]actor.Asker{},
		Reject: p.malformed, Title: p.spec.Title(), Replicas: p.spec.Replicas,
		Incarnation: p.launch.Incarnation,
	}
	if p.spec.Source {
		s.Source = place{p.counters}
	}
	p.describe(s)
	if p.spec.Exec != nil {
		return p.newHost(s)
	}
	if p.instance, err = factory(s); err != nil {
		return err
	}
	return p.connectIns()
}

// describe tells the handler's maker the types of its ports, and gives it the
// outgoing ones.
func (p *process) describe(s *actor.Setup) {
	for _, o := range p.outs {
		s.Messages[o.spec.Port] = p.message(o.spec.Message)
		if o.spec.Reply != "" {
			s.Asks[o.spec.Port] = o
		} else {
			s.Outs[o.spec.Port] = o
		}
	}
	for _, in := range p.spec.Ins {
		s.Messages[in.Port] = p.message(in.Message)
	}
	for name, message := range p.spec.Types {
		s.Messages[name] = p.message(message)
	}
}

// look makes everybody who waits look again.
func (p *process) look() {
	p.node.Lock()
	defer p.node.Unlock()
	p.node.Changed()
}

// foreign tells whether a context may end without this package doing it.
func (p *process) foreign(ctx context.Context) bool {
	done := ctx.Done()
	return done != nil && done != p.ctx.Done() && done != p.source.Done()
}
