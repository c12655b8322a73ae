package endtoend

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
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

// A trial is a program that runs in a folder of its own.
type trial struct {
	*book
	t      *testing.T
	ctx    context.Context // ends with the deadline
	folder string
	cmd    *exec.Cmd
	stdout bytes.Buffer
	stderr testbed.Transcript
}

// An outcome is what a run left behind.
type outcome struct {
	status  int
	stdout  string
	stderr  string
	last    record                 // the last line of the log
	wires   map[string]spec.Counts // by name
	entries []entry
}

// A record is a line of a run's log as JSON.
type record struct {
	Msg  string `json:"msg"`
	Wire string `json:"wire"`
	spec.Counts
	Read uint64 `json:"read"`
}

// definitions is the text of ledger.actors without its graph.
func definitions(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("ledger", "ledger.actors"))
	if err != nil {
		t.Fatal(err)
	}
	head, _, ok := strings.Cut(string(text), "graph main")
	if !ok {
		t.Fatal("ledger.actors has no graph main")
	}
	return head
}

// planOf compiles a graph of the actors of ledger.actors.
func planOf(t *testing.T, graph string) []byte {
	t.Helper()
	text := []byte(definitions(t) + graph)
	read := func(string) ([]byte, error) { return text, nil }
	program, _, findings := lang.Load("ledger.actors", read, stdlib.Sources)
	if findings.HasErrors() {
		t.Fatalf("the graph has errors: %v", findings)
	}
	return plan.Encode(plan.Build(program))
}

// start runs a graph of the actors of ledger.actors. Its parameter log is set.
func start(t *testing.T, graph string, args ...string) *trial {
	t.Helper()
	tr := newTrial(t)
	planned, err := testbed.OpenText(filepath.Join(tr.folder, "plan"), planOf(t, graph))
	if err != nil {
		t.Fatal(err)
	}
	defer planned.Close()
	tr.book = openBook(t)
	tr.cmd = exec.Command(ledgerBinary(t), append([]string{"--log", "json", "log=" + tr.path}, args...)...)
	tr.cmd.ExtraFiles = []*os.File{planned}
	tr.cmd.Env = append(os.Environ(), "OPENCORE_PLAN_FD=3")
	tr.begin()
	return tr
}

func newTrial(t *testing.T) *trial {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	t.Cleanup(cancel)
	return &trial{t: t, ctx: ctx, folder: t.TempDir()}
}

func (tr *trial) begin() {
	tr.t.Helper()
	tr.cmd.Dir = tr.folder
	tr.cmd.Stderr = &tr.stderr
	if tr.cmd.Stdout == nil {
		tr.cmd.Stdout = &tr.stdout
	}
	if err := tr.cmd.Start(); err != nil {
		tr.t.Fatal(err)
	}
	stop := context.AfterFunc(tr.ctx, func() { _ = tr.cmd.Process.Kill() }) // the test has failed by then, or is over
	tr.t.Cleanup(func() { stop() })
}

// wait waits for the end of the run.
func (tr *trial) wait() outcome {
	tr.t.Helper()
	err := tr.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		tr.t.Fatal(err)
	}
	if tr.ctx.Err() != nil {
		tr.t.Fatalf("the run did not end within %s:\n%s", deadline, tr.stderr.String())
	}
	if tr.book != nil {
		tr.close(tr.t)
	}
	return tr.outcome()
}

func (tr *trial) outcome() outcome {
	o := outcome{
		status: tr.cmd.ProcessState.ExitCode(), stdout: tr.stdout.String(), stderr: tr.stderr.String(),
		wires: map[string]spec.Counts{},
	}
	for line := range strings.Lines(o.stderr) {
		o.last = record{}
		if json.Unmarshal([]byte(line), &o.last) == nil && o.last.Msg == "wire" {
			o.wires[o.last.Wire] = o.last.Counts
		}
	}
	if tr.book != nil {
		o.entries = tr.all()
	}
	return o
}

// done waits for the end of a run that must be without fault.
func (tr *trial) done() outcome {
	tr.t.Helper()
	o := tr.wait()
	if o.status != 0 {
		tr.t.Fatalf("status %d:\n%s", o.status, o.stderr)
	}
	return o
}

// stop stops the run and waits for its end.
func (tr *trial) stop() outcome {
	tr.t.Helper()
	if err := tr.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		tr.t.Fatal(err)
	}
	return tr.wait()
}

// kill ends a process as nothing can defend itself against.
func (tr *trial) kill(pid int) {
	tr.t.Helper()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		tr.t.Fatal(err)
	}
}

// wire gives the account of a wire.
func (o *outcome) wire(t *testing.T, name string) spec.Counts {
	t.Helper()
	c, ok := o.wires[name]
	if !ok {
		t.Fatalf("no account of the wire %s:\n%s", name, o.stderr)
	}
	if sum := int64(c.Filtered+c.Dropped+c.Delivered+c.Left) + c.Lost; int64(c.Offered) != sum {
		t.Errorf("%s: offered %d, accounted for %d: %+v", name, c.Offered, sum, c)
	}
	return c
}

func mustContain(t *testing.T, text, want string) {
	t.Helper()
	if !strings.Contains(text, want) {
		t.Errorf("it does not say %q:\n%s", want, text)
	}
}
