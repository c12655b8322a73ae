package runtime

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/spec"
)

// A clerk keeps a ledger of its own in a file: a line for each message that it
// has sent or got.
type clerk struct {
	file *os.File
	out  actor.Out[Number]
}

func newClerk(s *actor.Setup) *clerk {
	c := &clerk{}
	var err error
	if c.file, err = os.OpenFile(s.Params["ledger"].(string), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600); err != nil {
		panic(err)
	}
	if out := s.Outs["out"]; out != nil {
		c.out.Connect(out)
	}
	return c
}

// newLister is a source that sends until the file "stop" stands beside its
// ledger.
func newLister(s *actor.Setup) (*actor.Instance, error) {
	return &actor.Instance{Handler: &lister{newClerk(s), filepath.Join(filepath.Dir(s.Params["ledger"].(string)), "stop")}}, nil
}

type lister struct {
	*clerk
	stop string
}

func (l *lister) Run(ctx context.Context) error {
	for i := int64(0); ; i++ {
		if i%1000 == 0 {
			if _, err := os.Stat(l.stop); err == nil {
				return nil
			}
		}
		if err := l.out.Send(ctx, Number{N: i}); err != nil {
			return err
		}
		if _, err := l.file.WriteString("x\n"); err != nil {
			return err
		}
	}
}

// newHander hands on what it gets.
func newHander(s *actor.Setup) (*actor.Instance, error) {
	c := newClerk(s)
	return &actor.Instance{Handler: c, In: map[string]actor.Incoming{"in": {
		Message: func(ctx context.Context, payload []byte) error {
			var m Number
			if err := m.DecodeMessage(payload); err != nil {
				return err
			}
			return c.out.Send(ctx, m)
		},
	}}}, nil
}

// newListed notes what it gets.
func newListed(s *actor.Setup) (*actor.Instance, error) {
	c := newClerk(s)
	return &actor.Instance{Handler: c, In: map[string]actor.Incoming{"in": {
		Message: func(context.Context, []byte) error {
			_, err := c.file.WriteString("x\n")
			return err
		},
	}}}, nil
}

func lines(t *testing.T, path string) uint64 {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return uint64(bytes.Count(data, []byte("\n")))
}

// Kill -9 of each process in turn: the account agrees with ledgers that are
// kept independently at both ends, but for the one message that each killed
// process had in hand.
func TestKillForReal(t *testing.T) {
	dir := t.TempDir()
	g := newGraph()
	add := func(name, actorName string, replicas int, ports ...string) group {
		all := g.add(name, replicas, nil, ports...)
		for _, p := range all {
			p.Actor = actorName
			path := fmt.Sprintf("%q", filepath.Join(dir, p.Title()))
			p.Args = []spec.Arg{{Name: "ledger", Type: "string", Value: spec.Value{Const: json.RawMessage(path)}}}
		}
		return all
	}
	from := add("from", "lister", 1, "push out")
	via := add("via", "hander", 2, "pull in", "push out")
	to := add("to", "listed", 1, "pull in")
	first := g.wire(from, "out", via, "in", nil)
	second := g.wire(via, "out", to, "in", nil)
	p := g.startReal(t)
	kills := map[spec.ProcessID]uint64{}
	for _, part := range p.parts {
		part.restart = true
	}
	for range 2 {
		for _, victim := range g.processes {
			a := p.parts[victim.ID]
			before := p.counts(second).Delivered
			p.until("progress", func() bool { return p.counts(second).Delivered > before+2000 || !again(p) })
			incarnation := a.incarnation
			p.kill(victim)
			kills[victim.ID]++
			p.until("the next incarnation", func() bool { return a.incarnation == incarnation+1 && a.ready })
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "stop"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p.wait()
	a, b := p.counts(first), p.counts(second)
	if sent := lines(t, filepath.Join(dir, "from")); a.Offered < sent || a.Offered-sent > kills[from[0].ID] {
		t.Errorf("offered %d, and the source's ledger has %d", a.Offered, sent)
	}
	if got := lines(t, filepath.Join(dir, "to")); got < b.Delivered || got-b.Delivered > kills[to[0].ID] {
		t.Errorf("delivered %d, and the sink's ledger has %d", b.Delivered, got)
	}
	if slack := int64(kills[via[0].ID] + kills[via[1].ID]); int64(b.Offered)-int64(a.Delivered) > slack || b.Offered < a.Delivered {
		t.Errorf("handed on %d of %d", b.Offered, a.Delivered)
	}
	if a.Lost < 0 || b.Lost < 0 || a.Left+b.Left+a.Dropped+b.Dropped > 0 || a.Lost+b.Lost == 0 {
		t.Errorf("%+v\n%+v", a, b)
	}
}
