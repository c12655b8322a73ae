package actortest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/actortest"
)

// A Note is a message as the generator would write one.
type Note struct{ Text string }

func (n Note) AppendMessage(b []byte) []byte { return append(b, n.Text...) }

func (n *Note) DecodeMessage(payload []byte) error {
	n.Text = string(payload)
	return nil
}

type base struct{ Copies actor.Out[Note] }

// An Echo has a port of every pattern.
type Echo struct {
	base
	*Dictionary
	Notes   actor.Out[Note]
	started bool
	later   []actor.Reply[Note]
	ticks   int
}

type Dictionary struct{ Words actor.Ask[Note, Note] }

func (e *Echo) Start(context.Context) error {
	e.started = true
	return nil
}

func (e *Echo) Stop(ctx context.Context) error { return e.Notes.Send(ctx, Note{"bye"}) }

func (e *Echo) Tick(ctx context.Context, now time.Time) error {
	e.ticks++
	if e.ticks == 2 {
		return actor.ErrDone
	}
	return e.Notes.Send(ctx, Note{now.Format(time.DateOnly)})
}

// In repeats what it gets, with its topic in front.
func (e *Echo) In(ctx context.Context, n Note) error {
	if n.Text == "" {
		return errors.New("nothing to repeat")
	}
	if err := e.Copies.Send(ctx, n); err != nil {
		return err
	}
	return e.Notes.Send(ctx, Note{actor.Topic(ctx) + n.Text})
}

// Lookup asks a word and waits.
func (e *Echo) Lookup(ctx context.Context, n Note) (Note, error) { return e.Words.Ask(ctx, n) }

// Learn asks a word, and repeats it when it comes.
func (e *Echo) Learn(ctx context.Context, n Note) error {
	err := e.Words.Go(ctx, n, func(ctx context.Context, word Note, err error) {
		if err == nil {
			err = e.Notes.Send(ctx, word)
		}
		if err != nil {
			actor.Log(ctx).Error("learning", "error", err)
		}
	})
	return errors.Join(err, e.Notes.Send(ctx, Note{"learning"}))
}

// Hold keeps a request until there are two.
func (e *Echo) Hold(ctx context.Context, n Note, r actor.Reply[Note]) error {
	if n.Text == "" {
		return errors.New("nothing to hold")
	}
	e.later = append(e.later, r)
	if len(e.later) == 2 {
		return errors.Join(e.later[1].Send(ctx, n), e.later[0].Fail(ctx, errors.New("too late")), e.later[0].Send(ctx, n))
	}
	return nil
}

func words(n Note) (Note, error) {
	if n.Text == "?" {
		return Note{}, errors.New("unknown")
	}
	return Note{strings.ToUpper(n.Text)}, nil
}

func start(t *testing.T) (*Echo, *actortest.Actor) {
	e := &Echo{Dictionary: &Dictionary{}}
	return e, actortest.New(t, e)
}

func sent(a *actortest.Actor, port *actor.Out[Note]) string {
	var texts []string
	for _, n := range actortest.Sent(a, port) {
		texts = append(texts, n.Text)
	}
	return strings.Join(texts, " ")
}

func TestSend(t *testing.T) {
	e, a := start(t)
	actortest.Send(a, e.In, Note{"a"}, Note{"b"})
	actortest.Publish(a, "eu.", e.In, Note{"c"})
	actortest.Send(a, e.In, Note{"d"})
	if got := sent(a, &e.Notes); got != "a b eu.c d" {
		t.Errorf("sent %q", got)
	}
	if got := sent(a, &e.Copies); got != "a b c d" {
		t.Errorf("the port of an embedded struct sent %q", got)
	}
}

func TestRejected(t *testing.T) {
	e, a := start(t)
	actortest.Send(a, e.In, Note{""}, Note{"b"})
	if r := a.Rejected(); len(r) != 1 || r[0].Error() != "nothing to repeat" {
		t.Errorf("rejected %v", r)
	}
}

func TestMethods(t *testing.T) {
	e, a := start(t)
	if err := a.Start(); err != nil || !e.started {
		t.Errorf("started %v, %v", e.started, err)
	}
	now := time.Date(2018, 2, 1, 0, 0, 0, 0, time.UTC)
	if err := a.Tick(now); err != nil {
		t.Error(err)
	}
	if err := a.Tick(now); err != actor.ErrDone {
		t.Errorf("the second tick: %v", err)
	}
	if err := a.Stop(); err != nil {
		t.Error(err)
	}
	if got := sent(a, &e.Notes); got != "2018-02-01 bye" {
		t.Errorf("sent %q", got)
	}
}

func TestAsk(t *testing.T) {
	e, a := start(t)
	if _, err := actortest.Ask(a, e.Lookup, Note{"x"}); err == nil || !strings.Contains(err.Error(), "Words") {
		t.Errorf("nobody answers: %v", err)
	}
	actortest.Answer(a, &e.Words, words)
	if r, err := actortest.Ask(a, e.Lookup, Note{"x"}); err != nil || r.Text != "X" {
		t.Errorf("%v, %v", r, err)
	}
	if _, err := actortest.Ask(a, e.Lookup, Note{"?"}); err == nil || err.Error() != "unknown" {
		t.Errorf("error %v", err)
	}
}

func TestGoAnswersOnItsTurn(t *testing.T) {
	e, a := start(t)
	actortest.Answer(a, &e.Words, words)
	actortest.Send(a, e.Learn, Note{"x"})
	if got := sent(a, &e.Notes); got != "learning X" {
		t.Errorf("sent %q", got)
	}
}

func TestRequest(t *testing.T) {
	e, a := start(t)
	first := actortest.Request(a, e.Hold, Note{"a"})
	if first.Answered() {
		t.Error("the first request is answered at once")
	}
	second := actortest.Request(a, e.Hold, Note{"b"})
	if r, err := second.Reply(); err != nil || r.Text != "b" {
		t.Errorf("second: %v, %v", r, err)
	}
	if _, err := first.Reply(); err == nil || err.Error() != "too late" {
		t.Errorf("first: %v; only the first answer counts", err)
	}
	if _, err := actortest.Request(a, e.Hold, Note{}).Reply(); err == nil || len(a.Rejected()) != 1 {
		t.Errorf("a handler that fails: %v, rejected %v", err, a.Rejected())
	}
}

// A counter is a source that goes on until it is stopped.
type counter struct {
	Numbers actor.Out[Note]
	stop    func()
}

func (c *counter) Run(ctx context.Context) error {
	for i := 0; ; i++ {
		if err := c.Numbers.Send(ctx, Note{fmt.Sprint(i)}); err != nil {
			return err
		}
		if i == 2 {
			c.stop()
		}
	}
}

func TestRun(t *testing.T) {
	c := &counter{}
	a := actortest.New(t, c)
	ctx, stop := context.WithCancel(a.Context())
	c.stop = stop
	if err := a.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if got := sent(a, &c.Numbers); got != "0 1 2" {
		t.Errorf("sent %q", got)
	}
}

// A record stands in for a test that fails.
type record struct {
	testing.TB
	failures []string
	cleanup  []func()
}

func (r *record) Helper()          {}
func (r *record) Cleanup(f func()) { r.cleanup = append(r.cleanup, f) }

func (r *record) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func (r *record) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	panic(r)
}

func (r *record) Fatal(args ...any) { r.Fatalf("%s", fmt.Sprint(args...)) }

// failures runs a test to its end and gives what it failed with.
func failures(t *testing.T, test func(t testing.TB)) string {
	r := &record{TB: t}
	func() {
		defer func() {
			if p := recover(); p != nil && p != r {
				panic(p)
			}
		}()
		test(r)
	}()
	for _, f := range slices.Backward(r.cleanup) {
		f()
	}
	return strings.Join(r.failures, "\n")
}

func TestMisuse(t *testing.T) {
	for want, test := range map[string]func(t testing.TB){
		"was rejected: nothing to repeat": func(t testing.TB) {
			e := &Echo{Dictionary: &Dictionary{}}
			a := actortest.New(t, e)
			actortest.Send(a, e.In, Note{})
			a.Rejected()
			actortest.Send(a, e.In, Note{})
		},
		"takes a pointer to a handler": func(t testing.TB) { actortest.New(t, counter{}) },
		"has no method Tick":           func(t testing.TB) { _ = actortest.New(t, &counter{}).Tick(time.Time{}) },
		"Sent takes a port": func(t testing.TB) {
			actortest.Sent(actortest.New(t, &counter{}), &actor.Out[Note]{})
		},
		"Answer takes a port": func(t testing.TB) {
			actortest.Answer(actortest.New(t, &counter{}), &actor.Ask[Note, Note]{}, words)
		},
	} {
		if got := failures(t, test); !strings.Contains(got, want) || strings.Contains(got, "\n") {
			t.Errorf("%s: failed with %q", want, got)
		}
	}
}
