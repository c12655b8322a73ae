package ledger

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/ilpomo/opencore/runtime/actor"
)

// A Relay hands on.
type Relay struct {
	Log    string
	Passed actor.Out[Item]

	teller
}

// Start opens the pipe.
func (r *Relay) Start(context.Context) error { return r.open("relay", r.Log) }

// Items hands one item on.
func (r *Relay) Items(ctx context.Context, m Item) error {
	if err := r.tell("got", m.ID); err != nil {
		return err
	}
	if err := r.Passed.Send(ctx, m); err != nil {
		return err
	}
	return r.tell("sent", m.ID)
}

// Stop closes the pipe.
func (r *Relay) Stop(context.Context) error { return r.close() }

// A Turn sends items round.
type Turn struct {
	Log         string
	Again, Done actor.Out[Item]

	teller
}

// Start opens the pipe.
func (r *Turn) Start(context.Context) error { return r.open("turn", r.Log) }

// Items sends an item back or on.
func (r *Turn) Items(ctx context.Context, m Item) error {
	if m.Group == 0 {
		return r.Done.Send(ctx, m)
	}
	m.Group--
	return r.Again.Send(ctx, m)
}

// Stop closes the pipe.
func (r *Turn) Stop(context.Context) error { return r.close() }

// A Sink takes items.
type Sink struct {
	Log           string
	Takes         time.Duration
	SlowOne       string
	Panics, Fails int64

	teller
}

// Start opens the pipe.
func (s *Sink) Start(context.Context) (err error) {
	if s.Takes, err = takesOf(s.Takes, s.SlowOne); err != nil {
		return err
	}
	return s.open("sink", s.Log)
}

// Items takes one item.
func (s *Sink) Items(ctx context.Context, m Item) error {
	if err := work(ctx, s.Takes); err != nil {
		return err
	}
	if err := s.tell("got", m.ID); err != nil {
		return err
	}
	switch m.ID {
	case s.Panics:
		panic(fmt.Sprintf("item %d is too much for me", m.ID))
	case s.Fails:
		return fmt.Errorf("item %d is not to my taste", m.ID)
	}
	return nil
}

// Stop closes the pipe.
func (s *Sink) Stop(context.Context) error { return s.close() }

// A Keyed is a sink that is chosen by group.
type Keyed struct {
	Log string

	teller
}

// Start opens the pipe.
func (k *Keyed) Start(context.Context) error { return k.open("keyed", k.Log) }

// Items takes one item.
func (k *Keyed) Items(_ context.Context, m Item) error {
	if err := k.tell("group", m.Group); err != nil {
		return err
	}
	return k.tell("got", m.ID)
}

// Stop closes the pipe.
func (k *Keyed) Stop(context.Context) error { return k.close() }

// A Listener subscribes to items.
type Listener struct {
	Log     string
	Takes   time.Duration
	SlowOne string

	teller
}

// Start opens the pipe.
func (l *Listener) Start(context.Context) (err error) {
	if l.Takes, err = takesOf(l.Takes, l.SlowOne); err != nil {
		return err
	}
	return l.open("listener", l.Log)
}

// Items takes one item.
func (l *Listener) Items(ctx context.Context, m Item) error {
	if err := work(ctx, l.Takes); err != nil {
		return err
	}
	return l.tell("got", m.ID)
}

// Stop closes the pipe.
func (l *Listener) Stop(context.Context) error { return l.close() }

// stall is how long a Replier takes for the question that it stalls at.
const stall = 3 * time.Second

// A Replier answers with its process's number.
type Replier struct {
	Log           string
	Fails, Stalls int64

	teller
}

// Start opens the pipe.
func (r *Replier) Start(context.Context) error { return r.open("replier", r.Log) }

// Questions answers one question.
func (r *Replier) Questions(ctx context.Context, q Query) (Answer, error) {
	switch q.ID {
	case r.Fails:
		return Answer{}, fmt.Errorf("question %d is one to fail at", q.ID)
	case r.Stalls:
		if err := work(ctx, stall); err != nil {
			return Answer{}, err
		}
	}
	return Answer{ID: q.ID, Pid: int64(os.Getpid())}, r.tell("got", q.ID)
}

// Stop closes the pipe.
func (r *Replier) Stop(context.Context) error { return r.close() }
