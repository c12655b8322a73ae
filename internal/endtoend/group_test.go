package endtoend

import (
	"slices"
	"testing"
)

// Both ends of a wire are in one OS process, which is killed: both are started
// again, and what passed between them is accounted for.
func TestAKilledGroupIsAccountedFor(t *testing.T) {
	const graph = `graph main(log string, count int) {
  source = Source(log: log, count: count) process hot
  sink   = Sink(log: log) process hot

  source -> sink
}`
	for i := range rounds(2, 50) {
		tr := start(t, graph, "count=20000")
		tr.killAt(200+331*i%4_000, "sink")
		o := tr.wait()
		sources, sinks := pids(o.entries, "source"), pids(o.entries, "sink")
		if len(sinks) != 2 || !slices.Equal(sources, sinks) {
			t.Fatalf("the source ran in %v, the sink in %v, want two that are the same:\n%s", sources, sinks, o.stderr)
		}
		compare(t, &o, []string{"source", "sink"}, "source.items -> sink.items", "source", "sink")
		wantStatus(t, &o)
	}
}

// A group has wires to a process outside of it; either is killed.
func TestWiresOutOfAGroupAreAccountedFor(t *testing.T) {
	const graph = `graph main(log string, count int) {
  source = Source(log: log, count: count) process hot
  relay  = Relay(log: log)
  sink   = Sink(log: log) process hot

  source -> relay -> sink
}`
	for _, victims := range [][]string{{"relay"}, {"source", "sink"}} {
		for i := range rounds(2, 50) {
			tr := start(t, graph, "count=20000")
			tr.killAt(200+331*i%4_000, victims[0])
			tr.accountedFor(tr.wait(), victims...)
		}
	}
}
