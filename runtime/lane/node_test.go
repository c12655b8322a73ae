package lane

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"github.com/ilpomo/opencore/runtime/spec"
	"github.com/ilpomo/opencore/runtime/zmq"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patient = 10 * time.Second

// node makes a process 1 that takes messages of process 0 on lane 5.
func receiver(t *testing.T, change func(*Config)) *Node {
	c := Config{
		Run: 7, Graph: 8, Self: 1, Incarnation: 1, Bind: "ipc://" + filepath.Join(t.TempDir(), "r"),
		Peers:  []spec.Peer{{ID: 0, Title: "from"}},
		Report: func(level slog.Level, text string) { t.Log(level, text) },
	}
	if change != nil {
		change(&c)
	}
	n, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Close)
	n.Lock()
	n.AddIn(&In{ID: 5, Peer: 0, Message: 50, Tag: 3})
	n.Unlock()
	return n
}

// sender makes a process 0 that sends to process 1 on lane 5.
func sending(t *testing.T, endpoint string, change func(*Config, *WireConfig)) (*Node, *Wire) {
	c := Config{
		Run: 7, Graph: 8, Self: 0, Incarnation: 1, Bind: "ipc://" + filepath.Join(t.TempDir(), "s"),
		Peers:  []spec.Peer{{ID: 1, Title: "to", Connect: true}},
		Report: func(level slog.Level, text string) { t.Log(level, text) },
	}
	w := WireConfig{
		Message: 50, Queue: spec.Queue{Messages: 10, Full: "block"}, Lanes: []spec.Lane{{ID: 5, Peer: 1}},
		Offered: new(uint64), Dropped: new(uint64), Left: new(uint64),
	}
	if change != nil {
		change(&c, &w)
	}
	n, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Close)
	n.Lock()
	wire := n.AddWire(w)
	n.Unlock()
	n.PeerUp(1, 1, endpoint)
	return n, wire
}

// lead polls for a node until ok, as its main loop would.
func lead(t *testing.T, n *Node, ok func() bool) {
	t.Helper()
	n.Lock()
	defer n.Unlock()
	if !n.Wait(ok, n.After(patient)) {
		t.Fatal("waited in vain")
	}
}

// background leads for a node until the test ends.
func background(t *testing.T, n *Node) {
	var over bool
	var wg sync.WaitGroup
	wg.Go(func() {
		n.Lock()
		defer n.Unlock()
		n.Wait(func() bool { return over }, 0)
	})
	t.Cleanup(func() {
		n.Lock()
		over = true
		n.Changed()
		n.Unlock()
		wg.Wait()
	})
}

// Who believes something else about the run is refused, and says why.
func TestRefusals(t *testing.T) {
	for want, change := range map[string]func(*Config, *WireConfig){
		"another run":       func(c *Config, _ *WireConfig) { c.Run = 9 },
		"another version":   func(c *Config, _ *WireConfig) { c.Graph = 9 },
		"not wired":         func(c *Config, _ *WireConfig) { c.Self = 9 },
		"other fields":      func(_ *Config, w *WireConfig) { w.Message = 51 },
		"unknown here":      func(_ *Config, w *WireConfig) { w.Lanes[0].ID = 6 },
		"knows of 1":        func(_ *Config, w *WireConfig) { w.Lanes = append(w.Lanes, spec.Lane{ID: 6, Peer: 1}) },
		"looks for process": func(c *Config, w *WireConfig) { c.Peers[0].ID, w.Lanes[0].Peer = 2, 2 },
	} {
		r := receiver(t, nil)
		background(t, r)
		s, _ := sending(t, r.Endpoint(), change)
		s.PeerUp(2, 1, r.Endpoint())
		lead(t, s, func() bool { return s.Failure() != nil })
		if err := s.Failure(); !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// The end of an older incarnation doesn't reach who has met a newer one.
func TestStale(t *testing.T) {
	r := receiver(t, nil)
	background(t, r)
	r.PeerUp(0, 2, "")
	s, _ := sending(t, r.Endpoint(), nil)
	lead(t, s, func() bool { return s.Failure() != nil })
	if err := s.Failure(); !strings.Contains(err.Error(), "incarnation 1") {
		t.Error(err)
	}
	s2, _ := sending(t, r.Endpoint(), func(c *Config, _ *WireConfig) { c.Incarnation = 2 })
	lead(t, s2, s2.Resolved)
}

// evil speaks to a node by hand.
type evil struct {
	t    *testing.T
	sock *zmq.Socket
}

func newEvil(t *testing.T, endpoint string) *evil {
	c, err := zmq.NewContext()
	if err != nil {
		t.Fatal(err)
	}
	sock, err := c.Dealer(endpoint, -1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		sock.Close()
		c.Close()
	})
	e := &evil{t, sock}
	e.until(func() bool { return sock.Events().Connected() })
	return e
}

func (e *evil) until(ok func() bool) {
	e.t.Helper()
	deadline := time.Now().Add(patient)
	for !ok() {
		if time.Now().After(deadline) {
			e.t.Fatal("waited in vain")
		}
		unix.Poll([]unix.PollFd{pollIn(e.sock.FD())}, 1000)
	}
}

// answer sends a frame and gives the kind of what comes back, with its body.
func (e *evil) answer(frame []byte) (kind, string) {
	e.t.Helper()
	e.sock.Send(frame)
	f := zmq.NewFrame()
	defer f.Free()
	e.until(func() bool { return e.sock.Receive(f) })
	h, _, body, err := parseFrame(f.Bytes())
	if err != nil {
		e.t.Fatal(err)
	}
	return h.kind, string(body)
}

var sound = hello{run: 7, graph: 8, incarnation: 1, link: 1, to: 1, lanes: []helloLane{{5, 50, 0}}}

// A sender that lies is refused, and its link is over.
func TestLiars(t *testing.T) {
	record := func(h header) []byte { return pack(h, "payload") }
	for name, frame := range map[string][]byte{
		"gap":         record(header{kind: kindData, lane: 5, last: 7}),
		"lane":        record(header{kind: kindData, lane: 6, last: 1}),
		"grant":       record(header{kind: kindGrant}),
		"records":     append(record(header{kind: kindData, lane: 5, last: 1}), 1),
		"topics":      record(header{kind: kindData, flags: flagTopics, lane: 5, last: 1}),
		"end":         record(header{kind: kindEnd, lane: 5, last: 1}),
		"short":       {1, 2, 3},
		"hello twice": sound.append(nil),
		"bad hello":   sound.append(nil)[:headerSize+5],
	} {
		r := receiver(t, nil)
		background(t, r)
		e := newEvil(t, r.Endpoint())
		if k, _ := e.answer(sound.append(nil)); k != kindWelcome {
			t.Fatalf("%s: no welcome but %d", name, k)
		}
		if k, text := e.answer(frame); k != kindRefusal || text == "" {
			t.Errorf("%s: %d %q", name, k, text)
		}
		r.Lock()
		if r.Pending() {
			t.Errorf("%s: it reaches the handler", name)
		}
		r.Unlock()
	}
}

// Frames of strangers are dropped, and don't reach anybody.
func TestStrangers(t *testing.T) {
	r := receiver(t, nil)
	background(t, r)
	e := newEvil(t, r.Endpoint())
	e.sock.Send(pack(header{kind: kindData, lane: 5, last: 1}, "payload"))
	e.sock.Send([]byte("GET / HTTP/1.1"))
	e.sock.Send(nil)
	if k, _ := e.answer(sound.append(nil)); k != kindWelcome {
		t.Fatal(k)
	}
	r.Lock()
	defer r.Unlock()
	if r.Pending() || r.foreign != 3 {
		t.Errorf("%d strangers, pending %v", r.foreign, r.Pending())
	}
}

// A message goes there, its reply comes back, and the end behind it.
func TestRequest(t *testing.T) {
	r := receiver(t, nil)
	r.ins[5].Reply = 51
	s, w := sending(t, r.Endpoint(), func(_ *Config, w *WireConfig) { w.Reply = 51 })
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range 2 {
			lead(t, r, r.Pending)
			r.Lock()
			b := r.Take()
			_, payload, _ := b.Next()
			request := b.Request()
			text := string(payload)
			r.Unlock()
			if b.In.Tag != 3 {
				t.Errorf("tag %d", b.In.Tag)
			}
			if i == 0 {
				r.Answer(request, []byte("re: "+text), nil)
			} else {
				r.Answer(request, nil, errors.New("no"))
			}
			r.Lock()
			r.Done(b)
			r.Unlock()
		}
		lead(t, r, func() bool { return !r.Pending() && r.Ended(nil) })
	})
	lead(t, s, s.Resolved)
	for i, want := range []string{"re: hello <nil>", " no"} {
		s.Lock()
		c := w.Call(0, []byte("hello"), nil)
		s.Wait(c.Done, s.After(patient))
		payload, err := c.Outcome()
		s.Unlock()
		if got := fmt.Sprintf("%s %v", payload, err); got != want {
			t.Errorf("%d: %q, want %q", i, got, want)
		}
	}
	s.Lock()
	w.Close()
	s.Unlock()
	lead(t, s, w.Ended)
	wg.Wait()
}

// Many goroutines send at once while nobody leads but them.
func TestManySenders(t *testing.T) {
	const senders, each = 4, 3000
	r := receiver(t, nil)
	s, w := sending(t, r.Endpoint(), nil)
	var wg sync.WaitGroup
	for range senders {
		wg.Go(func() {
			for i := range each {
				s.Lock()
				buf, ok := w.Begin(0, "", 0)
				for !ok {
					s.Wait(func() bool { return !w.Full(0) }, 0)
					buf, ok = w.Begin(0, "", 0)
				}
				w.End(fmt.Appendf(buf, "%d", i))
				s.Unlock()
			}
		})
	}
	count := 0
	for count < senders*each {
		lead(t, r, r.Pending)
		r.Lock()
		b := r.Take()
		r.Unlock()
		for _, _, ok := b.Next(); ok; _, _, ok = b.Next() {
			count++
		}
		r.Lock()
		r.Done(b)
		r.Unlock()
	}
	wg.Wait()
}

func TestWaitTimeout(t *testing.T) {
	n := receiver(t, nil)
	background(t, n) // leads without a time of its own
	n.Lock()
	defer n.Unlock()
	start := time.Now()
	if n.Wait(func() bool { return false }, n.After(30*time.Millisecond)) {
		t.Error("it came true")
	}
	if took := time.Since(start); took < 30*time.Millisecond || took > patient {
		t.Errorf("it took %v", took)
	}
}

// While nobody waits for long, the standby leads.
func TestStandby(t *testing.T) {
	r := receiver(t, nil)
	s, _ := sending(t, r.Endpoint(), nil)
	r.Lock()
	r.Begin() // a handler that doesn't return
	r.Unlock()
	lead(t, s, s.Resolved)
}
