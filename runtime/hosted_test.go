package runtime

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/spec"
)

// host adds an instance that is one of programs.
func (g *graph) host(t *testing.T, name, program string, ports ...string) group {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	all := g.add(name, 1, nil, ports...)
	for _, p := range all {
		command := append([]string{self, "program"}, strings.Fields(program)...)
		p.Exec = &spec.Exec{Command: command, Lines: strings.HasPrefix(program, "lines") || strings.HasPrefix(program, "head")}
	}
	return all
}

// middle is a graph with a program between a source of n numbers and a sink.
func middle(t *testing.T, program string, n int) (g *graph, l *ledger, in, out spec.WireID) {
	g, l = newGraph(), newLedger()
	from := g.add("from", 1, sends(n), "push out")
	via := g.host(t, "via", program, "pull in", "push out")
	to := g.add("to", 1, takes(l.note), "pull in")
	return g, l, g.wire(from, "out", via, "in", nil), g.wire(via, "out", to, "in", nil)
}

func TestProgram(t *testing.T) {
	const n = 20_000
	g, l, in, out := middle(t, "pass", n)
	p := g.start(t)
	p.wait()
	whole(t, l.got["to"], n)
	account(t, p, in, spec.Counts{Offered: n, Delivered: n})
	account(t, p, out, spec.Counts{Offered: n, Delivered: n})
	if !p.logged("WARN", `ready \x1b via`) {
		t.Errorf("the program's log is not there:\n%s", p.state())
	}
}

// logged tells whether a record with that text is in the log.
func (pl *play) logged(level, text string) bool {
	pl.mu.Lock()
	defer pl.mu.Unlock()
	return slices.ContainsFunc(pl.logs, func(l *spec.Log) bool {
		return l.Level == level && strings.Contains(fmt.Sprint(l.Message, l.Attrs), text)
	})
}

func TestProgramRejects(t *testing.T) {
	const n = 2000
	g, l, in, _ := middle(t, "even", n)
	p := g.start(t)
	p.wait()
	if got := len(l.got["to"]); got != n/2 {
		t.Errorf("%d messages got through", got)
	}
	account(t, p, in, spec.Counts{Offered: n, Delivered: n, Rejected: n / 2})
	if !p.logged("WARN", `odd\x1b[31m`) || !p.logged("WARN", `{"n":1,"text":"1"}`) {
		t.Error("what is rejected is not logged")
	}
}

func TestProgramRejectsAll(t *testing.T) {
	const n = 5000
	g, l, in, _ := middle(t, "refuse", n)
	p := g.start(t)
	p.wait()
	account(t, p, in, spec.Counts{Offered: n, Delivered: n, Rejected: n})
	if len(l.all()) > 0 {
		t.Error("something got through")
	}
}

// Batches that are done out of turn are acknowledged in turn.
func TestProgramDoesBatchesOutOfTurn(t *testing.T) {
	g, l := newGraph(), newLedger()
	some := make(chan struct{})
	from := g.add("from", 1, sends(50_000), "push out")
	via := g.host(t, "via", "backwards", "pull in", "push out")
	to := g.add("to", 1, takes(func(ctx context.Context, s *actor.Setup, m Number) error {
		if m.N == 5000 {
			close(some)
		}
		return l.note(ctx, s, m)
	}), "pull in")
	g.wire(from, "out", via, "in", nil)
	g.wire(via, "out", to, "in", nil)
	g.start(t)
	soon(t, some)
	l.mu.Lock()
	defer l.mu.Unlock()
	if slices.IsSorted(l.got["to"]) {
		t.Error("everything came in turn")
	}
}

func TestProgramAsSource(t *testing.T) {
	const n = 5000
	g, l := newGraph(), newLedger()
	from := g.host(t, "from", fmt.Sprint("source ", n), "push out")
	to := g.add("to", 1, takes(l.note), "pull in")
	w := g.wire(from, "out", to, "in", nil)
	p := g.start(t)
	p.wait()
	whole(t, l.got["to"], n)
	account(t, p, w, spec.Counts{Offered: n, Delivered: n})
	if got := p.word(from[0], spec.WordMalformed); got != 2*n/100 {
		t.Errorf("%d malformed", got)
	}
	if got := p.word(from[0], spec.WordRead); got != n {
		t.Errorf("%d read", got)
	}
}

func TestEndlessProgramStops(t *testing.T) {
	g, l := newGraph(), newLedger()
	from := g.host(t, "from", "endless", "push out")
	some := make(chan struct{})
	to := g.add("to", 1, takes(func(ctx context.Context, s *actor.Setup, m Number) error {
		if m.N == 100 {
			close(some)
		}
		return l.note(ctx, s, m)
	}), "pull in")
	w := g.wire(from, "out", to, "in", nil)
	p := g.start(t)
	soon(t, some)
	p.mu.Lock()
	p.say(p.parts[from[0].ID], spec.Down{Stop: true})
	p.mu.Unlock()
	p.wait()
	if c := p.counts(w); c.Lost != 0 || c.Offered != c.Delivered || int(c.Delivered) != len(l.got["to"]) {
		t.Errorf("%+v, and %d came", c, len(l.got["to"]))
	}
}

// soon waits for a channel to be closed.
func soon(t *testing.T, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(patient):
		t.Fatal("waited in vain")
	}
}

// A program that answers at a rep and at a router port, asked by a handler.
func TestProgramReplies(t *testing.T) {
	const n = 300
	for _, pattern := range []string{"rep", "router"} {
		g := newGraph()
		from := g.add("from", 1, doubles(n, t), "dealer ask")
		to := g.host(t, "to", "double", pattern+" in")
		w := g.wire(from, "ask", to, "in", nil)
		p := g.start(t)
		p.wait()
		want := spec.Counts{Offered: n, Delivered: n}
		if pattern == "rep" {
			want.Rejected = 2
		}
		account(t, p, w, want)
	}
}

// doubles makes a source that asks n times, many at once, and looks at what
// program "double" answers.
func doubles(n int, t *testing.T) actor.Factory {
	return func(setup *actor.Setup) (*actor.Instance, error) {
		a := &doubler{n: n, t: t}
		a.Ask.Connect(setup.Asks["ask"])
		return &actor.Instance{Handler: a}, nil
	}
}

type doubler struct {
	Ask actor.Ask[Number, Number]
	n   int
	t   *testing.T
}

func (a *doubler) Run(ctx context.Context) error {
	for i := range a.n {
		want := fmt.Sprint(2*i, " ", i, " <nil>")
		switch i {
		case 13:
			want = "0  the replier: unlucky"
		case 14:
			want = "0  the replier: the reply is malformed"
		}
		err := a.Ask.Go(ctx, Number{N: int64(i), Text: fmt.Sprint(i)}, func(_ context.Context, m Number, err error) {
			if got := fmt.Sprint(m.N, " ", m.Text, " ", err); !strings.HasPrefix(got, want) {
				a.t.Errorf("%d: %q, want %q", i, got, want)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// A program that asks, at a dealer port many at a time.
func TestProgramAsks(t *testing.T) {
	const n = 500
	g, l := newGraph(), newLedger()
	from := g.add("from", 1, sends(n), "push out")
	via := g.host(t, "via", "asks", "pull in", "dealer ask", "push out")
	rep := g.add("rep", 2, answers, "rep in")
	to := g.add("to", 1, takes(l.note), "pull in")
	g.wire(from, "out", via, "in", nil)
	w := g.wire(via, "ask", rep, "in", nil)
	g.wire(via, "out", to, "in", nil)
	p := g.start(t)
	p.wait()
	got := l.all()
	if len(got) != n || got[0] != -1 || got[1] != 0 || got[n-1] != 3*(n-1) {
		t.Errorf("%d answers: %v", len(got), got)
	}
	account(t, p, w, spec.Counts{Offered: n, Delivered: n, Rejected: 1})
}

// answers makes a replier that triples numbers, but 13.
func answers(*actor.Setup) (*actor.Instance, error) {
	return &actor.Instance{Handler: struct{}{}, In: map[string]actor.Incoming{
		"in": {Request: func(_ context.Context, payload, reply []byte) ([]byte, error) {
			var m Number
			if err := m.DecodeMessage(payload); err != nil {
				return nil, err
			}
			if m.N == 13 {
				return nil, fmt.Errorf("unlucky")
			}
			return Number{N: 3 * m.N, Text: m.Text}.AppendMessage(reply), nil
		}},
	}}, nil
}

// Two programs with a pair between them, which is a cycle: it ends when it is
// quiet.
func TestProgramsInAPair(t *testing.T) {
	const n = 900 // fewer than a queue holds: more can't go round
	g, l := newGraph(), newLedger()
	from := g.add("from", 1, sends(n), "push out")
	via := g.host(t, "via", "across", "pull in", "pair p", "push out")
	echo := g.host(t, "echo", "echo", "pair p")
	to := g.add("to", 1, takes(l.note), "pull in")
	there, back := g.pair(via, echo)
	g.wire(from, "out", via, "in", nil)
	g.wire(via, "out", to, "in", nil)
	p := g.start(t)
	p.wait()
	whole(t, l.got["to"], n)
	account(t, p, there, spec.Counts{Offered: n, Delivered: n})
	account(t, p, back, spec.Counts{Offered: n, Delivered: n})
}

// A source that its policy starts again and again ends well, but not for good.
func TestProgramThatStartsAgain(t *testing.T) {
	g, l := newGraph(), newLedger()
	from := g.host(t, "from", "source 10", "push out")
	from[0].Restart.Policy = "always"
	to := g.add("to", 1, takes(l.note), "pull in")
	g.wire(from, "out", to, "in", nil)
	p := g.start(t)
	p.until("its end", func() bool { return p.parts[0].exited })
	if a := p.parts[0]; a.status != 0 || a.ended {
		t.Errorf("status %d, ended %v", a.status, a.ended)
	}
	whole(t, l.all(), 10)
}

func TestProgramTakesTopics(t *testing.T) {
	const n = 70 // ten of each of seven topics
	for program, want := range map[string]int{"topics": 7, "topics t/3 t/5": 2} {
		texts := map[string]int{}
		g := newGraph()
		from := g.add("from", 1, sends(n), "pub out")
		from.topic("out", `"t/" + text`)
		via := g.host(t, "via", program, "sub in", "push out")
		to := g.add("to", 1, takes(func(_ context.Context, _ *actor.Setup, m Number) error {
			texts[m.Text]++
			return nil
		}), "pull in")
		w := g.wire(from, "out", via, "in", full("block", 1000))
		g.wire(via, "out", to, "in", nil)
		via[0].Ins[0].Wires[0].Topic = true
		p := g.start(t)
		p.wait()
		if len(texts) != want || texts["t/3"] != n/7 {
			t.Errorf("%s: topics %v", program, texts)
		}
		if c := p.counts(w); c.Delivered != uint64(want*n/7) || c.Lost != 0 || c.Offered != n {
			t.Errorf("%s: %+v", program, c)
		}
	}
}

// What a program does wrong is named, and ends its process.
func TestFaultyPrograms(t *testing.T) {
	for program, want := range map[string]string{
		"import":        "ModuleNotFoundError: No module named 'opencore' (install it: ",
		"params":        "it is too high",
		"fault garbage": "broke the protocol",
		"fault kind":    `it said "sing"`,
		"fault port":    `it sends at "nowhere"`,
		"fault done":    "done with a batch that it does not have",
		"fault frames":  "more at once than",
		"fault array":   "not an array",
		"fault short":   "a length goes beyond the end",
		"fault end":     "it said end before all that comes in had ended",
		"fault exit":    "exited with status 0 before its end",
		"fault die":     "exited with status 3 before its end: last words",
		"fault kill":    "was killed by SIGKILL",
		"status 5":      "exited with status 5 behind its end",
		"lines 6":       "exited with status 6 behind the end of its input",
	} {
		t.Run(program, func(t *testing.T) {
			g, _, _, _ := middle(t, program, 10)
			p := g.start(t)
			p.until("the failure", func() bool { return len(p.failed) > 0 })
			p.mu.Lock()
			f := p.failed[0]
			p.mu.Unlock()
			if !strings.Contains(f.Reason, want) {
				t.Errorf("%q, want %q", f.Reason, want)
			}
			if program == "params" && (!f.Config || f.Param != "limit") {
				t.Errorf("%+v", f)
			}
			p.until("its exit", func() bool { return p.parts[1].exited })
			if p.parts[1].status == 0 {
				t.Error("status 0")
			}
		})
	}
}

// A program that is killed with batches in hand loses these, and no others.
func TestKilledProgramIsAccountedFor(t *testing.T) {
	const n = 10_000
	g, l, in, out := middle(t, "fault kill", n)
	p := g.start(t)
	p.until("the end of all", func() bool { return p.parts[0].exited && p.parts[1].exited && p.parts[2].exited })
	a, b := p.counts(in), p.counts(out)
	if a.Delivered != 0 || a.Lost <= 0 {
		t.Errorf("%+v", a)
	}
	if b.Lost != 0 || int(b.Delivered) != len(l.got["to"]) {
		t.Errorf("%+v, and %d came", b, len(l.got["to"]))
	}
}

func TestLines(t *testing.T) {
	const n = 5000
	g, l, in, out := middle(t, "lines 0", n)
	p := g.start(t)
	p.wait()
	whole(t, l.got["to"], n)
	account(t, p, in, spec.Counts{Offered: n, Delivered: n})
	account(t, p, out, spec.Counts{Offered: n, Delivered: n})
	if !p.logged("WARN", "line 3") {
		t.Errorf("the malformed line is not logged:\n%s", p.state())
	}
}

// A program that wants no more and is content: what comes is dropped.
func TestHead(t *testing.T) {
	const n = 20_000
	g, l, in, _ := middle(t, "head 5 0", n)
	p := g.start(t)
	p.wait()
	whole(t, l.got["to"], 5)
	account(t, p, in, spec.Counts{Offered: n, Delivered: n})
	if !p.logged("INFO", "wanted no more") {
		t.Errorf("nothing is said of it:\n%s", p.state())
	}
}

// A program that reads nothing holds up nobody who ends.
func TestUnreadLinesAreGivenUp(t *testing.T) {
	g, _, in, _ := middle(t, "lines-unread", 20_000)
	p := g.start(t)
	p.until("the program", func() bool {
		return slices.ContainsFunc(p.logs, func(l *spec.Log) bool { return l.Message == "here" })
	})
	began := time.Now()
	p.kill(p.graph.processes[1])
	p.until("its end", func() bool { return p.parts[1].exited })
	if took := time.Since(began); took > orphanedGrace {
		t.Errorf("it took %v", took)
	}
	if c := p.counts(in); c.Delivered == c.Offered {
		t.Errorf("nothing is lost: %+v", c)
	}
}

// A program that dies has not got what it never read.
func TestDeadLinesAreAccountedFor(t *testing.T) {
	const n = 20_000
	g, _, in, _ := middle(t, "head 5 7", n)
	p := g.start(t)
	p.until("the end of the program", func() bool { return p.parts[1].exited })
	c := p.counts(in)
	if c.Delivered < 5 || c.Delivered > 6 {
		t.Errorf("%d delivered, and it has read 5", c.Delivered)
	}
}
