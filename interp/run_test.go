package interp

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ilpomo/opencore/interp/plan"
	"github.com/ilpomo/opencore/interp/supervise"
	"github.com/ilpomo/opencore/lang"
	"github.com/ilpomo/opencore/stdlib"
)

// appMain is a program that holds the standard actors and runs the graph in
// INTERP_TEST_GRAPH with its arguments.
func appMain() int {
	app := App{Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Actors: handlers()}
	if graph, ok := os.LookupEnv("INTERP_TEST_GRAPH"); ok {
		read := func(string) ([]byte, error) { return []byte(graph), nil }
		p, _, found := lang.Load("test.actors", read, stdlib.Sources)
		if p == nil {
			fmt.Fprintln(os.Stderr, found)
			return 1
		}
		app.Plan = plan.Encode(plan.Build(p))
		os.Unsetenv("INTERP_TEST_GRAPH")
	}
	return Main(app)
}

// A program is a run of a graph in a folder of its own.
type program struct {
	cmd            *exec.Cmd
	stdout, stderr strings.Builder
}

func newProgram(t *testing.T, graph string, args ...string) *program {
	t.Helper()
	p := &program{cmd: exec.Command(os.Args[0], args...)}
	p.cmd.Dir = t.TempDir()
	p.cmd.Env = append(os.Environ(), "INTERP_TEST=app", "INTERP_TEST_GRAPH="+graph, "GORACE=atexit_sleep_ms=0")
	p.cmd.Stdout, p.cmd.Stderr = &p.stdout, &p.stderr
	return p
}

// run gives the exit status and the last line.
func (p *program) run(t *testing.T) (status int, last string) {
	t.Helper()
	var exited *exec.ExitError
	if err := p.cmd.Run(); err != nil && !errors.As(err, &exited) {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(p.stderr.String(), "\n"), "\n")
	return p.cmd.ProcessState.ExitCode(), took.ReplaceAllString(lines[len(lines)-1], "1ms")
}

var took = regexp.MustCompile(`[0-9.]+m?s\b`)

func TestRuns(t *testing.T) {
	const item = "message Item { n int, text string }\n"
	for _, c := range []struct {
		name, graph string
		args        []string
		status      int
		last        string
	}{
		{"batch", item + `graph main(many int = 10) {
			load  = gen.Messages<Item>(count: many)
			count = flow.Count()
			load -> count
		}`, []string{"many=1_707"}, 0, "done in 1ms: read 1,707, rejected 0, dropped 0, lost 0"},
		{"batch over tcp", item + `graph main {
			load  = gen.Messages<Item>(count: 1_000)
			count = flow.Count() replicas 3
			load -> count where n >= 0
		}`, []string{"--transport=tcp"}, 0, "done in 1ms: read 1,000, rejected 0, dropped 0, lost 0"},
		{"endless source", item + `message Both { n int }
		graph main {
			load = gen.Messages<Item>(count: 100)
			clock = timer.Every(every: 1ms)
			ticks = flow.Count()
			count = flow.Count()
			load -> count
			clock -> ticks
		}`, nil, 0, "done in 1ms: read N, rejected 0, dropped 0, lost 0"},
		{"missing file", item + `graph main {
			feed  = file.Lines<Item>(path: "missing.ndjson")
			count = flow.Count()
			feed -> count
		}`, nil, 3, "failed after 1ms: feed (test.actors:3:35): path: missing.ndjson: no such file"},
		{"unset variable", item + `graph main {
			feed  = file.Lines<Item>(path: env("OPENCORE_TEST_UNSET"))
			count = flow.Count()
			feed -> count
		}`, nil, 3, "failed after 1ms: feed (test.actors:3:35): path: the environment variable OPENCORE_TEST_UNSET is not set"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newProgram(t, c.graph, c.args...)
			status, last := p.run(t)
			if c.name == "endless source" {
				last = regexp.MustCompile(`read [0-9,]+`).ReplaceAllString(last, "read N,")
			}
			if status != c.status || last != c.last {
				t.Errorf("status %d, last line %q; want %d, %q\n%s", status, last, c.status, c.last, p.stderr.String())
			}
		})
	}
}

func TestFromStdinToStdout(t *testing.T) {
	p := newProgram(t, `message Line { text string }
		graph main {
			feed = file.Lines<Line>(path: "-", format: text)
			out = file.Write(path: "-", format: text)
			feed -> out where text != "no"
		}`)
	p.cmd.Stdin = strings.NewReader("yes\nno\nperhaps\n")
	status, last := p.run(t)
	if status != 0 || p.stdout.String() != "yes\nperhaps\n" || last != "done in 1ms: read 3, rejected 0, dropped 0, lost 0" {
		t.Errorf("status %d, stdout %q, stderr %s", status, p.stdout.String(), p.stderr.String())
	}
}

// A record is what a program reads of a run.
type record struct {
	Msg                string
	Process            string
	PID                int
	Status, Lost, Left int
}

// follow starts the program and calls each for every record that it writes,
// and gives the last.
func (p *program) follow(t *testing.T, each func(record)) record {
	t.Helper()
	p.cmd.Stderr = nil
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var last record
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		last = record{}
		if err := json.Unmarshal(lines.Bytes(), &last); err != nil {
			t.Fatalf("%s: %v", lines.Text(), err)
		}
		each(last)
	}
	_ = p.cmd.Wait() // its status is checked by who calls
	if last.Msg == "" {
		t.Fatal("it said nothing")
	}
	return last
}

func (p *program) signal(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// slowly keeps its queues full until it is stopped.
const slowly = `message N { n int }
	actor Slow(takes duration) { in numbers N }
	graph main(takes duration) {
		load = gen.Messages<N>()
		slow = Slow(takes: takes)
		load -> slow queue 100 block
	}`

func TestStops(t *testing.T) {
	for _, c := range []struct {
		name    string
		args    []string
		signals []syscall.Signal
		want    record
	}{
		{"drained", []string{"takes=1us"}, []syscall.Signal{syscall.SIGTERM}, record{Msg: "stopped"}},
		{"not in time", []string{"takes=1h", "--drain=50ms"}, []syscall.Signal{syscall.SIGINT}, record{Msg: "stopped", Status: 4}},
		{"at once", []string{"takes=1h"}, []syscall.Signal{syscall.SIGINT, syscall.SIGTERM}, record{Msg: "stopped", Status: 4}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newProgram(t, slowly, append(c.args, "--log=json")...)
			signals := c.signals
			last := p.follow(t, func(r record) {
				if len(signals) > 0 && (r.Msg == "busy" || r.Msg == "draining") {
					p.signal(t, signals[0])
					signals = signals[1:]
				}
			})
			if (last.Left > 0) != (c.want.Status == supervise.StatusLeft) {
				t.Errorf("%d left", last.Left)
			}
			last.Left = 0 // how many depends on when the signal came
			if last != c.want || p.cmd.ProcessState.ExitCode() != c.want.Status {
				t.Errorf("%+v, status %d; want %+v", last, p.cmd.ProcessState.ExitCode(), c.want)
			}
		})
	}
}

// TestAKilledSupervisorLeavesNoProcess kills one with a handler that never
// returns; its processes inherit standard output, which so ends with the last.
func TestAKilledSupervisorLeavesNoProcess(t *testing.T) {
	p := newProgram(t, slowly, "takes=1h", "--log=json")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	p.cmd.Stdout = w
	last := p.follow(t, func(r record) {
		if r.Msg == "busy" {
			p.signal(t, syscall.SIGKILL)
		}
	})
	w.Close()
	if err := r.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(r); err != nil || last.Msg != "busy" {
		t.Errorf("its processes live on (%v); the last record is %+v", err, last)
	}
}

// TestNobodyReadsStderr gives the program a pipe that is full, as behind a
// pager that stands still. It runs, and can be stopped, all the same.
func TestNobodyReadsStderr(t *testing.T) {
	t.Parallel()
	p := newProgram(t, `message Item { n int }
		graph main { load = gen.Messages<Item>(rate: 100), out = log.Print(), load -> out }`)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	fill(t, w)
	p.cmd.Stderr, p.cmd.Stdout = w, nil
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer time.AfterFunc(20*time.Second, func() { _ = p.cmd.Process.Kill() }).Stop()
	w.Close()
	lines := bufio.NewReader(out)
	if line, err := lines.ReadString('\n'); err != nil {
		t.Errorf("it does not run: %q, %v", line, err)
	}
	p.signal(t, syscall.SIGTERM)
	if _, err := io.Copy(io.Discard, lines); err != nil {
		t.Error(err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("it could not be stopped: %v", err)
	}
}

// fill writes to a pipe until no more goes in.
func fill(t *testing.T, w *os.File) {
	t.Helper()
	if err := w.SetWriteDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, 4<<20)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("the pipe is not full: %v", err)
	}
}

// TestABundleRunsAlone runs a copy of the test's program with a plan behind it.
func TestABundleRunsAlone(t *testing.T) {
	p := newProgram(t, "")
	graph := `message Item { n int }
		graph main { load = gen.Messages<Item>(count: 5), count = flow.Count(), load -> count }`
	read := func(string) ([]byte, error) { return []byte(graph), nil }
	program, _, found := lang.Load("bundle.actors", read, stdlib.Sources)
	if program == nil {
		t.Fatal(found)
	}
	path := filepath.Join(p.cmd.Dir, "bundle")
	bundle(t, path, plan.Encode(plan.Build(program)))
	p.cmd.Path, p.cmd.Args = path, []string{path}
	p.cmd.Env = append(os.Environ(), "INTERP_TEST=app")
	if status, last := p.run(t); status != supervise.StatusDone || last != "done in 1ms: read 5, rejected 0, dropped 0, lost 0" {
		t.Errorf("status %d, %s", status, p.stderr.String())
	}
}
