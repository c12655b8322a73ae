package plan_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/interp/plan"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/runtime/spec"
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

// A maker makes checked programs by hand, with a place for each thing.
type maker struct {
	p    *model.Program
	line int
}

func newMaker(name string) *maker {
	return &maker{p: &model.Program{File: name + ".actors", Name: name, Graph: &model.Graph{}}}
}

func (m *maker) span() diag.Span {
	m.line++
	at := diag.Position{Line: m.line, Column: 3}
	return diag.Span{File: m.p.File, Start: at, End: at}
}

func message(name string, fields ...string) *schema.Message {
	m := &schema.Message{Name: name}
	for _, f := range fields {
		name, text, _ := strings.Cut(f, " ")
		typ, err := schema.Parse(text, func(string) *schema.Message { return nil })
		if err != nil {
			panic(err)
		}
		m.Fields = append(m.Fields, schema.Field{Name: name, Type: typ})
	}
	return m
}

func port(pattern model.Pattern, name string, m *schema.Message) *model.Port {
	return &model.Port{Name: name, Pattern: pattern, Message: model.PortType{Message: m}}
}

func (m *maker) instance(name string, replicas int, actor *model.Actor, args ...model.Arg) *model.Instance {
	inst := &model.Instance{
		Name: name, Span: m.span(), Actor: actor, Args: args, Replicas: replicas,
		Restart: model.Restart{Policy: "on_failure", Max: 5, Within: time.Minute},
	}
	m.p.Graph.Instances = append(m.p.Graph.Instances, inst)
	return inst
}

func (m *maker) wire(from *model.Instance, out string, to *model.Instance, in string) *model.Wire {
	w := &model.Wire{
		Span:  m.span(),
		From:  model.End{Instance: from, Port: from.Actor.Port(out)},
		To:    model.End{Instance: to, Port: to.Actor.Port(in)},
		Queue: model.Queue{Messages: 1000, Full: "block"},
	}
	m.p.Graph.Wires = append(m.p.Graph.Wires, w)
	return w
}

// quakes is a program with most of what a graph can hold: sharing by key,
// copies, an else wire, a wired port rejected, requests, a cycle, an endless
// source, parameters of main, consts and the environment.
func quakes() *model.Program {
	m := newMaker("quakes")
	quake := message("Quake", "net string", "mag float")
	region := message("Region", "net string", "count int")
	tick := message("timer.Tick", "at time")
	query, place := message("Query", "net string"), message("Place", "name string")
	str, dur := &schema.Type{Kind: schema.String}, &schema.Type{Kind: schema.Duration}

	lines := &model.Actor{
		Name: "file.Lines", Standard: true, TypeParams: []string{"T"},
		Params: []*model.Param{{Name: "path", Type: model.ParamType{Type: str}}},
		Ports:  []*model.Port{{Name: "lines", Pattern: model.Push, Message: model.PortType{Param: "T"}}},
	}
	write := &model.Actor{
		Name: "file.Write", Standard: true, TypeParams: []string{"T"},
		Params: []*model.Param{{Name: "path", Type: model.ParamType{Type: str}}},
		Ports:  []*model.Port{{Name: "rows", Pattern: model.In, Message: model.PortType{Param: "T"}}},
	}
	every := &model.Actor{
		Name: "timer.Every", Standard: true, Endless: true,
		Params: []*model.Param{{Name: "every", Type: model.ParamType{Type: dur}}},
		Ports:  []*model.Port{port(model.Pub, "ticks", tick)},
	}
	tally := &model.Actor{Name: "Tally", Ports: []*model.Port{
		port(model.In, "quakes", quake), port(model.Sub, "ticks", tick), port(model.Pub, "regions", region), port(model.Push, "again", quake),
		{Name: "ask", Pattern: model.Dealer, Message: model.PortType{Message: query}, Reply: model.PortType{Message: place}},
	}}
	tally.Ports[0].Key = []string{"net"}
	tally.Ports[2].Topic = &model.Expr{Source: "net"}
	book := &model.Actor{Name: "Book", Ports: []*model.Port{
		{Name: "lookup", Pattern: model.Rep, Message: model.PortType{Message: query}, Reply: model.PortType{Message: place}},
	}}

	file := str
	m.p.Graph.Params = []*model.Param{
		{Name: "input", Doc: "What to read.", Type: model.ParamType{Type: file}, Span: m.span()},
		{Name: "every", Type: model.ParamType{Type: dur}, Span: m.span(), Default: new(model.Value)},
	}
	*m.p.Graph.Params[1].Default = 500 * time.Millisecond
	m.p.Consts = []*model.Const{
		{Name: "strong", Type: &schema.Type{Kind: schema.Float}, Value: 2.5, Span: m.span()},
		{Name: "unused", Type: str, Value: "x", Span: m.span()},
	}

	arg := func(a *model.Actor, v model.Value) model.Arg {
		return model.Arg{Param: a.Params[0], Value: v, Span: m.span()}
	}
	fallback := "regions.csv"
	feed := m.instance("feed", 1, lines, arg(lines, model.ParamRef{Name: "input"}))
	feed.Types = map[string]*schema.Message{"T": quake}
	clock := m.instance("clock", 1, every, arg(every, model.ParamRef{Name: "every"}))
	counts := m.instance("tally", 2, tally)
	counts.Env = []model.EnvVar{{Name: "TOKEN", Value: model.Env{Name: "QUAKES_TOKEN"}, Span: m.span()}}
	names := m.instance("book", 1, book)
	names.Restart = model.Restart{Policy: "never"}
	table := m.instance("table", 1, write, arg(write, model.Env{Name: "TABLE", Default: &fallback}))
	table.Types = map[string]*schema.Message{"T": region}
	bad := m.instance("bad", 1, write, arg(write, "bad.ndjson"))
	bad.Types = map[string]*schema.Message{"T": schema.Rejected}
	rest := m.instance("rest", 1, write, arg(write, "rest.ndjson"))
	rest.Types = map[string]*schema.Message{"T": quake}

	m.wire(feed, "lines", counts, "quakes").Where = &model.Expr{Source: "mag >= strong && mag < 9", Names: []string{"strong"}}
	m.wire(feed, "lines", rest, "rows").Else = true
	m.wire(feed, "rejected", bad, "rows")
	m.wire(clock, "ticks", counts, "ticks").Queue = model.Queue{Messages: 1000, Full: "drop_oldest"}
	m.wire(counts, "regions", table, "rows").Queue = model.Queue{Bytes: 4 << 20, Full: "block"}
	m.wire(counts, "again", counts, "quakes")
	asks := m.wire(counts, "ask", names, "lookup")
	asks.Timeout, asks.Retry = 5*time.Second, 1
	return m.p
}

func TestGolden(t *testing.T) {
	p := plan.Build(quakes())
	golden(t, "quakes.plan.json", plan.Encode(p))
	var words bytes.Buffer
	if err := plan.Explain(&words, p); err != nil {
		t.Fatal(err)
	}
	golden(t, "quakes.txt", words.Bytes())
}

func TestEncodeIsDeterministicAndReadBack(t *testing.T) {
	first := plan.Encode(plan.Build(quakes()))
	if second := plan.Encode(plan.Build(quakes())); !bytes.Equal(first, second) {
		t.Error("the same program gives different bytes")
	}
	back, err := plan.Decode(first)
	if err != nil {
		t.Fatal(err)
	}
	if again := plan.Encode(back); !bytes.Equal(first, again) {
		t.Error("a plan that is read back gives different bytes")
	}
	if plan.Hash(back) != plan.Hash(plan.Build(quakes())) {
		t.Error("equal plans have different hashes")
	}
	back.Processes[0].Replicas++
	if plan.Hash(back) == plan.Hash(plan.Build(quakes())) {
		t.Error("different plans have the same hash")
	}
}

// TestLanes checks what the golden file shows for one program on the lanes of
// all: each has two ends that agree, and both ends know each other.
func TestLanes(t *testing.T) {
	p := plan.Build(quakes())
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

// graph makes a program of actors that all have the ports in and out; edges
// are pairs like "ab", "a" being the first instance.
func graph(instances string, edges ...string) *model.Program {
	m := newMaker("graph")
	msg := message("M", "n int")
	byName := map[rune]*model.Instance{}
	for _, name := range instances {
		actor := &model.Actor{Name: "A", Ports: []*model.Port{port(model.Push, "out", msg), port(model.In, "in", msg)}}
		byName[name] = m.instance(string(name), 1, actor)
	}
	for _, e := range edges {
		m.wire(byName[rune(e[0])], "out", byName[rune(e[1])], "in")
	}
	return m.p
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
		p := plan.Build(graph(c.instances, c.edges...))
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
	p := plan.Build(graph("abcd", "ab", "bc", "cb", "cd"))
	for _, peer := range p.Processes[1].Peers {
		if want := peer.ID == 2; peer.Cycle != want {
			t.Errorf("b's peer %s: on its cycle is %v", peer.Title, peer.Cycle)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	good := string(plan.Encode(plan.Build(quakes())))
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
