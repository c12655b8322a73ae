package runtime

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/spec"
	"github.com/ilpomo/opencore/runtime/zmq"
)

// An outsider is a socket of somebody else's.
type outsider struct {
	*zmq.Plain
	t *testing.T
	m *zmq.Message
}

// foreigners makes sockets that connect to endpoints.
func foreigners(t *testing.T) func(kind zmq.Kind, endpoint string) *outsider {
	c, err := zmq.NewContext()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return func(kind zmq.Kind, endpoint string) *outsider {
		t.Helper()
		s, err := c.Open(kind, zmq.Options{Subscribed: true})
		if err == nil {
			err = s.Connect(endpoint)
		}
		if err != nil {
			t.Fatal(err)
		}
		f := &outsider{s, t, zmq.NewMessage(10, 1<<20)}
		t.Cleanup(func() {
			s.Close()
			f.m.Free()
		})
		return f
	}
}

func (f *outsider) try(what func() error) {
	f.t.Helper()
	for deadline := time.Now().Add(patient); ; {
		before := f.Events()
		err := what()
		if err == nil {
			return
		}
		if err != zmq.ErrAgain || time.Now().After(deadline) {
			f.t.Fatal(err)
		}
		if f.Events() == before {
			unix.Poll([]unix.PollFd{{Fd: int32(f.FD()), Events: unix.POLLIN}}, int(patient.Milliseconds()))
		}
	}
}

func (f *outsider) send(parts ...string) {
	f.t.Helper()
	var list [][]byte
	for _, p := range parts {
		list = append(list, []byte(p))
	}
	f.try(func() error { return f.Send(list...) })
}

func (f *outsider) receive() string {
	f.t.Helper()
	f.try(func() error { return f.Receive(f.m) })
	return string(bytes.Join(f.m.Parts(), []byte("|")))
}

func jsonOf(n int) string { return fmt.Sprintf(`{"n":%d,"text":""}`, n) }

// plainWire adds a wire between a port and foreign peers, at an endpoint that we
// bind.
func (g *graph) plainWire(t *testing.T, name, socket string) (id spec.WireID, p *spec.Plain, endpoint string) {
	id = spec.WireID(len(g.wires))
	endpoint = "ipc://" + filepath.Join(t.TempDir(), "s")
	text, _ := json.Marshal(endpoint)
	g.wires = append(g.wires, spec.Wire{ID: id, Name: name, Message: "Number", Copies: 1, Queue: spec.Queue{Messages: 1000, Full: "block"}})
	return id, &spec.Plain{Socket: socket, Bind: true, Endpoint: spec.Value{Const: text}, Codec: "json", Place: "test.actors:2:2"}, endpoint
}

func (g *graph) outside(t *testing.T, from group, port, socket string, settings func(*spec.OutWire)) (spec.WireID, string) {
	id, plain, endpoint := g.plainWire(t, from[0].Instance+"."+port+" -> "+socket, socket)
	w := spec.OutWire{Wire: id, Queue: spec.Queue{Messages: 1000, Full: "block"}, Timeout: spec.Duration(patient), Plain: plain}
	if settings != nil {
		settings(&w)
	}
	o := &from[0].Outs[outIndex(from[0], port)]
	o.Wires = append(o.Wires, w)
	return id, endpoint
}

func (g *graph) inside(t *testing.T, to group, port, socket string, settings func(*spec.InWire)) (spec.WireID, string) {
	id, plain, endpoint := g.plainWire(t, socket+" -> "+to[0].Instance+"."+port, socket)
	w := spec.InWire{Wire: id, Plain: plain}
	if settings != nil {
		settings(&w)
	}
	i := &to[0].Ins[inIndex(to[0], port)]
	i.Wires = append(i.Wires, w)
	return id, endpoint
}

// stop tells all processes to stop.
func (pl *play) stop() {
	pl.mu.Lock()
	defer pl.mu.Unlock()
	for _, a := range pl.parts {
		pl.say(a, spec.Down{Stop: true})
	}
}

func (pl *play) untilReady() {
	pl.t.Helper()
	pl.until("go", func() bool { return pl.going })
}

// handsOn hands on what comes.
func handsOn(s *actor.Setup) (*actor.Instance, error) {
	var out actor.Out[Number]
	out.Connect(s.Outs["out"])
	return &actor.Instance{Handler: struct{}{}, In: map[string]actor.Incoming{"in": {
		Message: func(ctx context.Context, payload []byte) error {
			var m Number
			if err := m.DecodeMessage(payload); err != nil {
				return err
			}
			if m.N < 0 {
				return errors.New("negative")
			}
			return out.Send(ctx, m)
		},
	}}}, nil
}

// Foreign peers at both ends: all that they sent arrives, also what was on its
// way when the run is told to end.
func TestPlainChain(t *testing.T) {
	const n = 20_000
	g := newGraph()
	via := g.add("via", 1, handsOn, "pull in", "push out")
	in, from := g.inside(t, via, "in", "pull", func(w *spec.InWire) { w.Where = "n != 7" })
	out, to := g.outside(t, via, "out", "push", nil)
	p, peer := g.start(t), foreigners(t)
	p.untilReady()
	source, sink := peer(zmq.Push, from), peer(zmq.Pull, to)
	next, got := 0, 0
	for got < n-2 {
		for ; next < n; next++ {
			text := jsonOf(next)
			if next == 9 {
				text = "garbage"
			}
			if source.Send([]byte(text)) != nil {
				break
			}
		}
		want := got
		if want >= 7 {
			want++
		}
		if want >= 9 {
			want++
		}
		if text := sink.receive(); text != jsonOf(want) {
			t.Fatalf("%s, want %d", text, want)
		}
		got++
	}
	p.stop()
	p.wait()
	account(t, p, in, spec.Counts{Offered: n, Filtered: 1, Delivered: n - 1, Rejected: 1})
	account(t, p, out, spec.Counts{Offered: n - 2, Delivered: n - 2})
}

// A plain wire among native ones copies, filters and takes what no other does.
func TestPlainAmongOthers(t *testing.T) {
	const n = 1000
	g, l := newGraph(), newLedger()
	from := g.add("from", 1, sends(n), "pub out")
	to := g.add("to", 1, takes(l.note), "in in")
	native := g.wire(from, "out", to, "in", func(w *spec.OutWire) { w.Where = "n % 2 == 0" })
	from.topic("out", `"t" + text`)
	small, at := g.outside(t, from, "out", "push", func(w *spec.OutWire) { w.Where, w.Plain.Topic = `n < 10 && topic != "t3"`, true })
	rest, other := g.outside(t, from, "out", "push", func(w *spec.OutWire) { w.Else = true })
	p, peer := g.start(t), foreigners(t)
	few, odd := peer(zmq.Pull, at), peer(zmq.Pull, other)
	for _, i := range []int{0, 1, 2, 4, 5, 6, 7, 8, 9} {
		if got, want := few.receive(), fmt.Sprintf(`t%d|{"n":%d,"text":"%d"}`, i%7, i, i%7); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	for _, i := range append([]int{3}, odds(11, n)...) {
		if got, want := odd.receive(), fmt.Sprintf(`{"n":%d,"text":"%d"}`, i, i%7); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	}
	p.wait()
	account(t, p, native, spec.Counts{Offered: n, Filtered: n / 2, Delivered: n / 2})
	account(t, p, small, spec.Counts{Offered: n, Filtered: n - 9, Delivered: 9})
	account(t, p, rest, spec.Counts{Offered: n, Filtered: n/2 + 4, Delivered: n/2 - 4})
}

func odds(from, to int) (list []int) {
	for i := from; i < to; i += 2 {
		list = append(list, i)
	}
	return list
}

// answersPlain makes a replier: at once, or later on a port of pattern router.
func answersPlain(s *actor.Setup) (*actor.Instance, error) {
	answer := func(payload []byte) (Number, error) {
		var m Number
		err := m.DecodeMessage(payload)
		if m.N < 0 {
			err = errors.New("negative")
		}
		return Number{N: m.N + 1}, err
	}
	return &actor.Instance{Handler: struct{}{}, In: map[string]actor.Incoming{
		"rep": {Request: func(_ context.Context, payload, reply []byte) ([]byte, error) {
			m, err := answer(payload)
			return m.AppendMessage(reply), err
		}},
		"router": {Deferred: func(ctx context.Context, payload []byte, r actor.Responder) error {
			m, err := answer(payload)
			go r.Reply(ctx, m.AppendMessage(nil), err)
			return nil
		}},
	}}, nil
}

func TestPlainAnswers(t *testing.T) {
	g := newGraph()
	to := g.add("to", 1, answersPlain, "rep rep", "router router")
	rep, at := g.inside(t, to, "rep", "rep", func(w *spec.InWire) { w.Where = "n != 5" })
	router, other := g.inside(t, to, "router", "router", nil)
	p, peer := g.start(t), foreigners(t)
	p.untilReady()
	for _, endpoint := range []string{at, other} {
		f := peer(zmq.Req, endpoint)
		for sent, want := range map[string]string{
			jsonOf(1): `{"n":2,"text":""}`, jsonOf(-1): "|negative", "x": "|the request is malformed: a value must begin here",
		} {
			f.send(sent)
			if got := f.receive(); got != want && (sent != "x" || !bytes.HasPrefix([]byte(got), []byte("|the request is malformed"))) {
				t.Errorf("%s: %s, want %s", sent, got, want)
			}
		}
	}
	f := peer(zmq.Req, at)
	f.send(jsonOf(5))
	if got := f.receive(); got != "|"+errNoMatch.Error() {
		t.Error(got)
	}
	p.stop()
	p.wait()
	account(t, p, rep, spec.Counts{Offered: 4, Filtered: 1, Delivered: 3, Rejected: 2})
	account(t, p, router, spec.Counts{Offered: 3, Delivered: 3, Rejected: 1})
}

// asksPlain makes a source that asks for each number below n.
func asksPlain(n int, outcome func(reply Number, err error)) actor.Factory {
	return func(s *actor.Setup) (*actor.Instance, error) {
		var port actor.Ask[Number, Number]
		port.Connect(s.Asks["ask"])
		return &actor.Instance{Handler: runner(func(ctx context.Context) error {
			for i := range n {
				outcome(port.Ask(ctx, Number{N: int64(i)}))
			}
			return nil
		})}, nil
	}
}

type runner func(ctx context.Context) error

func (r runner) Run(ctx context.Context) error { return r(ctx) }

func TestPlainAsks(t *testing.T) {
	g := newGraph()
	var got []string
	from := g.add("from", 1, asksPlain(4, func(reply Number, err error) { got = append(got, fmt.Sprint(reply.N, err)) }), "req ask")
	ask, at := g.outside(t, from, "ask", "req", func(w *spec.OutWire) { w.Where = "n != 2" })
	p, peer := g.start(t), foreigners(t)
	f := peer(zmq.Rep, at)
	for _, answer := range [][]string{{jsonOf(10)}, {"", "no"}, {"topic", jsonOf(13)}} {
		f.receive()
		f.send(answer...)
	}
	p.wait()
	if want := fmt.Sprint([]string{"10 <nil>", "0 the replier: no", "0 " + errNoMatch.Error(), "13 <nil>"}); fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
	account(t, p, ask, spec.Counts{Offered: 4, Filtered: 1, Delivered: 3})
}

// What is malformed goes to the port rejected, and what is rejected by the
// handler too.
func TestPlainRejected(t *testing.T) {
	g := newGraph()
	reasons := make(chan string, 10)
	via := g.add("via", 1, handsOn, "pull in", "push out")
	bad := g.add("bad", 1, func(*actor.Setup) (*actor.Instance, error) {
		return &actor.Instance{Handler: struct{}{}, In: map[string]actor.Incoming{"in": {
			Message: func(_ context.Context, payload []byte) error {
				reasons <- string(payload)
				return nil
			},
		}}}, nil
	}, "in in")
	bad[0].Ins[0].Message = "Rejected"
	_, at := g.inside(t, via, "in", "pull", nil)
	g.wire(via, rejectedPort, bad, "in", nil)
	p, peer := g.start(t), foreigners(t)
	p.untilReady()
	f := peer(zmq.Push, at)
	f.send("bad bytes")
	if got := <-reasons; !bytes.Contains([]byte(got), []byte("pull -> via.in")) || !bytes.HasSuffix([]byte(got), []byte("bad bytes")) {
		t.Errorf("%q", got)
	}
	f.send(jsonOf(-1))
	if got := <-reasons; !bytes.Contains([]byte(got), []byte("negative")) || !bytes.HasSuffix([]byte(got), []byte(jsonOf(-1))) {
		t.Errorf("%q", got)
	}
	p.stop()
	p.wait()
}

// Nobody reads what a source pushes: when the run is ended at once, what waits
// is left.
func TestPlainLeft(t *testing.T) {
	g := newGraph()
	sent := make(chan struct{})
	from := g.add("from", 1, emits(func(ctx context.Context, s *source) error {
		defer close(sent)
		for range 10 {
			if err := s.Out.Send(ctx, Number{}); err != nil {
				return err
			}
		}
		return nil
	}), "push out")
	w, _ := g.outside(t, from, "out", "push", nil)
	p := g.start(t)
	<-sent
	p.mu.Lock()
	p.say(p.parts[0], spec.Down{Now: true})
	p.mu.Unlock()
	p.until("the end", func() bool { return p.parts[0].exited })
	account(t, p, w, spec.Counts{Offered: 10, Left: 10})
}

// A pair port has one socket for both ways.
func TestPlainPair(t *testing.T) {
	const n = 1000
	g := newGraph()
	a := g.add("a", 1, partners(partner{
		first: []Number{{N: 1}},
		handle: func(ctx context.Context, p *partner, m Number) error {
			return p.P.Send(ctx, Number{N: m.N + 1})
		},
	}), "pair p")
	out, at := g.outside(t, a, "p", "pair", nil)
	plain := *a[0].Outs[0].Wires[0].Plain
	in := spec.WireID(len(g.wires))
	g.wires = append(g.wires, spec.Wire{ID: in, Name: "pair -> a.p", Message: "Number", Copies: 1})
	a[0].Ins[0].Wires = []spec.InWire{{Wire: in, Plain: &plain}}
	p, peer := g.start(t), foreigners(t)
	f := peer(zmq.Pair, at)
	for i := 1; i < n; i += 2 {
		if got := f.receive(); got != jsonOf(i) {
			t.Fatalf("%s, want %d", got, i)
		}
		f.send(jsonOf(i + 1))
	}
	f.receive()
	p.stop()
	p.wait()
	account(t, p, in, spec.Counts{Offered: n / 2, Delivered: n / 2})
	account(t, p, out, spec.Counts{Offered: n/2 + 1, Delivered: n/2 + 1})
}

// What the system chose is told.
func TestPlainListening(t *testing.T) {
	g := newGraph()
	via := g.add("via", 1, handsOn, "pull in", "push out")
	in, _ := g.inside(t, via, "in", "pull", func(w *spec.InWire) { w.Plain.Endpoint = spec.Value{Const: []byte(`"tcp://127.0.0.1:*"`)} })
	out, at := g.outside(t, via, "out", "push", nil)
	p := g.start(t)
	p.untilReady()
	list := p.parts[0].listening
	if len(list) != 2 || list[0].Wire != out || list[0].Endpoint != at || list[1].Wire != in {
		t.Fatalf("%+v", list)
	}
	f := foreigners(t)(zmq.Push, list[1].Endpoint)
	f.send(jsonOf(1))
	if got := foreigners(t)(zmq.Pull, at).receive(); got != jsonOf(1) {
		t.Error(got)
	}
	p.stop()
	p.wait()
}
