package runtime

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain lets the test binary be the processes of its own plays, and
// the programs of their hosts.
func TestMain(m *testing.M) {
	if IsChild() {
		os.Exit(Main(realActors))
	}
	if len(os.Args) > 2 && os.Args[1] == "program" {
		runProgram(os.Args[2:])
		return
	}
	goleak.VerifyTestMain(m)
}

func TestPushPull(t *testing.T) {
	const n = 10_000
	g, l := newGraph(), newLedger()
	from := g.add("from", 1, sends(n), "push out")
	to := g.add("to", 1, takes(l.note), "pull in")
	w := g.wire(from, "out", to, "in", nil)
	p := g.start(t)
	p.wait()
	whole(t, l.got["to"], n)
	if c := p.counts(w); c.Offered != n || c.Delivered != n || c.Lost != 0 {
		t.Errorf("%+v", c)
	}
}
