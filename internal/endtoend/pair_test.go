package endtoend

import (
	"strconv"
	"strings"
	"testing"
)

// court has a queue that holds all that is ever played: each side waits for room
// before it takes in more, so a full circle would never move again.
const court = `graph main(log string, count int) {
  source = Source(log: log, count: count)
  ping   = Ping(log: log)
  pong   = Pong(log: log)

  source -> ping
  ping -> pong queue 30_000
}`

// The two ways of a pair, as wires.
const (
	there = "ping.court -> pong.court"
	back  = "pong.court -> ping.court"
)

// What is played over a pair comes back, all of it and in order, and the run
// ends when nothing is on its way any more.
func TestPairToAndFro(t *testing.T) {
	t.Run("two processes", func(t *testing.T) { playToAndFro(t, court) })
	t.Run("one process", func(t *testing.T) {
		playToAndFro(t, strings.ReplaceAll(court, "ng(log: log)\n", "ng(log: log) process both\n"))
	})
}

func playToAndFro(t *testing.T, graph string) {
	const n = 10_000
	o := start(t, graph, "count=10000").done()
	for _, wire := range []string{there, back} {
		if c := o.wire(t, wire); c.Offered != n || c.Delivered != n {
			t.Errorf("%s: %+v", wire, c)
		}
	}
	one := firstPID(o.entries, "ping") == firstPID(o.entries, "pong")
	if want := strings.Contains(graph, "process both"); one != want {
		t.Errorf("both in one process: %v", one)
	}
	times, next := map[string]int{}, 0
	for _, id := range about(o.entries, "got") {
		if times[id]++; times[id] < 2 {
			continue // pong has it; then ping
		}
		if id != strconv.Itoa(next) {
			t.Fatalf("item %s came back where %d belongs", id, next)
		}
		next++
	}
	if next != n {
		t.Errorf("%d items came back", next)
	}
}

// Either side is killed and started again: both ways go on, and what is lost is
// accounted for.
func TestKilledPairIsAccountedFor(t *testing.T) {
	for _, victim := range []string{"ping", "pong"} {
		t.Run(victim, func(t *testing.T) {
			for i := range rounds(2, 50) {
				tr := start(t, court, "count=20000")
				tr.until(tr.ctx, t, "items come back", func(all []entry) bool {
					n := 0
					for _, pid := range pids(all, "ping") {
						n += count(all, "got", pid)
					}
					return n >= 200+331*i%4_000
				})
				tr.kill(firstPID(tr.all(), victim))
				o := tr.wait()
				if n := len(pids(o.entries, victim)); n != 2 {
					t.Fatalf("the %s has been started %d times, want 2:\n%s", victim, n, o.stderr)
				}
				compare(t, &o, []string{victim}, there, "ping", "pong")
				compare(t, &o, []string{victim}, back, "pong", "ping")
				wantStatus(t, &o)
			}
		})
	}
}
