package supervise

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/ilpomo/opencore/runtime/spec"
)

// hearing makes a process of a world hear a foreign peer, on a wire of its own.
func (w *world) hearing(id spec.ProcessID) *spec.Wire {
	p := w.plan.Processes[id]
	wire := spec.Wire{
		ID: spec.WireID(len(w.plan.Wires)), Name: "tcp://*:* -> " + p.Instance, Copies: 1, Exposed: true,
		From: spec.End{Port: "tcp://*:*", External: true}, To: spec.End{Instance: p.Instance, Port: "in"},
	}
	w.plan.Wires = append(w.plan.Wires, wire)
	p.Source = false
	p.Ins = append(p.Ins, spec.In{Port: "in", Wires: []spec.InWire{{Wire: wire.ID, Plain: &spec.Plain{Endpoint: spec.Value{Const: []byte(`"tcp://*:*"`)}}}}})
	return &w.plan.Wires[wire.ID]
}

// hears is what a child does that foreign peers send to.
func hears(f *fake) {
	f.up(spec.Up{Bound: &spec.Bound{Endpoint: "tcp://" + f.name, Plain: []spec.Listening{{Wire: f.process().Ins[0].Wires[0].Wire, Endpoint: "tcp://0.0.0.0:4711"}}}})
	f.up(spec.Up{Ready: true})
	f.wait(func() bool { return f.stop })
	f.inputs()
	f.finish()
}

func TestWhoHearsForeignPeersServesUntilStopped(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a")
		w.hearing(0)
		w.scripts["a"] = hears
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		res := w.run(ctx)
		expect(t, "outcome", res.Outcome, Stopped)
		expect(t, "status", res.Status(), StatusDone)
		expect(t, "took", res.Took.Truncate(time.Second), time.Hour)
		for _, e := range w.all {
			if l, ok := e.(Listening); ok {
				expect(t, "listening", fmt.Sprint(l.Process.Instance, l.Wire.Name, l.Endpoint), "atcp://*:* -> atcp://0.0.0.0:4711")
				return
			}
		}
		t.Error("nobody was told where it listens")
	})
}

func TestFiniteSourcesEndARunThatForeignPeersSendTo(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b c>d")
		w.hearing(2)
		w.scripts["c"] = hears
		res := w.run(t.Context())
		expect(t, "status", res.Status(), StatusDone)
		expect(t, "order", w.happened("stop", "ended"), "ended a, ended b, stop c, ended c, ended d")
	})
}

func TestTheAccountOfPlainWires(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a")
		in := w.hearing(0)
		a := w.plan.Processes[0]
		out := spec.Wire{ID: 1, Name: "a -> elsewhere", Copies: 1, To: spec.End{External: true}}
		w.plan.Wires = append(w.plan.Wires, out)
		a.Outs = []spec.Out{{Port: "out", Wires: []spec.OutWire{{Wire: out.ID, Plain: &spec.Plain{}}}}}
		w.scripts["a"] = func(f *fake) {
			f.start()
			for word, n := range map[int]uint64{
				f.process().InWord(0, 0) + spec.InOffered: 20, f.process().InWord(0, 0) + spec.InFiltered: 3, f.process().InWord(0, 0) + spec.InDropped: 2,
				f.process().InWord(0, 0) + spec.InDelivered: 14, f.process().InWord(0, 0) + spec.InRejected: 4, f.process().InWord(0, 0) + spec.InLeft: 1,
				f.process().OutWord(0, 0) + spec.OutOffered: 10, f.process().OutWord(0, 0) + spec.OutFiltered: 1, f.process().OutWord(0, 0) + spec.OutDropped: 2,
				f.process().OutWord(0, 0) + spec.OutDelivered: 6, f.process().OutWord(0, 0) + spec.OutRejected: 1, f.process().OutWord(0, 0) + spec.OutLeft: 1,
			} {
				f.count(word, n)
			}
			f.wait(func() bool { return f.stop })
			f.finish()
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		res := w.run(ctx)
		expect(t, "in", res.Wires[in.ID], spec.Counts{Offered: 20, Filtered: 3, Dropped: 2, Delivered: 14, Rejected: 4, Left: 1})
		expect(t, "out", res.Wires[out.ID], spec.Counts{Offered: 10, Filtered: 1, Dropped: 2, Delivered: 6, Rejected: 1, Left: 1})
		expect(t, "totals", res.Totals, Totals{Read: 20, Rejected: 5, Dropped: 4, Left: 2})
	})
}

func TestTheAddressOfAPlainSocketNeedsItsVariable(t *testing.T) {
	w := newWorld(t, "a")
	w.hearing(0)
	at := w.plan.Processes[0].Ins[0].Wires[0].Plain
	at.Endpoint, at.Place = spec.Value{Env: "SCORES"}, "test.actors:9:9"
	f := checkEnvironment(w.plan, &w.options)
	if f == nil || f.Reason != "the environment variable SCORES is not set" || f.Place != at.Place || !f.Config {
		t.Errorf("%+v", f)
	}
}

// A program outlives its host where that is killed: see Program in childMain.
func TestProgramsEndWithTheirHost(t *testing.T) {
	for _, gone := range []bool{false, true} {
		actor := map[bool]string{false: "Program", true: "Waited"}[gone]
		_, stderr := runReal(t, actor, nil)
		var pid int
		if _, err := fmt.Sscanf(stderr, "program %d", &pid); err != nil {
			t.Fatalf("%q: %v", stderr, err)
		}
		alive := syscall.Kill(pid, 0) == nil && !zombie(pid)
		if alive != gone {
			t.Errorf("%s: alive is %v", actor, alive)
		}
		if err := syscall.Kill(-pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			t.Error(err)
		}
	}
}
