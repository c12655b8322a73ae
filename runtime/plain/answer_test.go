package plain

import (
	"errors"
	"testing"

	"github.com/ilpomo/opencore/runtime/zmq"
)

func (p *place) reply(r *Receiver, in Incoming, answer string, err error) {
	p.locked(func() { r.Reply(in.From, dense(answer), err) })
}

func TestAnswerREQ(t *testing.T) {
	p := newPlace(t)
	r := p.receiver(p.config("rep"))
	for _, relaxed := range []bool{false, true} {
		f := p.connect(zmq.Req, r.Endpoint(), zmq.Options{Relaxed: relaxed})
		f.send("topic", `{"w":"x"}`)
		in := p.next(r)
		p.equal(string(in.Topic)+text(in.Payload), "topicx")
		p.reply(r, in, "re", nil)
		p.equal(f.receive(), `{"w":"re"}`)
		f.send(`{"w":"y"}`)
		p.reply(r, p.next(r), "", errors.New("no"))
		p.equal(f.receive(), "|no")
		f.send("garbage")
		in = p.next(r)
		p.reply(r, in, "", in.Err)
		p.equal(f.receive(), "|"+in.Err.Error())
	}
}

// What stands before the message comes back as it was.
func TestAnswerDEALER(t *testing.T) {
	p := newPlace(t)
	r := p.receiver(p.config("router"))
	f := p.connect(zmq.Dealer, r.Endpoint(), zmq.Options{})
	for _, envelope := range [][]string{{}, {""}, {"7", ""}, {"hop", "hop", ""}} {
		f.send(append(envelope, `{"w":"x"}`)...)
		in := p.next(r)
		if in.Err != nil {
			t.Errorf("%q: %v", envelope, in.Err)
		}
		p.reply(r, in, "re", nil)
		f.receive()
		p.equal(len(f.m.Parts()), len(envelope)+1)
		for i, part := range envelope {
			p.equal(string(f.m.Parts()[i]), part)
		}
	}
	f.send("", "", `{"w":"two empty frames: a topic"}`)
	p.equal(p.next(r).Err, nil)
	for _, bad := range [][]string{{""}, {"", ""}, {"a", "b", "c"}, {"", "a", "b", "c"}} {
		f.send(bad...)
		in := p.next(r)
		if in.Err == nil {
			t.Errorf("%q is a request: %q", bad, in.Payload)
		}
		p.reply(r, in, "", in.Err)
		f.receive()
	}
}

// Many are in flight, and are answered in another order.
func TestAnswerLater(t *testing.T) {
	p := newPlace(t)
	r := p.receiver(p.config("router"))
	a := p.connect(zmq.Req, r.Endpoint(), zmq.Options{})
	b := p.connect(zmq.Req, r.Endpoint(), zmq.Options{})
	a.send(`{"w":"a"}`)
	first := p.next(r)
	b.send(`{"w":"b"}`)
	second := p.next(r)
	p.locked(r.Stop)
	p.reply(r, second, "to b", nil)
	p.locked(func() { p.equal(r.Ended(), false) })
	p.reply(r, first, "to a", nil)
	p.until(r.Ended)
	p.equal(a.receive(), `{"w":"to a"}`)
	p.equal(b.receive(), `{"w":"to b"}`)
}

func TestAnswerWhoHasGone(t *testing.T) {
	p := newPlace(t)
	r := p.receiver(p.config("router"))
	f := p.connect(zmq.Dealer, r.Endpoint(), zmq.Options{Identity: "me"})
	f.send("", `{"w":"x"}`)
	in := p.next(r)
	f.Close()
	p.until(func() bool { return r.peers() == 0 })
	p.until(func() bool {
		r.Reply(in.From, dense("re"), nil)
		return p.said("nobody to go to")
	})
	// The same identity again, while we may still hold the old connection.
	g := p.connect(zmq.Dealer, r.Endpoint(), zmq.Options{Identity: "me"})
	g.send("", `{"w":"again"}`)
	in = p.next(r)
	p.reply(r, in, "re", nil)
	p.equal(g.receive(), `|{"w":"re"}`)
}

func TestAnswerSameIdentityTwice(t *testing.T) {
	p := newPlace(t)
	r := p.receiver(p.config("router"))
	f := p.connect(zmq.Dealer, r.Endpoint(), zmq.Options{Identity: "me"})
	f.send("", `{"w":"x"}`)
	p.next(r)
	g := p.connect(zmq.Dealer, r.Endpoint(), zmq.Options{Identity: "me"})
	g.send("", `{"w":"y"}`)
	in := p.next(r)
	p.equal(text(in.Payload), "y")
	p.reply(r, in, "re", nil)
	p.equal(g.receive(), `|{"w":"re"}`)
}

func TestAnswerWhoDoesNotRead(t *testing.T) {
	p := newPlace(t)
	p.codec = "raw"
	c := p.config("router")
	r := p.receiver(c)
	f := p.connect(zmq.Dealer, r.Endpoint(), zmq.Options{ReceiveHWM: 1})
	f.send("", "x")
	in := p.next(r)
	big := string(make([]byte, 64<<10))
	for range 10_000 {
		if p.said("does not read") {
			break
		}
		p.reply(r, in, big, nil)
	}
	if !p.said("does not read") {
		t.Fatal("it swallows everything")
	}
	g := p.connect(zmq.Dealer, r.Endpoint(), zmq.Options{})
	g.send("", "y")
	p.reply(r, p.next(r), "re", nil)
	p.equal(g.receive(), "|re")
}

func TestPair(t *testing.T) {
	p := newPlace(t)
	out, in := p.config("pair"), p.config("pair")
	pair := must(p, func() (*Pair, error) { return OpenPair(out, in) })
	s, r := pair.Sender(), pair.Receiver()
	p.equal(s.Endpoint(), out.Endpoint)
	put(p, s, "", "early")
	f := p.connect(zmq.Pair, out.Endpoint, zmq.Options{})
	p.equal(f.receive(), `{"w":"early"}`)
	for range 40 {
		f.send(`{"w":"there"}`)
		put(p, s, "", "back")
	}
	for range 40 {
		p.equal(text(p.next(r).Payload), "there")
		p.equal(f.receive(), `{"w":"back"}`)
	}
	p.equal([]uint64{*out.Delivered, *in.Offered}, []uint64{41, 40})
	p.connect(zmq.Pair, out.Endpoint, zmq.Options{})
	p.until(func() bool { return p.said("a second peer") })
	put(p, s, "", "still")
	p.equal(f.receive(), `{"w":"still"}`)
	p.locked(r.Stop)
	p.equal(r.Ended(), true)
}
