package lane

import (
	"time"

	"github.com/ilpomo/opencore/runtime/spec"
	"github.com/ilpomo/opencore/runtime/zmq"
)

// An In is the receiving end of a lane.
type In struct {
	ID      spec.LaneID
	Peer    spec.ProcessID // who sends
	Message uint64         // hash of the message's type
	Reply   uint64         // of the reply's; 0 if it carries no requests
	Tag     int            // what the owner knows it by

	flow   *flow   // of the link that is up; nil before the first
	topics *Topics // what is wanted of it
	ended  bool
}

// A flow is what comes in at a lane for as long as a link lasts.
type flow struct {
	allowance
	in      *In
	link    *inLink
	replies []byte // a frame of replies being packed
	count   uint32 // of replies in it
	kept    int    // frames that are kept
	owed    bool   // a grant, when the last of them is done
	closing uint64 // number of the end that came behind them
}

// An inLink is a link as its receiver sees it.
type inLink struct {
	peer  zmq.Peer
	flows map[spec.LaneID]*flow
}

// A sender is a process that sends to us.
type sender struct {
	peer        spec.Peer
	incarnation uint32 // the highest heard of
	link        uint32 // of that incarnation, the highest
	current     *inLink
}

// An item is something that has come for the main loop.
type item struct {
	flow   *flow // of a frame
	frame  *zmq.Frame
	header header
	body   []byte
	call   *Call          // whose outcome is there
	do     func() error   // what Post gave
	gone   spec.ProcessID // who will send nothing more; if the others are nil
}

// An inbox is a queue of items.
type inbox struct {
	items []item
	head  int
}

func (b *inbox) len() int { return len(b.items) - b.head }

func (b *inbox) push(i item) {
	if b.head > 64 && b.head*2 > len(b.items) {
		n := copy(b.items, b.items[b.head:])
		clear(b.items[n:])
		b.items, b.head = b.items[:n], 0
	}
	b.items = append(b.items, i)
}

func (b *inbox) front() *item { return &b.items[b.head] }

func (b *inbox) pop() item {
	i := b.items[b.head]
	b.items[b.head] = item{}
	b.head++
	if b.head == len(b.items) {
		b.items, b.head = b.items[:0], 0
	}
	return i
}

func (b *inbox) free(n *Node) {
	for b.len() > 0 {
		if i := b.pop(); i.frame != nil {
			i.frame.Free()
		}
	}
}

// An Inbound is a frame of messages in the hands of the main loop, or the
// outcome of a request.
type Inbound struct {
	In     *In
	Call   *Call        // set if it is an outcome; the other fields are not, then
	Do     func() error // likewise if it is what Post gave
	flow   *flow
	frame  *zmq.Frame
	body   []byte
	size   int
	topics bool
	count  uint32
	number uint64 // of the message that Next gave last
	start  int64
	asked  bool // it asks for a grant
	kept   bool
}

// Next gives the next message of the frame. Without topics topic is nil.
func (b *Inbound) Next() (topic, payload []byte, ok bool) {
	if len(b.body) == 0 {
		return nil, nil, false
	}
	payload, b.body = nextRecord(b.body)
	b.number++
	if b.topics {
		topic, payload = splitTopic(payload)
	}
	return topic, payload, true
}

// Count is how many messages the frame has.
func (b *Inbound) Count() int { return int(b.count) }

// More tells whether Next will give another one.
func (b *Inbound) More() bool { return len(b.body) > 0 }

// Request names the message that Next gave last, to answer it.
func (b *Inbound) Request() Request { return Request{b.flow, b.number} }

// AddIn adds the receiving end of a lane. Locked.
func (n *Node) AddIn(in *In) { n.ins[in.ID] = in }

// Pending tells whether something is there for [Node.Take]. Locked.
func (n *Node) Pending() bool {
	for n.inbox.len() > 0 {
		switch i := n.inbox.front(); {
		case i.call != nil || i.do != nil || i.frame != nil && i.header.kind == kindData && i.header.count > 0:
			return true
		case i.frame != nil:
			n.settle(n.inbox.pop())
		default:
			n.endOf(n.inbox.pop().gone)
		}
	}
	return false
}

// settle deals with a frame that carries no messages: an end, or a question
// how far we are.
func (n *Node) settle(i item) {
	n.recycle(i.frame)
	f := i.flow
	if i.header.kind == kindEnd {
		f.closing = i.header.last
		if f.in.flow == f {
			f.in.ended = true
		}
	}
	if f.kept > 0 {
		f.owed = true
		return
	}
	f.close()
	n.grant(f)
}

// close acknowledges the end, if it has come: all before it is done.
func (f *flow) close() {
	if f.closing != 0 {
		f.handled = f.closing
	}
}

// endOf ends all lanes that a process sends on: it is gone for good.
func (n *Node) endOf(id spec.ProcessID) {
	for _, in := range n.ins {
		if in.Peer == id {
			in.ended = true
		}
	}
}

// Ended tells whether all lanes have ended, but those from peers for which
// except is true. Locked.
func (n *Node) Ended(except func(spec.ProcessID) bool) bool {
	for _, in := range n.ins {
		if !in.ended && (except == nil || !except(in.Peer)) {
			return false
		}
	}
	return true
}

// Take takes the next frame or outcome, for which Pending has been asked.
// Until Done the main loop is in a handler. What it gives is valid until then.
// Locked.
func (n *Node) Take() *Inbound {
	i := n.inbox.pop()
	n.current = Inbound{Call: i.call, Do: i.do}
	if i.flow != nil {
		n.current = Inbound{
			In: i.flow.in, flow: i.flow, frame: i.frame, body: i.body, size: len(i.body),
			topics: i.header.flags&flagTopics != 0, count: i.header.count,
			number: i.header.last - uint64(i.header.count), start: n.now(),
			asked: i.header.flags&flagAsk != 0,
		}
	}
	n.Begin()
	return &n.current
}

// Post has the main loop call do, with the node locked, at its turn, behind
// what has come already. Locked.
func (n *Node) Post(do func() error) {
	n.inbox.push(item{do: do})
	n.Changed()
}

// Keep makes what Take gave outlive the next Take: the main loop goes on, and
// the frame is in hand until Done. Frames of one lane must be done in the order
// in which they were taken. [Node.Kept] counts them. Locked.
func (n *Node) Keep(b *Inbound) *Inbound {
	k := *b
	k.kept = true
	k.flow.kept++
	n.kept++
	n.End()
	return &k
}

// Kept is how many frames are kept. Locked.
func (n *Node) Kept() int { return n.kept }

// Begin tells that the main loop enters a handler. Locked.
func (n *Node) Begin() {
	n.handling = true
	n.watch()
}

// End tells that it has left it: what it sent goes out if no message waits or
// little is on its way. Locked.
func (n *Node) End() {
	n.handling = false
	if n.away {
		n.Back()
	}
	limit := readyFrames
	if n.inbox.len() == 0 {
		limit = eagerFrames
	}
	n.flush(limit)
}

// Done gives a frame back that has been handled: it is acknowledged if that
// is due. Locked.
func (n *Node) Done(b *Inbound) {
	if f := b.flow; f != nil {
		f.handled += uint64(b.count)
		n.handled += uint64(b.count)
		f.handledBytes += uint64(b.size)
		now := n.now()
		f.worked(b.count, time.Duration(now-max(b.start, n.doneAt)))
		n.recycle(b.frame)
		b.frame, b.body = nil, nil
		owed := b.kept && n.unkeep(f, now)
		switch {
		case f.count > 0: // the replies will carry the grant
		case b.asked || owed || f.due():
			n.grant(f)
		}
	}
	n.End()
}

// unkeep notes that a kept frame is done, and tells whether a grant is owed that
// was asked for behind it. Until the next one is done it is that one that is
// worked at.
func (n *Node) unkeep(f *flow, now int64) (owed bool) {
	n.kept--
	n.doneAt = now
	if f.kept--; f.kept > 0 {
		return false
	}
	f.close()
	owed, f.owed = f.owed, false
	return owed
}

// grant tells the sender of a lane how far we are and how far it may go.
func (n *Node) grant(f *flow) {
	if f.in.flow != f {
		return // of a link that is gone
	}
	g := f.allowance.grant(f.in.ID)
	n.scratch = append(n.scratch[:0], make([]byte, headerSize)...)
	header{kind: kindGrant, grants: 1}.put(n.scratch)
	n.scratch = g.append(n.scratch)
	n.answer(f.link, n.scratch)
}

// answer sends a frame back to a sender. If it is gone, nobody is there to
// care.
func (n *Node) answer(l *inLink, frame []byte) {
	if n.closed {
		return
	}
	if e, _ := n.router.SendTo(l.peer, frame); e.Readable() {
		n.drainRouter()
	}
}

// frame gives an unused frame.
func (n *Node) frame() *zmq.Frame {
	if k := len(n.frames); k > 0 {
		f := n.frames[k-1]
		n.frames = n.frames[:k-1]
		return f
	}
	return zmq.NewFrame()
}

func (n *Node) recycle(f *zmq.Frame) {
	f.Close()
	if n.closed || len(n.frames) > 64 {
		f.Free()
		return
	}
	n.frames = append(n.frames, f)
}
