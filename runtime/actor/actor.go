// Package actor is what authors of handlers import.
//
// A handler is a plain Go type. Its exported fields are the actor's
// parameters and outgoing ports ([Out], [Ask]), its methods are the incoming
// ports; what else it has is its own. So for this actor
//
//	actor Guard(limit float) {
//	  pull quakes Quake
//	  rep  lookup Query -> Region
//	  push alarms Quake
//	}
//
// a handler is
//
//	type Guard struct {
//		Limit  float64          // the parameter limit
//		Alarms actor.Out[Quake] // the port alarms
//
//		regions map[string]Region
//	}
//
//	func (g *Guard) Quakes(ctx context.Context, q Quake) error {
//		if q.Mag < g.Limit {
//			return nil
//		}
//		return g.Alarms.Send(ctx, q)
//	}
//
//	func (g *Guard) Lookup(ctx context.Context, q Query) (Region, error) {
//		return g.regions[q.Name], nil
//	}
//
// The messages are Go types that opencore writes beside the program. Ports of
// pattern router get a [Reply] to answer with, now or later:
//
//	func (g *Guard) Lookup(ctx context.Context, q Query, r actor.Reply[Region]) error
//
// A pair port p is both: a field P of type Out, and a method HandleP for what
// comes from the other side.
//
// One handler runs at a time per instance, so no locks are needed. What a
// message holds is the handler's to keep; its strings share memory, so one that
// outlives a large message by much is better cloned. Methods with these names
// are called where a handler has them:
//
//	Start(ctx context.Context) error               before the first message
//	Run(ctx context.Context) error                 a source; nil ends its stream
//	Tick(ctx context.Context, now time.Time) error every so often: the parameter every says how often
//	Stop(ctx context.Context) error                after the last message, ports still open
//
// An error from an incoming port rejects that message: it goes to the port
// rejected, or is logged and counted; it never stops the actor. A panic is a
// crash, and the restart policy decides.
//
// The package imports the standard library alone. glue.go is for generated
// code, the standard library of actors and tests; authors need none of it.
package actor

import (
	"context"
	"errors"
	"log/slog"
)

// ErrDone ends a source that works in Tick: its stream ends well.
var ErrDone = errors.New("actor: done")

// ErrNotWired is what an outgoing port says that nothing has been connected
// to, as in a handler made by hand in a test. Package actortest connects
// ports; in a run every port is connected, also one without wires.
var ErrNotWired = errors.New("actor: the port is not wired; in a test, runtime/actortest wires it")

// ErrTimeout is what a request fails with when no reply has come in time.
var ErrTimeout = errors.New("actor: no reply in time")

// ErrPeerDown is what a request fails with when nobody is there to take it.
var ErrPeerDown = errors.New("actor: the replier is down")

// A Message is what ports carry: the generated types implement it.
type Message interface {
	// AppendMessage appends the message's encoding to b.
	AppendMessage(b []byte) []byte
}

// Out is an outgoing port, push or pub, or the sending side of a pair. Its zero
// value is not wired.
type Out[T Message] struct {
	sender Sender
	value  T // on its way out; whoever holds the sender owns it
}

// Send offers m to the port's wires. It waits while a wire that blocks is
// full, and returns an error only if m can't be taken any more: the run is
// being ended at once, or ctx is done.
func (o *Out[T]) Send(ctx context.Context, m T) error {
	if o.sender == nil {
		return ErrNotWired
	}
	o.sender.Begin()
	o.value = m
	return o.sender.Send(ctx, o)
}

// Ask is an outgoing port for requests, req or dealer. Its zero value is not
// wired.
type Ask[A, B Message] struct {
	asker Asker
	value A
}

// Ask sends a request and waits for its reply, ErrTimeout, ErrPeerDown, or
// the error that the replier's handler returned. Meanwhile the instance takes no other message.
func (a *Ask[A, B]) Ask(ctx context.Context, m A) (B, error) {
	var reply B
	if a.asker == nil {
		return reply, ErrNotWired
	}
	a.asker.Begin()
	a.value = m
	payload, err := a.asker.Ask(ctx, a)
	if err == nil {
		err = decode(&reply, payload)
	}
	return reply, err
}

// Go sends a request and returns; done is called with its outcome on the
// instance's turn, as if it were a message. A req port has one request in
// flight, so there Go waits for the one before.
func (a *Ask[A, B]) Go(ctx context.Context, m A, done func(ctx context.Context, reply B, err error)) error {
	if a.asker == nil {
		return ErrNotWired
	}
	a.asker.Begin()
	a.value = m
	return a.asker.Go(ctx, a, func(ctx context.Context, payload []byte, err error) {
		var reply B
		if err == nil {
			err = decode(&reply, payload)
		}
		done(ctx, reply, err)
	})
}

// Reply answers one request of a router port, at once or later, from any
// goroutine. The first answer counts.
type Reply[T Message] struct{ responder Responder }

// Send answers with m.
func (r Reply[T]) Send(ctx context.Context, m T) error {
	if r.responder == nil {
		return ErrNotWired
	}
	return r.responder.Reply(ctx, m.AppendMessage(nil), nil)
}

// Fail answers with an error.
func (r Reply[T]) Fail(ctx context.Context, err error) error {
	if r.responder == nil {
		return ErrNotWired
	}
	return r.responder.Reply(ctx, nil, err)
}

// Topic is the topic that the message at hand was published under; "" where
// there is none.
func Topic(ctx context.Context) string {
	if i := infoOf(ctx); i != nil {
		return i.Topic
	}
	return ""
}

// Subscribe chooses the topics that an in-port takes from now on, in place of
// those chosen before: the ones that begin with one of the prefixes, byte by
// byte, as ZeroMQ's subscriptions do, so "order" takes "orders" too. Without
// prefixes, as at first, all are taken. port is the name in the graph; it is a
// sub port, or an in port of an instance with one replica, and some wire of it
// must carry topics. Other wires of the port are not affected.
//
// It may be called from Start on, from any goroutine. When it has returned the
// handler gets no message under another topic: what was on its way then counts
// as filtered. The publisher is told as well and sends no more of the kind, which
// takes a moment. A wider set brings back nothing that was not sent before.
// The choice is the handler's: it lasts while publishers are restarted, and a
// restarted handler begins with all and chooses anew, best in Start.
func Subscribe(ctx context.Context, port string, prefixes ...string) error {
	i := infoOf(ctx)
	if i == nil || i.Subscribe == nil {
		return ErrNotWired
	}
	return i.Subscribe(port, prefixes)
}

// Log is the actor's log. What it writes appears in the log of the run,
// prefixed with the instance's name.
func Log(ctx context.Context) *slog.Logger {
	if i := infoOf(ctx); i != nil && i.Log != nil {
		return i.Log
	}
	return slog.Default()
}
