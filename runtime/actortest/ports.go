package actortest

import (
	"context"
	"slices"
	"sync"

	"github.com/ilpomo/opencore/runtime/actor"
)

// An out is the test's side of an [actor.Out].
type out struct {
	port sync.Mutex // held from Begin to Send
	mu   sync.Mutex
	sent [][]byte
}

// Begin implements [actor.Sender].
func (o *out) Begin() { o.port.Lock() }

// Send implements [actor.Sender].
func (o *out) Send(ctx context.Context, m actor.Outgoing) error {
	defer o.port.Unlock()
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	o.sent = append(o.sent, m.Append(nil))
	return nil
}

// An ask is the test's side of an [actor.Ask].
type ask struct {
	actor  *Actor
	port   string
	mu     sync.Mutex // held from Begin to the end of Ask or Go
	answer func(payload []byte) ([]byte, error)
}

// Begin implements [actor.Asker].
func (k *ask) Begin() { k.mu.Lock() }

// Ask implements [actor.Asker].
func (k *ask) Ask(ctx context.Context, m actor.Outgoing) ([]byte, error) {
	payload := m.Append(nil)
	answer := k.answer
	k.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if answer == nil {
		return nil, errUnanswered(k.port)
	}
	return answer(payload)
}

// Go implements [actor.Asker]: done waits for the handler's turn, which comes
// when its method has returned.
func (k *ask) Go(ctx context.Context, m actor.Outgoing, done func(context.Context, []byte, error)) error {
	reply, err := k.Ask(ctx, m)
	a := k.actor
	a.mu.Lock()
	a.turns = append(a.turns, func() { done(a.ctx, reply, err) })
	a.mu.Unlock()
	return nil
}

// A Pending is a request to a router port that may not have been answered yet.
type Pending[B actor.Message] struct {
	actor   *Actor
	pending *pending
}

// Answered reports whether there is an answer.
func (p *Pending[B]) Answered() bool {
	select {
	case <-p.pending.done:
		return true
	default:
		return false
	}
}

// Reply waits for the answer: the reply, or the error that the requester gets.
func (p *Pending[B]) Reply() (B, error) {
	p.actor.t.Helper()
	<-p.pending.done
	if p.pending.err != nil {
		var none B
		return none, p.pending.err
	}
	return decode[B](p.actor, p.pending.payload), nil
}

// A pending is the test's side of an [actor.Reply].
type pending struct {
	once    sync.Once
	done    chan struct{} // closed when payload and err are set
	payload []byte
	err     error
}

// Reply implements [actor.Responder]: the first answer counts.
func (p *pending) Reply(_ context.Context, payload []byte, err error) error {
	p.once.Do(func() {
		p.payload, p.err = slices.Clone(payload), err
		close(p.done)
	})
	return nil
}
