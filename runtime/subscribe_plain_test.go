package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/spec"
	"github.com/ilpomo/opencore/runtime/zmq"
)

// A stranger is a publisher that is none of ours.
type stranger struct {
	t    *testing.T
	sock *zmq.Plain
	m    *zmq.Message
}

func newStranger(t *testing.T) (s *stranger, endpoint string) {
	t.Helper()
	zctx, err := zmq.NewContext()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { zctx.Close() })
	sock, err := zctx.Open(zmq.Pub, zmq.Options{Verbose: true})
	if err != nil {
		t.Fatal(err)
	}
	m := zmq.NewMessage(4, 1<<10)
	t.Cleanup(func() {
		m.Free()
		sock.Close()
	})
	if endpoint, err = sock.Bind("tcp://127.0.0.1:*"); err != nil {
		t.Fatal(err)
	}
	return &stranger{t, sock, m}, endpoint
}

// hears waits for subscriptions, which begin with 1, and their ends, which
// begin with 0.
func (s *stranger) hears(want ...string) {
	s.t.Helper()
	for _, w := range want {
		err := s.sock.Receive(s.m)
		for errors.Is(err, zmq.ErrAgain) {
			fds := []unix.PollFd{{Fd: int32(s.sock.FD()), Events: unix.POLLIN}}
			if n, _ := unix.Poll(fds, int(patient.Milliseconds())); n == 0 {
				s.t.Fatalf("waited in vain for %q", w)
			}
			err = s.sock.Receive(s.m)
		}
		if err != nil {
			s.t.Fatal(err)
		}
		if got := string(s.m.Parts()[0]); got != w {
			s.t.Fatalf("heard %q, want %q", got, w)
		}
	}
}

func (s *stranger) publish(topics ...string) {
	s.t.Helper()
	for _, topic := range topics {
		if err := s.sock.Send([]byte(topic), []byte(`{"n": 1, "text": "x"}`)); err != nil {
			s.t.Fatal(err)
		}
	}
}

// A publisher that is none of ours hears of each change too.
func TestSubscribeForeign(t *testing.T) {
	s, endpoint := newStranger(t)
	address, err := json.Marshal(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan string, 100)
	g := newGraph()
	to := g.add("to", 1, reads(reader{note: func(ctx context.Context, topic string) error {
		got <- topic
		switch topic {
		case "a.go":
			return actor.Subscribe(ctx, "in", "b", "c")
		case "b.over":
			return actor.Subscribe(ctx, "in", "d", "c")
		}
		return nil
	}}), "sub in")
	g.wires = []spec.Wire{{Name: "far.out -> to.in", Message: "Number", Copies: 1, Queue: spec.Queue{Messages: 100, Full: "block"}}}
	to[0].Ins[0].Wires = []spec.InWire{{Topic: true, Plain: &spec.Plain{Socket: "sub", Codec: "json", Endpoint: spec.Value{Const: address}}}}
	p := g.start(t)
	s.hears("\x01")
	s.publish("a.go", "a", "b")
	s.hears("\x01b", "\x01c", "\x00")
	s.publish("a", "b", "b.over", "bc", "c")
	s.hears("\x01d", "\x00b")
	s.publish("b", "d", "c.over")
	var all []string
	for len(all) == 0 || all[len(all)-1] != "c.over" {
		all = append(all, <-got)
	}
	if want := []string{"a.go", "b", "b", "b.over", "c", "d", "c.over"}; !slices.Equal(all, want) {
		t.Errorf("%q, want %q", all, want)
	}
	p.mu.Lock()
	p.say(p.parts[0], spec.Down{Stop: true})
	p.mu.Unlock()
	p.wait()
	// What was on its way is filtered here, or by libzmq before it is ours.
	if c := p.counts(0); c.Delivered != 7 || c.Filtered > 2 || c.Lost != 0 {
		t.Errorf("%+v", c)
	}
}
