package runtime

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/spec"
)

// A reader has one port, "in", subscribes when it starts, and notes what it
// gets.
type reader struct {
	first []string
	note  func(ctx context.Context, topic string) error
}

func (r *reader) Start(ctx context.Context) error {
	return actor.Subscribe(ctx, "in", r.first...)
}

func reads(r reader) actor.Factory {
	return func(*actor.Setup) (*actor.Instance, error) {
		h := r
		return &actor.Instance{Handler: &h, In: map[string]actor.Incoming{"in": {
			Message: func(ctx context.Context, _ []byte) error { return h.note(ctx, actor.Topic(ctx)) },
		}}}, nil
	}
}

// publish sends messages under topics.
func publish(ctx context.Context, s *source, topics ...string) error {
	for _, topic := range topics {
		if err := s.Out.Send(ctx, Number{Text: topic}); err != nil {
			return err
		}
	}
	return nil
}

// What a handler doesn't subscribe to never reaches it, from the moment on that
// it says so, and what nobody wants isn't even sent.
func TestSubscribe(t *testing.T) {
	const n = 1000
	g := newGraph()
	var p *play
	var from group
	told := make(chan struct{})
	filtered := func() uint64 { return p.word(from[0], from[0].OutWord(0, 0)+spec.OutFiltered) }
	ready := make(chan struct{})
	from = g.add("from", 1, emits(func(ctx context.Context, s *source) error {
		<-ready
		if err := publish(ctx, s, "order.1", "price", "order.2"); err != nil {
			return err
		}
		<-told // it has changed its mind
		for before := filtered(); filtered() < before+2; {
			if err := publish(ctx, s, "order.3"); err != nil {
				return err
			}
		}
		for range n {
			if err := publish(ctx, s, "order.4", "pri", "prices"); err != nil {
				return err
			}
		}
		return nil
	}), "pub out")
	from.topic("out", "text")
	var got []string
	to := g.add("to", 1, reads(reader{first: []string{"order"}, note: func(ctx context.Context, topic string) error {
		got = append(got, topic)
		if topic == "order.2" {
			defer close(told)
			return actor.Subscribe(ctx, "in", "nothing", "price", "price.low")
		}
		return nil
	}}), "sub in")
	w := g.wire(from, "out", to, "in", nil)
	p = g.start(t)
	close(ready)
	p.wait()
	want := append([]string{"order.1", "order.2"}, slices.Repeat([]string{"prices"}, n)...)
	if !slices.Equal(got, want) {
		t.Errorf("%d messages, want %d: %.5q", len(got), len(want), got)
	}
	late := p.word(to[0], to[0].InWord(0, 0)+spec.InFiltered)
	if c := p.counts(w); c.Delivered != n+2 || c.Lost != 0 || c.Filtered < 2*n || late > c.Filtered-2*n {
		t.Errorf("%+v, of these %d filtered at the receiver", c, late)
	}
}

// A publisher that is started anew is told before it can send anything.
func TestSubscribeRestart(t *testing.T) {
	g := newGraph()
	heard, again := make(chan struct{}, 1), make(chan struct{})
	from := g.add("from", 1, emits(func(ctx context.Context, s *source) error {
		if s.incarnation == 1 {
			if err := publish(ctx, s, "b"); err != nil {
				return err
			}
			<-ctx.Done()
			return errors.New("it has died")
		}
		<-again
		return publish(ctx, s, slices.Repeat([]string{"a", "b"}, 50)...)
	}), "pub out")
	from.topic("out", "text")
	count := 0
	to := g.add("to", 1, reads(reader{first: []string{"b"}, note: func(_ context.Context, topic string) error {
		if topic != "b" {
			return fmt.Errorf("topic %q", topic)
		}
		if count++; count == 1 {
			heard <- struct{}{}
		}
		return nil
	}}), "in in")
	w := g.wire(from, "out", to, "in", nil)
	p := g.start(t)
	p.parts[from[0].ID].restart = true
	<-heard
	p.kill(from[0])
	close(again)
	p.wait()
	account(t, p, w, spec.Counts{Offered: 101, Filtered: 50, Delivered: 51})
	if late := p.word(to[0], to[0].InWord(0, 0)+spec.InFiltered); late != 0 {
		t.Errorf("%d of them crossed", late)
	}
}

// Replicas of a sub port choose each for itself.
func TestSubscribeReplicas(t *testing.T) {
	const n = 1000
	g, l := newGraph(), newLedger()
	from := g.add("from", 1, sends(7*n), "pub out")
	from.topic("out", "text") // a digit below 7
	to := g.add("to", 2, func(s *actor.Setup) (*actor.Instance, error) {
		first := []string{"1", "2"}
		if s.Title == "to.2" {
			first = []string{"2"}
		}
		return reads(reader{first: first, note: func(ctx context.Context, topic string) error {
			return l.note(ctx, s, Number{N: int64(topic[0] - '0')})
		}})(s)
	}, "sub in")
	w := g.wire(from, "out", to, "in", func(w *spec.OutWire) { w.Queue = spec.Queue{Messages: 1000, Full: "block"} })
	p := g.start(t)
	p.wait()
	if ones, twos := slices.Index(l.got["to.2"], 1), len(l.got["to.2"]); ones >= 0 || twos != n || len(l.got["to.1"]) != 2*n {
		t.Errorf("%d and %d messages", len(l.got["to.1"]), twos)
	}
	account(t, p, w, spec.Counts{Offered: 14 * n, Filtered: 11 * n, Delivered: 3 * n})
}

// A handler changes its mind all the time, and another goroutine of it too: what
// it gets is always what was chosen last before, and all is accounted for.
func TestSubscribeOften(t *testing.T) {
	const n = 100_000
	g := newGraph()
	from := g.add("from", 1, sends(n), "pub out")
	from.topic("out", "text")
	chosen, count := "", 0
	to := g.add("to", 1, reads(reader{note: func(ctx context.Context, topic string) error {
		if !strings.HasPrefix(topic, chosen) {
			return fmt.Errorf("topic %q where %q is chosen", topic, chosen)
		}
		if count++; count%50 != 0 {
			return nil
		}
		chosen = fmt.Sprint(count / 50 % 8) // 7 is none, so all is chosen again at once
		if chosen == "7" {
			chosen = ""
		}
		var err error
		elsewhere := make(chan struct{})
		go func() {
			defer close(elsewhere)
			err = actor.Subscribe(ctx, "in", chosen)
		}()
		<-elsewhere
		return err
	}}), "sub in")
	w := g.wire(from, "out", to, "in", func(w *spec.OutWire) { w.Queue = spec.Queue{Messages: 1000, Full: "block"} })
	p := g.start(t)
	p.wait()
	if c := p.counts(w); c.Offered != n || c.Rejected != 0 || c.Lost != 0 || c.Filtered == 0 || int(c.Delivered) != count {
		t.Errorf("%+v, and the handler has got %d", c, count)
	}
}

func TestSubscribeRefused(t *testing.T) {
	for want, c := range map[string]struct {
		port     string
		pattern  string
		replicas int
		topic    string
	}{
		"no in-port": {"out", "sub in", 1, "text"},
		"takes no":   {"in", "pull in", 1, ""},
		"2 replicas": {"in", "in in", 2, "text"},
		"no wire":    {"in", "sub in", 1, ""},
	} {
		g := newGraph()
		from := g.add("from", 1, sends(1), "pub out")
		from.topic("out", c.topic)
		refused := make(chan error, 2)
		to := g.add("to", c.replicas, takes(func(ctx context.Context, _ *actor.Setup, m Number) error {
			refused <- actor.Subscribe(ctx, c.port, "a")
			return nil
		}), c.pattern)
		g.wire(from, "out", to, "in", nil)
		p := g.start(t)
		p.wait()
		select {
		case err := <-refused:
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %q", err, want)
			}
		case <-time.After(patient):
			t.Error("nothing came")
		}
	}
}
