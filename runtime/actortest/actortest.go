// Package actortest tests handlers without processes or sockets: it connects
// the ports of a handler, calls its methods as the runtime would, and keeps
// what it sends.
//
//	g := &Guard{Limit: 1}
//	a := actortest.New(t, g)
//	actortest.Answer(a, &g.Lookup, func(Query) (Region, error) { return Region{Strongest: 5}, nil })
//	actortest.Send(a, g.Quakes, Quake{Mag: 4.9}, Quake{Mag: 6})
//	if got := actortest.Sent(a, &g.Alarms); len(got) != 1 || got[0].Mag != 6 {
//		t.Errorf("alarms %v", got)
//	}
//
// Messages pass through their encoding, so a test sees what a receiver would:
// an empty list comes out as nil, an instant in UTC. There are no wires, so
// no filters, topics, queues, deadlines or restarts; for a whole program see
// "opencore run". Read [New] first.
package actortest

import (
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/ilpomo/opencore/runtime/actor"
)

// An Actor is a handler whose ports are connected to the test. One goroutine
// drives it, the test's; the handler may have more.
type Actor struct {
	t       testing.TB
	ctx     context.Context
	info    *actor.Info
	handler any
	outs    map[any]*out // by pointer to the port
	asks    map[any]*ask

	mu    sync.Mutex
	turns []func() // what Go has been answered with, until it is the handler's turn

	subscribed sync.Map // what topics each port takes, prefixes by name; nothing: all

	rejected []error
	seen     int // how many of them Rejected has given
}

// New connects every outgoing port of handler, which must be a pointer to a
// struct. When the test ends, messages that were rejected and that nobody
// asked [Actor.Rejected] for fail it.
func New(t testing.TB, handler any) *Actor {
	t.Helper()
	v := reflect.ValueOf(handler)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		t.Fatalf("actortest: New takes a pointer to a handler, not a %T", handler)
	}
	a := &Actor{t: t, handler: handler, outs: map[any]*out{}, asks: map[any]*ask{}}
	a.info = &actor.Info{Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Subscribe: a.subscribe}
	a.ctx = actor.WithInfo(t.Context(), a.info)
	a.connect(v.Elem())
	t.Cleanup(func() {
		for _, err := range a.rejected[a.seen:] {
			t.Errorf("actortest: a message was rejected: %v", err)
		}
	})
	return a
}

// connect wires the ports among the fields of a struct, and those of structs
// within it.
func (a *Actor) connect(v reflect.Value) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if !field.IsExported() && !field.Anonymous {
			continue
		}
		if field.IsExported() && a.connectPort(v.Field(i).Addr().Interface(), field.Name) {
			continue
		}
		if embedded := reflect.Indirect(v.Field(i)); field.Anonymous && embedded.Kind() == reflect.Struct {
			a.connect(embedded)
		}
	}
}

func (a *Actor) connectPort(port any, name string) bool {
	switch p := port.(type) {
	case interface{ Connect(actor.Sender) }:
		o := &out{}
		a.outs[port] = o
		p.Connect(o)
	case interface{ Connect(actor.Asker) }:
		k := &ask{actor: a, port: name}
		a.asks[port] = k
		p.Connect(k)
	default:
		return false
	}
	return true
}

// Context is what the handler's methods are called with. It is done just
// before the test ends.
func (a *Actor) Context() context.Context { return a.ctx }

// Start calls the handler's Start.
func (a *Actor) Start() error {
	a.t.Helper()
	return a.call("Start", func(h any) (error, bool) {
		s, ok := h.(actor.Starter)
		if !ok {
			return nil, false
		}
		return s.Start(a.ctx), true
	})
}

// Stop calls the handler's Stop.
func (a *Actor) Stop() error {
	a.t.Helper()
	return a.call("Stop", func(h any) (error, bool) {
		s, ok := h.(actor.Stopper)
		if !ok {
			return nil, false
		}
		return s.Stop(a.ctx), true
	})
}

// Tick calls the handler's Tick. [actor.ErrDone] says that the handler has
// ended its stream.
func (a *Actor) Tick(now time.Time) error {
	a.t.Helper()
	return a.call("Tick", func(h any) (error, bool) {
		s, ok := h.(actor.Ticker)
		if !ok {
			return nil, false
		}
		return s.Tick(a.ctx, now), true
	})
}

// Run calls the Run of a source, and returns when it does. A source that goes
// on for ever ends with ctx, which must stem from [Actor.Context].
func (a *Actor) Run(ctx context.Context) error {
	a.t.Helper()
	return a.call("Run", func(h any) (error, bool) {
		s, ok := h.(actor.Runner)
		if !ok {
			return nil, false
		}
		return s.Run(ctx), true
	})
}

// call calls one of the methods that a handler may have, and fails the test
// if it doesn't.
func (a *Actor) call(method string, f func(handler any) (error, bool)) error {
	a.t.Helper()
	err, ok := f(a.handler)
	if !ok {
		a.t.Fatalf("actortest: %T has no method %s as package actor describes it", a.handler, method)
	}
	a.takeTurns()
	return err
}

// takeTurns tells the handler the outcome of what it has asked with Go.
func (a *Actor) takeTurns() {
	for {
		a.mu.Lock()
		turns := a.turns
		a.turns = nil
		a.mu.Unlock()
		if len(turns) == 0 {
			return
		}
		for _, turn := range turns {
			turn()
		}
	}
}

// Rejected gives the errors that the handler has returned for messages, in
// order. In a run each of these messages goes to the port rejected or to the log.
func (a *Actor) Rejected() []error {
	a.seen = len(a.rejected)
	return a.rejected
}

// reject notes that the handler returned an error for a message.
func (a *Actor) reject(err error) {
	if err != nil {
		a.rejected = append(a.rejected, err)
	}
}

// Send hands messages to an in-port (pull, sub, in, pair), one after the other. For
// those that the handler returns an error for see [Actor.Rejected].
func Send[T actor.Message](a *Actor, port func(ctx context.Context, m T) error, messages ...T) {
	a.t.Helper()
	Publish(a, "", port, messages...)
}

// Publish is Send with a topic, which the handler reads with [actor.Topic]. What
// the handler doesn't take, as it has said with [actor.Subscribe], doesn't reach
// it; for that port must be a method of its own, as in g.Quakes.
func Publish[T actor.Message](a *Actor, topic string, port func(ctx context.Context, m T) error, messages ...T) {
	a.t.Helper()
	for _, m := range messages {
		received := travel(a, m)
		if !a.takes(port, topic) {
			continue
		}
		a.info.Topic = topic
		a.reject(port(a.ctx, received))
		a.info.Topic = ""
		a.takeTurns()
	}
}

// Ask hands a request to a rep port and returns what the requester gets.
func Ask[A, B actor.Message](a *Actor, port func(ctx context.Context, m A) (B, error), m A) (B, error) {
	a.t.Helper()
	reply, err := port(a.ctx, travel(a, m))
	a.takeTurns()
	if err != nil {
		var none B
		return none, err
	}
	return travel(a, reply), nil
}

// Request hands a request to a router port, whose handler may answer later.
func Request[A, B actor.Message](a *Actor, port func(ctx context.Context, m A, r actor.Reply[B]) error, m A) *Pending[B] {
	a.t.Helper()
	p := &pending{done: make(chan struct{})}
	if err := port(a.ctx, travel(a, m), actor.NewReply[B](p)); err != nil {
		a.reject(err)
		_ = p.Reply(a.ctx, nil, err) // never fails
	}
	a.takeTurns()
	return &Pending[B]{actor: a, pending: p}
}

// Answer answers what the handler asks at a port (req, dealer).
func Answer[A, B actor.Message](a *Actor, port *actor.Ask[A, B], reply func(m A) (B, error)) {
	a.t.Helper()
	k, ok := a.asks[port]
	if !ok {
		a.t.Fatal("actortest: Answer takes a port of the handler that New got")
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.answer = func(payload []byte) ([]byte, error) {
		b, err := reply(decode[A](a, payload))
		if err != nil {
			return nil, err
		}
		return b.AppendMessage(nil), nil
	}
}

// Sent gives all that the handler has sent at a port (push, pub, pair) so far.
func Sent[T actor.Message](a *Actor, port *actor.Out[T]) []T {
	a.t.Helper()
	o, ok := a.outs[port]
	if !ok {
		a.t.Fatal("actortest: Sent takes a port of the handler that New got")
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	var list []T
	for _, payload := range o.sent {
		list = append(list, decode[T](a, payload))
	}
	return list
}

// travel gives m as its receiver sees it.
func travel[T actor.Message](a *Actor, m T) T {
	a.t.Helper()
	return decode[T](a, m.AppendMessage(nil))
}

func decode[T actor.Message](a *Actor, payload []byte) T {
	a.t.Helper()
	var m T
	d, ok := any(&m).(actor.MessageDecoder)
	if !ok {
		a.t.Fatalf("actortest: %T is no message: it has no DecodeMessage", m)
	}
	if err := d.DecodeMessage(payload); err != nil {
		a.t.Fatalf("actortest: %T does not survive its encoding: %v", m, err)
	}
	return m
}

// errUnanswered is what a handler gets that asks where the test has no Answer.
func errUnanswered(port string) error {
	return fmt.Errorf("actortest: nobody answers at %s: call actortest.Answer first", port)
}
