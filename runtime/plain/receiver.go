package plain

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/ilpomo/opencore/runtime/zmq"
)

// frameRoom is what a message may have besides its payload: a topic, and a
// return path.
const frameRoom = 64 << 10

// An Incoming is a message that has come. It is valid until the next one.
type Incoming struct {
	Topic   []byte  // nil: it has none
	Payload []byte  // its dense encoding
	Err     error   // why there is none
	Data    []byte  // what came, where there is none
	From    *Return // of a request
}

// A Receiver is the end of a pull, sub, pair, rep or router port.
type Receiver struct {
	*socket
	route   bool // messages come with a return path
	waiting []arrival
	size    int // of what waits, in bytes
	spare   []*zmq.Message
	current arrival
	dense   []byte
	idle    bool // Next has given nothing
	over    bool
	asked   int      // requests that have been given and not been answered
	until   int64    // when that doesn't matter any more
	topics  []string // of sub: what has been subscribed to
}

// An arrival is a message as libzmq gave it.
type arrival struct {
	m    *zmq.Message
	long bool // and it was too long
}

func newReceiver(route bool) *Receiver { return &Receiver{route: route, idle: true} }

// openIn opens a socket that only receives.
func openIn(c *Config, kind zmq.Kind, o zmq.Options, route bool) (*Receiver, error) {
	r := newReceiver(route)
	s, err := open(c, kind, o, r.ready)
	if err != nil {
		return nil, err
	}
	r.take(s)
	return r, nil
}

// take gives the receiver its socket.
func (r *Receiver) take(s *socket) {
	r.socket = s
	s.Watch.Closing(func() {
		s.release()
		r.free()
	})
}

// ready takes in what has come, as far as the wire's queue goes, and tells
// whoever handles it.
func (r *Receiver) ready() {
	r.fill(r.bound())
	r.announce()
}

// announce tells whoever handles it that something has come.
func (r *Receiver) announce() {
	if r.idle && len(r.waiting) > 0 {
		r.idle = false
		r.config.Ready()
	}
}

// bound is how many messages may wait: on a wire that makes its sender wait
// they are better left to libzmq, which does.
func (r *Receiver) bound() int {
	q := r.config.Queue
	if r.drops() && q.Messages > 0 {
		return q.Messages
	}
	return prefetch
}

// full tells whether nothing more is read until Next is asked.
func (r *Receiver) full() bool { return r.over || !r.drops() && len(r.waiting) >= prefetch }

func (r *Receiver) drops() bool {
	return r.config.Queue.Full == "drop_oldest" || r.config.Queue.Full == "drop_newest"
}

// fill reads from the socket. Where the queue drops it reads on when that is
// full, for as many as may be there: who sends faster than that is read at the next
// turn.
func (r *Receiver) fill(bound int) {
	for range bound + receiveHWM {
		if r.over || len(r.waiting) >= bound && !r.drops() {
			return
		}
		m := r.message()
		err := r.Receive(m)
		if err != nil && err != zmq.ErrTooBig {
			r.recycle(m)
			return
		}
		*r.config.Offered++
		if r.crowded(bound) && !r.drop() {
			r.recycle(m)
			continue
		}
		r.waiting = append(r.waiting, arrival{m, err != nil})
		r.size += length(m.Parts())
	}
	r.Again()
}

// crowded tells whether the queue has reached its bound.
func (r *Receiver) crowded(bound int) bool {
	if !r.drops() {
		return false
	}
	if most := r.config.Queue.Bytes; most > 0 {
		return r.size >= most
	}
	return len(r.waiting) >= bound || r.size >= mostQueued
}

// drop applies the policy; false if that drops the new message.
func (r *Receiver) drop() bool {
	*r.config.Dropped++
	if r.config.Queue.Full == "drop_newest" || len(r.waiting) == 0 {
		return false
	}
	r.recycle(r.pop().m)
	return true
}

func (r *Receiver) pop() arrival {
	a := r.waiting[0]
	r.waiting[0] = arrival{}
	r.waiting = r.waiting[1:]
	r.size -= length(a.m.Parts())
	return a
}

func (r *Receiver) message() *zmq.Message {
	if k := len(r.spare); k > 0 {
		m := r.spare[k-1]
		r.spare = r.spare[:k-1]
		return m
	}
	return zmq.NewMessage(maxParts, r.config.longest()+frameRoom)
}

func (r *Receiver) recycle(m *zmq.Message) {
	m.Close()
	if len(r.spare) >= 2*prefetch {
		m.Free()
		return
	}
	r.spare = append(r.spare, m)
}

// Waiting tells whether Next has something to give.
func (r *Receiver) Waiting() bool { return len(r.waiting) > 0 }

// Next gives the next message; ok is false if none is there now.
func (r *Receiver) Next() (in Incoming, ok bool) {
	if r.current.m != nil {
		r.recycle(r.current.m)
		r.current = arrival{}
	}
	if len(r.waiting) == 0 {
		r.fill(r.bound())
	}
	if len(r.waiting) == 0 {
		r.idle = true
		return in, false
	}
	r.current = r.pop()
	return r.read(), true
}

// errNoMessage is what is said of a request that is a return path alone.
var errNoMessage = errors.New("a message has one frame, or a topic and one, and here is none")

// read understands the message at hand.
func (r *Receiver) read() (in Incoming) {
	parts := r.current.m.Parts()
	if r.route {
		in.From, parts = splitRoute(parts)
		r.asked++
	}
	var payload []byte
	in.Topic, payload, in.Err = splitTopic(parts)
	if r.current.long {
		in.Err = fmt.Errorf("the message is longer than %d MiB, or has more than %d frames", r.config.longest()>>20, maxParts)
	}
	if in.Err == nil && len(payload) > r.config.longest() {
		in.Err = fmt.Errorf("the message has %d bytes, and %d MiB are the most", len(payload), r.config.longest()>>20)
	}
	if in.Err == nil {
		in.Payload, in.Err = r.parse(payload)
	}
	if in.Err != nil {
		in.Payload, in.Data = nil, slices.Concat(parts...)
		r.notes.say(slog.LevelWarn, "what a peer sent is not a message: %v", in.Err)
	}
	return in
}

// parse gives the dense encoding, which is never nil, in memory that is used
// again.
func (r *Receiver) parse(data []byte) ([]byte, error) {
	if cap(r.dense) > MaxDecoded {
		r.dense = nil
	}
	dense, err := r.config.Codec.Parse(r.dense[:0], data)
	if dense == nil {
		dense = []byte{}
	}
	r.dense = dense
	return dense, err
}

// splitTopic tells a topic from a payload.
func splitTopic(parts [][]byte) (topic, payload []byte, err error) {
	switch len(parts) {
	case 0:
		return nil, nil, errNoMessage
	case 1:
		return nil, parts[0], nil
	case 2:
		return parts[0], parts[1], nil
	default:
		return nil, nil, fmt.Errorf("a message has one frame, or a topic and one, and this has %d", len(parts))
	}
}

func length(parts [][]byte) (n int) {
	for _, p := range parts {
		n += len(p)
	}
	return n
}

// Stop ends the port's input: what has come is still given, nothing further
// is read. A socket that only receives is closed, so that its peers keep what
// they have.
func (r *Receiver) Stop() {
	if r.over {
		return
	}
	r.fill(receiveHWM)
	r.announce()
	r.over = true
	if r.route {
		r.until = r.config.Node.After(answering)
		r.At(r.until)
	}
	if !r.route && r.Kind() != zmq.Pair {
		r.Watch.Closing(r.release) // what has come stays
		r.Watch.Stop()
	}
	r.config.Node.Changed()
}

// Part gives the replies that the socket still holds some time, once it is
// closed.
func (r *Receiver) Part() {
	if !r.closed {
		r.Linger(parting)
	}
}

// Ended tells whether Stop has been called and all that came was given, and
// requests are answered or have had their time.
func (r *Receiver) Ended() bool {
	return r.over && len(r.waiting) == 0 && (r.asked == 0 || r.config.Node.Passed(r.until))
}

// GiveUp counts what has come and was not given as left.
func (r *Receiver) GiveUp() {
	r.over = true
	if r.config.Left != nil {
		*r.config.Left += uint64(len(r.waiting))
	}
	for len(r.waiting) > 0 {
		r.recycle(r.pop().m)
	}
}

// Free gives back the memory of what has come. Nothing may be called any more.
func (r *Receiver) Free() { r.free() }

func (r *Receiver) free() {
	for _, a := range r.waiting {
		a.m.Free()
	}
	for _, m := range r.spare {
		m.Free()
	}
	if r.current.m != nil {
		r.current.m.Free()
	}
	r.waiting, r.spare, r.current = nil, nil, arrival{}
}
