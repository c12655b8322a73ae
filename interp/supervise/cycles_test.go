package supervise

import (
	"testing"
	"time"

	"github.com/ilpomo/opencore/runtime/spec"
)

// onCycle gives instances the number of a cycle.
func (w *world) onCycle(instances ...string) {
	for _, p := range w.plan.Processes {
		for _, name := range instances {
			if p.Instance == name {
				p.Cycle = 1
			}
		}
	}
}

// answer says what the fake has sent, unasked and whenever it is asked, until
// the cycle is over.
func (f *fake) answer(sent func(probe int) uint64) {
	asked := -1
	f.wait(func() bool {
		if !f.over && f.probe != asked {
			asked = f.probe
			f.up(spec.Up{Quiet: &spec.Quiet{Probe: asked, Sent: sent(asked), Received: 7}})
		}
		return f.over
	})
}

func TestACycleThatIsQuietEnds(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b b>c c>b c>d")
		w.onCycle("b", "c")
		quiet := func(f *fake) {
			f.going()
			f.until(time.Minute, f.world.ended[0], func() bool { return false })
			f.answer(func(int) uint64 { return 3 })
			f.finish()
		}
		w.scripts["b"], w.scripts["c"] = quiet, quiet
		res := w.run(t.Context())
		expect(t, "outcome", res.Outcome, Done)
		expect(t, "order", w.happened("probe", "finish"), "probe b 1, probe c 1, finish b, finish c")
	})
}

func TestACycleThatIsBusyIsAskedAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b b>c c>b")
		w.onCycle("b", "c")
		quiet := func(f *fake) {
			f.going()
			f.until(time.Minute, f.world.ended[0], func() bool { return false })
			f.answer(func(probe int) uint64 { return min(uint64(probe), 3) })
			f.finish()
		}
		w.scripts["b"], w.scripts["c"] = quiet, quiet
		res := w.run(t.Context())
		expect(t, "outcome", res.Outcome, Done)
		expect(t, "waves", w.happened("probe b", "finish b"), "probe b 1, probe b 2, probe b 3, probe b 4, finish b")
		expect(t, "pauses", w.at("probe b 4")-w.at("probe b 1"), 3*waveAgain)
	})
}

func TestAnUnaskedAnswerDoesNotCountInAWave(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b b>c c>b")
		w.onCycle("b", "c")
		say := func(f *fake, probe int, sent uint64) { f.up(spec.Up{Quiet: &spec.Quiet{Probe: probe, Sent: sent}}) }
		w.scripts["c"] = func(f *fake) {
			f.going()
			f.until(time.Minute, f.world.ended[0], func() bool { return false })
			say(f, 0, 1)
			f.wait(func() bool { return f.probe == 1 })
			say(f, 0, 1) // a message came between, before the question was read
			f.sleep(time.Second)
			f.world.note("answers")
			say(f, 1, 1)
			f.wait(func() bool { return f.over })
			f.finish()
		}
		w.scripts["b"] = func(f *fake) {
			f.going()
			f.until(time.Minute, f.world.ended[0], func() bool { return false })
			f.answer(func(int) uint64 { return 1 })
			f.finish()
		}
		res := w.run(t.Context())
		expect(t, "outcome", res.Outcome, Done)
		expect(t, "order", w.happened("answers", "finish"), "answers, finish b, finish c")
	})
}

func TestARestartOnACycleAsksAnew(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b b>c c>b")
		w.onCycle("b", "c")
		w.scripts["b"] = func(f *fake) {
			f.going()
			f.until(time.Minute, f.world.ended[0], func() bool { return false })
			f.answer(func(int) uint64 { return 1 })
			f.finish()
		}
		w.scripts["c"] = func(f *fake) {
			f.going()
			if f.incarnation() == 1 {
				f.until(time.Minute, f.world.ended[0], func() bool { return false })
				f.up(spec.Up{Quiet: &spec.Quiet{}})
				f.wait(func() bool { return f.probe == 1 })
				f.exit(1)
			}
			f.until(time.Second, nil, func() bool { return f.probe == 2 }) // must not be asked before it is quiet
			f.answer(func(int) uint64 { return 1 })
			f.finish()
		}
		res := w.run(t.Context())
		expect(t, "outcome", res.Outcome, Done)
		expect(t, "order", w.happened("probe c", "crashed", "finish"), "probe c 1, crashed c, probe c 2, finish b, finish c")
		if w.at("probe c 2") < 2*time.Second {
			t.Error("the new incarnation is asked before it says that it is quiet")
		}
	})
}

func TestACrashBehindTheEndOfACycleIsToldToFinish(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b b>b")
		w.onCycle("b")
		w.scripts["b"] = func(f *fake) {
			f.going()
			f.until(time.Minute, f.world.ended[0], func() bool { return false })
			f.answer(func(int) uint64 { return 1 })
			if f.incarnation() == 1 {
				f.exit(1)
			}
			f.finish()
		}
		res := w.run(t.Context())
		expect(t, "outcome", res.Outcome, Done)
		expect(t, "order", w.happened("finish", "crashed"), "finish b, crashed b, finish b")
	})
}

func TestACycleWithoutInputsEnds(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b b>a")
		w.onCycle("a", "b")
		w.scripts["b"] = func(f *fake) {
			f.start()
			f.answer(func(int) uint64 { return 0 })
			f.finish()
		}
		w.scripts["a"] = w.scripts["b"]
		res := w.run(t.Context())
		expect(t, "outcome", res.Outcome, Done)
		expect(t, "order", w.happened("running", "probe a", "finish"), "running, probe a 1, finish a, finish b")
	})
}
