package runtime

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/spec"
)

// A partner is a handler with one port, a pair.
type partner struct {
	P      actor.Out[Number]
	first  []Number // what it sends when it starts
	handle func(ctx context.Context, p *partner, m Number) error
}

func (p *partner) Start(ctx context.Context) error {
	for _, m := range p.first {
		if err := p.P.Send(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

func partners(p partner) actor.Factory {
	return func(s *actor.Setup) (*actor.Instance, error) {
		h := p
		h.P.Connect(s.Outs["p"])
		return &actor.Instance{Handler: &h, In: map[string]actor.Incoming{"p": {
			Message: func(ctx context.Context, payload []byte) error {
				var m Number
				if err := m.DecodeMessage(payload); err != nil {
					return err
				}
				return h.handle(ctx, &h, m)
			},
		}}}, nil
	}
}

// pair wires two pair ports, both ways, and puts both sides on a cycle.
func (g *graph) pair(a, b group) (there, back spec.WireID) {
	a[0].Cycle, b[0].Cycle = 1, 1
	return g.wire(a, "p", b, "p", nil), g.wire(b, "p", a, "p", nil)
}

// A ball goes to and fro; what a side sends at its start is not lost, and when
// it has come to rest both end.
func TestPair(t *testing.T) {
	const n = 2000
	g := newGraph()
	var at atomic.Int64
	bat := func(ctx context.Context, p *partner, m Number) error {
		at.Store(m.N)
		if m.N == 2*n {
			return nil
		}
		return p.P.Send(ctx, Number{N: m.N + 1})
	}
	ping := g.add("ping", 1, partners(partner{first: []Number{{N: 1}}, handle: bat}), "pair p")
	pong := g.add("pong", 1, partners(partner{handle: bat}), "pair p")
	there, back := g.pair(ping, pong)
	p := g.start(t)
	p.wait()
	if at.Load() != 2*n {
		t.Errorf("it was hit %d times", at.Load())
	}
	account(t, p, there, spec.Counts{Offered: n, Delivered: n})
	account(t, p, back, spec.Counts{Offered: n, Delivered: n})
}

// One side dies, and comes back: both directions go on.
func TestPairDies(t *testing.T) {
	g := newGraph()
	caught := make(chan struct{}, 1)
	var got atomic.Int64
	ping := g.add("ping", 1, partners(partner{handle: func(ctx context.Context, p *partner, m Number) error {
		got.Add(1)
		if m.N == 0 { // a partner has started
			return p.P.Send(ctx, Number{N: 1})
		}
		return nil
	}}), "pair p")
	starts := 0
	pong := g.add("pong", 1, partners(partner{first: []Number{{N: 0}}, handle: func(ctx context.Context, p *partner, m Number) error {
		if starts++; starts == 1 {
			caught <- struct{}{}
			<-ctx.Done()
			return errors.New("it has died")
		}
		return p.P.Send(ctx, Number{N: 2})
	}}), "pair p")
	there, back := g.pair(ping, pong)
	p := g.start(t)
	p.parts[pong[0].ID].restart = true
	<-caught
	p.kill(pong[0])
	p.wait()
	if got.Load() != 3 {
		t.Errorf("ping got %d messages", got.Load())
	}
	account(t, p, there, spec.Counts{Offered: 2, Delivered: 2, Rejected: 1})
	account(t, p, back, spec.Counts{Offered: 3, Delivered: 3})
}
