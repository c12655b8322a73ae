package plain

import (
	"fmt"
	"testing"

	"github.com/ilpomo/opencore/runtime/spec"
	"github.com/ilpomo/opencore/runtime/zmq"
)

func put(p *place, s Sender, topic, text string) {
	p.locked(func() { s.Put(topic, dense(text)) })
}

func TestPushWaitsForAPeer(t *testing.T) {
	p := newPlace(t)
	c := p.config("push")
	c.Queue.Messages = 3
	s := p.sender(c)
	for i := range 3 {
		put(p, s, "", fmt.Sprint(i))
	}
	p.locked(func() {
		p.equal(s.Full(), true)
		p.equal(*c.Delivered, 0)
		s.End()
		p.equal(s.Ended(), false)
	})
	f := p.connect(zmq.Pull, s.Endpoint(), zmq.Options{})
	for i := range 3 {
		p.equal(f.receive(), fmt.Sprintf(`{"w":"%d"}`, i))
	}
	p.until(s.Ended)
	p.equal(*c.Delivered, 3)
}

func TestPushTopic(t *testing.T) {
	p := newPlace(t)
	c := p.config("push")
	c.Topic = true
	s := p.sender(c)
	put(p, s, "a\x00b", "x")
	put(p, s, "", "y")
	f := p.connect(zmq.Pull, s.Endpoint(), zmq.Options{})
	p.equal(f.receive(), "a\x00b|{\"w\":\"x\"}")
	p.equal(f.receive(), "|{\"w\":\"y\"}")
}

func TestPushDropsByPolicy(t *testing.T) {
	for policy, want := range map[string]string{"drop_oldest": "34", "drop_newest": "01"} {
		p := newPlace(t)
		c := p.config("push")
		c.Queue = spec.Queue{Messages: 2, Full: policy}
		s := p.sender(c)
		for i := range 5 {
			put(p, s, "", fmt.Sprint(i))
		}
		p.equal(*c.Dropped, 3)
		f := p.connect(zmq.Pull, s.Endpoint(), zmq.Options{})
		for _, w := range want {
			p.equal(f.receive(), fmt.Sprintf(`{"w":"%c"}`, w))
		}
	}
}

// Of large messages the socket holds few.
func TestPushLargeMessages(t *testing.T) {
	p := newPlace(t)
	p.codec = "raw"
	c := p.config("push")
	s := p.sender(c)
	f := p.connect(zmq.Pull, s.Endpoint(), zmq.Options{ReceiveHWM: 1})
	big := string(make([]byte, sendBytes/2))
	put(p, s, "", "small")
	p.equal(f.receive(), "small")
	for range 20 {
		put(p, s, "", big)
	}
	if *c.Delivered > 10 {
		t.Errorf("the socket has taken %d MiB", *c.Delivered*sendBytes/2>>20)
	}
	for range 20 {
		p.equal(len(f.receive()), len(big))
	}
	put(p, s, "", "small")
	p.equal(f.receive(), "small")
	p.equal(s.(*outbox).mark, sendHWM)
}

// Whoever is connected and never reads gets what socket and kernel hold;
// the rest waits with us, and is left when the run is stopped.
func TestPushToWhoNeverReads(t *testing.T) {
	p := newPlace(t)
	p.codec = "raw"
	c := p.config("push")
	c.Queue = spec.Queue{Bytes: 1 << 20, Full: "block"}
	s := p.sender(c)
	f := p.connect(zmq.Pull, s.Endpoint(), zmq.Options{ReceiveHWM: 1})
	big := string(make([]byte, 256<<10))
	sent := uint64(0)
	p.until(func() bool {
		for !s.Full() {
			s.Put("", dense(big))
			sent++
		}
		return *c.Delivered > 0
	})
	p.locked(s.GiveUp)
	p.equal(*c.Delivered+*c.Left, sent)
	if *c.Left < 4 || *c.Delivered > 80 {
		t.Errorf("%d of %d are left", *c.Left, sent)
	}
	f.receive()
}

func TestPushPeerComesBack(t *testing.T) {
	p := newPlace(t)
	c := p.config("push")
	s := p.sender(c)
	first := p.connect(zmq.Pull, s.Endpoint(), zmq.Options{})
	put(p, s, "", "one")
	p.equal(first.receive(), `{"w":"one"}`)
	first.Close()
	p.until(func() bool { return s.(*outbox).peers() == 0 && !s.(*outbox).Events().Writable() })
	put(p, s, "", "two")
	p.equal(*c.Delivered, 1)
	second := p.connect(zmq.Pull, s.Endpoint(), zmq.Options{})
	p.equal(second.receive(), `{"w":"two"}`)
}

func TestWrongPattern(t *testing.T) {
	p := newPlace(t)
	s := p.sender(p.config("push"))
	for range 3 {
		p.connect(zmq.Sub, s.Endpoint(), zmq.Options{})
	}
	p.until(func() bool { return p.said("does not fit our push socket") })
	put(p, s, "", "x")
	f := p.connect(zmq.Pull, s.Endpoint(), zmq.Options{})
	p.equal(f.receive(), `{"w":"x"}`)
	if len(p.logs) != 1 {
		t.Errorf("said %d times", len(p.logs))
	}
}

func TestUnsayable(t *testing.T) {
	p := newPlace(t)
	c := p.config("push")
	s := p.sender(c)
	p.locked(func() { s.Put("", []byte{1}) })
	p.equal([]uint64{*c.Delivered, *c.Rejected}, []uint64{1, 1})
	if !p.said("could not be sent") {
		t.Error("in silence")
	}
}
