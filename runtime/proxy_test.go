package runtime

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/spec"
)

// forwards makes an actor that hands requests on, and replies back.
func forwards() actor.Factory {
	return func(s *actor.Setup) (*actor.Instance, error) {
		ask := new(actor.Ask[actor.Raw, actor.Raw])
		ask.Connect(s.Asks["ask"])
		return &actor.Instance{Handler: struct{}{}, In: map[string]actor.Incoming{"in": {
			Deferred: func(ctx context.Context, payload []byte, r actor.Responder) error {
				return ask.Go(ctx, payload, func(ctx context.Context, reply actor.Raw, err error) { r.Reply(ctx, reply, err) })
			},
		}}}, nil
	}
}

// What becomes of a request is the same however many hand it on.
func TestErrorsPassThrough(t *testing.T) {
	g := newGraph()
	release := make(chan struct{})
	from := g.add("from", 1, asks(func(ctx context.Context, a *asker) error {
		if got, err := a.ask(ctx, 2); err != nil || got != 4 {
			return fmt.Errorf("2: %d, %v", got, err)
		}
		if _, err := a.ask(ctx, 1); err == nil || err.Error() != "the replier: odd" {
			return fmt.Errorf("1: %v", err)
		}
		if _, err := a.ask(ctx, 1000); !errors.Is(err, actor.ErrTimeout) {
			return fmt.Errorf("1000: %v", err)
		}
		close(release)
		return nil
	}), "req ask")
	one := g.add("one", 1, forwards(), "router in", "dealer ask")
	two := g.add("two", 1, forwards(), "router in", "dealer ask")
	to := g.add("to", 1, replies(func(ctx context.Context, m Number) (Number, error) {
		if m.N == 1000 {
			<-release
		}
		return twice(ctx, m)
	}), "rep in")
	front := g.wire(from, "ask", one, "in", nil)
	g.wire(one, "ask", two, "in", nil)
	back := g.wire(two, "ask", to, "in", func(w *spec.OutWire) { w.Timeout = spec.Duration(50 * time.Millisecond) })
	p := g.start(t)
	p.wait()
	account(t, p, front, spec.Counts{Offered: 3, Delivered: 3})
	account(t, p, back, spec.Counts{Offered: 3, Delivered: 3, Rejected: 1})
}

// A port may keep the topic of the message at hand, past messages without one.
func TestKeepTopic(t *testing.T) {
	g := newGraph()
	var got []string
	from := g.add("from", 1, sends(10), "pub out")
	from.topic("out", `"t" + text`)
	silent := g.add("silent", 1, sends(3), "push out")
	pass := g.add("pass", 1, relays(func(m Number) Number { return m }), "in in", "pub out")
	pass.topic("out", "topic")
	pass[0].Outs[0].Keeps = true
	to := g.add("to", 1, takes(func(ctx context.Context, _ *actor.Setup, m Number) error {
		got = append(got, actor.Topic(ctx))
		return nil
	}), "sub in")
	g.wire(from, "out", pass, "in", nil)
	g.wire(silent, "out", pass, "in", nil)
	w := g.wire(pass, "out", to, "in", func(w *spec.OutWire) { w.Where = `topic != "t6"` })
	p := g.start(t)
	p.wait()
	slices.Sort(got)
	if want := []string{"", "", "", "t0", "t0", "t1", "t1", "t2", "t2", "t3", "t4", "t5"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	account(t, p, w, spec.Counts{Offered: 13, Filtered: 1, Delivered: 12})
}
