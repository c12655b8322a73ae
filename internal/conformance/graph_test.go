package conformance

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/ilpomo/opencore/internal/testbed"
	"github.com/ilpomo/opencore/interp/plan"
	"github.com/ilpomo/opencore/lang"
	"github.com/ilpomo/opencore/runtime/spec"
	"github.com/ilpomo/opencore/stdlib"
)

// A graph is a run of ours. What it reads comes from the test, an item a line,
// and what it prints goes there.
type graph struct{ *process }

// start runs a program of the actors of package cast: declarations of external
// actors, and a graph main.
func start(t *testing.T, program string, args ...string) *graph {
	t.Helper()
	folder := t.TempDir()
	planned, err := testbed.OpenText(filepath.Join(folder, "plan"), planOf(t, program))
	if err != nil {
		t.Fatal(err)
	}
	defer planned.Close()
	cmd := exec.Command(must(t, castOnce), append([]string{"--log", "json"}, args...)...)
	cmd.ExtraFiles = []*os.File{planned}
	cmd.Env = append(os.Environ(), "OPENCORE_PLAN_FD=3")
	cmd.Dir = folder
	return &graph{launch(t, "the graph", cmd)}
}

// planOf compiles a program of the actors of package cast.
func planOf(t *testing.T, program string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("cast", "cast.actors"))
	if err != nil {
		t.Fatal(err)
	}
	head, _, ok := strings.Cut(string(text), "graph main")
	if !ok {
		t.Fatal("cast.actors has no graph main")
	}
	read := func(string) ([]byte, error) { return []byte(head + program), nil }
	checked, _, findings := lang.Load("cast.actors", read, stdlib.Sources)
	if findings.HasErrors() {
		t.Fatalf("the program has errors: %v\n%s", findings, program)
	}
	return plan.Encode(plan.Build(checked))
}

// A record is a line of a run's log as JSON.
type record struct {
	Msg  string `json:"msg"`
	Wire string `json:"wire"`
	spec.Counts
}

// An account is what a run says of its wires, by name.
type account map[string]spec.Counts

// stop has the run drain, and finish waits for its end.
func (g *graph) stop() account {
	g.t.Helper()
	g.signal(syscall.SIGTERM)
	return g.finish()
}

// finish waits for the end of a run that must be without fault, and for an
// account that adds up.
func (g *graph) finish() account {
	g.t.Helper()
	a, status := g.end()
	if status != 0 {
		g.t.Fatalf("status %d:\n%s", status, g.stderr.String())
	}
	return a
}

// end waits for the end of a run, and gives its account, which must add up.
func (g *graph) end() (a account, status int) {
	g.t.Helper()
	status = g.wait()
	a = account{}
	for line := range strings.Lines(g.stderr.String()) {
		var r record
		if json.Unmarshal([]byte(line), &r) == nil && r.Msg == "wire" {
			a[r.Wire] = r.Counts
		}
	}
	for name, c := range a {
		if sum := int64(c.Filtered+c.Dropped+c.Delivered+c.Left) + c.Lost; int64(c.Offered) != sum || c.Lost < 0 {
			g.t.Errorf("%s: offered %d, accounted for %d: %+v", name, c.Offered, sum, c)
		}
	}
	if len(a) == 0 {
		g.t.Fatalf("there is no account:\n%s", g.stderr.String())
	}
	return a, status
}

// wire gives the counts of a wire.
func (a account) wire(t *testing.T, name string) spec.Counts {
	t.Helper()
	c, ok := a[name]
	if !ok {
		t.Fatalf("no account of the wire %s: %v", name, a)
	}
	return c
}

// foreign gives the counts of the only wire that leads to a foreign peer or
// comes from one: an actor called peer, or whoever is at an exposed port.
func (a account) foreign(t *testing.T) spec.Counts {
	t.Helper()
	for name, c := range a {
		if strings.Contains(name, "peer.") || strings.Contains(name, "://") {
			return c
		}
	}
	t.Fatalf("no account of a foreign wire: %v", a)
	return spec.Counts{}
}

// quiet demands that a run in which all went well has warned of nothing but of
// what its actors have refused.
func (g *graph) quiet() {
	g.t.Helper()
	for line := range strings.Lines(g.stderr.String()) {
		var r struct{ Level, Msg string }
		if json.Unmarshal([]byte(line), &r) != nil || r.Level != "INFO" && r.Msg != "rejected" {
			g.t.Errorf("all went well, and the run says %s\nin all:\n%s", line, g.stderr.String())
		}
	}
}
