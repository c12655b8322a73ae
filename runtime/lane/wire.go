package lane

import (
	"encoding/binary"
	"fmt"

	"github.com/ilpomo/opencore/runtime/spec"
)

// A WireConfig says what a wire is to its sender.
type WireConfig struct {
	Message uint64        // hash of the message's type
	Reply   uint64        // of the reply's; 0 if it carries no requests
	Topics  bool          // records carry topics
	Keyed   bool          // the key chooses the lane; else any that has room
	Queue   spec.Queue    // behind the credit, per lane
	Timeout spec.Duration // of a request; 0: never
	Retry   int           // further attempts
	Lanes   []spec.Lane   // by replica of the receiver

	// Words of the counters file: messages that requests sent again offer,
	// that the queue's policy dropped, and that nobody will ever take.
	Offered, Dropped, Left *uint64
}

// A Wire is the sending end of one copy of a wire. Its methods are called
// with the node locked.
type Wire struct {
	node    *Node
	config  WireConfig
	lanes   []*outLane
	only    *outLane // if there is one
	shared  *queue   // of the lanes, if there are several and no key; else each has its own
	current *outLane // being packed, of several
	ending  bool

	// between Begin and End
	lane  *outLane
	queue *queue
	at    int

	// of requests
	waiting     []*Call // for room, oldest first
	outstanding int
	deadlines   []deadline // oldest first; all have the same timeout
}

// AddWire adds the sending end of a wire. Locked.
func (n *Node) AddWire(c WireConfig) *Wire {
	w := &Wire{node: n, config: c}
	if len(c.Lanes) > 1 && !c.Keyed {
		w.shared = &queue{}
	}
	for _, l := range c.Lanes {
		o := &outLane{id: l.ID, wire: w, link: n.links[l.Peer], queue: w.shared}
		if o.link == nil {
			panic(fmt.Sprintf("bug: lane %d leads to process %d, which is none to connect to", l.ID, l.Peer))
		}
		if o.queue == nil {
			o.queue = &queue{}
		}
		if w.requests() {
			o.calls = map[uint64]*Call{}
		}
		o.link.lanes = append(o.link.lanes, o)
		n.outs[l.ID] = o
		w.lanes = append(w.lanes, o)
	}
	if len(w.lanes) == 1 {
		w.only = w.lanes[0]
	}
	n.wires = append(n.wires, w)
	return w
}

func (w *Wire) requests() bool { return w.config.Reply != 0 }

// choose gives the lane that a message can be packed on now, nil if it must
// wait.
func (w *Wire) choose(key uint64) *outLane {
	o := w.only
	if w.config.Keyed {
		o = w.lane0(key)
	}
	switch {
	case o == nil && w.lanes[0].queue.count == 0:
		return w.lightest()
	case o == nil || o.queue.count > 0 || !o.room():
		return nil
	}
	return o
}

func (w *Wire) lane0(key uint64) *outLane { return w.lanes[key%uint64(len(w.lanes))] }

// lightest goes on with the lane that is being packed, else it gives the
// freest.
func (w *Wire) lightest() *outLane {
	if o := w.current; o != nil && o.batch.count > 0 && o.room() {
		return o
	}
	return w.freest()
}

// freest gives the lane that will be through with its work first, of those with
// room.
func (w *Wire) freest() *outLane {
	w.current = nil
	for _, o := range w.lanes {
		if o.room() && (w.current == nil || o.lighter(&w.current.budget)) {
			w.current = o
		}
	}
	return w.current
}

// backlog gives the queue of a message that can't be packed; nil if nobody
// will ever take it.
func (w *Wire) backlog(key uint64) *queue {
	if w.config.Keyed {
		if o := w.lane0(key); !o.link.done {
			return o.queue
		}
		return nil
	}
	for _, o := range w.lanes {
		if !o.link.done {
			return o.queue
		}
	}
	return nil
}

// crowded tells whether a queue has reached its bound.
func (w *Wire) crowded(q *queue) bool {
	lanes := 1
	if !w.config.Keyed {
		lanes = len(w.lanes)
	}
	if w.config.Queue.Bytes > 0 {
		return q.size >= w.config.Queue.Bytes*lanes
	}
	return q.count >= w.config.Queue.Messages*lanes || q.size >= mostQueued
}

// mostQueued is what a queue that is counted in messages holds at most, in
// bytes: long ones must not fill the memory.
const mostQueued = MaxMessage

func (w *Wire) blocks() bool {
	return w.config.Queue.Full != "drop_oldest" && w.config.Queue.Full != "drop_newest"
}

// Full tells whether a message with that key would have to wait.
func (w *Wire) Full(key uint64) bool {
	if !w.blocks() || w.choose(key) != nil {
		return false
	}
	q := w.backlog(key)
	return q != nil && w.crowded(q)
}

// Begin gives a buffer to append a message's payload to, which End takes; who
// doesn't want to send it after all just doesn't call End. ok is false if the
// message must wait until the wire isn't Full. The buffer is nil if it can't be
// taken; that has been counted then. Without topics topic is ignored. size is
// about how long the payload will be, 0 where that isn't known.
func (w *Wire) Begin(key uint64, topic string, size int) (buf []byte, ok bool) {
	size += recordHead + topicHead + len(topic)
	if w.lane = w.choose(key); w.lane != nil && !w.lane.batch.fits(size) {
		w.lane.send()
		w.lane = w.choose(key) // sending may have shown that the peer is gone
	}
	if w.lane != nil {
		buf = w.lane.batch.begin(size)
	} else if w.queue, ok = w.room(key); w.queue == nil {
		return nil, ok
	} else {
		buf = w.queue.begin(size)
	}
	w.at = len(buf)
	buf = beginRecord(buf)
	if w.config.Topics {
		buf = appendTopic(buf, topic)
	}
	return buf, true
}

// Pack is Begin and End of a payload that is at hand, on a wire with one lane
// and without topics, where nothing is in its way: it can be packed behind the one
// before. Else it does nothing and gives false.
func (w *Wire) Pack(payload []byte) bool {
	o := w.only
	if o == nil || o.queue.count > 0 || !o.room() {
		return false
	}
	b, size := &o.batch, recordHead+len(payload)
	if b.count == 0 || size > cap(b.data)-len(b.data) {
		return false
	}
	at := len(b.data)
	data := b.data[:at+size]
	binary.LittleEndian.PutUint32(data[at:], uint32(len(payload)))
	copy(data[at+recordHead:], payload)
	o.end(data, true)
	return true
}

// room gives the queue for a message, nil if it must wait or, with ok, if it
// can't be taken at all.
func (w *Wire) room(key uint64) (q *queue, ok bool) {
	if q = w.backlog(key); q == nil {
		*w.config.Left++
		return nil, true
	}
	if w.blocks() {
		if w.crowded(q) {
			return nil, false
		}
		return q, true
	}
	if !w.makeRoom(q) {
		return nil, true
	}
	return q, true
}

// makeRoom applies the policy of a queue that drops; false if that drops the
// new message.
func (w *Wire) makeRoom(q *queue) bool {
	for q.count > 0 && w.crowded(q) {
		*w.config.Dropped++
		if w.config.Queue.Full == "drop_newest" {
			return false
		}
		q.pop()
	}
	return true
}

// End takes the message.
func (w *Wire) End(buf []byte) {
	endRecord(buf, w.at)
	if w.lane != nil {
		w.lane.end(buf, true)
	} else {
		w.queue.end(buf)
	}
}

// progress is called when a lane has got a grant: what has waited for it goes.
func (w *Wire) progress(o *outLane) {
	if w.requests() {
		w.dispatch()
	}
	w.pump(o)
	if o.batch.count > 0 && o.idle(eagerFrames) && o.link.up {
		o.send()
	}
	w.tryEnd(o)
}

func (w *Wire) pump(o *outLane) {
	for o.queue.count > 0 && o.room() {
		switch size := o.queue.front().next(); {
		case o.adopt():
		case !o.batch.fits(size):
			o.send()
		default:
			o.end(append(o.batch.begin(size), o.queue.pop()...), false)
		}
	}
}

// laneDown is called when a lane's peer has gone.
func (w *Wire) laneDown(o *outLane) {
	if w.requests() {
		w.dispatch()
		return
	}
	gone := true
	for _, other := range w.lanes {
		if other.queue == o.queue && !other.link.done {
			gone = false
			w.progress(other)
		}
	}
	if gone {
		*w.config.Left += uint64(o.queue.clear())
	}
}

// Close ends the wire: behind the last message goes the end.
func (w *Wire) Close() {
	w.ending = true
	for _, o := range w.lanes {
		w.tryEnd(o)
	}
}

// tryEnd sends the end if nothing is left before it.
func (w *Wire) tryEnd(o *outLane) {
	if !w.ending || o.endSent || !o.link.up || o.queue.count > 0 {
		return
	}
	if o.batch.count > 0 {
		o.send()
	}
	if !o.link.up || o.batch.count > 0 || o.endSent {
		return
	}
	o.sent++
	o.endSent = true
	o.control(header{kind: kindEnd, lane: o.id, last: o.sent, count: 1})
}

// Ended tells whether the end has been acknowledged by all who will ever do
// so.
func (w *Wire) Ended() bool {
	for _, o := range w.lanes {
		if !o.finished && !o.link.done {
			return false
		}
	}
	return true
}

// Abandon gives up on the peers for which that is true: what is queued for
// them is left, and nothing is expected of them any more. Locked.
func (n *Node) Abandon(peers func(spec.ProcessID) bool) {
	for id, l := range n.links {
		if peers(id) {
			l.endpoint, l.done = "", true
			l.lose()
		}
	}
	for _, in := range n.ins {
		if peers(in.Peer) {
			in.ended = true
		}
	}
}

// Idle tells whether nothing is in hand: no message or outcome waits, no
// request is on its way, and all that was sent is acknowledged. Locked.
func (n *Node) Idle() bool {
	clear := n.Clear()
	return clear && n.inbox.len() == 0 && n.kept == 0 && n.Outstanding() == 0
}

// Clear tells whether all that was sent is acknowledged. Where that is in
// doubt it asks. Locked.
func (n *Node) Clear() bool {
	clear := true
	for _, o := range n.outs {
		switch {
		case o.link.done || o.queue.count == 0 && o.batch.count == 0 && o.acked == o.sent:
			continue
		case o.link.up && o.batch.count > 0:
			o.send()
		case o.link.up && o.askedTail != o.sent:
			o.askedTail = o.sent
			o.control(header{kind: kindData, flags: flagAsk, lane: o.id, last: o.sent})
		}
		clear = false
	}
	return clear
}

// Totals tells how many messages have been sent and handled by this process.
// Locked.
func (n *Node) Totals() (sent, handled uint64) {
	for _, o := range n.outs {
		sent += o.before + o.sent
	}
	return sent, n.handled
}

// GiveUp counts all that is packed or queued as left, once: the process ends.
// Locked.
func (n *Node) GiveUp() {
	n.over = true
	for _, o := range n.outs {
		*o.wire.config.Left += uint64(o.queue.clear() + o.batch.count)
		o.batch.empty()
	}
	for _, w := range n.wires {
		*w.config.Left += uint64(len(w.waiting))
		w.waiting = nil
	}
}
