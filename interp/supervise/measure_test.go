package supervise

import (
	"context"
	"testing"
	"time"

	"github.com/ilpomo/opencore/runtime/spec"
)

// TestMeasured has ten messages wait for two of four seconds.
func TestMeasured(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b")
		w.options.Measure = true
		w.scripts["a"] = func(f *fake) {
			f.going()
			f.sleep(2 * time.Second)
			f.count(f.process().OutWord(0, 0)+spec.OutOffered, 10)
			f.sleep(2 * time.Second)
			f.finish()
		}
		w.scripts["b"] = func(f *fake) {
			f.going()
			f.inputs()
			f.count(f.process().InWord(0, 0)+spec.InDelivered, 10)
			f.up(spec.Up{Ended: true})
			panic(exited{Used: 3 * time.Second})
		}
		m := w.run(t.Context()).Measured
		if m == nil || len(m.Waiting) != 1 || len(m.Used) != 2 {
			t.Fatalf("%+v", m)
		}
		if m.Waiting[0] < 4.9 || m.Waiting[0] > 5.1 || m.Samples < 700 {
			t.Errorf("%v messages waited on average, in %d samples", m.Waiting[0], m.Samples)
		}
		if used := m.Used[0] + m.Used[1]; used != 3*time.Second {
			t.Errorf("they used %v", used)
		}
		if m.Wires[0].Delivered != 10 {
			t.Errorf("%+v", m.Wires)
		}
		if m.Spoke < 4*time.Second || m.Spoke > 5*time.Second {
			t.Errorf("they spoke for %v", m.Spoke)
		}
	})
}

// TestNotMeasured has nothing to tell: nobody asked, or nobody spoke.
func TestNotMeasured(t *testing.T) {
	for _, measure := range []bool{false, true} {
		bubble(t, func(t *testing.T) {
			w := newWorld(t, "a>b")
			w.options.Measure = measure
			if measure {
				w.scripts["b"] = func(f *fake) { f.fail(spec.Failed{Reason: "no", Config: true}) }
			}
			if m := w.run(t.Context()).Measured; m != nil {
				t.Errorf("%+v", m)
			}
		})
	}
}

// TestMeasuredUntilItStops leaves out what is drained.
func TestMeasuredUntilItStops(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b")
		w.options.Measure = true
		w.scripts["a"] = func(f *fake) {
			f.going()
			f.count(f.process().OutWord(0, 0)+spec.OutOffered, 10)
			f.wait(func() bool { return f.stop })
			f.finish()
		}
		w.scripts["b"] = func(f *fake) {
			f.going()
			f.inputs()
			f.sleep(5 * time.Second)
			f.count(f.process().InWord(0, 0)+spec.InDelivered, 10)
			f.finish()
		}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		r := w.run(ctx)
		if m := r.Measured; m.Wires[0].Delivered != 0 || m.Waiting[0] < 9.9 || m.Spoke > 3*time.Second || r.Wires[0].Delivered != 10 {
			t.Errorf("%+v of %+v", m, r)
		}
	})
}
