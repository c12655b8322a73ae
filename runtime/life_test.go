package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/spec"
)

// ends waits until one process has exited and gives its status.
func (pl *play) ends(p *spec.Process) int {
	pl.t.Helper()
	pl.until(p.Title()+" to exit", func() bool { return pl.parts[p.ID].exited })
	return pl.parts[p.ID].status
}

func TestPanic(t *testing.T) {
	g := newGraph()
	from := g.add("from", 1, sends(10), "push out")
	to := g.add("to", 1, takes(func(context.Context, *actor.Setup, Number) error { panic("boom") }), "pull in")
	g.wire(from, "out", to, "in", nil)
	p := g.start(t)
	if status := p.ends(to[0]); status != spec.ExitPanic {
		t.Errorf("status %d", status)
	}
	f := p.failed[0]
	lines := strings.Split(f.Stack, "\n")
	if f.Reason != "panic: boom" || !strings.Contains(lines[0], "TestPanic") || !strings.Contains(lines[1], "life_test.go") {
		t.Errorf("%s\n%s", f.Reason, f.Stack)
	}
}

// What was sent before a panic arrives.
func TestPanicDelivers(t *testing.T) {
	for name, last := range map[string]func() error{
		"panic": func() error { panic("boom") },
		"error": func() error { return &actor.Error{Err: errors.New("boom")} },
	} {
		g, l := newGraph(), newLedger()
		from := g.add("from", 1, sends(1), "push out")
		via := g.add("via", 1, func(s *actor.Setup) (*actor.Instance, error) {
			out := &actor.Out[Number]{}
			out.Connect(s.Outs["out"])
			return takes(func(ctx context.Context, _ *actor.Setup, _ Number) error {
				for i := range int64(3000) {
					if err := out.Send(ctx, Number{N: i}); err != nil {
						return err
					}
				}
				return last()
			})(s)
		}, "pull in", "push out")
		to := g.add("to", 1, takes(l.note), "pull in")
		g.wire(from, "out", via, "in", nil)
		w := g.wire(via, "out", to, "in", nil)
		p := g.start(t)
		if status := p.ends(via[0]); status == 0 {
			t.Errorf("%s: status %d", name, status)
		}
		if status := p.ends(to[0]); status != 0 {
			t.Errorf("%s: the sink has status %d", name, status)
		}
		whole(t, l.all(), 3000)
		account(t, p, w, spec.Counts{Offered: 3000, Delivered: 3000})
	}
}

func TestBadParams(t *testing.T) {
	arg := func(v spec.Value) spec.Arg {
		return spec.Arg{Name: "limit", Type: "int", Value: v, Place: "x.actors:7:9"}
	}
	for name, c := range map[string]struct {
		arg     spec.Arg
		factory actor.Factory
		reason  string
	}{
		"unset": {arg(spec.Value{Env: "OPENCORE_NO_SUCH"}), sends(1), "OPENCORE_NO_SUCH is not set"},
		"type":  {arg(spec.Value{Const: json.RawMessage(`"x"`)}), sends(1), `parameter "limit"`},
		"factory": {arg(spec.Value{Const: json.RawMessage(`3`)}), func(*actor.Setup) (*actor.Instance, error) {
			return nil, actor.BadParam("limit", errors.New("too low"))
		}, "too low"},
		"start": {arg(spec.Value{Const: json.RawMessage(`3`)}), func(s *actor.Setup) (*actor.Instance, error) {
			return &actor.Instance{Handler: starter{func(context.Context) error {
				return fmt.Errorf("start: %w", actor.BadParam("limit", fmt.Errorf("%v is too low", s.Params["limit"])))
			}}}, nil
		}, "3 is too low"},
	} {
		g := newGraph()
		from := g.add("from", 1, c.factory, "push out")
		from[0].Args = []spec.Arg{c.arg}
		p := g.start(t)
		if status := p.ends(from[0]); status != spec.ExitParams {
			t.Errorf("%s: status %d", name, status)
		}
		if f := p.failed[0]; !f.Config || f.Param != "limit" || f.Place != "x.actors:7:9" || !strings.Contains(f.Reason, c.reason) {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

type starter struct{ start func(context.Context) error }

func (s starter) Start(ctx context.Context) error { return s.start(ctx) }
func (s starter) Run(context.Context) error       { return nil }

func TestParams(t *testing.T) {
	t.Setenv("OPENCORE_TEST", "12")
	text := "x"
	want := map[string]any{
		"a": int64(12), "b": "x", "c": []any{"12", "y"}, "d": nil, "e": int64(5), "f": map[string]any{"k": int64(12)},
	}
	g := newGraph()
	got := make(chan *actor.Setup, 1)
	from := g.add("from", 1, func(s *actor.Setup) (*actor.Instance, error) {
		got <- s
		return sends(0)(s)
	}, "push out")
	g.params = []spec.Name{{Name: "main", Type: "int", Value: json.RawMessage("5")}}
	y := json.RawMessage(`"y"`)
	from[0].Args = []spec.Arg{
		{Name: "a", Type: "int", Value: spec.Value{Env: "OPENCORE_TEST"}},
		{Name: "b", Type: "string", Value: spec.Value{Env: "OPENCORE_NO_SUCH", Default: &text}},
		{Name: "c", Type: "[string]", Value: spec.Value{List: []spec.Value{{Env: "OPENCORE_TEST"}, {Const: y}}}},
		{Name: "d", Type: "string?", Value: spec.Value{}},
		{Name: "e", Type: "int", Value: spec.Value{Param: "main"}},
		{Name: "f", Type: "{string: int}", Value: spec.Value{Map: map[string]spec.Value{"k": {Env: "OPENCORE_TEST"}}}},
	}
	p := g.start(t)
	p.wait()
	var s *actor.Setup
	select {
	case s = <-got:
	default:
		t.FailNow()
	}
	for name, v := range want {
		if fmt.Sprintf("%T %v", s.Params[name], s.Params[name]) != fmt.Sprintf("%T %v", v, v) {
			t.Errorf("%s: %T %v, want %v", name, s.Params[name], s.Params[name], v)
		}
	}
	if s.Title != "from" || s.Replicas != 1 || s.Incarnation != 1 || s.Messages["out"] != any(number) && s.Messages["out"] == nil {
		t.Errorf("%+v", s)
	}
}

// endless sends until it is told to stop.
func endless() actor.Factory {
	return emits(func(ctx context.Context, s *source) error {
		for i := 0; ; i++ {
			if err := s.Out.Send(ctx, Number{N: int64(i)}); err != nil {
				return err
			}
		}
	})
}

func TestStop(t *testing.T) {
	g, l := newGraph(), newLedger()
	from := g.add("from", 1, endless(), "push out")
	via := g.add("via", 1, relays(func(m Number) Number { return m }), "pull in", "push out")
	to := g.add("to", 1, takes(l.note), "pull in")
	a := g.wire(from, "out", via, "in", nil)
	b := g.wire(via, "out", to, "in", nil)
	p := g.start(t)
	p.until("some messages", func() bool { return p.counts(b).Delivered > 1000 || !again(p) })
	p.mu.Lock()
	for _, part := range p.parts {
		p.say(part, spec.Down{Stop: true})
	}
	p.mu.Unlock()
	p.wait()
	n := len(l.all())
	whole(t, l.all(), n)
	account(t, p, a, spec.Counts{Offered: uint64(n), Delivered: uint64(n)})
	account(t, p, b, spec.Counts{Offered: uint64(n), Delivered: uint64(n)})
}

// A message that was still waiting for room when the source was stopped has
// not been read: nobody was offered it.
func TestStopOfASourceThatWaits(t *testing.T) {
	g := newGraph()
	release := make(chan struct{})
	from := g.add("from", 1, endless(), "push out")
	to := g.add("to", 1, takes(func(context.Context, *actor.Setup, Number) error {
		<-release
		return nil
	}), "pull in")
	w := g.wire(from, "out", to, "in", nil)
	p := g.start(t)
	var last uint64
	same := 0
	p.until("the source to wait", func() bool {
		if n := p.counts(w).Offered; n == 0 || n != last {
			last, same = n, 0
		}
		same++
		return same > 30 || !again(p)
	})
	p.mu.Lock()
	for _, part := range p.parts {
		p.say(part, spec.Down{Stop: true})
	}
	p.mu.Unlock()
	close(release)
	p.wait()
	if read, offered := p.word(from[0], spec.WordRead), p.counts(w).Offered; read != offered {
		t.Errorf("%d read, %d offered", read, offered)
	}
}

// again makes until look again soon: what it looks at says nothing itself.
func again(p *play) bool {
	time.AfterFunc(time.Millisecond, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.more.Broadcast()
	})
	return true
}

func TestSupervisorGone(t *testing.T) {
	g := newGraph()
	from := g.add("from", 1, endless(), "push out")
	to := g.add("to", 1, takes(func(ctx context.Context, _ *actor.Setup, _ Number) error {
		<-ctx.Done()
		return nil
	}), "pull in")
	g.wire(from, "out", to, "in", nil)
	p := g.start(t)
	p.until("go", func() bool { return p.going })
	start := time.Now()
	p.kill(from[0])
	p.kill(to[0])
	p.ends(from[0])
	p.ends(to[0])
	if took := time.Since(start); took > time.Second {
		t.Errorf("they exit after %v", took)
	}
}

// When a run is ended by force, what is queued is left; the rest was on its
// way.
func TestTerminate(t *testing.T) {
	g := newGraph()
	var full atomic.Bool
	from := g.add("from", 1, emits(func(ctx context.Context, s *source) error {
		for i := 0; ; i++ {
			if i == 900 {
				full.Store(true)
			}
			if err := s.Out.Send(ctx, Number{N: int64(i)}); err != nil {
				return err
			}
		}
	}), "push out")
	to := g.add("to", 1, takes(func(ctx context.Context, _ *actor.Setup, _ Number) error {
		<-ctx.Done()
		return nil
	}), "pull in")
	w := g.wire(from, "out", to, "in", nil)
	p := g.start(t)
	p.until("the queue to fill", func() bool { return full.Load() || !again(p) })
	p.mu.Lock()
	p.say(p.parts[from[0].ID], spec.Down{Now: true})
	p.mu.Unlock()
	if status := p.ends(from[0]); status != exitTerminated {
		t.Errorf("status %d", status)
	}
	c := p.counts(w)
	if onWay := c.Offered - c.Left; c.Left < 800 || c.Left > 1000 || onWay > firstSent {
		t.Errorf("%+v", c)
	}
}

// firstSent is what a receiver takes before it has handled anything.
const firstSent = 16

// A killed receiver loses what it had not handled; what was still queued waits
// for the next incarnation. Both ledgers agree with the account.
func TestKillReceiver(t *testing.T) {
	const kills = 3
	g, l := newGraph(), newLedger()
	var sent int64
	over := make(chan struct{})
	from := g.add("from", 1, emits(func(ctx context.Context, s *source) error {
		last := int64(1 << 62)
		for ; sent < last; sent++ {
			select {
			case <-over:
				last = min(last, sent+1000)
			default:
			}
			if err := s.Out.Send(ctx, Number{N: sent}); err != nil {
				return err
			}
		}
		return nil
	}), "push out")
	to := g.add("to", 1, takes(l.note), "pull in")
	w := g.wire(from, "out", to, "in", nil)
	p := g.start(t)
	a := p.parts[to[0].ID]
	a.restart = true
	for i := range kills {
		p.until("progress", func() bool {
			return a.incarnation == uint32(i+1) && p.counts(w).Delivered > uint64(i+1)*5000 || !again(p)
		})
		p.kill(to[0])
		p.until("the next incarnation", func() bool { return a.incarnation == uint32(i+2) && a.ready })
	}
	close(over)
	p.wait()
	got := l.all()
	c := p.counts(w)
	if c.Offered != uint64(sent) || c.Left != 0 || c.Dropped != 0 {
		t.Errorf("%d sent, %+v", sent, c)
	}
	if int(c.Delivered) != len(got) {
		t.Errorf("delivered %d, and %d arrived", c.Delivered, len(got))
	}
	for i := 1; i < len(got); i++ {
		if got[i] == got[i-1] {
			t.Fatalf("message %d arrived twice", got[i])
		}
	}
	if c.Lost < 0 || c.Lost > kills*(1<<16) {
		t.Errorf("lost %d", c.Lost)
	}
	if last := got[len(got)-1]; last != sent-1 {
		t.Errorf("the last message is %d, and %d were sent", last, sent)
	}
}

// When replicas that share a wire are killed, each still gets what it gets in
// order.
func TestKillReplicas(t *testing.T) {
	g, l := newGraph(), newLedger()
	from := g.add("from", 1, endless(), "push out")
	to := g.add("to", 3, takes(l.note), "pull in")
	w := g.wire(from, "out", to, "in", nil)
	p := g.start(t)
	for i := range 6 {
		victim := to[i%3]
		a := p.parts[victim.ID]
		a.restart = true
		before := p.counts(w).Delivered
		p.until("progress", func() bool { return p.counts(w).Delivered > before+3000 || !again(p) })
		p.kill(victim)
		p.until("the next incarnation", func() bool { return a.incarnation == uint32(i/3+2) && a.ready })
	}
	p.mu.Lock()
	p.say(p.parts[from[0].ID], spec.Down{Stop: true})
	p.mu.Unlock()
	p.wait()
	for title, got := range l.got {
		for i := 1; i < len(got); i++ {
			if got[i] <= got[i-1] {
				t.Fatalf("%s gets %d behind %d", title, got[i], got[i-1])
			}
		}
	}
	if c := p.counts(w); int(c.Delivered) != len(l.all()) || c.Lost < 0 || c.Left > 0 {
		t.Errorf("%+v", c)
	}
}

// A killed sender begins anew; its receiver goes on, and its end comes once.
func TestKillSender(t *testing.T) {
	g, l := newGraph(), newLedger()
	from := g.add("from", 1, emits(func(ctx context.Context, s *source) error {
		if s.incarnation == 3 {
			return s.Out.Send(ctx, Number{N: -1})
		}
		for i := int64(0); ; i++ {
			if err := s.Out.Send(ctx, Number{N: i}); err != nil {
				return err
			}
		}
	}), "push out")
	to := g.add("to", 1, takes(l.note), "pull in")
	w := g.wire(from, "out", to, "in", nil)
	p := g.start(t)
	a := p.parts[from[0].ID]
	a.restart = true
	for i := range uint64(2) {
		p.until("progress", func() bool {
			return a.incarnation == uint32(i+1) && a.ready && p.counts(w).Delivered > (i+1)*20_000 || !again(p)
		})
		p.kill(from[0])
		p.until("the next incarnation", func() bool { return a.incarnation == uint32(i+2) && a.ready })
	}
	p.wait()
	got := l.all()
	c := p.counts(w)
	if got[0] != -1 || int(c.Delivered) != len(got) || c.Lost < 0 {
		t.Errorf("%d arrived, first %d, %+v", len(got), got[0], c)
	}
}

// A receiver that is killed after its sender has ended gets the end again.
func TestEndAgain(t *testing.T) {
	g, l := newGraph(), newLedger()
	hold, first := make(chan struct{}), make(chan struct{})
	from := g.add("from", 1, sends(5), "push out")
	to := g.add("to", 1, takes(l.note), "pull in")
	stuck := g.add("stuck", 1, takes(func(_ context.Context, _ *actor.Setup, m Number) error {
		if m.N == 0 {
			close(first)
		}
		<-hold
		return nil
	}), "pull in")
	w := g.wire(from, "out", to, "in", nil)
	g.wire(from, "out", stuck, "in", nil)
	var once sync.Once
	g.actors["to"] = func(s *actor.Setup) (*actor.Instance, error) {
		i, err := takes(l.note)(s)
		if s.Incarnation == 1 {
			i.Handler = stopper{func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }}
		} else {
			once.Do(func() { close(hold) })
		}
		return i, err
	}
	p := g.start(t)
	a := p.parts[to[0].ID]
	a.restart = true
	<-first
	p.until("all to be delivered", func() bool { return p.counts(w).Delivered == 5 || !again(p) })
	p.kill(to[0])
	p.wait()
	whole(t, l.all(), 5)
}

type stopper struct{ stop func(context.Context) error }

func (s stopper) Stop(ctx context.Context) error { return s.stop(ctx) }

// What a handler sends in Stop still arrives.
func TestStopSends(t *testing.T) {
	g, l := newGraph(), newLedger()
	from := g.add("from", 1, sends(3), "push out")
	via := g.add("via", 1, func(s *actor.Setup) (*actor.Instance, error) {
		out := &actor.Out[Number]{}
		out.Connect(s.Outs["out"])
		i, err := takes(func(context.Context, *actor.Setup, Number) error { return nil })(s)
		i.Handler = stopper{func(ctx context.Context) error { return out.Send(ctx, Number{N: 42}) }}
		return i, err
	}, "pull in", "push out")
	to := g.add("to", 1, takes(l.note), "pull in")
	g.wire(from, "out", via, "in", nil)
	g.wire(via, "out", to, "in", nil)
	p := g.start(t)
	p.wait()
	if got := l.all(); len(got) != 1 || got[0] != 42 {
		t.Errorf("%v", got)
	}
}

// ticker sends a number at each tick, and is done after a few.
type ticker struct {
	out  actor.Out[Number]
	n    int64
	last int64
}

func (k *ticker) Tick(ctx context.Context, now time.Time) error {
	if now.IsZero() || k.n == k.last {
		return actor.ErrDone
	}
	k.n++
	return k.out.Send(ctx, Number{N: k.n - 1})
}

func TestTick(t *testing.T) {
	g, l := newGraph(), newLedger()
	from := g.add("from", 1, func(s *actor.Setup) (*actor.Instance, error) {
		k := &ticker{last: 5}
		k.out.Connect(s.Outs["out"])
		return &actor.Instance{Handler: k, Every: 3 * time.Millisecond}, nil
	}, "push out")
	to := g.add("to", 1, takes(l.note), "pull in")
	g.wire(from, "out", to, "in", nil)
	start := time.Now()
	p := g.start(t)
	p.wait()
	whole(t, l.all(), 5)
	if took := time.Since(start); took < 18*time.Millisecond {
		t.Errorf("six ticks took %v", took)
	}
}

// A source that would never tick is refused.
func TestTickNever(t *testing.T) {
	g := newGraph()
	from := g.add("from", 1, func(*actor.Setup) (*actor.Instance, error) {
		return &actor.Instance{Handler: &ticker{}}, nil
	}, "push out")
	p := g.start(t)
	if status := p.ends(from[0]); status != spec.ExitParams || p.failed[0].Param != "every" {
		t.Errorf("status %d, %+v", status, p.failed[0])
	}
}

// Two actors that feed each other end when nothing circulates any more.
func TestCycle(t *testing.T) {
	g, l := newGraph(), newLedger()
	from := g.add("from", 1, sends(100), "push out")
	down := relays(func(m Number) Number { m.N--; return m })
	a := g.add("a", 1, down, "pull in", "push out")
	b := g.add("b", 2, down, "pull in", "push out")
	to := g.add("to", 1, takes(l.note), "pull in")
	for _, p := range append(a, b...) {
		p.Cycle = 1
	}
	g.wire(from, "out", a, "in", nil)
	ab := g.wire(a, "out", b, "in", func(w *spec.OutWire) { w.Where = "n >= 0" })
	g.wire(b, "out", a, "in", func(w *spec.OutWire) { w.Where = "n >= 0" })
	out := g.wire(a, "out", to, "in", func(w *spec.OutWire) { w.Else = true })
	p := g.start(t)
	p.wait()
	if c := p.counts(ab); c.Lost != 0 || c.Delivered == 0 {
		t.Errorf("%+v", c)
	}
	if c := p.counts(out); c.Lost != 0 || int(c.Delivered) != len(l.all()) || c.Delivered == 0 {
		t.Errorf("%+v, %d arrived", c, len(l.all()))
	}
}

func TestRejectedWired(t *testing.T) {
	g := newGraph()
	from := g.add("from", 1, sends(10), "push out")
	to := g.add("to", 1, takes(func(_ context.Context, _ *actor.Setup, m Number) error {
		if m.N%2 == 1 {
			return errors.New("odd")
		}
		return nil
	}), "pull in")
	var mu sync.Mutex
	var seen []string
	bad := g.add("bad", 1, func(*actor.Setup) (*actor.Instance, error) {
		return &actor.Instance{Handler: struct{}{}, In: map[string]actor.Incoming{"in": {
			Message: func(_ context.Context, payload []byte) error {
				mu.Lock()
				defer mu.Unlock()
				seen = append(seen, string(payload[20:]))
				return nil
			},
		}}}, nil
	}, "pull in")
	for i := range bad[0].Ins {
		bad[0].Ins[i].Message = "Rejected"
	}
	w := g.wire(from, "out", to, "in", nil)
	r := g.wire(to, rejectedPort, bad, "in", nil)
	p := g.start(t)
	p.wait()
	account(t, p, w, spec.Counts{Offered: 10, Delivered: 10, Rejected: 5})
	account(t, p, r, spec.Counts{Offered: 5, Delivered: 5})
	want := `oddin{"n":1,"text":"1"}` // the reason, the port, the message
	if len(seen) != 5 || seen[0] != want {
		t.Errorf("%q, want five like %q", seen, want)
	}
}

// What is no valid encoding can't be shown as JSON, and is kept as it came.
func TestRejectedNonsenseStaysAsItIs(t *testing.T) {
	w := &inWire{
		process: &process{launch: &spec.Launch{Messages: schema.Set{"Number": number}}},
		port:    &spec.In{Port: "in", Message: "Number"},
	}
	if got := w.readable([]byte("nonsense")); string(got) != "nonsense" {
		t.Errorf("%q", got)
	}
}

func TestRejectedUnwired(t *testing.T) {
	g := newGraph()
	from := g.add("from", 1, func(s *actor.Setup) (*actor.Instance, error) {
		return &actor.Instance{Handler: starter{func(ctx context.Context) error {
			s.Reject(ctx, "out", "data.csv:3", errors.New("no number"), []byte(strings.Repeat("x", 10_000)))
			return nil
		}}}, nil
	}, "push out")
	p := g.start(t)
	p.wait()
	if n := p.word(from[0], spec.WordMalformed); n != 1 {
		t.Errorf("%d malformed", n)
	}
	l := p.logs[0]
	if l.Level != "WARN" || l.Attrs["reason"] != "data.csv:3: no number" || len(l.Attrs["data"].(string)) != maxRejectedLog {
		t.Errorf("%+v", l)
	}
}

// An error that ends the process, of a handler that can't go on.
func TestFatalError(t *testing.T) {
	g := newGraph()
	from := g.add("from", 1, sends(10), "push out")
	to := g.add("to", 1, takes(func(context.Context, *actor.Setup, Number) error {
		return fmt.Errorf("write: %w", &actor.Error{Err: errors.New("disk full")})
	}), "pull in")
	w := g.wire(from, "out", to, "in", nil)
	p := g.start(t)
	if status := p.ends(to[0]); status != exitFailed {
		t.Errorf("status %d", status)
	}
	if !strings.Contains(p.failed[0].Reason, "disk full") {
		t.Errorf("%+v", p.failed[0])
	}
	if c := p.counts(w); c.Delivered != 1 || c.Rejected != 1 {
		t.Errorf("%+v", c)
	}
}

// What a handler gathers counts as delivered when it has been flushed.
func TestFlush(t *testing.T) {
	g := newGraph()
	var buffered, written int
	from := g.add("from", 1, sends(1000), "push out")
	to := g.add("to", 1, func(s *actor.Setup) (*actor.Instance, error) {
		i, err := takes(func(context.Context, *actor.Setup, Number) error { buffered++; return nil })(s)
		i.Flush = func(context.Context) error {
			written += buffered
			buffered = 0
			return nil
		}
		return i, err
	}, "pull in")
	w := g.wire(from, "out", to, "in", nil)
	p := g.start(t)
	p.wait()
	if written != 1000 || buffered != 0 {
		t.Errorf("%d written, %d buffered", written, buffered)
	}
	account(t, p, w, spec.Counts{Offered: 1000, Delivered: 1000})
}

// What could not be flushed has not been delivered.
func TestFlushFails(t *testing.T) {
	g := newGraph()
	from := g.add("from", 1, sends(10), "push out")
	to := g.add("to", 1, func(s *actor.Setup) (*actor.Instance, error) {
		i, err := takes(func(context.Context, *actor.Setup, Number) error { return nil })(s)
		i.Flush = func(context.Context) error { return &actor.Error{Config: true, Err: errors.New("the disk is full")} }
		return i, err
	}, "pull in")
	w := g.wire(from, "out", to, "in", nil)
	p := g.start(t)
	if status := p.ends(to[0]); status != spec.ExitParams {
		t.Errorf("status %d", status)
	}
	if c := p.counts(w); c.Delivered != 0 {
		t.Errorf("%+v", c)
	}
}

// What a handler that gathers has refused is settled, whatever becomes of the
// rest.
func TestFlushAfterAnError(t *testing.T) {
	g := newGraph()
	from := g.add("from", 1, sends(10), "push out")
	to := g.add("to", 1, func(s *actor.Setup) (*actor.Instance, error) {
		i, err := takes(func(_ context.Context, _ *actor.Setup, m Number) error {
			if m.N == 0 {
				return &actor.Error{Config: true, Err: errors.New("the disk is full")}
			}
			return nil
		})(s)
		i.Flush = func(context.Context) error { return nil }
		return i, err
	}, "pull in")
	w := g.wire(from, "out", to, "in", nil)
	p := g.start(t)
	p.ends(to[0])
	if c := p.counts(w); c.Delivered != 1 || c.Rejected != 1 {
		t.Errorf("%+v", c)
	}
}

func TestSourceAlways(t *testing.T) {
	g, l := newGraph(), newLedger()
	from := g.add("from", 1, sends(10), "push out")
	from[0].Restart.Policy = "always"
	to := g.add("to", 1, takes(l.note), "pull in")
	w := g.wire(from, "out", to, "in", nil)
	p := g.start(t)
	if status := p.ends(from[0]); status != 0 || p.parts[from[0].ID].ended {
		t.Errorf("status %d, ended %v", status, p.parts[from[0].ID].ended)
	}
	account(t, p, w, spec.Counts{Offered: 10, Delivered: 10})
}
