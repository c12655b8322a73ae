package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A bench has what is to be measured, built, in its folder.
type bench struct {
	ctx    context.Context
	folder string
	rounds int
}

// A measurement is a row of the table to come.
type measurement struct {
	row
	measure func() (ours, theirs series, err error)
}

// measurements lists all that is measured.
func (b *bench) measurements() []measurement {
	return []measurement{
		{row{
			what: "throughput, 64 B over ipc", unit: "msg/s", than: "PUSH/PULL",
			goal: "at least 3 times", met: func(r row) bool { return r.ratios().median() >= 3 },
		}, b.throughput},
		{row{
			what: "round trip, 64 B over ipc", unit: "us", than: "REQ/REP",
			goal: "at most 1.2 times", met: func(r row) bool { return r.ratios().median() <= 1.2 },
		}, b.roundTrip},
		{row{
			what: "Python in a chain, one message at a time", unit: "msg/s", than: "pyzmq and msgspec",
			goal: "at least 0.9 times", met: func(r row) bool { return r.ratios().median() >= 0.9 },
		}, func() (ours, theirs series, err error) { return b.python("one") }},
		{row{
			what: "Python in a chain, in batches", unit: "msg/s", than: "pyzmq and msgspec",
			goal: "at least 3 times", met: func(r row) bool { return r.ratios().median() >= 3 },
		}, func() (ours, theirs series, err error) { return b.python("batch") }},
		{row{
			what: "check of 1,000 instances and 5,000 wires", unit: "ms",
			goal: "at most 200 ms", met: func(r row) bool { return r.ours.median() <= 200 },
		}, b.check},
		{row{
			what: "run of ten unchanged actors to the first message", unit: "ms",
			goal: "at most 300 ms", met: func(r row) bool { return r.ours.median() <= 300 },
		}, b.firstMessage},
		{row{
			what: "private memory of an idle actor", unit: "MB",
			goal: "under 12 MB", met: func(r row) bool { return r.ours.median() < 12 },
		}, b.memory},
	}
}

// build builds the opencore command, the programs with handlers, and the C
// programs.
func (b *bench) build() error {
	if _, err := b.output("go", "build", "-o", b.path("opencore"), "./cmd/opencore"); err != nil {
		return err
	}
	for _, name := range []string{"roundtrip", "ten"} {
		if _, err := b.output(b.path("opencore"), "compile", filepath.Join("bench", name, name+".actors"), "-o", b.folder); err != nil {
			return err
		}
	}
	flags, err := b.output("pkg-config", "--cflags", "--libs", "libzmq")
	if err != nil {
		return err
	}
	for _, name := range []string{"pushpull", "reqrep", "chain"} {
		args := append([]string{"-O2", "-o", b.path(name), filepath.Join("bench", "c", name+".c")}, strings.Fields(flags)...)
		if _, err := b.output("cc", args...); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) path(name string) string { return filepath.Join(b.folder, name) }

// output runs a command and gives what it printed; if it fails, the error
// says what it printed to stderr.
func (b *bench) output(name string, args ...string) (string, error) {
	var stderr bytes.Buffer
	cmd := exec.CommandContext(b.ctx, name, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimSpace(string(out)), nil
}

// number is output for a program that prints a number.
func (b *bench) number(name string, args ...string) (float64, error) {
	out, err := b.output(name, args...)
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(out, 64)
}

// A record is a line of a run's log.
type record struct {
	Msg   string         `json:"msg"`
	Attrs map[string]any `json:"attrs"`
}

// logged runs a program of ours and gives the number that wanted finds in its
// log.
func (b *bench) logged(wanted func(record) (float64, bool), name string, args ...string) (float64, error) {
	cmd := exec.CommandContext(b.ctx, name, append(args, "--log", "json")...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	value, err := find(stderr, wanted)
	return value, errors.Join(err, cmd.Wait())
}

// find reads a log to its end.
func find(log io.Reader, wanted func(record) (float64, bool)) (float64, error) {
	value, found := 0.0, false
	var all strings.Builder
	for lines := bufio.NewScanner(log); lines.Scan(); {
		all.Write(append(lines.Bytes(), '\n'))
		var r record
		if json.Unmarshal(lines.Bytes(), &r) != nil {
			continue
		}
		if x, ok := wanted(r); ok {
			value, found = x, true
		}
	}
	if !found {
		return 0, fmt.Errorf("the log does not say it:\n%s", all.String())
	}
	return value, nil
}

var countedRate = regexp.MustCompile(`^counted .* in all, ([0-9,]+) a second$`)

// rateOf reads the rate that flow.Count logs at its end.
func rateOf(r record) (float64, bool) {
	m := countedRate.FindStringSubmatch(r.Msg)
	if m == nil {
		return 0, false
	}
	rate, err := strconv.ParseFloat(strings.ReplaceAll(m[1], ",", ""), 64)
	return rate, err == nil
}

// meanOf reads the mean of round trips that roundtrip.actors logs.
func meanOf(r record) (float64, bool) {
	mean, ok := r.Attrs["us"].(float64)
	return mean, ok
}

// throughput compares gen.Messages -> flow.Count with PUSH and PULL in C.
func (b *bench) throughput() (ours, theirs series, err error) {
	const count = "10000000"
	program, err := b.program("throughput", `message Item { pad bytes }

graph main {
  feed  = gen.Messages<Item>(count: `+count+`, size: 64)
  count = flow.Count()

  feed -> count
}
`)
	if err != nil {
		return nil, nil, err
	}
	return b.inTurn(
		func() (float64, error) { return b.logged(rateOf, b.path("opencore"), "run", program) },
		func() (float64, error) { return b.number(b.path("pushpull"), count, "64", "ipc://"+b.path("pp")) },
	)
}

// roundTrip compares a req and a rep port with REQ and REP in C.
func (b *bench) roundTrip() (ours, theirs series, err error) {
	return b.inTurn(
		func() (float64, error) { return b.logged(meanOf, b.path("roundtrip"), "count=20000") },
		func() (float64, error) { return b.number(b.path("reqrep"), "20000", "64", "ipc://"+b.path("rr")) },
	)
}

// python compares an actor in Python in the middle of a chain with a loop of
// pyzmq and msgspec that does the same work, between ends in C. way says how
// the actor takes its messages: see middle.py.
func (b *bench) python(way string) (ours, theirs series, err error) {
	const count = "3000000"
	text, err := os.ReadFile(filepath.Join("bench", "python", "middle.actors"))
	if err != nil {
		return nil, nil, err
	}
	program, err := b.program(way, strings.Replace(string(text), `"one"`, strconv.Quote(way), 1))
	if err != nil {
		return nil, nil, err
	}
	return b.inTurn(
		func() (float64, error) { return b.logged(rateOf, b.path("opencore"), "run", program, "count="+count) },
		func() (float64, error) {
			return b.number(b.path("chain"), count, b.folder, filepath.Join(".venv", "bin", "python3"), filepath.Join("bench", "python", "bare.py"))
		},
	)
}

// inTurn measures two things, one after the other, in each round.
func (b *bench) inTurn(one, other func() (float64, error)) (ones, others series, err error) {
	for range b.rounds {
		x, err := one()
		if err != nil {
			return nil, nil, err
		}
		y, err := other()
		if err != nil {
			return nil, nil, err
		}
		ones, others = append(ones, x), append(others, y)
	}
	return ones, others, nil
}

// program writes a program into the folder.
func (b *bench) program(name, text string) (string, error) {
	path := b.path(name + ".actors")
	return path, os.WriteFile(path, []byte(text), 0o600)
}

// check measures "opencore check" of a large graph, from start to exit.
func (b *bench) check() (ours, theirs series, err error) {
	program, err := b.program("big", bigProgram(1_000, 5_000))
	if err != nil {
		return nil, nil, err
	}
	ours, err = b.timed(func() error {
		_, err := b.output(b.path("opencore"), "check", program)
		return err
	})
	return ours, nil, err
}

// bigProgram writes a graph whose sources are each wired to several sinks.
func bigProgram(instances, wires int) string {
	var s strings.Builder
	s.WriteString("message Item { id int, size float, place string, tags [string] }\n\ngraph main {\n")
	half := instances / 2
	for i := range half {
		fmt.Fprintf(&s, "  s%d = gen.Messages<Item>(count: 10)\n  c%d = flow.Count()\n", i, i)
	}
	for w := range wires {
		from, to := w%half, (w*7+w/half)%half
		fmt.Fprintf(&s, "  s%d -> c%d where size > %d.5 && id %% %d == 0 || place startsWith \"p%d\"\n", from, to, w%97, w%13+2, w)
	}
	s.WriteString("}\n")
	return s.String()
}

// firstMessage measures "opencore run" of ten actors, built before, until the
// first message is through.
func (b *bench) firstMessage() (ours, theirs series, err error) {
	program := filepath.Join("bench", "ten", "ten.actors")
	if _, err := b.output(b.path("opencore"), "run", program); err != nil {
		return nil, nil, err
	}
	for range b.rounds {
		took, err := b.untilFirstLine(b.path("opencore"), "run", program)
		if err != nil {
			return nil, nil, err
		}
		ours = append(ours, took)
	}
	return ours, nil, nil
}

// untilFirstLine gives the milliseconds until a command has printed a line. It
// returns when the command has ended.
func (b *bench) untilFirstLine(name string, args ...string) (took float64, err error) {
	start := time.Now()
	cmd := exec.CommandContext(b.ctx, name, args...)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	_, err = bufio.NewReader(stdout).ReadString('\n')
	took = milliseconds(start)
	return took, errors.Join(err, cmd.Wait())
}

// timed measures milliseconds.
func (b *bench) timed(do func() error) (series, error) {
	var times series
	for range b.rounds {
		start := time.Now()
		if err := do(); err != nil {
			return nil, err
		}
		times = append(times, milliseconds(start))
	}
	return times, nil
}

func milliseconds(since time.Time) float64 { return float64(time.Since(since).Microseconds()) / 1e3 }

// memory measures the private memory of actors that wait for messages.
func (b *bench) memory() (ours, theirs series, err error) {
	program, err := b.program("idle", "graph main {\n  clock = timer.Every(every: 1h)\n  out   = log.Print() replicas 10\n\n  clock -> out\n}\n")
	if err != nil {
		return nil, nil, err
	}
	cmd := exec.CommandContext(b.ctx, b.path("opencore"), "run", program, "--log", "json")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	if err := awaitRecord(stderr, "running"); err != nil {
		return nil, nil, errors.Join(err, cmd.Process.Kill(), cmd.Wait())
	}
	ours, err = privateMemory(cmd.Process.Pid)
	err = errors.Join(err, cmd.Process.Signal(syscall.SIGTERM))
	_, copied := io.Copy(io.Discard, stderr)
	return ours, nil, errors.Join(err, copied, cmd.Wait())
}
