package runtime

import (
	"context"
	"errors"
	"unsafe"

	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/lane"
)

// errNoMatch is the outcome of a request that no wire takes.
var errNoMatch = errors.New("no wire takes the request")

// Ask implements [actor.Asker].
func (o *outPort) Ask(ctx context.Context, m actor.Outgoing) ([]byte, error) {
	n := o.process.node
	defer n.Unlock()
	c, err := o.call(ctx, m, nil)
	if err != nil {
		return nil, err
	}
	p := o.process
	if p.foreign(ctx) {
		stop := context.AfterFunc(ctx, p.look)
		defer stop()
	}
	n.Wait(func() bool { return c.Done() || p.ending || n.Failure() != nil || ctx.Err() != nil }, 0)
	o.called()
	switch {
	case c.Done():
		payload, err := c.Outcome()
		return payload, outcome(err)
	case p.ending:
		return nil, errEnding
	case n.Failure() != nil:
		return nil, n.Failure()
	default:
		c.Forget()
		return nil, ctx.Err()
	}
}

// Go implements [actor.Asker]. The outcome comes to the main loop like a
// message. A source that works in Run has no main loop: there done is called
// within a later request, or when Run has returned.
func (o *outPort) Go(ctx context.Context, m actor.Outgoing, done func(ctx context.Context, payload []byte, err error)) error {
	defer o.process.node.Unlock()
	_, err := o.call(ctx, m, func(payload []byte, err error) {
		o.called()
		o.process.node.Unlock()
		defer o.process.node.Lock()
		done(o.process.ctx, payload, outcome(err))
	})
	return err
}

// outcome gives an error the name that handlers know it by.
func outcome(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, lane.ErrTimeout):
		return actor.ErrTimeout
	case errors.Is(err, lane.ErrPeerDown):
		return actor.ErrPeerDown
	default:
		return &replierError{err}
	}
}

// A replierError is what a replier has answered in place of a reply.
type replierError struct{ err error }

func (e *replierError) Error() string { return "the replier: " + e.err.Error() }

// Unwrap gives what it has said.
func (e *replierError) Unwrap() error { return e.err }

// passed gives an error as a requester is to see it: one that a handler has got
// for a request of its own, and just hands on, is what it was at first.
func passed(err error) error {
	if e, ok := err.(*replierError); ok {
		return e.err
	}
	switch err {
	case actor.ErrTimeout:
		return lane.ErrTimeout
	case actor.ErrPeerDown:
		return lane.ErrPeerDown
	default:
		return err
	}
}

// call sends a request to the first wire that takes it. With then the outcome
// is an item of the inbox.
func (o *outPort) call(ctx context.Context, m actor.Outgoing, then func(payload []byte, err error)) (call, error) {
	if err := o.process.refuses(ctx); err != nil {
		return nil, err
	}
	if o.spec.Pattern == "req" && o.calling > 0 {
		if err := o.hold(ctx, nil, func() bool { return o.calling == 0 }); err != nil {
			return nil, err
		}
	}
	payload := m.Append(nil) // kept until the outcome is there
	if len(payload) > lane.MaxMessage {
		return nil, errTooLong
	}
	w := o.first(m, payload)
	if w == nil {
		o.account(nil)
		return nil, errNoMatch
	}
	if o.process.running {
		o.process.settle()
	}
	var key uint64
	if w.key != nil {
		key = w.key.hash(payload)
	}
	if w.blocks() && w.crowded() {
		if err := o.hold(ctx, w, func() bool { return !w.crowded() }); err != nil {
			return nil, err
		}
	}
	o.account(w)
	o.calling++
	if w.asker != nil {
		return w.asker.Call(o.topicOf(nil, payload), payload, then), nil
	}
	return w.Call(key, payload, then), nil
}

// A call is a request on its way, to a process of ours or to a foreign peer.
type call interface {
	Done() bool
	Outcome() (payload []byte, err error)
	Forget()
}

func (w *outWire) blocks() bool {
	if w.asker != nil {
		return w.asker.Blocks()
	}
	return w.Blocks()
}

func (w *outWire) crowded() bool {
	if w.asker != nil {
		return w.asker.Crowded()
	}
	return w.Crowded()
}

// called notes that a request has its outcome.
func (o *outPort) called() {
	o.calling--
	o.process.node.Changed()
}

// first gives the wire that a request goes to.
func (o *outPort) first(m actor.Outgoing, payload []byte) *outWire {
	var structure unsafe.Pointer
	if len(o.rules) > 0 {
		structure, _ = o.look(m)
	}
	matched := o.decide(structure, payload, "")
	for _, w := range o.wires {
		if w.takes(matched) {
			return w
		}
	}
	return nil
}

// account counts a request: offered on all wires, filtered on all but the one
// that takes it.
func (o *outPort) account(taker *outWire) {
	o.count()
	for _, w := range o.wires {
		*w.offered++
		if w != taker {
			*w.filtered++
		}
	}
}
