package lane

import (
	"fmt"

	"github.com/ilpomo/opencore/runtime/spec"
	"github.com/ilpomo/opencore/runtime/zmq"
)

// A link is the connection to one process that we send to.
type link struct {
	node        *Node
	peer        spec.Peer
	lanes       []*outLane
	sock        *zmq.Socket // nil while the peer is down
	endpoint    string
	incarnation uint32 // of the peer: told by the supervisor, or by its welcome
	links       uint32 // how many links of ours there have been
	connected   bool   // the socket has a peer, which has been sent a hello
	up          bool   // and which has welcomed us
	told        bool   // the supervisor has said whether the peer is there
	done        bool   // the peer is gone for good
	draining    bool
}

// An outLane is the sending end of a lane.
type outLane struct {
	budget
	id        spec.LaneID
	wire      *Wire
	link      *link
	queue     *queue           // behind the credit; shared with the other lanes of the wire unless it is keyed
	batch     batch            // being packed
	dirty     bool             // is on the node's list
	calls     map[uint64]*Call // requests by their numbers
	topics    *Topics          // what the receiver wants
	before    uint64           // messages sent on earlier links
	askedTail uint64           // a grant has been asked for up to this number, without data

	endSent  bool
	finished bool // the end is acknowledged
}

// PeerUp tells that a peer can be reached.
func (n *Node) PeerUp(id spec.ProcessID, incarnation uint32, endpoint string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if s := n.senders[id]; s != nil && incarnation > s.incarnation {
		s.incarnation, s.link = incarnation, 0
	}
	l := n.links[id]
	if l == nil || incarnation < l.incarnation {
		return
	}
	same := l.endpoint == endpoint && l.incarnation == incarnation && l.sock != nil
	l.told, l.done, l.incarnation, l.endpoint = true, false, incarnation, endpoint
	if !same {
		l.lose()
		l.open()
	}
	n.Changed()
}

// PeerGone tells that an incarnation of a peer has died; done: for good.
func (n *Node) PeerGone(id spec.ProcessID, incarnation uint32, done bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if s := n.senders[id]; s != nil && done {
		n.drainRouter()
		n.inbox.push(item{gone: id})
	}
	if l := n.links[id]; l != nil {
		l.told = true
		if done || incarnation >= l.incarnation {
			l.endpoint = ""
			l.done = done
			l.lose()
		}
	}
	n.Changed()
}

// Resolved tells whether every peer that we send to has welcomed us, or is
// known to be down. Locked.
func (n *Node) Resolved() bool {
	for _, l := range n.links {
		if !l.told || l.sock != nil && !l.up {
			return false
		}
	}
	return true
}

// open makes a new connection to where the peer is said to be.
func (l *link) open() {
	n := l.node
	if n.closed || l.endpoint == "" {
		return
	}
	sock, err := n.zmq.Dealer(l.endpoint, maxFrame)
	if err != nil {
		n.failure = fmt.Errorf("no way to %s: %w", l.peer.Title, err)
		return
	}
	l.sock = sock
	l.links++
	n.kick() // who polls doesn't know of it
	l.drain()
}

// lose gives up the connection. What is on its way is in doubt: what the
// receiver has not counted is lost. What is packed goes back into its queue.
func (l *link) lose() {
	l.close()
	l.up, l.connected = false, false
	for _, o := range l.lanes {
		o.reset()
	}
	for _, o := range l.lanes {
		o.wire.laneDown(o)
	}
	l.node.Changed()
}

func (l *link) close() {
	if l.sock != nil {
		l.sock.Close()
		l.sock = nil
	}
}

// drain takes in all that has come, and notices whether the peer is there.
func (l *link) drain() {
	if l.draining {
		return
	}
	l.draining = true
	defer func() { l.draining = false }()
	n := l.node
	sock := l.sock
	f := n.frame()
	defer n.recycle(f)
	for l.sock == sock && sock != nil {
		switch e := sock.Events(); {
		case l.connected && !e.Connected():
			l.lose()
			l.open()
			return
		case !l.connected && e.Connected():
			l.connected = true
			l.hello()
		case !e.Readable():
			return
		case sock.Receive(f):
			if err := l.arrive(f.Bytes()); err != nil {
				n.failure = fmt.Errorf("%s: %w", l.peer.Title, err)
			}
			n.Changed()
		}
	}
}

func (l *link) hello() {
	n := l.node
	h := hello{
		run: n.config.Run, graph: n.config.Graph, from: n.config.Self,
		incarnation: n.config.Incarnation, link: l.links, to: l.peer.ID,
	}
	for _, o := range l.lanes {
		h.lanes = append(h.lanes, helloLane{o.id, o.wire.config.Message, o.wire.config.Reply})
	}
	n.scratch = h.append(n.scratch[:0])
	l.sock.Send(n.scratch) // if it fails the peer has gone, which is noticed next
}

// arrive takes one frame of the peer.
func (l *link) arrive(b []byte) error {
	h, grants, body, err := parseFrame(b)
	if err != nil {
		return err
	}
	switch h.kind {
	case kindRefusal:
		return fmt.Errorf("it refuses us: %w", parseRefusal(body))
	case kindWelcome:
		if l.up {
			return fmt.Errorf("it welcomes us twice")
		}
		l.up, l.incarnation = true, max(l.incarnation, uint32(h.last))
	case kindTopics: // also before the welcome, so that nothing else is sent
		return l.wanted(h, body)
	case kindGrant, kindReply:
		if !l.up {
			return fmt.Errorf("it answers before it welcomes us")
		}
	default:
		return fmt.Errorf("a frame of kind %d from a receiver", h.kind)
	}
	if h.kind == kindReply {
		if err := l.replies(h, body); err != nil {
			return err
		}
	}
	return l.grants(grants)
}

func (l *link) lane(id spec.LaneID) *outLane {
	if o := l.node.outs[id]; o != nil && o.link == l {
		return o
	}
	return nil
}

// grants takes what the receiver allows, and sends what has waited for it.
func (l *link) grants(b []byte) error {
	for ; len(b) > 0; b = b[grantSize:] {
		g := readGrant(b)
		o := l.lane(g.lane)
		if o == nil || !o.take(g) {
			return fmt.Errorf("a grant for lane %d that we can't have asked for", g.lane)
		}
		if o.endSent && o.acked == o.sent {
			o.finished = true
		}
	}
	for _, o := range l.lanes {
		o.wire.progress(o)
	}
	return nil
}

func (l *link) replies(h header, body []byte) error {
	o := l.lane(h.lane)
	if o == nil {
		return fmt.Errorf("replies on lane %d, which is not one of this link", h.lane)
	}
	if err := checkReplies(body, h.count); err != nil {
		return err
	}
	for len(body) > 0 {
		var record []byte
		record, body = nextRecord(body)
		number, status, payload := splitReply(record)
		c := o.calls[number]
		if c == nil {
			l.node.late++
			continue
		}
		delete(o.calls, number)
		c.finish(outcome(status, payload))
	}
	return nil
}

// reset forgets the credit and what is on its way. What is packed waits: where
// replicas share a queue for this lane's next link, so that none gets it behind
// later messages; else, and where nobody will come, at the head of the queue.
func (o *outLane) reset() {
	packed := o.sent - uint64(o.batch.count)
	o.before += packed
	switch {
	case o.wire.requests():
		o.batch.empty()
	case o.batch.count > 0 && (o.link.done || o.queue != o.wire.shared || !o.wire.blocks()):
		o.queue.putBack(o.batch)
		o.batch = batch{}
	}
	o.budget = budget{frames: o.frames[:0], sent: uint64(o.batch.count), bytes: uint64(o.batch.size())}
	o.endSent, o.finished, o.askedTail, o.topics = false, false, 0, nil
	calls := o.calls
	if len(calls) > 0 {
		o.calls = map[uint64]*Call{}
	}
	for number, c := range calls {
		c.lost(number > packed)
	}
}

// room tells whether a message may be packed now. Without a link there is no
// credit.
func (o *outLane) room() bool { return o.open() && !o.endSent }

// end takes back the memory that a record has been appended to, and sends the
// batch if that is due.
func (o *outLane) end(data []byte, eager bool) {
	o.bytes += uint64(len(data) - len(o.batch.data))
	o.batch.end(data)
	o.sent++
	n := o.link.node
	switch count := o.batch.count; {
	case o.full(count, len(data)), eager && !n.handling && o.idle(eagerFrames):
		o.send()
	case !o.dirty:
		o.dirty = true
		n.dirty = append(n.dirty, o)
	case eager && !n.handling && count&(count-1) == 0:
		// A source doesn't wait, so it looks for grants itself, now and then.
		o.link.look(o.link.sock.Events(), true)
	}
}

// adopt makes a batch out of the queue the lane's own, if it may go whole: it
// has none, and there would be room for another one behind it.
func (o *outLane) adopt() bool {
	b := o.queue.front()
	if o.batch.count > 0 || b.count > 2*o.fullCount || o.sent+uint64(b.count) > o.limit || o.bytes+uint64(b.size()) > o.limitB {
		return false
	}
	o.batch.free()
	o.batch = o.queue.take()
	o.sent += uint64(o.batch.count)
	o.bytes += uint64(o.batch.size())
	if o.full(o.batch.count, o.batch.size()) {
		o.send()
	} else if !o.dirty {
		o.dirty = true
		o.link.node.dirty = append(o.link.node.dirty, o)
	}
	return true
}

// send sends the batch.
func (o *outLane) send() {
	h := header{kind: kindData, lane: o.id, last: o.sent, count: uint32(o.batch.count)}
	if o.wire.config.Topics {
		h.flags |= flagTopics
	}
	if o.launch() {
		h.flags |= flagAsk
	}
	e, ok := o.batch.send(o.link.sock, h)
	o.link.look(e, ok)
}

// control sends a frame without records.
func (o *outLane) control(h header) {
	n := o.link.node
	n.scratch = append(n.scratch[:0], make([]byte, headerSize)...)
	h.put(n.scratch)
	e, ok := o.link.sock.Send(n.scratch)
	o.link.look(e, ok)
}

// look is called after every send, which may have eaten the edge of the
// descriptor that is polled.
func (l *link) look(e zmq.Events, sent bool) {
	if e.Readable() || !e.Connected() || !sent {
		l.drain()
	}
}
