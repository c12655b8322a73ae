package endtoend

import (
	"strconv"
	"testing"
)

// Both sides of a pair stand in components, one of them two levels down, with
// a component without instances between them: what is played is as without
// them, between the two processes and over one wire each way.
func TestPairThroughComponents(t *testing.T) {
	const (
		n     = 5_000
		graph = `graph Serving(log string) {
  pull items Item
  pair net   Item <-> Item
  ping = Ping(log: log)
  items -> ping
  ping.court -> net queue 30_000
}

graph Returning(log string) {
  pair side Item <-> Item
  inner = Deep(log: log)
  side -> inner
}

graph Deep(log string) {
  pair court Item <-> Item
  pong = Pong(log: log)
  pong -> court
}

graph Straight {
  pair left  Item <-> Item
  pair right Item <-> Item
  left -> right
}

graph main(log string, count int) {
  source  = Source(log: log, count: count)
  serving = Serving(log: log)
  over    = Straight()
  back    = Returning(log: log)

  source -> serving.items
  back -> over.right
  serving.net -> over.left
}`
	)
	o := start(t, graph, "count="+strconv.Itoa(n)).done()
	if len(o.wires) != 3 {
		t.Errorf("the run has the wires %v", o.wires)
	}
	for _, wire := range []string{"serving.ping.court -> back.inner.pong.court", "back.inner.pong.court -> serving.ping.court"} {
		if c := o.wire(t, wire); c.Offered != n || c.Delivered != n {
			t.Errorf("%s: %+v", wire, c)
		}
	}
	if ids := about(o.entries, "got"); len(ids) != 2*n {
		t.Errorf("%d items were got, want each twice: %d", len(ids), 2*n)
	}
}
