package stdlib

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/ilpomo/opencore/runtime/actor"
)

// An asked keeps what a proxy.Queue asks, until the test answers.
type asked struct {
	requests []string
	done     []func(ctx context.Context, payload []byte, err error)
	refuse   error
}

func (a *asked) Begin() {}

func (a *asked) Ask(context.Context, actor.Outgoing) ([]byte, error) { panic("it would wait") }

func (a *asked) Go(_ context.Context, m actor.Outgoing, done func(ctx context.Context, payload []byte, err error)) error {
	if a.refuse != nil {
		return a.refuse
	}
	a.requests, a.done = append(a.requests, string(m.Append(nil))), append(a.done, done)
	return nil
}

// An answer is what a client gets.
type answer struct {
	payload string
	err     error
}

func (a *answer) Reply(_ context.Context, payload []byte, err error) error {
	a.payload, a.err = string(payload), err
	return nil
}

// Many requests are on their way, replies come in any order, and errors are
// handed on as they are.
func TestQueue(t *testing.T) {
	s, back := newStage(t, item, nil), &asked{}
	s.setup.Asks = map[string]actor.Asker{"repliers": back}
	if err := s.make("proxy.Queue"); err != nil {
		t.Fatal(err)
	}
	ask := s.instance.In["clients"].Deferred
	answers := make([]answer, 3)
	for i, text := range []string{"a", "b", "c"} {
		if err := ask(s.ctx, []byte(text), &answers[i]); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"a", "b", "c"}; !slices.Equal(back.requests, want) {
		t.Fatalf("asked %q", back.requests)
	}
	back.done[2](s.ctx, []byte("C"), nil)
	back.done[0](s.ctx, nil, actor.ErrTimeout)
	back.done[1](s.ctx, []byte{}, nil)
	if want := []answer{{err: actor.ErrTimeout}, {}, {payload: "C"}}; !slices.Equal(answers, want) {
		t.Errorf("%v", answers)
	}
	back.refuse = errors.New("no wire takes it")
	if err := ask(s.ctx, nil, &answer{}); !errors.Is(err, back.refuse) {
		t.Errorf("a request that can't be asked: %v", err)
	}
}

func TestPass(t *testing.T) {
	s := newStage(t, item, nil)
	if err := s.make("proxy.Pass"); err != nil {
		t.Fatal(err)
	}
	if err := s.give("from", first); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.sent, []string{first}) {
		t.Errorf("sent %q", s.sent)
	}
}
