package endtoend

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/runtime/spec"
)

// A cycle ends when nothing comes from outside any more and nothing is on its
// way round.
func TestCycleEndsWhenItIsQuiet(t *testing.T) {
	for range rounds(2, 50) {
		o := start(t, `graph main(log string) {
  source = Source(log: log, count: 1_000, groups: 5)
  turn   = Turn(log: log) replicas 2
  sink   = Sink(log: log)

  source -> turn
  turn.again -> turn
  turn.done -> sink
}`).done()
		got := about(o.entries, "got")
		slices.SortFunc(got, byNumber)
		if !slices.Equal(got, ids(1_000)) {
			t.Fatalf("%d items come out of the cycle", len(got))
		}
		// Items of group n go round n times.
		if c, want := o.wire(t, "turn.again -> turn.items"), (spec.Counts{Offered: 2_000, Delivered: 2_000}); c != want {
			t.Errorf("account of the way round %+v, want %+v", c, want)
		}
	}
}

func byNumber(a, b string) int {
	x, _ := strconv.Atoi(a)
	y, _ := strconv.Atoi(b)
	return x - y
}

// An endless source keeps nothing alive: it is stopped when all others have
// ended.
func TestEndlessSourceEndsWithTheOthers(t *testing.T) {
	o := start(t, `graph main(log string) {
  source = Source(log: log, count: 200, pace: 1ms)
  clock  = timer.Every(every: 20ms)
  sink   = Sink(log: log)
  ticks  = log.Print()

  source -> sink
  clock -> ticks
}`).done()
	if n := count(o.entries, "got", 0); n != 200 {
		t.Errorf("%d items arrive, want 200", n)
	}
	if c := o.wire(t, "clock.ticks -> ticks.messages"); c.Offered == 0 || c.Delivered != c.Offered {
		t.Errorf("account of the clock %+v", c)
	}
}

// A message may be larger than all that a wire may have on its way.
func TestLargeMessages(t *testing.T) {
	o := start(t, `graph main(log string) {
  source = Source(log: log, count: 12, size: 6_000_000)
  relay  = Relay(log: log)
  sink   = Sink(log: log)

  source -> relay queue 4MiB
  relay -> sink queue 1
}`).done()
	if got := about(o.entries, "got"); len(got) != 24 { // the relay's and the sink's
		t.Errorf("%d arrive, want 12 at each", len(got))
	}
}

// A run leaves nothing behind, and sweeps up what a killed one has left.
func TestRunFolderIsSwept(t *testing.T) {
	folder, err := os.MkdirTemp("", "oc") // short, for the sockets in it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	t.Setenv("XDG_RUNTIME_DIR", folder)

	tr := start(t, pushPull, "count=1000000")
	tr.until(tr.ctx, t, "the sink is at work", func(all []entry) bool { return count(all, "got", 0) > 0 })
	tr.kill(tr.cmd.Process.Pid)
	if err := tr.cmd.Wait(); err == nil {
		t.Error("a killed supervisor ends well")
	}
	if left := runFolders(t, folder); len(left) != 1 {
		t.Fatalf("a killed run leaves %v, want its folder", left)
	}
	start(t, pushPull, "count=10").done()
	if left := runFolders(t, folder); len(left) != 0 {
		t.Errorf("after the next run there is still %v", left)
	}
}

func runFolders(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(folder, "opencore"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "run-") {
			names = append(names, e.Name())
		}
	}
	return names
}
