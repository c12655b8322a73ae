package display

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ilpomo/opencore/interp/supervise"
	"github.com/ilpomo/opencore/runtime/spec"
)

var update = flag.Bool("update", false, "write the golden files anew")

var clock = regexp.MustCompile(`\d\d:\d\d:\d\d`)

// golden compares got with a file, or writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	got = clock.ReplaceAll(got, []byte("15:04:05"))
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; run with -update and look at the diff. got:\n%s", name, got)
	}
}

var (
	feed  = &spec.Process{Source: true, Instance: "feed", Replicas: 1, Actor: "file.Lines", Place: "quakes.actors:38:3"}
	tally = &spec.Process{ID: 1, Instance: "tally", Replica: 1, Replicas: 2, Actor: "Tally", Place: "quakes.actors:40:3",
		Restart: spec.Restart{Policy: "on_failure", Max: 5, Within: spec.Duration(time.Minute)}}
	quakes = &spec.Plan{
		Processes: []*spec.Process{feed, tally},
		Wires:     []spec.Wire{{Name: "feed.lines -> tally.quakes"}, {Name: "feed.rejected -> bad.rows"}},
	}
	foreign = []spec.Wire{
		{Name: "tcp://127.0.0.1:* -> tally.ask", Exposed: true, From: spec.End{Port: "tcp://127.0.0.1:*", External: true}, To: spec.End{Instance: "tally", Port: "ask"}},
		{Name: "tally.regions -> mail.letters", From: spec.End{Instance: "tally", Port: "regions"}, To: spec.End{Instance: "mail", Port: "letters", External: true}},
	}
	at = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
)

func line(p *spec.Process, level, message string, attrs map[string]any) supervise.Log {
	return supervise.Log{Process: p, Record: spec.Log{Time: at, Level: level, Message: message, Attrs: attrs}}
}

// restless is a run with everything that can happen.
func restless(d Display) {
	for _, e := range []supervise.Event{
		supervise.Started{Process: feed, Incarnation: 1, PID: 17},
		supervise.Listening{Process: tally, Wire: &foreign[0], Endpoint: "tcp://127.0.0.1:40123"},
		supervise.Listening{Process: tally, Wire: &foreign[1], Endpoint: "tcp://0.0.0.0:9000\x1b[2J"},
		supervise.Ready{Process: feed},
		supervise.Running{After: 40 * time.Millisecond},
		line(feed, "INFO", "reading quakes.ndjson", nil),
		line(feed, "WARN", "rejected", map[string]any{"where": "quakes.ndjson:17", "reason": "mag is \x1b[31mmissing", "n": 3.0}),
		line(tally, "ERROR", "two\nlines \u202e and \xff", nil),
		line(tally, "DEBUG", "detail", nil),
		supervise.Log{Process: tally, Stderr: true, Record: spec.Log{Time: at, Level: "INFO", Message: "to stderr"}},
		supervise.Log{Process: tally, Group: "hot", Stderr: true, Record: spec.Log{Time: at, Level: "INFO", Message: "from whom?"}},
		supervise.Crashed{Process: tally, Incarnation: 1, Reason: "panic: boom", Stack: "goroutine 1\n\tmain.go:3"},
		supervise.Restarting{Process: tally, Restart: 1, Max: 5, In: 97 * time.Millisecond},
		supervise.Crashed{Process: tally, Incarnation: 2, Reason: "panic: boom", Stack: "goroutine 1\n\tmain.go:3"},
		supervise.Crashed{Process: tally, Incarnation: 3, Starting: true, Reason: "connection refused"},
		supervise.Progress{Totals: supervise.Totals{Read: 1234}, Took: 4 * time.Second},
		supervise.Progress{Totals: supervise.Totals{Read: 5678901, Dropped: 1}, Done: 1 << 20, Total: 4 << 20, Took: 10 * time.Second},
		supervise.Draining{Why: supervise.Stopped, Within: 30 * time.Second},
		supervise.Draining{Why: supervise.Failed, Within: 30 * time.Second},
		supervise.Terminating{Left: []*spec.Process{feed, tally}},
		supervise.Terminating{Left: []*spec.Process{tally}, Kill: true},
		supervise.Terminating{},
		supervise.Ended{Process: feed},
	} {
		d.Event(e)
	}
	d.Dropped(1_234)
}

var well = &supervise.Result{
	Outcome: supervise.Done, Took: 43*time.Millisecond + 400*time.Microsecond,
	Totals: supervise.Totals{Read: 1707},
	Wires:  []spec.Counts{{Offered: 1707, Filtered: 1200, Delivered: 507}, {}},
}

var failed = &supervise.Result{
	Outcome: supervise.Failed, Took: 72 * time.Second,
	Totals: supervise.Totals{Read: 1707, Rejected: 2, Lost: 3, Surplus: 1},
	Wires:  []spec.Counts{{Offered: 1707, Filtered: 1200, Delivered: 504, Lost: 3}, {Offered: 2, Delivered: 3, Rejected: 2, Lost: -1}},
	Failure: &supervise.Failure{
		Process: tally, Reason: "panic: boom", Place: "quakes.actors:40:3", Restarts: 5,
		Stack: strings.Repeat("goroutine 1\n", 30), Log: []supervise.Log{line(tally, "INFO", "about to die", nil)},
	},
}

func TestText(t *testing.T) {
	for name, r := range map[string]*supervise.Result{"done": well, "failed": failed} {
		for _, colored := range []bool{false, true} {
			var b bytes.Buffer
			d := New(&b, quakes, Options{Color: colored})
			restless(d)
			d.Result(r)
			if colored {
				name += ".color"
			}
			golden(t, name+".txt", b.Bytes())
		}
	}
}

func TestJSON(t *testing.T) {
	var b bytes.Buffer
	d := New(&b, quakes, Options{JSON: true})
	d.Event(supervise.Started{Process: tally, Incarnation: 2, PID: 17})
	d.Event(line(feed, "WARN", "rejected\n", map[string]any{"time": "noon"}))
	d.Event(supervise.Crashed{Process: tally, Incarnation: 1, Reason: "panic: boom"})
	d.Result(failed)
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	var got []string
	for _, l := range lines {
		var fields map[string]any
		if err := json.Unmarshal([]byte(l), &fields); err != nil {
			t.Fatalf("%s: %v", l, err)
		}
		delete(fields, "time")
		delete(fields, "stack")
		again, _ := json.Marshal(fields)
		got = append(got, string(again))
	}
	want := []string{
		`{"incarnation":2,"level":"INFO","msg":"started","pid":17,"process":"tally.2"}`,
		`{"attrs":{"time":"noon"},"level":"WARN","msg":"rejected\n","process":"feed"}`,
		`{"incarnation":1,"level":"ERROR","msg":"crashed","process":"tally.2","reason":"panic: boom","starting":false}`,
		`{"delivered":504,"dropped":0,"filtered":1200,"left":0,"level":"INFO","lost":3,"msg":"wire","offered":1707,"rejected":0,"wire":"feed.lines -\u003e tally.quakes"}`,
		`{"delivered":3,"dropped":0,"filtered":0,"left":0,"level":"INFO","lost":-1,"msg":"wire","offered":2,"rejected":2,"wire":"feed.rejected -\u003e bad.rows"}`,
		`{"config":false,"dropped":0,"left":0,"level":"ERROR","lost":3,"msg":"failed","place":"quakes.actors:40:3","process":"tally.2","read":1707,"reason":"panic: boom","rejected":2,"starting":false,"status":3,"took":"1m12s"}`,
	}
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Errorf("line %d:\n%s\nwant\n%s", i, strings.Join(got[min(i, len(got)):], "\n"), strings.Join(want[min(i, len(want)):], "\n"))
			break
		}
	}
}

// TestEverythingHasARecord checks that each event shows as one object.
func TestEverythingHasARecord(t *testing.T) {
	var b bytes.Buffer
	restless(New(&b, quakes, Options{JSON: true}))
	var msgs []string
	for line := range strings.Lines(b.String()) {
		var fields struct{ Msg, Level, Process string }
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		msgs = append(msgs, fields.Msg)
	}
	want := "started, listening, listening, running, reading quakes.ndjson, rejected, two\nlines \u202e and \ufffd, detail, to stderr, from whom?, crashed, restarting, crashed, crashed, " +
		"progress, progress, draining, draining, terminating, terminating, terminating, ended, unread"
	if got := strings.Join(msgs, ", "); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestProblem(t *testing.T) {
	for asJSON, want := range map[bool]string{
		false: "error: one \\x1b\nerror: two\n",
		true:  "{\"level\":\"ERROR\",\"msg\":\"one \\u001b\"}\n{\"level\":\"ERROR\",\"msg\":\"two\"}\n",
	} {
		var b bytes.Buffer
		Problem(&b, errors.New("one \x1b\ntwo"), Options{JSON: asJSON})
		if b.String() != want {
			t.Errorf("%q, want %q", b.String(), want)
		}
	}
}

func TestLastLine(t *testing.T) {
	for _, c := range []struct {
		r    supervise.Result
		want string
	}{
		{*well, "done in 43ms: read 1,707, rejected 0, dropped 0, lost 0"},
		{supervise.Result{Outcome: supervise.Done}, "done in 1ms: read 0, rejected 0, dropped 0, lost 0"},
		{supervise.Result{Outcome: supervise.Stopped, Took: 3210 * time.Millisecond, Totals: supervise.Totals{Read: 1e6}},
			"stopped after 3.2s: read 1,000,000, rejected 0, dropped 0, lost 0"},
		{supervise.Result{Outcome: supervise.Stopped, Took: time.Hour, Totals: supervise.Totals{Left: 1234}},
			"stopped after 1h0m0s: read 0, rejected 0, dropped 0, lost 0, left 1,234"},
		{supervise.Result{Outcome: supervise.Failed, Took: time.Second, Failure: &supervise.Failure{
			Process: feed, Config: true, Param: "path", Place: "quakes.actors:38:20", Reason: "open quakes.ndjson: no such file or directory", Hint: "it is there"}},
			"failed after 1s: feed (quakes.actors:38:20): path: open quakes.ndjson: no such file or directory (it is there)"},
		{supervise.Result{Outcome: supervise.Failed, Took: time.Second, Failure: &supervise.Failure{Reason: "out\nof luck"}},
			`failed after 1s: out\nof luck`},
	} {
		var b bytes.Buffer
		New(&b, quakes, Options{}).Result(&c.r)
		lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
		if got := lines[len(lines)-1]; got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestALargeTableShowsWhatIsOdd(t *testing.T) {
	p, r := &spec.Plan{}, &supervise.Result{Outcome: supervise.Done}
	for i := range 200 {
		p.Wires = append(p.Wires, spec.Wire{Name: fmt.Sprintf("w%d", i)})
		c := spec.Counts{Offered: 10, Delivered: 10}
		if i%50 == 7 {
			c.Delivered, c.Dropped = 9, 1
		}
		r.Wires = append(r.Wires, c)
	}
	var b bytes.Buffer
	New(&b, p, Options{}).Result(r)
	for _, want := range []string{"\nw7 ", "\nw157 ", "\n… 196 more wires\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%s", want, b.String())
		}
	}
	if n := strings.Count(b.String(), "\n"); n != 7 {
		t.Errorf("%d lines", n)
	}
}

func TestAServiceSaysThatItRuns(t *testing.T) {
	for endless, want := range map[bool]string{true: "running until it is stopped, by Ctrl-C or SIGTERM\n", false: ""} {
		var b bytes.Buffer
		New(&b, &spec.Plan{Processes: []*spec.Process{{Source: true, Endless: endless}}}, Options{}).Event(supervise.Running{})
		if b.String() != want {
			t.Errorf("%q, want %q", b.String(), want)
		}
	}
}

// A plan of somebody else's may call its instances what it likes.
func TestTitlesAreCleaned(t *testing.T) {
	evil := &spec.Process{Instance: "a\x1b[2J", Replicas: 1, Place: "p.actors:1:1"}
	p := &spec.Plan{Processes: []*spec.Process{evil}, Wires: []spec.Wire{{Name: "a\x1b[2J.x -> b.y"}}}
	var b bytes.Buffer
	d := New(&b, p, Options{})
	d.Event(line(evil, "INFO", "hello", nil))
	d.Event(supervise.Terminating{Left: []*spec.Process{evil}, Kill: true})
	d.Result(&supervise.Result{Outcome: supervise.Failed, Wires: []spec.Counts{{Offered: 1}}, Failure: &supervise.Failure{Process: evil, Reason: "boom"}})
	if strings.Contains(b.String(), "\x1b") {
		t.Errorf("control characters came through: %q", b.String())
	}
}

func TestConfigurationIsOneLine(t *testing.T) {
	var b bytes.Buffer
	New(&b, quakes, Options{}).Result(&supervise.Result{Outcome: supervise.Failed, Wires: make([]spec.Counts, 2), Failure: &supervise.Failure{
		Process: feed, Config: true, Reason: "no such file", Place: "quakes.actors:38:20", Log: []supervise.Log{line(feed, "INFO", "x", nil)}}})
	if n := strings.Count(b.String(), "\n"); n != 1 {
		t.Errorf("%d lines:\n%s", n, b.String())
	}
}

// A line about progress comes every 10 s at first, then ever more seldom.
func TestProgressLines(t *testing.T) {
	var b bytes.Buffer
	d := New(&b, quakes, Options{})
	for took := lineEvery; took <= 24*time.Hour; took += lineEvery {
		d.Event(supervise.Progress{Took: took})
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) < 20 || len(lines) > 50 || !strings.HasPrefix(lines[1], "running for 20s") {
		t.Errorf("%d lines in a day: %q", len(lines), lines)
	}
}

func TestBar(t *testing.T) {
	var b bytes.Buffer
	d := New(&b, quakes, Options{Terminal: true})
	d.Event(supervise.Progress{Totals: supervise.Totals{Read: 5}, Took: 20 * time.Second})
	if !strings.Contains(b.String(), "running for 20s") {
		t.Errorf("without a size: %q", b.String())
	}
	b.Reset()
	d.Event(supervise.Progress{Totals: supervise.Totals{Read: 1234}, Done: 250, Total: 1000, Took: time.Second})
	if got := b.String(); !strings.Contains(got, "25%") || !strings.Contains(got, "reading") || strings.Contains(got, "\n") {
		t.Errorf("bar %q", got)
	}
	b.Reset()
	d.Event(line(feed, "INFO", "hello", nil))
	if got := b.String(); !strings.HasPrefix(got, "\r") || !strings.HasSuffix(got, "hello\n") {
		t.Errorf("a line in place of the bar: %q", got)
	}
	b.Reset()
	d.Event(line(feed, "INFO", "hello", nil))
	if got := b.String(); strings.Contains(got, "\r") {
		t.Errorf("there is no bar to clear: %q", got)
	}
}

func TestNumbers(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", -1000: "-1,000", -100: "-100", 1234567: "1,234,567"} {
		if got := grouped(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
	for n, want := range map[uint64]string{7: "7 B", 1234: "1.23 kB", 12_345_678: "12.3 MB", 1e15: "1 PB"} {
		if got := bytesText(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
}
