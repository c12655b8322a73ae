package runtime

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/spec"
)

// account demands of a wire that what was offered is what became of it.
func account(t *testing.T, p *play, w spec.WireID, want spec.Counts) {
	t.Helper()
	if got := p.counts(w); got != want {
		t.Errorf("%s: %+v, want %+v", p.graph.wires[w].Name, got, want)
	}
}

func full(policy string, messages int) func(*spec.OutWire) {
	return func(w *spec.OutWire) { w.Queue = spec.Queue{Messages: messages, Full: policy} }
}

func TestPubBlock(t *testing.T) {
	const n = 10_000
	g, l := newGraph(), newLedger()
	from := g.add("from", 1, sends(n), "pub out")
	to := g.add("to", 3, takes(l.note), "sub in")
	w := g.wire(from, "out", to, "in", full("block", 1000))
	p := g.start(t)
	p.wait()
	for _, title := range []string{"to.1", "to.2", "to.3"} {
		whole(t, l.got[title], n)
	}
	account(t, p, w, spec.Counts{Offered: 3 * n, Delivered: 3 * n})
}

// One of three subscribers stops reading: it loses the messages that its
// policy says, counted, and nobody else notices.
func TestPubDrop(t *testing.T) {
	const n = 50_000
	for policy, last := range map[string]int64{"drop_oldest": n - 1, "drop_newest": -1} {
		g, l := newGraph(), newLedger()
		sent := make(chan struct{})
		from := g.add("from", 1, emits(func(ctx context.Context, s *source) error {
			for i := range n {
				if err := s.Out.Send(ctx, Number{N: int64(i)}); err != nil {
					return err
				}
			}
			close(sent)
			return nil
		}), "pub out")
		fast := g.add("fast", 2, takes(l.note), "sub in")
		slow := g.add("slow", 1, takes(func(ctx context.Context, s *actor.Setup, m Number) error {
			<-sent
			return l.note(ctx, s, m)
		}), "sub in")
		w := g.wire(from, "out", fast, "in", full("block", 1000))
		lossy := g.wire(from, "out", slow, "in", full(policy, 100))
		p := g.start(t)
		p.wait()
		whole(t, l.got["fast.1"], n)
		whole(t, l.got["fast.2"], n)
		account(t, p, w, spec.Counts{Offered: 2 * n, Delivered: 2 * n})
		got := l.got["slow"]
		if len(got) < 100 || len(got) > n/2 || !slices.IsSorted(got) {
			t.Errorf("%s: the slow one got %d", policy, len(got))
		}
		if end := got[len(got)-1]; last >= 0 && end != last || last < 0 && end == n-1 {
			t.Errorf("%s: the last one is %d", policy, end)
		}
		account(t, p, lossy, spec.Counts{Offered: n, Delivered: uint64(len(got)), Dropped: n - uint64(len(got))})
	}
}

// A replica that is stuck keeps the few messages of its window, and the others
// do all the rest.
func TestSlowReplica(t *testing.T) {
	const n, window = 20_000, 64
	g, l := newGraph(), newLedger()
	var mu sync.Mutex
	done := make(chan struct{})
	count := 0
	from := g.add("from", 1, sends(n), "push out")
	to := g.add("to", 4, takes(func(ctx context.Context, s *actor.Setup, m Number) error {
		if s.Title == "to.3" {
			<-done
			return l.note(ctx, s, m)
		}
		mu.Lock()
		if count++; count == n-window {
			close(done)
		}
		mu.Unlock()
		return l.note(ctx, s, m)
	}), "pull in")
	w := g.wire(from, "out", to, "in", nil)
	p := g.start(t)
	p.wait()
	whole(t, l.all(), n)
	if got := len(l.got["to.3"]); got == 0 || got > window {
		t.Errorf("the slow replica got %d", got)
	}
	account(t, p, w, spec.Counts{Offered: n, Delivered: n})
}

func TestManyToMany(t *testing.T) {
	const n = 5000
	g, l := newGraph(), newLedger()
	from := g.add("from", 3, sends(n), "push out")
	to := g.add("to", 3, takes(l.note), "pull in")
	w := g.wire(from, "out", to, "in", nil)
	p := g.start(t)
	p.wait()
	if got := len(l.all()); got != 3*n {
		t.Errorf("%d messages", got)
	}
	account(t, p, w, spec.Counts{Offered: 3 * n, Delivered: 3 * n})
}

func TestKey(t *testing.T) {
	const n = 7000
	g := newGraph()
	var mu sync.Mutex
	where := map[string]string{}
	last := map[string]int64{}
	from := g.add("from", 1, sends(n), "push out")
	to := g.add("to", 3, takes(func(_ context.Context, s *actor.Setup, m Number) error {
		mu.Lock()
		defer mu.Unlock()
		if old, ok := where[m.Text]; ok && (old != s.Title || last[m.Text] >= m.N) {
			return fmt.Errorf("key %s at %s behind %d at %s", m.Text, s.Title, last[m.Text], old)
		}
		where[m.Text], last[m.Text] = s.Title, m.N
		return nil
	}), "pull in")
	w := g.wire(from, "out", to, "in", func(w *spec.OutWire) { w.Key = "text" })
	p := g.start(t)
	p.wait()
	account(t, p, w, spec.Counts{Offered: n, Delivered: n})
	used := map[string]bool{}
	for _, title := range where {
		used[title] = true
	}
	if len(where) != 7 || len(used) < 2 {
		t.Errorf("%v", where)
	}
}

func TestFilters(t *testing.T) {
	const n = 1000
	g, l := newGraph(), newLedger()
	from := g.add("from", 1, sends(n), "push out")
	sink := func(name string) group { return g.add(name, 1, takes(l.note), "pull in") }
	small, small2, odd, rest := sink("small"), sink("small2"), sink("odd"), sink("rest")
	where := func(text string) func(*spec.OutWire) {
		return func(w *spec.OutWire) { w.Where = text }
	}
	wires := []spec.WireID{
		g.wire(from, "out", small, "in", where("n < 100")),
		g.wire(from, "out", small2, "in", where("n < 100")),
		g.wire(from, "out", odd, "in", where(`n % 2 == 1 && text != "3"`)),
		g.wire(from, "out", rest, "in", func(w *spec.OutWire) { w.Else = true }),
	}
	p := g.start(t)
	p.wait()
	whole(t, l.got["small"], 100)
	whole(t, l.got["small2"], 100)
	odds, others := 0, 0
	for i := range n {
		isOdd := i%2 == 1 && i%7 != 3
		if isOdd {
			odds++
		}
		if i >= 100 && !isOdd {
			others++
		}
	}
	for i, want := range []int{100, 100, odds, others} {
		account(t, p, wires[i], spec.Counts{Offered: n, Filtered: uint64(n - want), Delivered: uint64(want)})
	}
}

func TestTopics(t *testing.T) {
	const n = 700
	g := newGraph()
	var mu sync.Mutex
	topics := map[string]int{}
	sink := takes(func(ctx context.Context, s *actor.Setup, m Number) error {
		mu.Lock()
		defer mu.Unlock()
		if want := "t/" + m.Text; actor.Topic(ctx) != want {
			return fmt.Errorf("topic %q, want %q", actor.Topic(ctx), want)
		}
		topics[s.Title+" "+actor.Topic(ctx)]++
		return nil
	})
	from := g.add("from", 1, sends(n), "pub out")
	from.topic("out", `"t/" + text`)
	all, some := g.add("all", 1, sink, "sub in"), g.add("some", 1, sink, "sub in")
	w := g.wire(from, "out", all, "in", full("block", 1000))
	v := g.wire(from, "out", some, "in", func(w *spec.OutWire) { w.Where = `topic startsWith "t/3"` })
	p := g.start(t)
	p.wait()
	account(t, p, w, spec.Counts{Offered: n, Delivered: n})
	account(t, p, v, spec.Counts{Offered: n, Delivered: n / 7, Filtered: n - n/7})
	if len(topics) != 8 || topics["all t/6"] != n/7 || topics["some t/3"] != n/7 {
		t.Errorf("%v", topics)
	}
}

// relay is an actor in between: it hands on what it gets.
type relay struct{ Out actor.Out[Number] }

func relays(change func(Number) Number) actor.Factory {
	return func(s *actor.Setup) (*actor.Instance, error) {
		r := &relay{}
		r.Out.Connect(s.Outs["out"])
		return &actor.Instance{Handler: r, In: map[string]actor.Incoming{"in": {
			Message: func(ctx context.Context, payload []byte) error {
				var m Number
				if err := m.DecodeMessage(payload); err != nil {
					return err
				}
				return r.Out.Send(ctx, change(m))
			},
		}}}, nil
	}
}

func TestChain(t *testing.T) {
	const n = 10_000
	g, l := newGraph(), newLedger()
	from := g.add("from", 1, sends(n), "push out")
	one := g.add("one", 2, relays(func(m Number) Number { m.N += n; return m }), "pull in", "push out")
	two := g.add("two", 1, relays(func(m Number) Number { m.N -= n; return m }), "pull in", "push out")
	to := g.add("to", 1, takes(l.note), "pull in")
	g.wire(from, "out", one, "in", nil)
	g.wire(one, "out", two, "in", nil)
	w := g.wire(two, "out", to, "in", func(w *spec.OutWire) { w.Queue = spec.Queue{Bytes: 1 << 10, Full: "block"} })
	p := g.start(t)
	p.wait()
	whole(t, l.all(), n)
	account(t, p, w, spec.Counts{Offered: n, Delivered: n})
}

func TestBigMessages(t *testing.T) {
	const n = 20
	g := newGraph()
	from := g.add("from", 1, emits(func(ctx context.Context, s *source) error {
		for i := range n {
			text := make([]byte, i*300_000) // the window is 1 MiB
			if err := s.Out.Send(ctx, Number{N: int64(i), Text: string(text)}); err != nil {
				return err
			}
		}
		if err := s.Out.Send(ctx, Number{Text: string(make([]byte, 65<<20))}); err != errTooLong {
			return fmt.Errorf("65 MiB: %v", err)
		}
		return nil
	}), "push out")
	to := g.add("to", 1, takes(func(_ context.Context, _ *actor.Setup, m Number) error {
		if len(m.Text) != int(m.N)*300_000 {
			return fmt.Errorf("message %d has %d bytes", m.N, len(m.Text))
		}
		return nil
	}), "pull in")
	w := g.wire(from, "out", to, "in", nil)
	p := g.start(t)
	p.wait()
	account(t, p, w, spec.Counts{Offered: n, Delivered: n})
}

func TestUnwired(t *testing.T) {
	g := newGraph()
	g.add("from", 1, sends(100), "pub out")
	p := g.start(t)
	p.wait()
	if read := p.word(g.processes[0], spec.WordRead); read != 100 {
		t.Errorf("%d read", read)
	}
}
