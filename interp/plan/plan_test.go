package plan_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/ilpomo/opencore/interp/plan"
	"github.com/ilpomo/opencore/lang"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/runtime/spec"
	"github.com/ilpomo/opencore/stdlib"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with a file, or writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; run with -update and look at the diff. got:\n%s", name, got)
	}
}

// load gives the checked program of a source text.
func load(t *testing.T, name, text string) *model.Program {
	t.Helper()
	read := func(string) ([]byte, error) { return []byte(text), nil }
	p, _, found := lang.Load(name, read, stdlib.Sources)
	if p == nil {
		t.Fatalf("%s: %v", name, found)
	}
	return p
}

// file gives the checked program of a file of testdata.
func file(t *testing.T, name string) *model.Program {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return load(t, name, string(text))
}

// quakes is a program with most of what a graph of handlers can hold.
func quakes(t *testing.T) *model.Program { return file(t, "quakes.actors") }

func TestGolden(t *testing.T) {
	for _, name := range []string{"quakes", "foreign"} {
		p := plan.Build(file(t, name+".actors"))
		data := plan.Encode(p)
		golden(t, name+".plan.json", data)
		if _, err := plan.Decode(data); err != nil {
			t.Errorf("%s is not read back: %v", name, err)
		}
		var words bytes.Buffer
		if err := plan.Explain(&words, p, nil); err != nil {
			t.Fatal(err)
		}
		golden(t, name+".txt", words.Bytes())
	}
}

func TestEncodeIsDeterministicAndReadBack(t *testing.T) {
	first := plan.Encode(plan.Build(quakes(t)))
	if second := plan.Encode(plan.Build(quakes(t))); !bytes.Equal(first, second) {
		t.Error("the same program gives different bytes")
	}
	back, err := plan.Decode(first)
	if err != nil {
		t.Fatal(err)
	}
	if again := plan.Encode(back); !bytes.Equal(first, again) {
		t.Error("a plan that is read back gives different bytes")
	}
	if plan.Hash(back) != plan.Hash(plan.Build(quakes(t))) {
		t.Error("equal plans have different hashes")
	}
	back.Processes[0].Replicas++
	if plan.Hash(back) == plan.Hash(plan.Build(quakes(t))) {
		t.Error("different plans have the same hash")
	}
}

// TestLanes checks what the golden file shows for one program on the lanes of
// all: each has two ends that agree, and both ends know each other.
func TestLanes(t *testing.T) {
	p := plan.Build(quakes(t))
	type lane struct {
		from, to spec.ProcessID
		wire     spec.WireID
	}
	senders := map[spec.LaneID]lane{}
	for _, proc := range p.Processes {
		for _, out := range proc.Outs {
			for _, w := range out.Wires {
				for _, l := range w.Lanes {
					if _, twice := senders[l.ID]; twice {
						t.Errorf("lane %d has two senders", l.ID)
					}
					senders[l.ID] = lane{proc.ID, l.Peer, w.Wire}
				}
			}
		}
	}
	receivers := map[spec.LaneID]lane{}
	for _, proc := range p.Processes {
		for _, in := range proc.Ins {
			for _, w := range in.Wires {
				for _, l := range w.Lanes {
					receivers[l.ID] = lane{l.Peer, proc.ID, w.Wire}
				}
			}
		}
	}
	if !reflect.DeepEqual(senders, receivers) {
		t.Errorf("senders see %v, receivers %v", senders, receivers)
	}
	for id, l := range senders {
		if !connects(p.Processes[l.from], l.to) {
			t.Errorf("lane %d: process %d doesn't connect to %d", id, l.from, l.to)
		}
	}
}

func connects(p *spec.Process, to spec.ProcessID) bool {
	for _, peer := range p.Peers {
		if peer.ID == to {
			return peer.Connect
		}
	}
	return false
}

// graph makes a program with an instance for each letter and a wire for each
// pair of letters, "ab".
func graph(t *testing.T, instances string, edges ...string) *model.Program {
	t.Helper()
	var b strings.Builder
	b.WriteString("message M { n int }\ngraph main {\n")
	for _, name := range instances {
		fmt.Fprintf(&b, "%c = %c()\n", name, unicode.ToUpper(name))
	}
	ports := map[byte]string{}
	for _, e := range edges {
		fmt.Fprintf(&b, "%c.out -> %c.into\n", e[0], e[1])
		ports[e[0]] += "push out M\n"
		ports[e[1]] += "in into M\n"
	}
	b.WriteString("}\n")
	for _, name := range instances {
		fmt.Fprintf(&b, "actor %c {\n%s}\n", unicode.ToUpper(name), unique(ports[byte(name)]))
	}
	return load(t, "graph.actors", b.String())
}

// unique drops lines that were there before.
func unique(text string) string {
	lines := strings.SplitAfter(text, "\n")
	slices.Sort(lines)
	return strings.Join(slices.Compact(lines), "")
}

func TestOrderAndCycles(t *testing.T) {
	for _, c := range []struct {
		instances string
		edges     []string
		start     string
		cycles    []int
	}{
		{"abc", []string{"ab", "bc"}, "cba", []int{0, 0, 0}},
		{"abcd", []string{"ab", "ac", "bd", "cd"}, "dbca", []int{0, 0, 0, 0}},
		{"abc", []string{"ab", "bb", "bc"}, "cba", []int{0, 1, 0}},
		{"abcd", []string{"ab", "bc", "cb", "cd"}, "dbca", []int{0, 1, 1, 0}},
		{"abcdef", []string{"ef", "fe", "ab", "ba", "bc", "cd"}, "dcabef", []int{1, 1, 0, 0, 2, 2}},
		{"abcd", []string{"ab", "bc", "cd", "da"}, "abcd", []int{1, 1, 1, 1}},
	} {
		p := plan.Build(graph(t, c.instances, c.edges...))
		start := ""
		for _, id := range p.Start {
			start += p.Processes[id].Instance
		}
		var cycles []int
		for _, proc := range p.Processes {
			cycles = append(cycles, proc.Cycle)
		}
		if start != c.start || !reflect.DeepEqual(cycles, c.cycles) {
			t.Errorf("%s %v: start %s, cycles %v; want %s, %v", c.instances, c.edges, start, cycles, c.start, c.cycles)
		}
	}
}

func TestPeersOnTheSameCycle(t *testing.T) {
	p := plan.Build(graph(t, "abcd", "ab", "bc", "cb", "cd"))
	for _, peer := range p.Processes[1].Peers {
		if want := peer.ID == 2; peer.Cycle != want {
			t.Errorf("b's peer %s: on its cycle is %v", peer.Title, peer.Cycle)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	good := string(plan.Encode(plan.Build(quakes(t))))
	if _, err := plan.Decode([]byte(strings.Replace(good, `"version": 1`, `"version": 2`, 1))); !errors.Is(err, plan.ErrVersion) {
		t.Errorf("another version: %v", err)
	}
	for _, c := range [][2]string{
		{`{`, `[`},
		{`"program"`, `"programme"`},
		{`"peer": 2`, `"peer": 99`},
		{`"wire": 1,`, `"wire": 77,`},
		{`"message": "Quake"`, `"message": "Quark"`},
		{`"copy": 1`, `"copy": 5`},
		{`"id": 3`, `"id": 4`},
		{`"message": "Region"`, `"message": "Religion"`},
		{`"reply": "Place"`, `"reply": "Palace"`},
		{`          "reply": "Place"`, `          "reply": "Palace"`}, // of a port
		{`"T": "Quake"`, `"T": "Quark"`},
	} {
		bad := strings.Replace(good, c[0], c[1], 1)
		if bad == good {
			t.Fatalf("%s is not in the plan", c[0])
		}
		if _, err := plan.Decode([]byte(bad)); err == nil {
			t.Errorf("a plan with %s for %s is read", c[1], c[0])
		}
	}
}

func TestExplainCleansWhatItShows(t *testing.T) {
	p := plan.Build(graph(t, "ab", "ab"))
	p.Wires[0].Where = "n > 1 &&\n  text != \"\x1b[2J\""
	p.Params = []spec.Name{{Name: "x", Type: "string", Doc: "One line.\nAnother."}}
	var b strings.Builder
	if err := plan.Explain(&b, p, nil); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"    filter   n > 1 &&\n             text != \"\\x1b[2J\"\n", "must be given  One line.\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%q", want, b.String())
		}
	}
}

// FuzzDecode checks that a plan that is read can be told and written again,
// whatever it says.
func FuzzDecode(f *testing.F) {
	// Small, for large ones are minimized for longer than they are tried.
	f.Add([]byte(`{"version":1,"messages":{"M":[]},"wires":[{"id":0,"copies":1,"message":"M"}],"start":[0],` +
		`"params":[{"name":"d","type":"duration","value":5}],"processes":[{"id":0,"cycle":1,"replicas":1,"outs":[{"message":"M","wires":[{"wire":0,"lanes":[{"peer":0}]}]}]}]}`))
	f.Add([]byte(`{"version":1,"messages":{"M":[]},"wires":[{"id":0,"copies":1,"message":"M","from":{"external":true}},{"id":1,"copies":1,"message":"M","to":{"external":true}}],"start":[0],` +
		`"processes":[{"id":0,"group":"g","exec":{"command":["x"]},"replicas":1,"ins":[{"message":"M","wires":[{"wire":0,"plain":{"socket":"sub","endpoint":{"param":"p"},"subscribe":[{"const":"a"}]}}]}],` +
		`"outs":[{"message":"M","wires":[{"wire":1,"plain":{"endpoint":{"env":"E"}}}]}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := plan.Decode(data)
		if err != nil {
			return
		}
		if err := plan.Explain(io.Discard, p, nil); err != nil {
			t.Error(err)
		}
		again, err := plan.Decode(plan.Encode(p))
		if err != nil || plan.Hash(again) != plan.Hash(p) {
			t.Errorf("it comes back differently: %v", err)
		}
	})
}

func TestAppended(t *testing.T) {
	for _, size := range []int{0, 1, 70_000} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "binary")
			data := bytes.Repeat([]byte("x"), size)
			var b bytes.Buffer
			b.WriteString("an executable")
			if err := plan.Append(&b, data); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			got, ok, err := plan.Appended(path)
			if err != nil || !ok || !bytes.Equal(got, data) {
				t.Errorf("%d bytes, %v, %v", len(got), ok, err)
			}
		})
	}
	path := filepath.Join(t.TempDir(), "plain")
	for _, text := range []string{"", "an executable without a plan", "\xff\xff\xff\xff\xff\xff\xff\xffOCPLAN01"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, ok, err := plan.Appended(path); ok || err != nil {
			t.Errorf("%q: found %v, %v", text, ok, err)
		}
	}
}
