package supervise

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ilpomo/opencore/runtime/spec"
)

func expect(t *testing.T, what string, got, want any) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestNobodySpeaksBeforeEveryoneListens(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b b>c")
		w.scripts["c"] = func(f *fake) { f.sleep(20 * time.Second); f.work() }
		res := w.run(t.Context())
		expect(t, "outcome", res.Outcome, Done)
		expect(t, "status", res.Status(), StatusDone)
		expect(t, "order", w.happened("running", "go ", "ended"),
			"running, go c, go b, go a, ended a, ended b, ended c")
		expect(t, "go ", w.at("go a"), 20*time.Second)
	})
}

func TestEndlessSourcesStopLast(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "tick!>d a>b b>c c>d")
		w.scripts["c"] = func(f *fake) {
			f.going()
			f.inputs()
			f.sleep(10 * time.Second)
			f.finish()
		}
		res := w.run(t.Context())
		expect(t, "status", res.Status(), StatusDone)
		expect(t, "order", w.happened("stop", "ended"), "ended a, ended b, ended c, stop tick, ended tick, ended d")
	})
}

func TestWithoutFiniteSourcesItRunsUntilStopped(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "tick!>a")
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		res := w.run(ctx)
		expect(t, "outcome", res.Outcome, Stopped)
		expect(t, "status", res.Status(), StatusDone)
		expect(t, "took", res.Took.Truncate(time.Second), time.Hour)
	})
}

func TestCrashIsRestartedWithBackoffUntilTheBudgetIsSpent(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b")
		w.scripts["a"] = func(f *fake) { f.going(); f.wait(func() bool { return f.stop }); f.finish() }
		w.scripts["b"] = func(f *fake) {
			f.going()
			f.log("about to die")
			f.fail(spec.Failed{Reason: "panic: boom", Stack: "main.go:1"})
			f.exit(spec.ExitPanic)
		}
		res := w.run(t.Context())
		expect(t, "outcome", res.Outcome, Failed)
		expect(t, "status", res.Status(), StatusFailed)
		expect(t, "reason", res.Failure.Reason, "panic: boom")
		expect(t, "stack", res.Failure.Stack, "main.go:1")
		expect(t, "restarts", res.Failure.Restarts, 5)
		expect(t, "process", res.Failure.Process.Instance, "b")
		if n := len(res.Failure.Log); n != 6 || res.Failure.Log[n-1].Record.Message != "about to die" {
			t.Errorf("log: %v", res.Failure.Log)
		}
		expect(t, "crashes", strings.Count(w.happened("crashed"), "crashed b"), 6)
		var waits []time.Duration
		for _, e := range w.all {
			if r, ok := e.(Restarting); ok {
				waits = append(waits, r.In)
			}
		}
		for n, wait := range waits {
			exact := 100 * time.Millisecond << n
			if wait < exact*8/10 || wait > exact*12/10 {
				t.Errorf("restart %d waits %s, want %s within a fifth", n, wait, exact)
			}
		}
		expect(t, "a is told", w.happened("peer a->b.2", "gone a->b.2"), "peer a->b.2, gone a->b.2 false")
		expect(t, "at last", w.happened("gone a->b.6", "stop a", "ended a"), "gone a->b.6 true, stop a, ended a")
	})
}

func TestBackoffIsBounded(t *testing.T) {
	for n, want := range map[int]time.Duration{0: 100 * time.Millisecond, 6: 6400 * time.Millisecond, 7: 10 * time.Second, 1000: 10 * time.Second} {
		for range 100 {
			if got := backoff(n); got < want*8/10 || got > want*12/10 {
				t.Fatalf("restart %d waits %s, want %s within a fifth", n, got, want)
			}
		}
	}
}

func TestBudgetDecays(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b")
		w.plan.Processes[1].Restart.Max = 2
		w.scripts["a"] = func(f *fake) { f.going(); f.sleep(10 * time.Minute); f.finish() }
		w.scripts["b"] = func(f *fake) {
			f.going()
			if f.incarnation() < 20 {
				f.sleep(31 * time.Second)
				f.exit(1)
			}
			f.inputs()
			f.finish()
		}
		res := w.run(t.Context())
		expect(t, "outcome", res.Outcome, Done)
		expect(t, "crashes", strings.Count(w.happened("crashed"), "crashed b"), 19)
	})
}

func TestBadConfigurationIsNeverRestarted(t *testing.T) {
	for name, die := range map[string]func(*fake){
		"by status": func(f *fake) {
			f.fail(spec.Failed{Reason: "no such file", Place: "test.actors:9:9", Param: "path"})
			f.exit(64)
		},
		"by word": func(f *fake) {
			f.fail(spec.Failed{Reason: "no such file", Place: "test.actors:9:9", Param: "path", Config: true})
			f.exit(1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				w := newWorld(t, "a>b")
				w.scripts["b"] = die
				res := w.run(t.Context())
				expect(t, "status", res.Status(), StatusFailed)
				expect(t, "config", res.Failure.Config, true)
				expect(t, "reason", res.Failure.Reason, "no such file")
				expect(t, "place", res.Failure.Place, "test.actors:9:9")
				expect(t, "param", res.Failure.Param, "path")
				expect(t, "b is", w.happened("launched b", "restarting", "crashed"), "launched b")
				expect(t, "a is", w.happened("go ", "terminate a", "kill"), "terminate a")
			})
		})
	}
}

func TestAFailedStartIsTriedAgainAndToldApart(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b")
		w.scripts["b"] = func(f *fake) {
			if f.incarnation() < 3 {
				f.fail(spec.Failed{Reason: "connection refused"})
				f.exit(1)
			}
			f.work()
		}
		res := w.run(t.Context())
		expect(t, "outcome", res.Outcome, Done)
		expect(t, "order", w.happened("crashed", "restarting", "go "), "crashed b, restarting b, crashed b, restarting b, go b, go a")
		for _, e := range w.all {
			if c, ok := e.(Crashed); ok && (!c.Starting || c.Reason != "connection refused") {
				t.Errorf("%+v", c)
			}
		}
	})
}

// A service that restarts now and then must not fill its folder.
func TestTheSocketOfWhoHasExitedIsRemoved(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b")
		w.options.Transport = IPC
		var first string
		w.scripts["a"] = func(f *fake) {
			if f.incarnation() == 1 {
				first = strings.TrimPrefix(f.Command.Launch.Bind, "ipc://")
				if err := os.WriteFile(first, nil, 0o600); err != nil {
					t.Error(err)
				}
				f.exit(1)
			}
			if _, err := os.Stat(first); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%s is still there (%v)", first, err)
			}
			f.work()
		}
		expect(t, "outcome", w.run(t.Context()).Outcome, Done)
	})
}

func TestNeverRestarted(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b b>c")
		w.plan.Processes[1].Restart.Policy = "never"
		w.scripts["b"] = func(f *fake) { f.going(); f.exit(3) }
		res := w.run(t.Context())
		expect(t, "status", res.Status(), StatusFailed)
		expect(t, "reason", res.Failure.Reason, "it exited with status 3")
		expect(t, "the others are drained", w.happened("draining", "gone c->b", "kill", "terminate"), "gone c->b.1 true, draining failed")
		expect(t, "and end", strings.Count(w.happened("ended a", "ended c"), "ended"), 2)
	})
}

func TestAlwaysBeginsASourceAnew(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b")
		w.plan.Processes[0].Restart.Policy = "always"
		w.scripts["a"] = func(f *fake) {
			f.going()
			f.until(time.Minute, nil, func() bool { return f.stop })
			if f.stop {
				f.finish()
			}
			f.exit(0)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		res := w.run(ctx)
		expect(t, "outcome", res.Outcome, Stopped)
		expect(t, "status", res.Status(), StatusDone)
		expect(t, "incarnations", strings.Count(w.happened("launched a"), "launched"), 10)
		expect(t, "crashes", w.happened("crashed"), "")
	})
}

func TestExitBeforeTheEndIsACrash(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b")
		w.plan.Processes[0].Restart.Max = 0
		w.scripts["a"] = func(f *fake) { f.going(); f.exit(0) }
		res := w.run(t.Context())
		expect(t, "reason", res.Failure.Reason, "it exited before it had ended its streams; does it call os.Exit?")
	})
}

func TestNotReadyInTime(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b b>c")
		w.scripts["b"] = func(f *fake) { f.stubborn = true; f.sleep(time.Hour) }
		res := w.run(t.Context())
		expect(t, "process", res.Failure.Process.Instance, "b")
		expect(t, "reason", res.Failure.Reason, "has not come up within 1m0s")
		expect(t, "at", res.Took.Truncate(time.Second), 60*time.Second)
		expect(t, "order", w.happened("kill b", "restarting", "go "), "kill b")
	})
}

func TestAStartThatHangsIsBlamedOnWhoHangs(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b b>c")
		w.scripts["c"] = func(f *fake) {
			f.up(spec.Up{Bound: &spec.Bound{Endpoint: "tcp://c"}})
			f.sleep(time.Hour)
		}
		res := w.run(t.Context())
		expect(t, "process", res.Failure.Process.Instance, "c")
		if !strings.HasPrefix(res.Failure.Reason, "is not ready after 1m0s") {
			t.Error(res.Failure.Reason)
		}
	})
}

func TestAStartIsInterrupted(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b")
		w.scripts["b"] = func(f *fake) { f.stubborn = true; f.sleep(time.Hour) }
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		res := w.run(ctx)
		expect(t, "outcome", res.Outcome, Stopped)
		expect(t, "status", res.Status(), StatusDone)
		expect(t, "order", w.happened("terminate", "kill", "go "), "terminate a, terminate b, kill b")
		expect(t, "terminate", w.at("terminate b"), time.Second)
		expect(t, "kill", w.at("kill b"), 3*time.Second)
	})
}

func TestDrainInOrder(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b b>c")
		w.scripts["a"] = func(f *fake) { f.going(); f.wait(func() bool { return f.stop }); f.finish() }
		w.scripts["c"] = func(f *fake) { f.going(); f.inputs(); f.sleep(20 * time.Second); f.finish() }
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		res := w.run(ctx)
		expect(t, "outcome", res.Outcome, Stopped)
		expect(t, "status", res.Status(), StatusDone)
		expect(t, "order", w.happened("draining", "ended", "kill", "terminat"), "draining stopped, ended a, ended b, ended c")
	})
}

func TestDrainDeadline(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b")
		w.scripts["a"] = func(f *fake) { f.going(); f.wait(func() bool { return f.stop }); f.finish() }
		w.scripts["b"] = func(f *fake) { f.stubborn = true; f.going(); f.sleep(time.Hour) }
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		res := w.run(ctx)
		expect(t, "status", res.Status(), StatusLeft)
		expect(t, "terminate", w.at("terminate b"), 31*time.Second)
		expect(t, "kill", w.at("kill b"), 33*time.Second)
		expect(t, "failure", res.Failure, (*Failure)(nil))
	})
}

func TestTheSecondStopEndsAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b")
		atOnce := make(chan struct{})
		w.options.AtOnce = atOnce
		w.scripts["b"] = func(f *fake) { f.going(); f.sleep(time.Hour) }
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		time.AfterFunc(2*time.Second, func() { close(atOnce) })
		res := w.run(ctx)
		expect(t, "outcome", res.Outcome, Stopped)
		expect(t, "status", res.Status(), StatusLeft)
		expect(t, "order", w.happened("terminate", "kill"), "kill b")
		expect(t, "kill", w.at("kill b"), 2*time.Second)
	})
}

func TestADrainFreezesRestarts(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b a>c")
		w.scripts["a"] = func(f *fake) { f.going(); f.wait(func() bool { return f.stop }); f.finish() }
		w.scripts["b"] = func(f *fake) { f.going(); f.sleep(time.Second); f.exit(1) } // waits 100 ms from 1 s on
		ctx, cancel := context.WithTimeout(t.Context(), 1050*time.Millisecond)
		defer cancel()
		res := w.run(ctx)
		expect(t, "outcome", res.Outcome, Stopped)
		expect(t, "order", w.happened("launched b", "gone a->b", "draining", "ended"),
			"launched b, gone a->b.1 false, draining stopped, gone a->b.1 true, ended a, ended c")
	})
}

func TestACrashInADrainFailsTheRun(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b")
		w.scripts["b"] = func(f *fake) { f.going(); f.wait(func() bool { return f.stop }); f.exit(1) }
		w.scripts["a"] = func(f *fake) { f.going(); f.wait(func() bool { return f.gone[1] }); f.finish() }
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		res := w.run(ctx)
		expect(t, "status", res.Status(), StatusFailed)
		expect(t, "reason", res.Failure.Reason, "it exited with status 1, while the run was being drained")
	})
}

func TestADrainWaitsForWhoIsComingUp(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b")
		w.scripts["a"] = func(f *fake) { f.going(); f.wait(func() bool { return f.stop }); f.finish() }
		w.scripts["b"] = func(f *fake) {
			if f.incarnation() == 1 {
				f.going()
				f.exit(1)
			}
			f.sleep(5 * time.Second)
			f.work()
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		res := w.run(ctx)
		expect(t, "outcome", res.Outcome, Stopped)
		expect(t, "order", w.happened("draining", "stop b", "ready b", "ended b"), "ready b, draining stopped, stop b, ready b, ended b")
	})
}

func TestWhoIsRestartedLateLearnsWhoHasEnded(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b")
		w.scripts["b"] = func(f *fake) {
			f.going()
			f.inputs()
			if f.incarnation() == 1 {
				f.sleep(time.Second)
				f.exit(1)
			}
			f.finish()
		}
		res := w.run(t.Context())
		expect(t, "outcome", res.Outcome, Done)
		expect(t, "order", w.happened("gone b", "crashed", "ended"), "ended a, gone b->a.1 true, crashed b, gone b->a.1 true, ended b")
	})
}

func TestAChildThatDoesNotExitIsKilled(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a")
		w.scripts["a"] = func(f *fake) {
			f.going()
			f.up(spec.Up{Ended: true})
			f.sleep(time.Hour)
		}
		res := w.run(t.Context())
		expect(t, "status", res.Status(), StatusDone)
		expect(t, "kill", w.at("kill a"), exitWithin)
	})
}

func TestAFaultyChildIsKilled(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a")
		w.plan.Processes[0].Restart.Policy = "never"
		w.scripts["a"] = func(f *fake) {
			f.going()
			f.saySomething(Said{Fault: "it spoke nonsense"})
			f.sleep(time.Hour)
		}
		res := w.run(t.Context())
		expect(t, "reason", res.Failure.Reason, "it spoke nonsense")
	})
}

func TestWhatCanNotBeLaunched(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b b>c")
		w.refuse = "b"
		res := w.run(t.Context())
		expect(t, "status", res.Status(), StatusFailed)
		expect(t, "reason", res.Failure.Reason, "can't start a process: no more processes")
		expect(t, "launched", w.happened("launched", "go "), "launched c")
	})
}

func TestReasons(t *testing.T) {
	for _, c := range []struct {
		exit   Exit
		stderr []string
		want   string
	}{
		{Exit{Code: -1, Signal: syscall.SIGKILL}, nil, "it was killed by SIGKILL; by hand, or because memory ran out (look at dmesg)"},
		{Exit{Code: 137}, nil, "it was killed by SIGKILL; by hand, or because memory ran out (look at dmesg)"},
		{Exit{Code: 139}, nil, "it was killed by SIGSEGV: it touched memory that isn't its own"},
		{Exit{Code: -1, Signal: syscall.SIGTERM}, nil, "it was killed by SIGTERM"},
		{Exit{Code: 1}, nil, "it exited with status 1"},
		{Exit{Code: 2}, []string{"some words", "panic: boom", "", "goroutine 7 [running]:"}, "panic: boom"},
		{Exit{Code: 2}, []string{"fatal error: concurrent map writes"}, "fatal error: concurrent map writes"},
	} {
		p := &process{spec: &spec.Process{}}
		for _, line := range c.stderr {
			p.tail.add(Log{Stderr: true, Record: spec.Log{Message: line}})
		}
		expect(t, "reason", p.reason(c.exit), c.want)
	}
}

func TestAChildIsToldItsOwnWires(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b b>c a>c c>d")
		w.scripts["b"] = func(f *fake) {
			var names []string
			for _, wire := range f.Command.Launch.Wires {
				names = append(names, wire.Name)
			}
			f.world.note("wires %s", strings.Join(names, " "))
			f.work()
		}
		w.run(t.Context())
		expect(t, "b's", w.happened("wires"), "wires a>b b>c")
	})
}

func TestTwoHundredProcesses(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var graph strings.Builder
		for i := range 199 {
			fmt.Fprintf(&graph, "s%d>sink ", i)
		}
		w := newWorld(t, graph.String())
		res := w.run(t.Context())
		expect(t, "outcome", res.Outcome, Done)
		expect(t, "ended", strings.Count(w.happened("ended"), "ended"), 200)
	})
}
