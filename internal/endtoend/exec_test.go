package endtoend

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ilpomo/opencore/internal/testbed"
	"github.com/ilpomo/opencore/runtime/spec"
)

// numbers is the message of the graphs here.
const numbers = "message Number { n int, text string }\n"

// relay declares an actor that is testdata/exec/relay.py.
func relay(t *testing.T, fault string) string {
	t.Helper()
	script, err := filepath.Abs(filepath.Join("testdata", "exec", "relay.py"))
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%sactor Relay exec [%q, %q, %q] { pull in Number, push out Number }\n", numbers, testbed.Python(t), script, fault)
}

// runText runs a graph without Go handlers in a folder of its own.
func runText(t *testing.T, graph string, args ...string) *trial {
	t.Helper()
	tr := newTrial(t)
	write(t, filepath.Join(tr.folder, "graph.actors"), graph)
	tr.cmd = exec.Command(opencore(t), append([]string{"run", "graph.actors", "--log", "json"}, args...)...)
	tr.begin()
	return tr
}

// The program that docs/protocol.md shows does what the page says.
func TestProgramOfThePage(t *testing.T) {
	page := read(t, "..", "..", "docs", "protocol.md")
	_, code, ok := strings.Cut(page, "```python\n")
	code, _, _ = strings.Cut(code, "```")
	_, declared, _ := strings.Cut(page, "```actors\n")
	declared, _, _ = strings.Cut(declared, "```")
	if !ok || !strings.Contains(declared, `"python3"`) {
		t.Fatal("the page has no program, or declares none")
	}
	tr := newTrial(t)
	write(t, filepath.Join(tr.folder, "model.py"), code)
	write(t, filepath.Join(tr.folder, "quakes.ndjson"), `{"id":"a","mag":0.1}
{"id":"b","mag":3}
{"id":"c"}
{"id":"d","mag":4.5}
`)
	write(t, filepath.Join(tr.folder, "graph.actors"), declared+`graph main {
  feed  = file.Lines(path: "quakes.ndjson")
  model = Model(threshold: 2)
  out   = file.Write(path: "-")
  bad   = file.Write(path: "bad.ndjson")
  feed -> model
  model.alarms -> out
  model.rejected -> bad
}`)
	tr.cmd = exec.Command(opencore(t), "run", "graph.actors", "--log", "json")
	tr.cmd.Env = append(os.Environ(), "PATH="+testbed.PythonPath(t), "VIRTUAL_ENV=chosen")
	tr.begin()
	o := tr.done()
	if want := "{\"id\":\"b\",\"mag\":3}\n{\"id\":\"d\",\"mag\":4.5}\n"; o.stdout != want {
		t.Errorf("alarms %q, want %q", o.stdout, want)
	}
	mustContain(t, read(t, tr.folder, "bad.ndjson"), "no magnitude")
}

// The smallest actor: a loop over the lines of standard input, with nothing
// but Python's standard library.
func TestLinesInPython(t *testing.T) {
	tr := newTrial(t)
	write(t, filepath.Join(tr.folder, "double.py"), `import json, sys
for line in sys.stdin:
    m = json.loads(line)
    print(json.dumps({"n": 2 * m["n"], "text": m["text"]}))
    if m["n"] == 3:
        print("no JSON")
        print("on stderr\x1b[2J", file=sys.stderr)
`)
	write(t, filepath.Join(tr.folder, "graph.actors"), numbers+`
actor Double exec ["python3", "double.py"] lines { pull in Number, push out Number }
graph main {
  feed   = gen.Messages<Number>(count: 2_000)
  double = Double() replicas 2
  out    = file.Write(path: "-")
  bad    = file.Write(path: "bad.ndjson")
  feed -> double
  double.out -> out
  double.rejected -> bad
}`)
	tr.cmd = exec.Command(opencore(t), "run", "graph.actors", "--log", "json")
	tr.begin()
	o := tr.done()
	seen := map[string]bool{}
	for line := range strings.Lines(o.stdout) {
		seen[line] = true
	}
	if len(seen) != 2_000 {
		t.Errorf("%d different lines", len(seen))
	}
	mustContain(t, read(t, tr.folder, "bad.ndjson"), `"port":"out"`)
	mustContain(t, o.stderr, `on stderr\\x1b[2J`)
	if c, want := o.wire(t, "feed.messages -> double.in"), (spec.Counts{Offered: 2_000, Delivered: 2_000}); c != want {
		t.Errorf("%+v", c)
	}
}

const chained = `graph main {
  feed  = gen.Messages<Number>(count: 300_000)
  relay = Relay()
  out   = file.Write(path: "out.ndjson")
  feed -> relay
  relay.out -> out
}`

// pidsSaid gives the process numbers that a relay has printed, in order.
func pidsSaid(text string) (pids []int) {
	for _, m := range regexp.MustCompile(`pid (\d+) (\d+)?`).FindAllStringSubmatch(text, -1) {
		for _, digits := range m[1:] {
			if n, err := strconv.Atoi(digits); err == nil {
				pids = append(pids, n)
			}
		}
	}
	return pids
}

// saidPID waits for a relay to say which process it is.
func (tr *trial) saidPID() int {
	tr.t.Helper()
	if err := tr.stderr.Says(tr.ctx, "pid "); err != nil {
		tr.t.Fatalf("no relay: %v\n%s", err, tr.stderr.String())
	}
	return pidsSaid(tr.stderr.String())[0]
}

// A program that is killed while messages are on their way is started again, by
// its host or with it. What it had in hand is lost, and counted.
func TestKilledProgramIsAccountedFor(t *testing.T) {
	for _, victim := range []string{"program", "host"} {
		t.Run(victim, func(t *testing.T) {
			for range rounds(1, 30) {
				tr := runText(t, relay(t, "")+chained)
				pid := tr.saidPID()
				growing(t, filepath.Join(tr.folder, "out.ndjson"))
				if victim == "host" {
					pid = parentOf(t, pid)
				}
				tr.kill(pid)
				tr.relayKilled(tr.wait(), victim == "program")
			}
		})
	}
}

// relayKilled demands that the account of a chain is right whose relay was
// killed; clean: not the process of ours, which goes on to send what it has.
func (tr *trial) relayKilled(o outcome, clean bool) {
	tr.t.Helper()
	in, out := o.wire(tr.t, "feed.messages -> relay.in"), o.wire(tr.t, "relay.out -> out.rows")
	if len(pidsSaid(o.stderr)) != 2 || in.Lost <= 0 || in.Offered != 300_000 || o.status != 3 {
		tr.t.Fatalf("status %d, %+v:\n%s", o.status, in, o.stderr)
	}
	rows := strings.Count(read(tr.t, tr.folder, "out.ndjson"), "\n")
	if clean && out.Lost != 0 || int(out.Delivered) != rows {
		tr.t.Errorf("%d rows, %+v", rows, out)
	}
	// It may have sent on what it was not done with.
	if more := int64(out.Offered) - int64(in.Delivered); more < 0 || more > in.Lost {
		tr.t.Errorf("it has sent %d, and was done with %d; %d are lost", out.Offered, in.Delivered, in.Lost)
	}
}

// growing waits until a file has something in it.
func growing(t *testing.T, path string) {
	t.Helper()
	wait(t, "rows in "+path, func() bool {
		info, err := os.Stat(path)
		return err == nil && info.Size() > 0
	})
}

// wait looks again and again for what no event tells.
func wait(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(deadline); !ok(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// gone tells whether a process has ended, or is about to: one that nobody waits for.
func gone(pid int) bool {
	if err := syscall.Kill(pid, 0); errors.Is(err, syscall.ESRCH) {
		return true
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || strings.Contains(string(stat), ") Z ")
}

// outlive is how long descendants may outlive who is killed: a second, and some
// more on a busy machine.
const outlive = 3 * time.Second

// Nothing of a program survives the end of its host or of the supervisor, also
// what the program has started itself.
func TestProgramsLeaveNoOrphans(t *testing.T) {
	const endless = `graph main {
  feed  = gen.Messages<Number>(rate: 1000)
  relay = Relay() restart never
  out   = file.Write(path: "out.ndjson")
  feed -> relay
  relay.out -> out
}`
	for _, victim := range []string{"host", "supervisor"} {
		t.Run(victim, func(t *testing.T) {
			tr := runText(t, relay(t, "family")+endless)
			tr.saidPID()
			growing(t, filepath.Join(tr.folder, "out.ndjson"))
			family := pidsSaid(tr.stderr.String())
			if len(family) != 2 {
				t.Fatalf("the relay and its child are %v", family)
			}
			killed := tr.cmd.Process.Pid
			if victim == "host" {
				killed = parentOf(t, family[0])
			}
			tr.kill(killed)
			began := time.Now()
			wait(t, "the end of the program and of its child", func() bool { return gone(family[0]) && gone(family[1]) })
			if took := time.Since(began); took > outlive {
				t.Errorf("it took %v", took)
			}
			tr.wait()
		})
	}
}

func parentOf(t *testing.T, pid int) (parent int) {
	t.Helper()
	stat := read(t, "/proc", strconv.Itoa(pid), "stat")
	_, rest, _ := strings.Cut(stat, ") ")
	if _, err := fmt.Sscanf(rest, "%c %d", new(rune), &parent); err != nil {
		t.Fatal(err)
	}
	return parent
}

// The ports of a program are exposed to foreign peers like any other's.
func TestProgramWithForeignPeers(t *testing.T) {
	folder := t.TempDir()
	endpoint := func(name string) string { return "ipc://" + filepath.Join(folder, name) }
	tr := runText(t, strings.Replace(relay(t, ""), "{ pull", "{ router ask Number -> Number, pull", 1)+fmt.Sprintf(`graph main {
  relay = Relay()
  expose relay.ask %q codec json
  expose relay.in %q codec json
  expose relay.out %q codec json
}`, endpoint("ask"), endpoint("in"), endpoint("out")))
	tr.saidPID()
	peer := exec.CommandContext(tr.ctx, testbed.Python(t), filepath.Join("testdata", "exec", "peer.py"),
		endpoint("ask"), endpoint("in"), endpoint("out"), "3000")
	if out, err := peer.CombinedOutput(); err != nil || string(out) != "all is well\n" {
		t.Fatalf("%v: %s\n%s", err, out, tr.stderr.String())
	}
	if err := tr.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	o := tr.done()
	for name, c := range o.wires {
		if c.Offered != 3000 || c.Delivered != 3000 {
			t.Errorf("%s: %+v", name, c)
		}
	}
	if len(o.wires) != 3 {
		t.Errorf("wires %v", o.wires)
	}
}

// A program that does nothing any more is killed when the run has to end.
func TestHangingProgramIsKilled(t *testing.T) {
	tr := runText(t, relay(t, "hang")+chained, "--drain", "300ms")
	pid := tr.saidPID()
	if err := tr.stderr.Says(tr.ctx, "hangs"); err != nil {
		t.Fatal(err)
	}
	if err := tr.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if o := tr.wait(); o.status != 4 {
		t.Errorf("status %d:\n%s", o.status, o.stderr)
	}
	if !gone(pid) {
		t.Error("the program is still there")
	}
}

// What a program sees of the environment: what is allowed, and what its
// instance sets.
func TestEnvironmentOfAProgram(t *testing.T) {
	t.Setenv("SECRET_OF_THE_RUN", "1")
	t.Setenv("LC_TIME", "C")
	o := runText(t, relay(t, "environment")+`graph main {
  feed  = gen.Messages<Number>(count: 1)
  relay = Relay() env MODEL "small"
  out   = file.Write(path: "-")
  feed -> relay
  relay.out -> out
}`).done()
	for _, name := range []string{"PATH", "LC_TIME", "MODEL", "OPENCORE_ENDPOINT"} {
		mustContain(t, o.stderr, "'"+name+"'")
	}
	if strings.Contains(o.stderr, "SECRET_OF_THE_RUN") || strings.Contains(o.stderr, "OPENCORE_CHILD") {
		t.Errorf("the program sees too much:\n%s", o.stderr)
	}
}

// A program that can't start is named, with its last words, and not tried
// again if it isn't there.
func TestProgramThatDoesNotStart(t *testing.T) {
	for command, want := range map[string]string{
		`"python3", "-c", "import nonsense"`: "No module named 'nonsense'",
		`"no-such-program"`:                  "no-such-program",
	} {
		o := runText(t, numbers+fmt.Sprintf(`actor Relay exec [%s] { pull in Number, push out Number }
graph main {
  feed  = gen.Messages<Number>(count: 1)
  relay = Relay() restart never
  out   = file.Write(path: "-")
  feed -> relay
  relay.out -> out
}`, command)).wait()
		if o.status != 3 && o.status != 1 {
			t.Errorf("status %d", o.status)
		}
		mustContain(t, o.stderr, want)
	}
}
