package plain

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/ilpomo/opencore/runtime/lane"
	"github.com/ilpomo/opencore/runtime/spec"
	"github.com/ilpomo/opencore/runtime/zmq"
)

func (p *place) call(a *Asker, text string) (c *Call) {
	p.locked(func() { c = a.Call("", dense(text), nil) })
	return c
}

// outcome waits for a call, and gives its reply or its error.
func (p *place) outcome(c *Call) string {
	p.Helper()
	p.until(c.Done)
	payload, err := c.Outcome()
	if err != nil {
		return "error: " + err.Error()
	}
	return text(payload)
}

func TestAskREP(t *testing.T) {
	p := newPlace(t)
	c := p.config("req")
	a := p.asker(c)
	first := p.call(a, "one") // nobody is there yet
	f := p.connect(zmq.Rep, a.Endpoint(), zmq.Options{})
	p.equal(f.receive(), `{"w":"one"}`)
	f.send(`{"w":"yes"}`)
	p.equal(p.outcome(first), "yes")
	second := p.call(a, "two")
	f.receive()
	f.send("", "no such luck")
	p.equal(p.outcome(second), "error: no such luck")
	third := p.call(a, "three")
	f.receive()
	f.send("garbage")
	if got := p.outcome(third); got == "garbage" || !p.said("is not a reply") {
		t.Errorf("%q, %q", got, p.logs)
	}
	fourth := p.call(a, "four")
	f.receive()
	f.send("topic", `{"w":"behind a topic"}`)
	p.equal(p.outcome(fourth), "behind a topic")
	p.equal([]any{*c.Delivered, *c.Dropped, a.Outstanding()}, []any{4, 0, 0})
}

// Replies come in another order than the requests.
func TestAskROUTER(t *testing.T) {
	p := newPlace(t)
	c := p.config("dealer")
	c.Topic = true
	a := p.asker(c)
	f := p.connect(zmq.Router, a.Endpoint(), zmq.Options{})
	var calls []*Call
	var envelopes [][]string
	for i := range 3 {
		calls = append(calls, p.call(a, fmt.Sprint(i)))
		f.receive()
		parts := f.m.Parts()
		p.equal(len(parts), 5)
		p.equal(string(parts[4]), fmt.Sprintf(`{"w":"%d"}`, i))
		envelopes = append(envelopes, []string{string(parts[0]), string(parts[1]), string(parts[2])})
	}
	for _, i := range []int{2, 0, 1} {
		f.send(append(envelopes[i], fmt.Sprintf(`{"w":"re %d"}`, i))...)
	}
	for i, call := range calls {
		p.equal(p.outcome(call), fmt.Sprintf("re %d", i))
	}
	f.send(append(envelopes[0], `{"w":"twice"}`)...)
	p.until(func() bool { return a.Late() == 1 })
	if !p.said("for which nobody waits") {
		t.Error("in silence")
	}
}

// A ROUTER that doesn't give back what it got is understood while one request
// is on its way.
func TestAskROUTERThatForgetsTheNumber(t *testing.T) {
	p := newPlace(t)
	a := p.asker(p.config("dealer"))
	f := p.connect(zmq.Router, a.Endpoint(), zmq.Options{})
	for _, middle := range [][]string{{}, {""}} {
		call := p.call(a, "x")
		f.receive()
		f.send(append(append([]string{string(f.m.Parts()[0])}, middle...), `{"w":"re"}`)...)
		p.equal(p.outcome(call), "re")
	}
	one, two := p.call(a, "1"), p.call(a, "2")
	f.receive()
	f.receive()
	f.send(string(f.m.Parts()[0]), `{"w":"to whom?"}`)
	p.until(func() bool { return a.Late() == 1 })
	p.locked(func() {
		if one.Done() || two.Done() {
			t.Error("it is guessed")
		}
		one.Forget()
	})
	f.send(string(f.m.Parts()[0]), `{"w":"late, or not?"}`)
	p.until(func() bool { return a.Late() == 2 })
	p.locked(two.Forget)
	p.equal(p.outcome(two), "error: "+lane.ErrTimeout.Error())
}

func TestAskTimeout(t *testing.T) {
	p := newPlace(t)
	c := p.config("req")
	c.Timeout, c.Retry = 20*time.Millisecond, 2
	a := p.asker(c)
	alone := p.call(a, "x")
	p.equal(p.outcome(alone), "error: "+lane.ErrPeerDown.Error())
	p.equal([]uint64{*c.Offered, *c.Dropped}, []uint64{2, 3})
	f := p.connect(zmq.Router, a.Endpoint(), zmq.Options{})
	p.until(func() bool { return a.Events().Writable() })
	heard := p.call(a, "y")
	p.equal(p.outcome(heard), "error: "+lane.ErrTimeout.Error())
	p.equal([]uint64{*c.Offered, *c.Dropped, *c.Delivered}, []uint64{4, 3, 3})
	for range 3 {
		f.receive()
		f.send(string(f.m.Parts()[0]), string(f.m.Parts()[1]), "", `{"w":"late"}`)
	}
	p.until(func() bool { return a.Late() == 3 })
	p.equal(a.Outstanding(), 0)
}

func TestAskRetry(t *testing.T) {
	p := newPlace(t)
	c := p.config("req")
	c.Timeout, c.Retry = 200*time.Millisecond, 20
	a := p.asker(c)
	f := p.connect(zmq.Rep, a.Endpoint(), zmq.Options{})
	call := p.call(a, "x")
	f.receive()
	f.Close() // it dies with the request
	g := p.connect(zmq.Rep, a.Endpoint(), zmq.Options{})
	g.receive()
	g.send(`{"w":"re"}`)
	p.equal(p.outcome(call), "re")
}

func TestAskPeerDies(t *testing.T) {
	p := newPlace(t)
	a := p.asker(p.config("req"))
	f := p.connect(zmq.Rep, a.Endpoint(), zmq.Options{})
	call := p.call(a, "x")
	f.receive()
	f.Close()
	p.equal(p.outcome(call), "error: "+lane.ErrPeerDown.Error())
}

func TestAskQueue(t *testing.T) {
	for policy, want := range map[string][]string{"drop_oldest": {"crowded", "two"}, "drop_newest": {"one", "crowded"}} {
		p := newPlace(t)
		c := p.config("dealer")
		c.Queue = spec.Queue{Messages: 1, Full: policy}
		a := p.asker(c)
		calls := []*Call{p.call(a, "one"), p.call(a, "two")}
		p.equal([]any{a.Blocks(), a.Crowded(), *c.Dropped}, []any{false, true, 1})
		f := p.connect(zmq.Rep, a.Endpoint(), zmq.Options{})
		f.receive()
		f.send(string(f.m.Parts()[0]))
		for i, call := range calls {
			got := p.outcome(call)
			if _, err := call.Outcome(); errors.Is(err, lane.ErrCrowded) {
				got = "crowded"
			}
			p.equal(got, want[i])
		}
	}
}

func TestAskThen(t *testing.T) {
	p := newPlace(t)
	a := p.asker(p.config("dealer"))
	var got string
	p.locked(func() {
		a.Call("", dense("x"), func(payload []byte, err error) { got = text(payload) })
	})
	f := p.connect(zmq.Rep, a.Endpoint(), zmq.Options{})
	f.receive()
	f.send(`{"w":"re"}`)
	p.until(p.node.Pending)
	p.locked(func() {
		b := p.node.Take()
		p.equal(b.Do(), nil)
		p.node.Done(b)
	})
	p.equal(got, "re")
}

func TestAskLeft(t *testing.T) {
	p := newPlace(t)
	c := p.config("dealer")
	a := p.asker(c)
	p.call(a, "x")
	p.call(a, "y")
	p.locked(a.GiveUp)
	p.equal(*c.Left, 2)
}

// What has been counted as left is not counted again, however long the process
// still takes to end.
func TestAskLeftAndTimeout(t *testing.T) {
	p := newPlace(t)
	c := p.config("dealer")
	c.Timeout, c.Retry = 20*time.Millisecond, 1
	a := p.asker(c)
	p.call(a, "x")
	p.locked(a.GiveUp)
	b := p.asker(p.timed(40 * time.Millisecond))
	p.outcome(p.call(b, "later"))
	p.equal([]uint64{*c.Left, *c.Offered, *c.Dropped}, []uint64{1, 0, 0})
}

// timed is the config of requests that are given up after a time.
func (p *place) timed(timeout time.Duration) Config {
	c := p.config("dealer")
	c.Timeout = timeout
	return c
}

func TestAskLeftAndPeerGone(t *testing.T) {
	p := newPlace(t)
	c := p.config("dealer")
	c.Retry = 1
	a := p.asker(c)
	f := p.connect(zmq.Rep, a.Endpoint(), zmq.Options{})
	p.call(a, "x")
	f.receive()
	p.locked(a.GiveUp)
	f.Close()
	p.until(func() bool { return a.peers() == 0 })
	p.equal([]uint64{*c.Left, *c.Offered, *c.Delivered}, []uint64{0, 0, 1})
}

func TestAskUnsayable(t *testing.T) {
	p := newPlace(t)
	c := p.config("dealer")
	a := p.asker(c)
	var call *Call
	p.locked(func() { call = a.Call("", []byte{1}, nil) })
	if got := p.outcome(call); got == "" {
		t.Error(got)
	}
	p.equal([]uint64{*c.Delivered, *c.Rejected}, []uint64{1, 1})
}
