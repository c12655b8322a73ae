package runtime

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/spec"
)

// An asker is a source that asks in Run.
type asker struct {
	Ask actor.Ask[Number, Number]
	run func(ctx context.Context, a *asker) error
}

func (a *asker) Run(ctx context.Context) error { return a.run(ctx, a) }

// ask asks with a number and gives the one that comes back.
func (a *asker) ask(ctx context.Context, n int64) (int64, error) {
	r, err := a.Ask.Ask(ctx, Number{N: n})
	if err != nil {
		return 0, err
	}
	return r.N, nil
}

func asks(run func(ctx context.Context, a *asker) error) actor.Factory {
	return func(s *actor.Setup) (*actor.Instance, error) {
		a := &asker{run: run}
		a.Ask.Connect(s.Asks["ask"])
		return &actor.Instance{Handler: a}, nil
	}
}

// replies makes a replier that answers at once.
func replies(f func(ctx context.Context, m Number) (Number, error)) actor.Factory {
	return func(*actor.Setup) (*actor.Instance, error) {
		return &actor.Instance{Handler: struct{}{}, In: map[string]actor.Incoming{"in": {
			Request: func(ctx context.Context, payload, reply []byte) ([]byte, error) {
				var m Number
				if err := m.DecodeMessage(payload); err != nil {
					return nil, err
				}
				r, err := f(ctx, m)
				if err != nil {
					return nil, err
				}
				return r.AppendMessage(reply), nil
			},
		}}}, nil
	}
}

// twice doubles even numbers and refuses odd ones.
func twice(_ context.Context, m Number) (Number, error) {
	if m.N%2 == 1 {
		return Number{}, errors.New("odd")
	}
	return Number{N: 2 * m.N}, nil
}

func TestAsk(t *testing.T) {
	const n = 1000
	g := newGraph()
	from := g.add("from", 2, asks(func(ctx context.Context, a *asker) error {
		for i := range int64(n) {
			got, err := a.ask(ctx, i)
			if i%2 == 0 && (err != nil || got != 2*i) {
				return fmt.Errorf("%d: %d, %v", i, got, err)
			}
			if i%2 == 1 && (err == nil || !strings.Contains(err.Error(), "odd")) {
				return fmt.Errorf("%d: %v", i, err)
			}
		}
		return nil
	}), "req ask")
	to := g.add("to", 2, replies(twice), "rep in")
	w := g.wire(from, "ask", to, "in", nil)
	p := g.start(t)
	p.wait()
	account(t, p, w, spec.Counts{Offered: 2 * n, Delivered: 2 * n, Rejected: n})
}

// A wire that drops takes as many requests at a time as its queue holds.
func TestAskDropping(t *testing.T) {
	g := newGraph()
	from := g.add("from", 1, asks(func(ctx context.Context, a *asker) error {
		for i := range int64(10) {
			if got, err := a.ask(ctx, 2*i); err != nil || got != 4*i {
				return fmt.Errorf("%d: %d, %v", 2*i, got, err)
			}
		}
		return nil
	}), "req ask")
	to := g.add("to", 1, replies(twice), "rep in")
	w := g.wire(from, "ask", to, "in", func(w *spec.OutWire) { w.Queue = spec.Queue{Messages: 1, Full: "drop_newest"} })
	p := g.start(t)
	p.wait()
	account(t, p, w, spec.Counts{Offered: 10, Delivered: 10})
}

// The first wire whose filter takes it gets the request.
func TestAskSwitch(t *testing.T) {
	g := newGraph()
	answer := func(n int64) actor.Factory {
		return replies(func(context.Context, Number) (Number, error) { return Number{N: n}, nil })
	}
	from := g.add("from", 1, asks(func(ctx context.Context, a *asker) error {
		for n, want := range map[int64]int64{1: 10, 20: 20, 300: 30} {
			if got, err := a.ask(ctx, n); err != nil || got != want {
				return fmt.Errorf("%d: %d, %v", n, got, err)
			}
		}
		if _, err := a.ask(ctx, 4000); !errors.Is(err, errNoMatch) {
			return fmt.Errorf("4000: %v", err)
		}
		return nil
	}), "req ask")
	var wires []spec.WireID
	for i, where := range []string{"n < 10", "n < 100", "n < 1000"} {
		to := g.add(fmt.Sprint("to", i), 1, answer(int64(10*(i+1))), "rep in")
		wires = append(wires, g.wire(from, "ask", to, "in", func(w *spec.OutWire) { w.Where = where }))
	}
	p := g.start(t)
	p.wait()
	for _, w := range wires {
		account(t, p, w, spec.Counts{Offered: 4, Filtered: 3, Delivered: 1})
	}
}

// A deferred replier answers later, from another goroutine and in another
// order.
func TestRouter(t *testing.T) {
	const n = 500
	g := newGraph()
	var mu sync.Mutex
	var got []int64
	from := g.add("from", 1, asks(func(ctx context.Context, a *asker) error {
		for i := range int64(n) {
			err := a.Ask.Go(ctx, Number{N: i}, func(_ context.Context, r Number, err error) {
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					got = append(got, r.N)
				}
			})
			if err != nil {
				return err
			}
		}
		return nil
	}), "dealer ask")
	to := g.add("to", 1, func(*actor.Setup) (*actor.Instance, error) {
		var kept []actor.Reply[Number]
		return &actor.Instance{Handler: struct{}{}, In: map[string]actor.Incoming{"in": {
			Deferred: func(ctx context.Context, payload []byte, r actor.Responder) error {
				if kept = append(kept, actor.NewReply[Number](r)); len(kept) < 10 {
					return nil
				}
				all := kept
				kept = nil
				go func() {
					for i := len(all) - 1; i >= 0; i-- {
						all[i].Send(ctx, Number{N: int64(i)})
						all[i].Send(ctx, Number{N: -1}) // the first answer counts
					}
				}()
				return nil
			},
		}}}, nil
	}, "router in")
	w := g.wire(from, "ask", to, "in", nil)
	p := g.start(t)
	p.wait()
	if len(got) != n || got[0] < 0 {
		t.Errorf("%d replies", len(got))
	}
	for _, x := range got {
		if x < 0 || x > 9 {
			t.Fatalf("reply %d", x)
		}
	}
	account(t, p, w, spec.Counts{Offered: n, Delivered: n})
}

// What is asked within one turn is shared by the replicas.
func TestAskSpreads(t *testing.T) {
	g, l := newGraph(), newLedger()
	from := g.add("from", 1, sends(1), "push out")
	mid := g.add("mid", 1, func(s *actor.Setup) (*actor.Instance, error) {
		ask := new(actor.Ask[Number, Number])
		ask.Connect(s.Asks["ask"])
		return &actor.Instance{Handler: struct{}{}, In: map[string]actor.Incoming{"in": {
			Message: func(ctx context.Context, _ []byte) error {
				for i := range int64(6) {
					if err := ask.Go(ctx, Number{N: i}, func(context.Context, Number, error) {}); err != nil {
						return err
					}
				}
				return nil
			},
		}}}, nil
	}, "pull in", "dealer ask")
	to := g.add("to", 3, func(s *actor.Setup) (*actor.Instance, error) {
		return replies(func(ctx context.Context, m Number) (Number, error) { return m, l.note(ctx, s, m) })(s)
	}, "rep in")
	g.wire(from, "out", mid, "in", nil)
	g.wire(mid, "ask", to, "in", nil)
	g.start(t).wait()
	for _, title := range []string{"to.1", "to.2", "to.3"} {
		if len(l.got[title]) != 2 {
			t.Errorf("%s got %v", title, l.got[title])
		}
	}
}

// A request that is not answered in time fails; its reply, when it comes, is
// dropped. Further attempts are requests of their own.
func TestTimeout(t *testing.T) {
	g := newGraph()
	asked := make(chan struct{})
	from := g.add("from", 1, asks(func(ctx context.Context, a *asker) error {
		if _, err := a.ask(ctx, 1); !errors.Is(err, actor.ErrTimeout) {
			return fmt.Errorf("got %v", err)
		}
		close(asked)
		if got, err := a.ask(ctx, 2); err != nil || got != 2 {
			return fmt.Errorf("afterwards: %d, %v", got, err)
		}
		return nil
	}), "req ask")
	to := g.add("to", 1, replies(func(_ context.Context, m Number) (Number, error) {
		if m.N == 1 {
			<-asked
		}
		return m, nil
	}), "rep in")
	w := g.wire(from, "ask", to, "in", func(w *spec.OutWire) { w.Timeout, w.Retry = spec.Duration(50*time.Millisecond), 2 })
	p := g.start(t)
	p.wait()
	if c := p.counts(w); c.Offered < 4 || c.Delivered != c.Offered {
		t.Errorf("%+v", c)
	}
	if l := p.logs[0]; l.Message != "replies came too late" || l.Attrs["count"].(float64) < 3 {
		t.Errorf("%+v", l)
	}
}

// Requests to a replier that dies fail at once, and so do those to one that is
// down; they work again when it is back.
func TestReplierDies(t *testing.T) {
	g := newGraph()
	entered, back := make(chan struct{}, 1), make(chan struct{})
	from := g.add("from", 1, asks(func(ctx context.Context, a *asker) error {
		start := time.Now()
		if _, err := a.ask(ctx, 1); !errors.Is(err, actor.ErrPeerDown) {
			return fmt.Errorf("got %v", err)
		}
		if _, err := a.ask(ctx, 2); !errors.Is(err, actor.ErrPeerDown) {
			return fmt.Errorf("while it is down: %v", err)
		}
		if took := time.Since(start); took > 5*time.Second {
			return fmt.Errorf("it took %v", took)
		}
		<-back
		for {
			switch got, err := a.ask(ctx, 3); {
			case errors.Is(err, actor.ErrPeerDown): // not yet
			case err != nil || got != 3:
				return fmt.Errorf("when it is back: %d, %v", got, err)
			default:
				return nil
			}
		}
	}), "req ask")
	to := g.add("to", 1, replies(func(ctx context.Context, m Number) (Number, error) {
		if m.N == 1 {
			entered <- struct{}{}
			<-ctx.Done()
		}
		return m, nil
	}), "rep in")
	w := g.wire(from, "ask", to, "in", func(w *spec.OutWire) { w.Timeout = spec.Duration(time.Minute) })
	p := g.start(t)
	p.parts[to[0].ID].restart = true
	<-entered
	p.kill(to[0])
	p.until("the replier to be back", func() bool { a := p.parts[to[0].ID]; return a.incarnation == 2 && a.ready })
	close(back)
	p.wait()
	if c := p.counts(w); c.Lost != 0 && c.Lost != 1 || c.Delivered < 1 || c.Dropped < 1 {
		t.Errorf("%+v", c)
	}
}

func TestAskContext(t *testing.T) {
	g := newGraph()
	gone := make(chan struct{})
	from := g.add("from", 1, asks(func(ctx context.Context, a *asker) error {
		short, cancel := context.WithCancel(ctx)
		time.AfterFunc(20*time.Millisecond, cancel)
		if _, err := a.ask(short, 1); !errors.Is(err, context.Canceled) {
			return fmt.Errorf("got %v", err)
		}
		close(gone)
		_, err := a.ask(ctx, 2)
		return err
	}), "req ask")
	to := g.add("to", 1, replies(func(_ context.Context, m Number) (Number, error) {
		<-gone
		return m, nil
	}), "rep in")
	w := g.wire(from, "ask", to, "in", nil)
	p := g.start(t)
	p.wait()
	account(t, p, w, spec.Counts{Offered: 2, Delivered: 2})
}
