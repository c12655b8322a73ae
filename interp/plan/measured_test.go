package plan_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/ilpomo/opencore/interp/plan"
	"github.com/ilpomo/opencore/runtime/spec"
)

const measuredProgram = `message Item { n int }
graph main {
  gen = gen.Messages<Item>(count: 10)
  map = flow.Map<Item, Item>(fields: {n: "n + 1"}) replicas 2
  out = flow.Count<Item>()
  gen -> map where n > 3
  map -> out
}`

// measured is a run in which nobody is busy.
func measured(p *spec.Plan) *plan.Measured {
	m := &plan.Measured{
		Took: 11 * time.Second, For: 10 * time.Second, Read: 20_000, Processors: 4, Samples: 1000,
		Used:    make([]time.Duration, len(p.Processes)),
		Wires:   []spec.Counts{{Offered: 20_000, Filtered: 5_000, Delivered: 15_000}, {Offered: 15_000, Delivered: 15_000}},
		Waiting: []float64{30, 1.5},
	}
	return m
}

// use sets what each process of an instance has used.
func use(p *spec.Plan, m *plan.Measured, instance string, d time.Duration) {
	for _, proc := range p.Processes {
		if proc.Instance == instance {
			m.Used[proc.ID] = d
		}
	}
}

func TestExplainMeasured(t *testing.T) {
	p := plan.Build(load(t, "measured.actors", measuredProgram))
	m := measured(p)
	use(p, m, "map", 2*time.Second)
	use(p, m, "gen", 3*time.Second)
	var b bytes.Buffer
	if err := plan.Explain(&b, p, m); err != nil {
		t.Fatal(err)
	}
	golden(t, "measured.txt", b.Bytes())
}

func TestVerdict(t *testing.T) {
	second := time.Second
	for _, test := range []struct {
		want          string
		gen, hop, out time.Duration // that each process used
		change        func(*plan.Measured)
	}{
		{"Nobody is busy, and nothing queues", second, second, second, nil},
		{"Nobody is busy all the time; map works most.", 2 * second, 5 * second, second, nil},
		{"gen is busy all the time, and a source", 10 * second, second, second, nil},
		{"map is busy all the time: the others wait for it.", second, 10 * second, second, nil},
		{"All processors are busy", 7 * second, 8 * second, 8 * second, func(m *plan.Measured) { m.Processors = 3 }},
		{"out is not busy, and yet 1,900 messages wait for it", second, second, second, func(m *plan.Measured) { m.Waiting[1] = 1900 }},
		{"Nobody is busy, and nothing queues", second, second, second, func(m *plan.Measured) { m.Waiting[1] = 900 }},
		{"It was too short to tell who was busy", second, 10 * second, second, func(m *plan.Measured) { m.Samples = 5 }},
	} {
		p := plan.Build(load(t, "measured.actors", measuredProgram))
		m := measured(p)
		use(p, m, "gen", test.gen)
		use(p, m, "map", test.hop)
		use(p, m, "out", test.out)
		if test.change != nil {
			test.change(m)
		}
		var b bytes.Buffer
		if err := plan.Explain(&b, p, m); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), test.want) {
			t.Errorf("want %q in\n%s", test.want, b.String())
		}
	}
}
