package interp

import (
	"context"
	"encoding/binary"
	"errors"
	"maps"
	"os"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/stdlib"
)

// handlers are the standard actors and some that a test needs; their messages
// have one field, n int, so their encoding is its eight bytes.
func handlers() map[string]actor.Factory {
	all := stdlib.Actors()
	maps.Copy(all, map[string]actor.Factory{
		"Bounce": newBounce, "Asker": newAsker, "Doubler": newDoubler, "Crasher": newCrasher, "Starter": newStarter, "Slow": newSlow, "Peeker": newPeeker,
	})
	return all
}

func number(payload []byte) int64 { return int64(binary.LittleEndian.Uint64(payload)) }

func encoded(n int64) actor.Raw { return binary.LittleEndian.AppendUint64(nil, uint64(n)) }

func port(s *actor.Setup, name string) *actor.Out[actor.Raw] {
	o := &actor.Out[actor.Raw]{}
	o.Connect(s.Outs[name])
	return o
}

// newBounce sends a number on its cycle, one less, until it is zero; then it
// goes out.
func newBounce(s *actor.Setup) (*actor.Instance, error) {
	again, out := port(s, "again"), port(s, "out")
	return &actor.Instance{In: map[string]actor.Incoming{"balls": {Message: func(ctx context.Context, payload []byte) error {
		if n := number(payload); n > 0 {
			return again.Send(ctx, encoded(n-1))
		}
		return out.Send(ctx, encoded(0))
	}}}}, nil
}

// newAsker asks about each number and sends what it is told.
func newAsker(s *actor.Setup) (*actor.Instance, error) {
	ask, out := &actor.Ask[actor.Raw, actor.Raw]{}, port(s, "out")
	ask.Connect(s.Asks["ask"])
	return &actor.Instance{In: map[string]actor.Incoming{"numbers": {Message: func(ctx context.Context, payload []byte) error {
		reply, err := ask.Ask(ctx, encoded(number(payload)))
		if err != nil {
			return err
		}
		return out.Send(ctx, reply)
	}}}}, nil
}

// newDoubler answers with twice the number, and refuses 13.
func newDoubler(*actor.Setup) (*actor.Instance, error) {
	return &actor.Instance{In: map[string]actor.Incoming{"asked": {Request: func(_ context.Context, payload, reply []byte) ([]byte, error) {
		if number(payload) == 13 {
			return reply, errors.New("13 is unlucky")
		}
		return binary.LittleEndian.AppendUint64(reply, uint64(2*number(payload))), nil
	}}}}, nil
}

// newCrasher ends in the way that its parameter names when it sees 100.
func newCrasher(s *actor.Setup) (*actor.Instance, error) {
	how, out := s.Params["how"].(string), port(s, "out")
	return &actor.Instance{In: map[string]actor.Incoming{"numbers": {Message: func(ctx context.Context, payload []byte) error {
		if number(payload) == 100 {
			crash(how)
		}
		return out.Send(ctx, encoded(number(payload)))
	}}}}, nil
}

func crash(how string) {
	switch how {
	case "panic":
		panic("boom")
	case "kill":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case "exit":
		os.Exit(0)
	case "fatal":
		go panic("in a goroutine")
		select {}
	}
}

// newStarter can't start.
func newStarter(s *actor.Setup) (*actor.Instance, error) {
	return &actor.Instance{Handler: starter{}, In: map[string]actor.Incoming{"numbers": {Message: func(context.Context, []byte) error { return nil }}}}, nil
}

type starter struct{}

func (starter) Start(context.Context) error { return errors.New("the database is down") }

// newSlow takes its time for each message, heedless of what goes on. It says
// when it begins with the first.
func newSlow(s *actor.Setup) (*actor.Instance, error) {
	takes := s.Params["takes"].(time.Duration)
	var once sync.Once
	return &actor.Instance{In: map[string]actor.Incoming{"numbers": {Message: func(ctx context.Context, _ []byte) error {
		once.Do(func() { actor.Log(ctx).Info("busy") })
		time.Sleep(takes)
		return nil
	}}}}, nil
}

const actors = `message N { n int }
actor Bounce  { in balls N, push again N, push out N }
actor Asker   { in numbers N, req ask N -> N, push out N }
actor Doubler { rep asked N -> N }
actor Crasher(how string) { in numbers N, push out N }
actor Starter { in numbers N }
actor Slow(takes duration) { in numbers N }
`

// lost is a number of lost messages that depends on when a process died.
var lost = regexp.MustCompile(`lost [1-9][0-9,]*`)

func TestHandlers(t *testing.T) {
	for _, c := range []struct {
		name, graph string
		status      int
		last        string
		stderr      []string // what stands somewhere before
	}{
		{"a cycle ends", `graph main {
			load = gen.Messages<N>(count: 20)
			one = Bounce() replicas 2
			two = Bounce()
			count = flow.Count()
			load -> one.balls
			one.again -> two.balls
			two.again -> one.balls
			one.out -> count
			two.out -> count
		}`, 0, "done in 1ms: read 20, rejected 0, dropped 0, lost 0", nil},
		{"requests", `graph main {
			load = gen.Messages<N>(count: 100)
			asker = Asker() replicas 3
			doubler = Doubler() replicas 2
			count = flow.Count()
			load -> asker.numbers
			asker.ask -> doubler
			asker.out -> count
		}`, 0, "done in 1ms: read 100, rejected 2, dropped 0, lost 0", []string{"13 is unlucky"}},
		{"a panic", `graph main {
			load = gen.Messages<N>(count: 200)
			middle = Crasher(how: "panic") restart on_failure max 1 in 1m
			count = flow.Count()
			load -> middle -> count
		}`, 3, "done in 1ms: read 200, rejected 0, dropped 0, lost N", []string{"crashed: panic: boom\n    github.com/ilpomo/opencore/interp.crash(", "starts again in"}},
		{"a panic too many", `graph main {
			load = gen.Messages<N>(count: 200)
			middle = Crasher(how: "panic") restart never
			count = flow.Count()
			load -> middle -> count
		}`, 3, "failed after 1ms: middle (test.actors:10:4): panic: boom", []string{"middle failed, test.actors:10:4\n  panic: boom\n    github.com/ilpomo/opencore/interp.crash("}},
		{"killed", `graph main {
			load = gen.Messages<N>(count: 200)
			middle = Crasher(how: "kill") restart never
			count = flow.Count()
			load -> middle -> count
		}`, 3, "failed after 1ms: middle (test.actors:10:4): it was killed by SIGKILL; by hand, or because memory ran out (look at dmesg)", nil},
		{"exit", `graph main {
			load = gen.Messages<N>(count: 200)
			middle = Crasher(how: "exit") restart never
			count = flow.Count()
			load -> middle -> count
		}`, 3, "failed after 1ms: middle (test.actors:10:4): it exited before it had ended its streams; does it call os.Exit?", nil},
		{"a panic that nobody can catch", `graph main {
			load = gen.Messages<N>(count: 200)
			middle = Crasher(how: "fatal") restart never
			count = flow.Count()
			load -> middle -> count
		}`, 3, "failed after 1ms: middle (test.actors:10:4): panic: in a goroutine", []string{"goroutine "}},
		{"a start that fails", `graph main {
			load = gen.Messages<N>(count: 200)
			middle = Starter() restart on_failure max 2 in 1m
			load -> middle
		}`, 3, "failed after 1ms: middle (test.actors:10:4): the database is down", []string{"middle failed to start", "it had been started again 2 times within 1m"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newProgram(t, actors+c.graph)
			status, last := p.run(t)
			last = lost.ReplaceAllString(last, "lost N")
			for _, want := range c.stderr {
				if !strings.Contains(p.stderr.String(), want) {
					t.Errorf("%q is missing", want)
				}
			}
			if status != c.status || last != c.last {
				t.Errorf("status %d, last line %q; want %d, %q\n%s", status, last, c.status, c.last, p.stderr.String())
			}
		})
	}
}
