package endtoend

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ilpomo/opencore/runtime/spec"
)

const chain = `graph main(log string, count int) {
  source = Source(log: log, count: count)
  relay  = Relay(log: log)
  sink   = Sink(log: log)

  source -> relay -> sink
}`

// A process is killed while messages are on their way, and started again. What
// the run accounts for is what both ends of each wire have told the test, but
// for the one message that the killed process had in hand.
func TestKilledProcessIsAccountedFor(t *testing.T) {
	for _, victim := range []string{"source", "relay", "sink"} {
		t.Run(victim, func(t *testing.T) {
			for i := range rounds(2, 50) {
				tr := start(t, chain, "count=20000")
				tr.killAt(200+331*i%4_000, victim)
				tr.accountedFor(tr.wait(), victim)
			}
		})
	}
}

// The same over tcp, with all of them killed in turn during one run.
func TestAllKilledInTurnAreAccountedFor(t *testing.T) {
	for i := range rounds(2, 50) {
		tr := start(t, chain, "count=20000", "--transport", "tcp")
		victims := []string{"sink", "relay", "source"}
		for n, victim := range victims {
			tr.killAt(200+(1_000+97*i%500)*n, victim)
		}
		tr.accountedFor(tr.wait(), victims...)
	}
}

// killAt kills the first process of an actor when sinks have got so many
// items.
func (tr *trial) killAt(got int, victim string) {
	tr.t.Helper()
	tr.until(tr.ctx, tr.t, "the sink is at work", func(all []entry) bool {
		n := 0
		for _, pid := range pids(all, "sink") {
			n += count(all, "got", pid)
		}
		return n >= got
	})
	tr.kill(firstPID(tr.all(), victim))
}

// accountedFor demands that victims, each killed once, have been started
// again, and that the account of a chain is right.
func (tr *trial) accountedFor(o outcome, victims ...string) {
	tr.t.Helper()
	for _, victim := range victims {
		if n := len(pids(o.entries, victim)); n != 2 {
			tr.t.Fatalf("the %s has been started %d times, want 2:\n%s", victim, n, o.stderr)
		}
	}
	compare(tr.t, &o, victims, "source.items -> relay.items", "source", "relay")
	compare(tr.t, &o, victims, "relay.passed -> sink.items", "relay", "sink")
	wantStatus(tr.t, &o)
}

func firstPID(entries []entry, name string) int {
	if list := pids(entries, name); len(list) > 0 {
		return list[0]
	}
	return -1
}

// compare holds the account of a wire against what its two ends have told.
func compare(t *testing.T, o *outcome, victims []string, wire, from, to string) {
	t.Helper()
	c := o.wire(t, wire)
	fromKilled, toKilled := slices.Contains(victims, from), slices.Contains(victims, to)
	sent, got := told(o, from, "sent"), told(o, to, "got")
	within(t, wire+": offered against sent", int64(c.Offered)-sent, fromKilled)
	within(t, wire+": got against delivered", got-int64(c.Delivered), toKilled)
	if !fromKilled && !toKilled && c.Lost > 0 {
		t.Errorf("%s: %d lost, though neither end was killed", wire, c.Lost)
	}
	// Each end killed may have had one message in hand: one more offered than
	// told, one more told than delivered.
	slack := int64(0)
	for _, killed := range []bool{fromKilled, toKilled} {
		if killed {
			slack++
		}
	}
	if more := c.Lost - (sent - got); more < 0 || more > slack {
		t.Errorf("%s: %d lost, but %d were sent and %d got", wire, c.Lost, sent, got)
	}
}

// told counts what all incarnations of an actor have told.
func told(o *outcome, name, what string) int64 {
	n := 0
	for _, pid := range pids(o.entries, name) {
		n += count(o.entries, what, pid)
	}
	return int64(n)
}

// within demands that ahead is 0, or 1 if the process was killed with a
// message in hand.
func within(t *testing.T, what string, ahead int64, killed bool) {
	t.Helper()
	if ahead < 0 || ahead > 1 || ahead == 1 && !killed {
		t.Errorf("%s: ahead by %d", what, ahead)
	}
}

// wantStatus demands 3 of a run that has lost messages, and 0 of one that has
// not.
func wantStatus(t *testing.T, o *outcome) {
	t.Helper()
	lost := int64(0)
	for _, c := range o.wires {
		lost += c.Lost
	}
	want := 0
	if lost > 0 {
		want = 3
	}
	if o.status != want {
		t.Errorf("status %d with %d lost, want %d:\n%s", o.status, lost, want, o.stderr)
	}
}

func TestKilledTooOftenFailsTheRun(t *testing.T) {
	tr := start(t, `graph main(log string) {
  source = Source(log: log, count: 1_000_000, pace: 1ms)
  sink   = Sink(log: log) restart on_failure max 1 in 1m

  source -> sink
}`)
	for n := range 2 {
		tr.until(tr.ctx, t, "the sink has started", func(all []entry) bool {
			list := pids(all, "sink")
			return len(list) > n && count(all, "got", list[n]) > 0
		})
		tr.kill(pids(tr.all(), "sink")[n])
	}
	o := tr.wait()
	if o.status != 3 {
		t.Errorf("status %d, want 3:\n%s", o.status, o.stderr)
	}
}

func TestKilledSupervisorLeavesNoOrphan(t *testing.T) {
	for range rounds(2, 50) {
		tr := start(t, chain, "count=1000000")
		tr.until(tr.ctx, t, "the sink is at work", func(all []entry) bool { return count(all, "got", 0) >= 1_000 })
		children := append(append(pids(tr.all(), "source"), pids(tr.all(), "relay")...), pids(tr.all(), "sink")...)
		ends := make([]unix.PollFd, len(children))
		for i, pid := range children {
			fd, err := unix.PidfdOpen(pid, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer unix.Close(fd)
			ends[i] = unix.PollFd{Fd: int32(fd), Events: unix.POLLIN}
		}
		killed := time.Now()
		tr.kill(tr.cmd.Process.Pid)
		awaitAll(t, ends, killed.Add(time.Second))
		if err := tr.cmd.Wait(); err == nil {
			t.Error("a killed supervisor ends well")
		}
	}
}

// awaitAll demands that all processes have ended by a time.
func awaitAll(t *testing.T, ends []unix.PollFd, by time.Time) {
	t.Helper()
	for i := range ends {
		left := max(0, time.Until(by))
		n, err := unix.Poll(ends[i:i+1], int(left.Milliseconds()))
		for err == unix.EINTR {
			n, err = unix.Poll(ends[i:i+1], int(max(0, time.Until(by)).Milliseconds()))
		}
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			t.Errorf("process %d of the run is still there 1 s after its supervisor was killed", i)
		}
	}
}

func TestTermDrains(t *testing.T) {
	drains(t, func(tr *trial) { tr.signal(syscall.SIGTERM) })
}

// Service managers signal all processes of a service: the supervisor alone
// decides what happens.
func TestTermToAllDrains(t *testing.T) {
	drains(t, func(tr *trial) {
		for _, name := range []string{"source", "relay", "sink"} {
			tr.signalTo(firstPID(tr.all(), name), syscall.SIGTERM)
		}
		tr.signal(syscall.SIGTERM)
	})
}

// drains stops a run, and demands that nothing is lost or left.
func drains(t *testing.T, stop func(tr *trial)) {
	t.Helper()
	tr := start(t, `graph main(log string) {
  source = Source(log: log, count: 1_000_000)
  relay  = Relay(log: log)
  sink   = Sink(log: log, takes: 1ms)

  source -> relay -> sink
}`)
	tr.until(tr.ctx, t, "the sink is at work", func(all []entry) bool { return count(all, "got", 0) >= 50 })
	stop(tr)
	o := tr.wait()
	if o.status != 0 {
		t.Errorf("status %d, want 0: all can be drained:\n%s", o.status, o.stderr)
	}
	sent, got := told(&o, "source", "sent"), told(&o, "sink", "got")
	if sent == 0 || sent == 1_000_000 || sent != got {
		t.Errorf("%d sent before the stop, %d got", sent, got)
	}
	for _, name := range []string{"source", "relay", "sink"} {
		if stops := stopsOf(&o, name); stops != 1 {
			t.Errorf("the %s was stopped %d times", name, stops)
		}
	}
}

func stopsOf(o *outcome, name string) int {
	n := 0
	for _, what := range about(o.entries, "stop") {
		if what == name {
			n++
		}
	}
	return n
}

func TestSecondSignalEndsAtOnce(t *testing.T) {
	tr := start(t, `graph main(log string) {
  source = Source(log: log, count: 1_000_000)
  sink   = Sink(log: log, takes: 1m)

  source -> sink
}`)
	tr.until(tr.ctx, t, "messages wait", func(all []entry) bool { return count(all, "sent", 0) >= 1_000 })
	tr.signal(syscall.SIGINT)
	tr.says(`"msg":"draining"`)
	signalled := time.Now()
	tr.signal(syscall.SIGTERM) // of another kind: no echo of the first
	o := tr.wait()
	if took := time.Since(signalled); took > 10*time.Second {
		t.Errorf("the run went on for %s", took)
	}
	if o.status != 4 {
		t.Errorf("status %d, want 4:\n%s", o.status, o.stderr)
	}
	c := o.wire(t, "source.items -> sink.items")
	if c.Left+uint64(max(0, c.Lost)) == 0 {
		t.Errorf("nothing was left: %+v", c)
	}
}

func TestPanicIsReportedAndRestarted(t *testing.T) {
	o := start(t, `graph main(log string) {
  source = Source(log: log, count: 100)
  sink   = Sink(log: log, panics: 7)

  source -> sink
}`).wait()
	if len(pids(o.entries, "sink")) != 2 {
		t.Errorf("the sink was not started again:\n%s", o.stderr)
	}
	for _, want := range []string{"item 7 is too much for me", "sinks.go"} {
		mustContain(t, o.stderr, want)
	}
	if c := o.wire(t, "source.items -> sink.items"); c.Lost < 1 || o.status != 3 {
		t.Errorf("status %d, account %+v", o.status, c)
	}
}

func TestManyActors(t *testing.T) {
	const chains, items = 50, 20
	var graph strings.Builder
	graph.WriteString("graph main(log string) {\n")
	for i := range chains {
		fmt.Fprintf(&graph, "  a%d = Source(log: log, count: %d), b%d = Relay(log: log), c%d = Relay(log: log), d%d = Sink(log: log)\n", i, items, i, i, i)
		fmt.Fprintf(&graph, "  a%d -> b%d -> c%d -> d%d\n", i, i, i, i)
	}
	graph.WriteString("}\n")
	o := start(t, graph.String()).done()
	if n := count(o.entries, "stop", 0); n != 4*chains {
		t.Errorf("%d of %d actors have ended well", n, 4*chains)
	}
	want := spec.Counts{Offered: items, Delivered: items}
	for i := range chains {
		if c := o.wire(t, fmt.Sprintf("c%d.passed -> d%d.items", i, i)); c != want {
			t.Errorf("chain %d: %+v", i, c)
		}
	}
}

// signal sends the run a signal.
func (tr *trial) signal(s syscall.Signal) {
	tr.t.Helper()
	if err := tr.cmd.Process.Signal(s); err != nil {
		tr.t.Fatal(err)
	}
}

// says waits until the run has said something to stderr.
func (tr *trial) says(what string) {
	tr.t.Helper()
	if err := tr.stderr.Says(tr.ctx, what); err != nil {
		tr.t.Fatal(fmt.Errorf("waiting for %q: %w", what, err))
	}
}
