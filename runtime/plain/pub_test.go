package plain

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/runtime/spec"
	"github.com/ilpomo/opencore/runtime/zmq"
)

// subscriber gives one whose subscriptions have come.
func subscriber(p *place, s Sender, topics ...string) *peer {
	p.Helper()
	pub := s.(*publisher)
	before := 0
	total := func() (n int) {
		for _, count := range pub.counts {
			n += count
		}
		return n
	}
	p.locked(func() { before = total() })
	f := p.connect(zmq.Sub, s.Endpoint(), zmq.Options{})
	for _, topic := range topics {
		if err := f.Subscribe([]byte(topic)); err != nil {
			p.Fatal(err)
		}
	}
	p.until(func() bool { return total() == before+len(topics) })
	return f
}

func TestPubTopics(t *testing.T) {
	p := newPlace(t)
	c := p.config("pub")
	c.Topic = true
	s := p.sender(c)
	put(p, s, "a", "nobody is there")
	a := subscriber(p, s, "a", "b")
	b := subscriber(p, s, "b")
	put(p, s, "ab", "1")
	put(p, s, "b", "2")
	put(p, s, "c", "3")
	p.equal(a.receive(), `ab|{"w":"1"}`)
	p.equal(a.receive(), `b|{"w":"2"}`)
	p.equal(b.receive(), `b|{"w":"2"}`)
	p.equal([]uint64{*c.Delivered, *c.Filtered, *c.Dropped}, []uint64{2, 2, 0})
	a.Close()
	p.until(func() bool { return len(s.(*publisher).counts) == 1 })
	put(p, s, "ab", "4")
	p.equal(*c.Filtered, 3)
}

// Who subscribes to more than is remembered gets all the same what it wants.
func TestPubForgetsWhoWantsTooMuch(t *testing.T) {
	p := newPlace(t)
	c := p.config("pub")
	c.Topic = true
	s := p.sender(c)
	f := subscriber(p, s, "a")
	long := strings.Repeat("x", longestPrefix/2)
	for i := range 2*mostKnown/longestPrefix + 1 {
		if err := f.Subscribe([]byte(fmt.Sprint(i) + long)); err != nil {
			t.Fatal(err)
		}
	}
	pub := s.(*publisher)
	p.until(func() bool { return pub.everyone })
	put(p, s, "c", "1")
	put(p, s, "ab", "2")
	p.equal(f.receive(), `ab|{"w":"2"}`)
	p.equal([]uint64{*c.Delivered, *c.Filtered}, []uint64{2, 0})
}

// A prefix that libzmq could not bear doesn't reach it, and who sends one harms
// nobody else.
func TestPubRefusesLongPrefixes(t *testing.T) {
	p := newPlace(t)
	c := p.config("pub")
	c.Topic = true
	s := p.sender(c)
	bad := p.connect(zmq.Sub, s.Endpoint(), zmq.Options{})
	if err := bad.Subscribe([]byte(strings.Repeat("x", longestPrefix+1))); err != nil {
		t.Fatal(err)
	}
	good := subscriber(p, s, "a")
	put(p, s, "a", "1")
	p.equal(good.receive(), `a|{"w":"1"}`)
	p.equal(len(s.(*publisher).counts), 1)
}

func TestPubWithoutTopics(t *testing.T) {
	p := newPlace(t)
	c := p.config("pub")
	s := p.sender(c)
	all, some := subscriber(p, s, ""), subscriber(p, s, `{"w":"y`)
	put(p, s, "", "x")
	put(p, s, "", "y")
	p.equal(all.receive(), `{"w":"x"}`)
	p.equal(all.receive(), `{"w":"y"}`)
	p.equal(some.receive(), `{"w":"y"}`)
}

// One subscriber never reads: the other gets everything.
func TestPubSlowSubscriber(t *testing.T) {
	p := newPlace(t)
	p.codec = "raw"
	c := p.config("pub")
	c.Queue = spec.Queue{Messages: 20, Full: "drop_oldest"}
	s := p.sender(c)
	subscriber(p, s, "")
	quick := subscriber(p, s, "")
	sent := uint64(0)
	for more := 10; more > 0; sent++ {
		big := fmt.Sprint(sent, strings.Repeat("x", 64<<10))
		put(p, s, "", big)
		if quick.receive() != big {
			t.Fatalf("message %d is missing", sent)
		}
		if *c.Dropped > 0 {
			more--
		}
	}
	p.equal([]uint64{*c.Delivered, *c.Dropped}, []uint64{sent - 1, 1})
	if !p.said("too slow") {
		t.Error("in silence")
	}
}

// The only subscriber doesn't read for a while: then it gets what was on its
// way, and the newest, and what it has missed is counted.
func TestPubDropsTheOldest(t *testing.T) {
	p := newPlace(t)
	p.codec = "raw"
	c := p.config("pub")
	c.Queue = spec.Queue{Messages: 20, Full: "drop_oldest"}
	s := p.sender(c)
	f := subscriber(p, s, "")
	sent := uint64(0)
	for ; *c.Dropped < 100; sent++ {
		put(p, s, "", fmt.Sprint(sent, strings.Repeat("x", 64<<10)))
	}
	p.equal(*c.Delivered+*c.Dropped+uint64(s.(*publisher).count()), sent)
	p.locked(s.End)
	got := uint64(0)
	last := ""
	for ; got < sent-100; got++ {
		last = f.receive()
	}
	p.until(s.Ended)
	p.equal([]uint64{*c.Delivered, *c.Dropped}, []uint64{got, 100})
	p.equal(strings.TrimRight(last, "x"), sent-1)
}

func TestPubThatWaits(t *testing.T) {
	p := newPlace(t)
	c := p.config("pub")
	c.Queue = spec.Queue{Messages: 20, Full: "block"}
	s := p.sender(c)
	f := subscriber(p, s, "")
	sent := uint64(0)
	p.locked(func() {
		for !s.Full() {
			s.Put("", dense(fmt.Sprint(sent)))
			sent++
		}
		s.End()
	})
	for i := range sent {
		p.equal(f.receive(), fmt.Sprintf(`{"w":"%d"}`, i))
	}
	p.until(s.Ended)
	p.equal([]uint64{*c.Delivered, *c.Dropped}, []uint64{sent, 0})
}

func TestPubMeetsPub(t *testing.T) {
	p := newPlace(t)
	s := p.sender(p.config("pub"))
	p.connect(zmq.Pub, s.Endpoint(), zmq.Options{})
	p.until(func() bool { return p.said("does not fit") })
}
