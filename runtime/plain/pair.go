package plain

import (
	"log/slog"

	"github.com/ilpomo/opencore/runtime/zmq"
)

// A Pair is the end of a pair port: it sends and receives. A PAIR has one
// peer; libzmq takes the connection of a second one and drops it, of which
// neither it nor anybody else hears.
type Pair struct {
	out *outbox
	in  *Receiver
}

// OpenPair opens the socket of a pair port. The Config of what it sends has the
// endpoint; of that of what it receives the codec, the words, the queue, Raw and Ready
// count.
func OpenPair(out, in Config) (*Pair, error) {
	p := &Pair{in: newReceiver(false)}
	o := out.options()
	o.Immediate = true
	s, err := open(&out, zmq.Pair, o, p.ready)
	if err != nil {
		return nil, err
	}
	p.out = newOutbox(s, o)
	p.out.duplex = true
	s.joined = p.joined
	received := *s
	received.config = &in
	p.in.take(&received)
	s.Watch.Closing(func() {
		s.release()
		received.closed = true
		p.in.free()
	})
	return p, nil
}

// Sender is the end that sends.
func (p *Pair) Sender() Sender { return p.out }

// Receiver is the end that receives.
func (p *Pair) Receiver() *Receiver { return p.in }

func (p *Pair) ready() {
	p.in.ready()
	p.out.ready()
	if p.out.Events().Readable() && !p.in.full() {
		p.out.Again()
	}
}

// joined says that a second peer has come.
func (p *Pair) joined() {
	if p.out.peers() > 1 {
		p.out.notes.say(slog.LevelWarn, "a second peer has connected, and gets nothing: a pair port has one")
	}
}
