package endtoend

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/internal/testbed"
)

// A pattern is a pattern of the ZeroMQ guide, running.
type pattern struct {
	*trial
	printed testbed.Transcript
}

func runPattern(t *testing.T, name string, env ...string) *pattern {
	t.Helper()
	home, err := filepath.Abs(filepath.Join("..", "..", "examples", "zguide", name, name+".actors"))
	if err != nil {
		t.Fatal(err)
	}
	p := &pattern{trial: newTrial(t)}
	p.cmd = exec.Command(opencore(t), "run", "--log", "json", home)
	p.cmd.Env = append(testbed.Environ(), env...)
	p.cmd.Stdout = &p.printed
	p.begin()
	return p
}

// lines are what the run has printed.
func (p *pattern) lines() []string {
	return strings.FieldsFunc(p.printed.String(), func(r rune) bool { return r == '\n' })
}

// await waits until the run has printed, or logged, something.
func (p *pattern) await(tr *testbed.Transcript, what string) {
	p.t.Helper()
	if err := tr.Says(p.ctx, what); err != nil {
		p.t.Fatalf("waiting for %q: %v\n%s", what, err, p.stderr.String())
	}
}

// pid is that of a process of the run, of the incarnation that was started
// last.
func (p *pattern) pid(process string) (pid int) {
	p.t.Helper()
	for line := range strings.Lines(p.stderr.String()) {
		var r struct {
			Msg, Process string
			PID          int
		}
		if json.Unmarshal([]byte(line), &r) == nil && r.Msg == "started" && r.Process == process {
			pid = r.PID
		}
	}
	if pid == 0 {
		p.t.Fatalf("no process %s:\n%s", process, p.stderr.String())
	}
	return pid
}

// What the client doesn't want isn't sent, and it averages the rest.
func TestZguideWeather(t *testing.T) {
	p := runPattern(t, "weather")
	o := p.done()
	c := o.wire(t, "server.weather -> client.weather")
	if c.Offered != 200_000 || c.Filtered+c.Delivered != c.Offered || c.Delivered < 100 || c.Delivered > 400 {
		t.Errorf("%+v", c)
	}
	if lines := p.lines(); len(lines) != int(c.Delivered/100) || !strings.HasPrefix(lines[0], "zip=10001 temperature=") {
		t.Errorf("it prints %q for %d updates", lines, c.Delivered)
	}
}

// Every worker does some of the tasks, and all are done.
func TestZguideVentilator(t *testing.T) {
	p := runPattern(t, "ventilator")
	o := p.done()
	for _, wire := range []string{"ventilator.messages -> workers.tasks", "workers.done -> sink.messages"} {
		if c := o.wire(t, wire); c.Offered != 100 || c.Delivered != 100 {
			t.Errorf("%s: %+v", wire, c)
		}
	}
	mustContain(t, o.stderr, "counted 100 messages in all")
}

// Peers that are not ours publish and subscribe: topics pass the proxy as they
// are, and so do subscriptions.
func TestZguideProxy(t *testing.T) {
	stations, subscribers := testbed.FreeTCP(t, "127.0.0.1"), testbed.FreeTCP(t, "127.0.0.1")
	p := runPattern(t, "proxy", "STATIONS="+stations, "SUBSCRIBERS="+subscribers)
	python := exec.CommandContext(p.ctx, testbed.Python(t), filepath.Join("testdata", "proxy_peers.py"), stations, subscribers)
	out, err := python.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s\n%s", err, out, p.stderr.String())
	}
	o := p.stop()
	if c := o.wire(t, "stations.weather -> pass.from"); o.status != 0 || c.Delivered < 300 || c.Delivered != c.Offered {
		t.Errorf("status %d, %+v\n%s", o.status, c, o.stderr)
	}
}

// Ten clients share three workers.
func TestZguideBroker(t *testing.T) {
	p := runPattern(t, "broker")
	o := p.done()
	if got := p.printed.String(); got != strings.Repeat("OK\n", 100) {
		t.Errorf("it prints\n%s", got)
	}
	if c := o.wire(t, "broker.repliers -> workers.requests"); c.Offered != 100 || c.Delivered != 100 {
		t.Errorf("%+v", c)
	}
}

// The server crashes and dawdles, and the client gets all its replies, in
// order.
func TestZguideLazyPirate(t *testing.T) {
	p := runPattern(t, "lazypirate")
	o := p.wait()
	if got, want := p.lines(), strings.Fields("n=0 n=1 n=2 n=3 n=4 n=5 n=6 n=7"); !slices.Equal(got, want) {
		t.Errorf("it prints %q\n%s", got, o.stderr)
	}
	mustContain(t, o.stderr, "simulating a crash")
	mustContain(t, o.stderr, "replies came too late")
	if c := o.wire(t, "client.server -> server.requests"); c.Offered < 10 || c.Lost < 1 {
		t.Errorf("%+v", c)
	}
	if o.status != 3 { // requests were lost, though others of the same content were answered
		t.Errorf("status %d", o.status)
	}
}

// Workers are killed while they work, and no client misses a reply.
func TestZguideParanoidPirate(t *testing.T) {
	p := runPattern(t, "paranoidpirate")
	p.await(&p.printed, "n=100\n")
	p.kill(p.pid("workers.1"))
	p.await(&p.printed, "n=300\n")
	p.kill(p.pid("workers.2"))
	p.kill(p.pid("workers.3"))
	o := p.wait()
	got := map[string]int{}
	for _, line := range p.lines() {
		got[line]++
	}
	for n := range 800 {
		if line := fmt.Sprintf("n=%d", n); got[line] != 1 {
			t.Errorf("%s is printed %d times", line, got[line])
		}
	}
	for _, worker := range []string{"workers.1", "workers.2", "workers.3"} {
		mustContain(t, o.stderr, fmt.Sprintf(`"msg":"crashed","process":%q`, worker))
	}
	o.wire(t, "queue.repliers -> workers.requests")
}

// A slow subscriber loses what is old, or ends and says why; nobody else
// notices.
func TestZguideSnail(t *testing.T) {
	o := runPattern(t, "snail").wait()
	if o.status != 3 {
		t.Errorf("status %d", o.status)
	}
	mustContain(t, o.stderr, "can't keep up")
	fast, lossy := o.wire(t, "clock.ticks -> fast.messages"), o.wire(t, "clock.ticks -> lossy.ticks")
	if fast.Delivered != fast.Offered || lossy.Dropped == 0 || lossy.Delivered == 0 || lossy.Lost != 0 {
		t.Errorf("fast %+v, lossy %+v", fast, lossy)
	}
	if doomed := o.wire(t, "clock.ticks -> doomed.ticks"); doomed.Dropped != 0 || doomed.Left == 0 {
		t.Errorf("doomed %+v", doomed)
	}
}

// A reader that joins late, since it has been killed, hears at once what was
// said last; what it doesn't follow was never sent to it.
func TestZguideLastValue(t *testing.T) {
	p := runPattern(t, "lastvalue")
	p.await(&p.printed, "\n")
	said := p.lines()[0]
	p.kill(p.pid("reader"))
	p.await(&p.printed, said+"\n"+said+"\n")
	o := p.stop()
	if c := o.wire(t, "cache.fresh -> reader.updates"); c.Offered < 1000 || c.Delivered > 10 {
		t.Errorf("%+v", c)
	}
	mustContain(t, said, "topic 007")
}

// The README's table says how many lines the patterns have.
func TestZguideLines(t *testing.T) {
	home := filepath.Join("..", "..", "examples", "zguide")
	out, err := exec.Command("sh", filepath.Join(home, "count.sh")).Output()
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(rows) != 8 {
		t.Errorf("%d patterns:\n%s", len(rows), out)
	}
	readme := read(t, home, "README.md")
	for _, row := range rows {
		mustContain(t, readme, "\n"+row+" ")
	}
}
