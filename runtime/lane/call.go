package lane

import (
	"errors"
	"slices"
)

// Why a request comes to nothing, besides what its replier says.
var (
	ErrTimeout  = errors.New("no reply in time")
	ErrPeerDown = errors.New("the replier is down")
	ErrCrowded  = errors.New("too many requests wait already")
)

// replyErr is an error that a replier's handler returned.
type replyErr string

func (e replyErr) Error() string { return string(e) }

// A Call is a request on its way.
type Call struct {
	wire    *Wire
	key     uint64
	request []byte
	tries   int // further attempts
	attempt int // the present one, from 1
	lane    *outLane
	number  uint64 // on lane; 0 while it waits for room
	done    bool
	payload []byte
	err     error
	then    func(payload []byte, err error) // what the main loop does with the outcome; nil: somebody waits for it
}

// A deadline is when the present attempt of a call ends.
type deadline struct {
	at      int64
	call    *Call
	attempt int // of the call; of another one than the present it means nothing
}

func (d *deadline) over() bool { return d.call.done || d.call.attempt != d.attempt }

// Done tells whether the outcome is there. Locked.
func (c *Call) Done() bool { return c.done }

// Outcome gives the reply's payload or why there is none.
func (c *Call) Outcome() (payload []byte, err error) { return c.payload, c.err }

// Crowded tells whether a further request would have to wait before it is
// taken: as many are on their way as the queue holds.
func (w *Wire) Crowded() bool {
	if w.config.Queue.Bytes == 0 {
		return w.outstanding >= w.config.Queue.Messages
	}
	size := 0
	for _, c := range w.waiting {
		size += len(c.request)
	}
	return size >= w.config.Queue.Bytes
}

// Blocks tells whether requests wait while the wire is crowded.
func (w *Wire) Blocks() bool { return w.blocks() }

// Call takes a request. Its outcome comes as an item of the inbox if then is
// set; else whoever waits for Done looks for it. It keeps request.
func (w *Wire) Call(key uint64, request []byte, then func(payload []byte, err error)) *Call {
	c := &Call{wire: w, key: key, request: request, tries: w.config.Retry, then: then}
	crowded := w.Crowded()
	w.outstanding++
	if crowded && !w.blocks() && !w.dropCall() {
		*w.config.Dropped++
		c.finish(nil, ErrCrowded)
		return c
	}
	w.attempt(c)
	return c
}

// dropCall makes room by the queue's policy.
func (w *Wire) dropCall() bool {
	if w.config.Queue.Full != "drop_oldest" || len(w.waiting) == 0 {
		return false
	}
	oldest := w.waiting[0]
	w.waiting = w.waiting[1:]
	*w.config.Dropped++
	oldest.finish(nil, ErrCrowded)
	return true
}

// attempt starts the clock of an attempt and sends it, or lets it wait.
func (w *Wire) attempt(c *Call) {
	c.attempt++
	if w.config.Timeout > 0 {
		w.prune()
		at := w.node.now() + int64(w.config.Timeout)
		w.deadlines = append(w.deadlines, deadline{at, c, c.attempt})
		if w.node.until == 0 || at < w.node.until {
			w.node.kick()
		}
	}
	if !w.post(c) {
		w.waiting = append(w.waiting, c)
	}
}

// post sends a call, or ends it because nobody is there; false if it must
// wait, for room or for a replier that comes back.
func (w *Wire) post(c *Call) bool {
	o, alive := w.replier(c.key)
	switch {
	case !alive && w.patient(c.key):
		return false
	case !alive:
		*w.config.Dropped++
		c.finish(nil, ErrPeerDown)
		return true
	case o == nil:
		return false
	}
	size := recordHead + len(c.request)
	if !o.batch.fits(size) {
		o.send()
		return w.post(c) // it may have shown that the peer is gone
	}
	batch := o.batch.begin(size)
	c.lane, c.number = o, o.sent+1
	o.calls[c.number] = c
	at := len(batch)
	batch = append(beginRecord(batch), c.request...)
	endRecord(batch, at)
	o.end(batch, true)
	return true
}

// replier gives the lane that a request can be packed on now, nil if it must
// wait, and whether anybody is there to wait for.
func (w *Wire) replier(key uint64) (o *outLane, alive bool) {
	if w.config.Keyed || len(w.lanes) == 1 {
		o = w.lane0(key)
		if o.link.up && !o.room() {
			return nil, true
		}
		return o, o.link.up
	}
	if o = w.freest(); o != nil { // whoever asks waits, so it pays to spread what is asked at one time
		return o, true
	}
	return nil, slices.ContainsFunc(w.lanes, func(o *outLane) bool { return o.link.up })
}

// patient tells whether a call waits while nobody is there: on a wire with
// retries, for a replier that may come back; its timeout bounds that. Without
// them whoever asks is told at once.
func (w *Wire) patient(key uint64) bool {
	if w.config.Retry == 0 {
		return false
	}
	if w.config.Keyed || len(w.lanes) == 1 {
		return !w.lane0(key).link.done
	}
	return slices.ContainsFunc(w.lanes, func(o *outLane) bool { return !o.link.done })
}

// dispatch sends calls that wait for room.
func (w *Wire) dispatch() {
	waiting := w.waiting
	w.waiting = nil
	for i, c := range waiting {
		if !w.post(c) {
			if !w.config.Keyed {
				w.waiting = append(w.waiting, waiting[i:]...)
				return
			}
			w.waiting = append(w.waiting, c)
		}
	}
}

// lost is called when the connection is gone that the call was packed for;
// unsent: it had not been sent yet. Another replica may answer.
func (c *Call) lost(unsent bool) {
	if unsent {
		*c.wire.config.Dropped++
	}
	c.number = 0
	if _, alive := c.wire.replier(c.key); c.wire.node.over || c.tries == 0 || !alive && !c.wire.patient(c.key) {
		c.finish(nil, ErrPeerDown)
		return
	}
	c.again()
}

// again makes one more attempt.
func (c *Call) again() {
	c.tries--
	*c.wire.config.Offered++
	c.wire.attempt(c)
}

// expired is called when an attempt has taken too long.
func (c *Call) expired() {
	if c.number != 0 {
		delete(c.lane.calls, c.number)
		c.number = 0
	} else {
		c.withdraw()
	}
	if c.tries == 0 {
		c.finish(nil, ErrTimeout)
		return
	}
	c.again()
}

// finish settles the outcome.
func (c *Call) finish(payload []byte, err error) {
	c.done, c.err = true, err
	c.wire.outstanding--
	if err == nil {
		c.payload = append([]byte{}, payload...)
	}
	if c.then != nil {
		c.wire.node.inbox.push(item{call: c})
	}
	c.wire.node.Changed()
}

// Settle gives the outcome to who wants it. Locked, and so is then when it is
// called.
func (c *Call) Settle() { c.then(c.payload, c.err) }

// Forget gives up on a call: nobody waits for its outcome any more.
func (c *Call) Forget() {
	if c.done {
		return
	}
	if c.number != 0 {
		delete(c.lane.calls, c.number)
	} else {
		c.withdraw()
	}
	c.finish(nil, ErrTimeout)
}

// withdraw takes back a call that waits for room.
func (c *Call) withdraw() {
	c.wire.waiting = slices.DeleteFunc(c.wire.waiting, func(other *Call) bool { return other == c })
	*c.wire.config.Dropped++
}

// prune forgets deadlines at the front that mean nothing any more.
func (w *Wire) prune() {
	i := 0
	for i < len(w.deadlines) && w.deadlines[i].over() {
		w.deadlines[i].call = nil
		i++
	}
	w.deadlines = w.deadlines[i:]
}

// nextDeadline is when the first of all calls is due; 0: never.
func (n *Node) nextDeadline() (at int64) {
	if n.over {
		return 0
	}
	for _, w := range n.wires {
		w.prune()
		if len(w.deadlines) > 0 && (at == 0 || w.deadlines[0].at < at) {
			at = w.deadlines[0].at
		}
	}
	return at
}

// expire ends the attempts whose time is over.
func (n *Node) expire() {
	if n.nextDeadline() == 0 {
		return
	}
	now := n.now()
	for _, w := range n.wires {
		for len(w.deadlines) > 0 && w.deadlines[0].at <= now {
			d := w.deadlines[0]
			w.deadlines = w.deadlines[1:]
			if !d.over() {
				d.call.expired()
			}
		}
	}
}

// Outstanding is how many requests have no outcome yet, on all wires. Locked.
func (n *Node) Outstanding() int {
	count := 0
	for _, w := range n.wires {
		count += w.outstanding
	}
	return count
}

// A Request is one that has come in and awaits its answer.
type Request struct {
	flow   *flow
	number uint64
}

// Answer answers a request with a payload, or with err. If the requester is
// gone nobody is there to hear it.
func (n *Node) Answer(r Request, payload []byte, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	f := r.flow
	if n.closed || f.in.flow != f {
		return
	}
	status := replyOK
	if err != nil {
		status, payload = replyStatus(err), []byte(err.Error())
	}
	if f.count == 0 {
		f.replies = append(f.replies[:0], make([]byte, headerSize+grantSize)...)
		n.replied = append(n.replied, f)
	}
	f.replies = appendReply(f.replies, r.number, status, payload)
	f.count++
	if len(f.replies) >= frameBytes || !n.handling || n.current.flow != f {
		n.flushReplies()
	}
}

// replyStatus gives the status of a reply that is an error.
func replyStatus(err error) byte {
	switch err {
	case ErrTimeout:
		return replyTimeout
	case ErrPeerDown:
		return replyDown
	default:
		return replyError
	}
}

// outcome takes a reply apart.
func outcome(status byte, payload []byte) ([]byte, error) {
	switch status {
	case replyTimeout:
		return nil, ErrTimeout
	case replyDown:
		return nil, ErrPeerDown
	case replyError:
		return nil, replyErr(payload)
	default:
		return payload, nil
	}
}

// keepReplies is how much memory an empty frame of replies goes on holding, in
// bytes.
const keepReplies = 1 << 20

// flushReplies sends all replies that are packed, each frame with a grant.
func (n *Node) flushReplies() {
	for len(n.replied) > 0 {
		f := n.replied[len(n.replied)-1]
		n.replied = n.replied[:len(n.replied)-1]
		if f.in.flow == f {
			header{kind: kindReply, lane: f.in.ID, count: f.count, grants: 1}.put(f.replies)
			f.allowance.grant(f.in.ID).append(f.replies[headerSize:headerSize])
			n.answer(f.link, f.replies)
		}
		f.count = 0
		if cap(f.replies) > keepReplies {
			f.replies = nil
		}
	}
}
