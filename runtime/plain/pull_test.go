package plain

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/ilpomo/opencore/runtime/spec"
	"github.com/ilpomo/opencore/runtime/zmq"
)

func TestPullTakesOneFrameOrTwo(t *testing.T) {
	p := newPlace(t)
	c := p.config("pull")
	ready := 0
	c.Ready = func() { ready++ }
	r := p.receiver(c)
	f := p.connect(zmq.Push, r.Endpoint(), zmq.Options{})
	f.send(`{"w":"x"}`)
	f.send("", `{"w":"y"}`)
	f.send("a\x00", `{"w":"z"}`)
	p.until(func() bool { return ready == 1 })
	for _, want := range []string{"<nil>|x", "|y", "a\x00|z"} {
		in := p.next(r)
		topic := string(in.Topic)
		if in.Topic == nil {
			topic = "<nil>"
		}
		p.equal(topic+"|"+text(in.Payload), want)
	}
	p.locked(func() {
		if _, ok := r.Next(); ok || ready != 1 {
			t.Errorf("%d times ready", ready)
		}
	})
	f.send(`{"w":"again"}`)
	p.until(func() bool { return ready == 2 })
	p.equal(*c.Offered, 3+1)
}

func TestPullRefusesWhatIsNoMessage(t *testing.T) {
	p := newPlace(t)
	c := p.config("pull")
	r := p.receiver(c)
	f := p.connect(zmq.Push, r.Endpoint(), zmq.Options{})
	for _, bad := range [][]string{
		{""}, {"topic", ""}, {"a", "b", `{"w":"x"}`}, make([]string, 100), {"\xc6\xff\xff\xff\xff"}, {`{"w":1}`},
		{strings.Repeat("x", MaxDecoded+1)}, {"t", `{"w":"` + strings.Repeat("x", MaxDecoded) + `"}`},
		{strings.Repeat("x", maxFrame)},
	} {
		f.send(bad...)
		if in := p.next(r); in.Err == nil || in.Payload != nil {
			t.Errorf("%.20q is a message: %q", bad, in.Payload)
		}
	}
	f.send(`{"w":"good"}`)
	p.equal(text(p.next(r).Payload), "good")
	p.equal(*c.Offered, 10)
	f.send(strings.Repeat("x", maxFrame+1))
	p.until(func() bool { return r.peers() == 0 })
	if !p.said("not a message") || len(p.logs) > 9 {
		t.Errorf("%q", p.logs)
	}
}

func TestPullSizes(t *testing.T) {
	p := newPlace(t)
	p.codec = "raw"
	c := p.config("pull")
	c.Raw, c.Endpoint = true, "tcp://127.0.0.1:*"
	r := p.receiver(c)
	f := p.connect(zmq.Push, r.Endpoint(), zmq.Options{})
	for _, size := range []int{0, 1, 255, 256, 1 << 20, MaxRaw} {
		f.send(strings.Repeat("x", size))
		if in := p.next(r); in.Err != nil || len(text(in.Payload)) != size {
			t.Fatalf("%d bytes: %v", size, in.Err)
		}
	}
	f.send(strings.Repeat("x", MaxRaw+1))
	p.until(func() bool { return r.peers() == 0 })
	f = p.connect(zmq.Push, r.Endpoint(), zmq.Options{})
	f.send("after")
	p.equal(text(p.next(r).Payload), "after")
}

func TestPullStops(t *testing.T) {
	p := newPlace(t)
	c := p.config("pull")
	ready := 0
	c.Ready = func() { ready++ }
	r := p.receiver(c)
	f := p.connect(zmq.Push, r.Endpoint(), zmq.Options{Immediate: true})
	p.locked(func() { // nobody leads
		f.send(`{"w":"x"}`)
		for !r.Events().Readable() {
			unix.Poll([]unix.PollFd{{Fd: int32(r.FD()), Events: unix.POLLIN}}, int(patient.Milliseconds()))
		}
		r.Stop()
		r.Stop()
		p.equal(ready, 1)
		p.equal(r.Ended(), false)
		r.Next()
		p.equal(r.Ended(), true)
	})
	f.try(func() error {
		if f.Events().Writable() { // nobody is there
			return zmq.ErrAgain
		}
		return nil
	})
}

func TestPullLeft(t *testing.T) {
	p := newPlace(t)
	c := p.config("pull")
	r := p.receiver(c)
	f := p.connect(zmq.Push, r.Endpoint(), zmq.Options{})
	for range 3 {
		f.send(`{"w":"x"}`)
	}
	p.until(func() bool { return *c.Offered == 3 })
	p.locked(func() {
		r.Next()
		r.GiveUp()
	})
	p.equal(*c.Left, 2)
}

func TestSubDropsByPolicy(t *testing.T) {
	for policy, want := range map[string]string{"drop_oldest": "8", "drop_newest": "0"} {
		p := newPlace(t)
		c := p.config("sub")
		c.Queue = spec.Queue{Messages: 2, Full: policy}
		r := p.receiver(c)
		f := p.connect(zmq.Pub, r.Endpoint(), zmq.Options{})
		f.receive() // its subscription
		for i := range 10 {
			f.send(fmt.Sprintf(`{"w":"%d"}`, i))
		}
		p.until(func() bool { return *c.Offered == 10 })
		p.equal(*c.Dropped, 8)
		p.equal(text(p.next(r).Payload), want)
	}
}

func TestSubTopics(t *testing.T) {
	p := newPlace(t)
	c := p.config("sub")
	c.Prefixes = []string{"a", "b"}
	r := p.receiver(c)
	f := p.connect(zmq.Pub, r.Endpoint(), zmq.Options{})
	f.receive()
	f.receive()
	send := func(topics ...string) {
		for _, topic := range topics {
			f.send(topic, `{"w":"x"}`)
		}
	}
	send("c", "ab", "b")
	p.equal(string(p.next(r).Topic), "ab")
	p.equal(string(p.next(r).Topic), "b")
	p.locked(func() { r.Subscribe([]string{"b", "c\x00"}) })
	p.equal(f.receive(), "\x01c\x00")
	p.equal(f.receive(), "\x00a")
	send("a", "c\x00d", "b")
	p.equal(string(p.next(r).Topic), "c\x00d")
	p.equal(string(p.next(r).Topic), "b")
	p.locked(func() { r.Subscribe(nil) })
	p.equal(f.receive(), "\x01a")
	p.equal(f.receive(), "\x00c\x00")
}

func TestSubEverything(t *testing.T) {
	p := newPlace(t)
	f := p.open(zmq.Pub, zmq.Options{})
	at, err := f.Bind(p.endpoint())
	if err != nil {
		t.Fatal(err)
	}
	c := p.config("sub")
	c.Bind, c.Endpoint = false, at
	r := p.receiver(c)
	p.equal(f.receive(), "\x01")
	f.send(`{"w":"x"}`)
	p.equal(text(p.next(r).Payload), "x")
	p.equal(r.Endpoint(), "")
}
