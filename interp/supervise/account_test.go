package supervise

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/ilpomo/opencore/runtime/spec"
)

// accounts runs a>b with so many words at both ends.
func accounts(t *testing.T, out map[int]uint64, in map[int]uint64, last func(*fake)) *Result {
	var res *Result
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b")
		w.options.Drain = time.Second
		w.scripts["a"] = func(f *fake) {
			f.going()
			for word, n := range out {
				f.count(f.process().OutWord(0, 0)+word, n)
			}
			f.count(spec.WordRead, 10)
			f.count(spec.WordMalformed, 2)
			f.finish()
		}
		w.scripts["b"] = func(f *fake) {
			f.going()
			if f.incarnation() == 1 {
				for word, n := range in {
					f.count(f.process().InWord(0, 0)+word, n)
				}
			}
			last(f)
			f.inputs()
			f.finish()
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		res = w.run(ctx)
	})
	return res
}

func TestAccount(t *testing.T) {
	hang := func(f *fake) { f.sleep(time.Hour) }
	crash := func(f *fake) {
		if f.incarnation() == 1 {
			f.exit(1)
		}
	}
	well := func(*fake) {}
	for _, c := range []struct {
		name   string
		out    map[int]uint64
		in     map[int]uint64
		last   func(*fake)
		status int
		want   Totals
		lost   int64
	}{
		{"all well", map[int]uint64{spec.OutOffered: 10, spec.OutFiltered: 3, spec.OutDropped: 2},
			map[int]uint64{spec.InDelivered: 5, spec.InRejected: 1}, well, StatusDone, Totals{Read: 10, Rejected: 3, Dropped: 2}, 0},
		{"lost in a crash", map[int]uint64{spec.OutOffered: 10}, map[int]uint64{spec.InDelivered: 9}, crash, StatusFailed, Totals{Read: 10, Rejected: 2, Lost: 1}, 1},
		{"lost without a crash", map[int]uint64{spec.OutOffered: 10}, map[int]uint64{spec.InDelivered: 9}, well, StatusFailed, Totals{Read: 10, Rejected: 2, Lost: 1}, 1},
		{"more than there was", map[int]uint64{spec.OutOffered: 10}, map[int]uint64{spec.InDelivered: 12}, well, StatusFailed, Totals{Read: 10, Rejected: 2, Surplus: 2}, -2},
		{"left in the queue", map[int]uint64{spec.OutOffered: 10, spec.OutLeft: 1}, map[int]uint64{spec.InDelivered: 9}, hang, StatusLeft, Totals{Read: 10, Rejected: 2, Left: 1}, 0},
		{"left in hand", map[int]uint64{spec.OutOffered: 10}, map[int]uint64{spec.InDelivered: 9}, hang, StatusLeft, Totals{Read: 10, Rejected: 2, Left: 1}, 0},
		{"offered to who had ended", map[int]uint64{spec.OutOffered: 10, spec.OutLeft: 1}, map[int]uint64{spec.InDelivered: 9}, well, StatusFailed, Totals{Read: 10, Rejected: 2, Lost: 1}, 1},
		{"lost, then left", map[int]uint64{spec.OutOffered: 10}, map[int]uint64{spec.InDelivered: 9},
			func(f *fake) { crash(f); hang(f) }, StatusFailed, Totals{Read: 10, Rejected: 2, Lost: 1}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := accounts(t, c.out, c.in, c.last)
			expect(t, "totals", res.Totals, c.want)
			expect(t, "lost", res.Wires[0].Lost, c.lost)
			expect(t, "status", res.Status(), c.status)
		})
	}
}

func TestProgress(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, "a>b")
		w.options.Progress = time.Second
		w.scripts["a"] = func(f *fake) {
			f.sleep(5500 * time.Millisecond) // nothing to report while it starts
			f.going()
			f.count(spec.WordTotal, 1000)
			for range 3 {
				f.count(spec.WordDone, 300)
				f.count(spec.WordRead, 5)
				f.count(f.process().OutWord(0, 0)+spec.OutOffered, 5)
				f.sleep(time.Second)
			}
			f.count(f.process().OutWord(0, 0)+spec.OutDropped, 15)
			f.finish()
		}
		w.run(t.Context())
		var got []Progress
		for _, e := range w.all {
			if p, ok := e.(Progress); ok {
				p.Took = 0
				got = append(got, p)
			}
		}
		if len(got) < 3 || got[0] != (Progress{Totals: Totals{Read: 5}, Done: 300, Total: 1000}) {
			t.Errorf("%+v", got)
		}
	})
}

func TestUnsetVariables(t *testing.T) {
	text := "x"
	for _, c := range []struct {
		name  string
		value spec.Value
		own   string
		want  string
	}{
		{"unset", spec.Value{Env: "TOKEN"}, "", "the environment variable TOKEN is not set"},
		{"default", spec.Value{Env: "TOKEN", Default: &text}, "", ""},
		{"set", spec.Value{Env: "HOME"}, "", ""},
		{"its own", spec.Value{Env: "TOKEN"}, "TOKEN", ""},
		{"in a list", spec.Value{List: []spec.Value{{Const: []byte("1")}, {Env: "TOKEN"}}}, "", "the environment variable TOKEN is not set"},
		{"in a map", spec.Value{Map: map[string]spec.Value{"k": {Env: "TOKEN"}}}, "", "the environment variable TOKEN is not set"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := planOf("a>b")
			p.Processes[1].Args = []spec.Arg{{Name: "token", Value: c.value, Place: "test.actors:7:7"}}
			if c.own != "" {
				p.Processes[1].Env = []spec.Arg{{Name: c.own, Value: spec.Value{Const: []byte(`"v"`)}}}
			}
			o := &Options{Getenv: func(name string) (string, bool) { return "", name == "HOME" }}
			f := checkEnvironment(p, o)
			if f == nil {
				f = &Failure{Place: "test.actors:7:7", Param: "token", Process: p.Processes[1]}
			}
			expect(t, "reason", f.Reason, c.want)
			expect(t, "place", f.Place, "test.actors:7:7")
			expect(t, "param", f.Param, "token")
			expect(t, "process", f.Process.Instance, "b")
		})
	}
}

// A variable that an instance sets from itself comes from outside.
func TestUnsetVariableOfASetting(t *testing.T) {
	p := planOf("a")
	p.Processes[0].Env = []spec.Arg{{Name: "TOKEN", Value: spec.Value{Env: "TOKEN"}, Place: "test.actors:7:7"}}
	f := checkEnvironment(p, &Options{Getenv: func(string) (string, bool) { return "", false }})
	if f == nil || f.Param != "TOKEN" || f.Place != "test.actors:7:7" {
		t.Errorf("%+v", f)
	}
}

func TestAFileBesideTheProgramIsHintedAt(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "data.csv"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"data.csv":                       "there is " + filepath.Join(dir, "data.csv") + ", but paths are relative to the working directory",
		"other.csv":                      "",
		"hint.go":                        "", // it is in the working directory
		filepath.Join(dir, "absent.csv"): "",
	} {
		r := &run{plan: &spec.Plan{File: filepath.Join(dir, "test.actors")}}
		p := &spec.Process{Args: []spec.Arg{{Name: "path", Value: spec.Value{Const: []byte(strconv.Quote(path))}}}}
		expect(t, path, r.hint(p, "path", path+": no such file"), want)
		expect(t, "another parameter", r.hint(p, "format", path+": no such file"), "")
	}
}

func TestAValueThatIsNoFileIsNoHint(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "secret"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r := &run{plan: &spec.Plan{File: filepath.Join(dir, "test.actors")}}
	for _, token := range []string{"", "secret"} {
		p := &spec.Process{Args: []spec.Arg{{Name: "token", Value: spec.Value{Const: []byte(strconv.Quote(token))}}}}
		expect(t, strconv.Quote(token), r.hint(p, "token", "it is too short"), "")
	}
}
