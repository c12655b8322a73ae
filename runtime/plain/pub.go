package plain

import (
	"log/slog"
	"maps"
	"slices"
	"unsafe"

	"github.com/ilpomo/opencore/runtime/lane"
	"github.com/ilpomo/opencore/runtime/zmq"
)

// A publisher is an XPUB, so that it hears who subscribes to what. A message
// that nobody has subscribed to is filtered.
//
// What a subscriber has no room for waits, on a wire whose queue blocks, and so do all
// others. On a wire that drops, the only subscriber has the wire's queue. Where
// there are several libzmq has one for each, as long as the wire's, and drops the
// newest for who is too slow, in silence: others don't wait for it. So a message
// counts as delivered that has been given to all but those who are behind; the one
// with which a subscriber falls behind counts as dropped, and is said.
type publisher struct {
	*outbox
	said     *zmq.Message
	counts   map[string]int // how many have subscribed to a prefix
	known    int            // length of all prefixes in it, in bytes
	wanted   *lane.Topics   // nil: all
	everyone bool           // who subscribes isn't told
}

// subscriberHWM is the most messages that libzmq holds for a subscriber.
const subscriberHWM = 10_000

// longestPrefix is how long a subscription may be, in bytes; who sends a longer
// one is disconnected. libzmq walks prefixes byte by byte, calling itself: one of a
// MiB would overflow its stack.
const longestPrefix = 8 << 10

func openPub(c Config) (Sender, error) {
	p := &publisher{counts: map[string]int{}, everyone: multicast(c.Endpoint)}
	o := c.options()
	o.Verbose, o.NoDrop, o.MaxMessage = true, true, 1+longestPrefix
	if c.Queue.Messages > 0 {
		o.SendHWM = min(c.Queue.Messages, subscriberHWM)
	}
	s, err := open(&c, zmq.Pub, o, p.ready)
	if err != nil {
		return nil, err
	}
	p.outbox = newOutbox(s, o)
	p.duplex = true
	p.said = zmq.NewMessage(1, 1+longestPrefix)
	p.Watch.Closing(func() {
		s.release()
		p.said.Free()
	})
	return p, nil
}

// ready hears who has subscribed, and sends what waits.
func (p *publisher) ready() {
	if p.hear() {
		p.wanted = lane.NewTopics(slices.Collect(maps.Keys(p.counts)))
		p.config.Node.Changed()
	}
	p.outbox.ready()
	if p.Events().Readable() {
		p.Again()
	}
}

// hear takes in subscriptions: a byte that is 1 for one that begins and 0 for
// one that ends, and the prefix. Anything else a foreign XSUB has made up.
func (p *publisher) hear() (some bool) {
	for {
		switch err := p.Receive(p.said); err {
		case nil:
		case zmq.ErrTooBig:
			continue
		default:
			return some
		}
		said := p.said.Parts()[0]
		if len(said) == 0 || said[0] > 1 {
			p.notes.say(slog.LevelWarn, "a subscriber sent something that is no subscription")
			continue
		}
		some = true
		p.subscribed(string(said[1:]), said[0] == 1)
	}
}

// mostKnown is how much is remembered of prefixes, in bytes. Beyond that all is
// given to the socket, which knows them too.
const mostKnown = 1 << 20

// subscribed notes that a subscription begins or ends.
func (p *publisher) subscribed(prefix string, begins bool) {
	const each = 64 // about what an entry takes besides
	switch count := p.counts[prefix]; {
	case p.everyone:
	case begins && count == 0 && p.known+len(prefix)+each > mostKnown:
		p.everyone, p.counts = true, nil
		p.notes.say(slog.LevelWarn, "more topics are subscribed to than can be remembered: what nobody wants is counted as delivered from now on")
	case begins:
		if p.counts[prefix]++; count == 0 {
			p.known += len(prefix) + each
		}
	case count == 1:
		delete(p.counts, prefix)
		p.known -= len(prefix) + each
	case count > 1:
		p.counts[prefix]--
	}
}

// wants tells whether anybody has subscribed to a message.
func (p *publisher) wants(first string) bool {
	return p.everyone || len(p.counts) > 0 && p.wanted.Has(first)
}

// Put implements [Sender].
func (p *publisher) Put(topic string, payload []byte) {
	if p.topic && !p.wants(topic) { // most often nothing need be encoded then
		*p.config.Filtered++
		return
	}
	frame := p.encode(payload)
	switch {
	case frame == nil:
	case !p.topic && !p.wants(unsafe.String(unsafe.SliceData(frame), len(frame))):
		*p.config.Filtered++
	case p.blocks() || p.peers() < 2:
		p.take(topic, frame)
	default:
		p.publish(topic, frame)
	}
}

// publish gives a message to all who have room.
func (p *publisher) publish(topic string, frame []byte) {
	p.flush()
	if p.count() > 0 { // there was one subscriber when it was queued, who is behind
		p.Dropping(true)
		p.flush()
		p.Dropping(false)
	}
	if p.hand(topic, frame) == nil {
		*p.config.Delivered++
		return
	}
	p.Dropping(true)
	p.hand(topic, frame)
	p.Dropping(false)
	*p.config.Dropped++
	p.notes.say(slog.LevelWarn, "a subscriber is too slow and misses messages; the others get them")
}
