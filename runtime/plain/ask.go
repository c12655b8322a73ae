package plain

import (
	"maps"
	"slices"

	"github.com/ilpomo/opencore/runtime/lane"
	"github.com/ilpomo/opencore/runtime/zmq"
)

// An Asker is the end of a req or dealer port: it sends requests, and finds out
// to which of them a reply belongs, in whatever order they come.
type Asker struct {
	*socket
	calls   map[uint32]*Call // on their way, by their numbers
	waiting []*Call          // for room or for a peer, oldest first
	last    uint32           // number given
	open    int              // calls without an outcome
	late    int
	said    *zmq.Message
	had     bool // a peer has been there
	doubt   bool // a request was given up on whose reply may still come
	over    bool // what waited has been counted as left: no attempt is made any more

	deadlines []deadline // of attempts, in the order in which they began
}

// A Call is a request on its way.
type Call struct {
	asker   *Asker
	topic   string
	request []byte
	tries   int // further attempts
	attempt int // the present one, from 1
	number  uint32
	sent    bool
	done    bool
	payload []byte
	err     error
	then    func(payload []byte, err error)
}

// Crowded tells whether a further request would have to wait before it is
// taken: as many are on their way as the wire's queue holds.
func (a *Asker) Crowded() bool {
	q := a.config.Queue
	if q.Bytes == 0 {
		return a.open >= q.Messages
	}
	size := 0
	for _, c := range a.waiting {
		size += len(c.request)
	}
	return size >= q.Bytes
}

// Blocks tells whether requests wait while the wire is crowded.
func (a *Asker) Blocks() bool { return a.config.Queue.Full == "block" || a.config.Queue.Full == "" }

// Outstanding is how many requests have no outcome yet.
func (a *Asker) Outstanding() int { return a.open }

// Late is how many replies came for which nobody waits any more.
func (a *Asker) Late() int { return a.late }

// Call takes a request, as its dense encoding. With then, that is called with
// the outcome when the main loop has its turn.
func (a *Asker) Call(topic string, payload []byte, then func(payload []byte, err error)) *Call {
	c := &Call{asker: a, topic: topic, tries: a.config.Retry, then: then}
	crowded := a.Crowded()
	a.open++
	var err error
	switch c.request, err = a.config.Codec.Append(nil, payload); {
	case err != nil:
		*a.config.Delivered++
		*a.config.Rejected++
		c.finish(nil, err)
	case crowded && !a.Blocks() && !a.drop():
		*a.config.Dropped++
		c.finish(nil, lane.ErrCrowded)
	default:
		a.attempt(c)
	}
	return c
}

// drop makes room by the queue's policy.
func (a *Asker) drop() bool {
	if a.config.Queue.Full != "drop_oldest" || len(a.waiting) == 0 {
		return false
	}
	oldest := a.waiting[0]
	a.waiting = a.waiting[1:]
	*a.config.Dropped++
	oldest.finish(nil, lane.ErrCrowded)
	return true
}

// attempt starts the clock of an attempt, and sends it or lets it wait.
func (a *Asker) attempt(c *Call) {
	c.attempt++
	a.waiting = append(a.waiting, c)
	if a.config.Timeout > 0 {
		a.deadlines = append(a.deadlines, deadline{a.config.Node.After(a.config.Timeout), c, c.attempt})
		a.alarm()
	}
	a.dispatch()
}

// A deadline is when an attempt ends.
type deadline struct {
	at      int64
	call    *Call
	attempt int // of the call; of another one than the present it means nothing
}

func (d *deadline) over() bool { return d.call.done || d.call.attempt != d.attempt }

// alarm sets the clock to the first attempt that ends. All have the same
// timeout, so it is the first that began.
func (a *Asker) alarm() {
	i := 0
	for i < len(a.deadlines) && a.deadlines[i].over() {
		a.deadlines[i].call = nil
		i++
	}
	a.deadlines = a.deadlines[i:]
	if len(a.deadlines) == 0 || a.over {
		a.At(0)
		return
	}
	a.At(a.deadlines[0].at)
}

// dispatch sends what waits, as far as there is room.
func (a *Asker) dispatch() {
	for len(a.waiting) > 0 && !a.closed {
		c := a.waiting[0]
		a.last++
		if a.post(a.last, c) != nil {
			break
		}
		a.waiting = a.waiting[1:]
		c.number, c.sent = a.last, true
		a.calls[c.number] = c
		*a.config.Delivered++
	}
	if e := a.Events(); e.Readable() || e.Writable() && len(a.waiting) > 0 {
		a.Again() // sending may have swallowed that something came, and this that there is room
	}
}

// ready takes replies, ends attempts whose time is over, and sends what waits.
func (a *Asker) ready() {
	for !a.closed {
		err := a.Receive(a.said)
		if err != nil && err != zmq.ErrTooBig {
			break
		}
		a.reply(a.said.Parts(), err != nil)
	}
	a.expire()
	a.dispatch()
	a.alarm()
}

// expire ends the attempts whose time is over.
func (a *Asker) expire() {
	for len(a.deadlines) > 0 && !a.over && a.config.Node.Passed(a.deadlines[0].at) {
		d := a.deadlines[0]
		a.deadlines = a.deadlines[1:]
		if !d.over() {
			d.call.expired()
		}
	}
}

// joined is told when a peer has come or gone. When the last one has gone, what
// was on its way is lost.
func (a *Asker) joined() {
	switch {
	case a.peers() > 0:
		a.had = true
	case a.had && !a.over:
		a.had, a.doubt = false, false
		for _, c := range slices.Collect(maps.Values(a.calls)) {
			if !c.done {
				c.lost()
			}
		}
	}
	a.dispatch()
}

// lost is called when the peer is gone that had the request.
func (c *Call) lost() {
	c.withdraw()
	if c.tries == 0 {
		c.finish(nil, lane.ErrPeerDown)
		return
	}
	c.again()
}

// expired is called when an attempt has taken too long: without an answer, or
// because nobody came to send it to.
func (c *Call) expired() {
	sent := c.sent
	c.asker.doubt = c.asker.doubt || sent
	c.withdraw()
	switch {
	case c.tries > 0:
		c.again()
	case sent:
		c.finish(nil, lane.ErrTimeout)
	default:
		c.finish(nil, lane.ErrPeerDown)
	}
}

// again makes one more attempt.
func (c *Call) again() {
	c.tries--
	*c.asker.config.Offered++
	c.asker.attempt(c)
}

// withdraw takes an attempt back: one that has not been sent is dropped.
func (c *Call) withdraw() {
	a := c.asker
	if c.sent {
		delete(a.calls, c.number)
		c.sent = false
		return
	}
	a.waiting = slices.DeleteFunc(a.waiting, func(other *Call) bool { return other == c })
	*a.config.Dropped++
}

// finish settles the outcome.
func (c *Call) finish(payload []byte, err error) {
	a := c.asker
	if c.sent {
		delete(a.calls, c.number)
	}
	c.done, c.payload, c.err = true, payload, err
	a.open--
	if c.then != nil {
		a.config.Node.Post(func() error {
			c.then(c.payload, c.err)
			return nil
		})
	}
	a.config.Node.Changed()
}

// Done tells whether the outcome is there.
func (c *Call) Done() bool { return c.done }

// Outcome gives the reply's payload or why there is none: an error of package
// lane, or what the replier said.
func (c *Call) Outcome() (payload []byte, err error) { return c.payload, c.err }

// Forget gives up on a call: nobody waits for its outcome any more.
func (c *Call) Forget() {
	if !c.done {
		c.asker.doubt = c.asker.doubt || c.sent
		c.withdraw()
		c.then = nil
		c.finish(nil, lane.ErrTimeout)
	}
}

// GiveUp counts the requests that have not been sent as left: the process ends.
// Those on their way may still have a reply, and nothing else.
func (a *Asker) GiveUp() {
	a.over = true
	*a.config.Left += uint64(len(a.waiting))
	a.waiting = nil
}
