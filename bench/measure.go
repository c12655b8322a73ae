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
	for _, name := range []string{"pushpull", "reqrep"} {
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

// logged runs a program of ours and gives a number from its log: the
// attribute of the record with that message.
func (b *bench) logged(message, attribute, name string, args ...string) (float64, error) {
	cmd := exec.CommandContext(b.ctx, name, append(args, "--log", "json")...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	value, err := find(stderr, message, attribute)
	return value, errors.Join(err, cmd.Wait())
}

// find reads a log to its end.
func find(log io.Reader, message, attribute string) (float64, error) {
	value, found := 0.0, false
	var all strings.Builder
	for lines := bufio.NewScanner(log); lines.Scan(); {
		all.Write(append(lines.Bytes(), '\n'))
		var record struct {
			Msg   string         `json:"msg"`
			Attrs map[string]any `json:"attrs"`
		}
		if json.Unmarshal(lines.Bytes(), &record) == nil && record.Msg == message {
			value, found = record.Attrs[attribute].(float64)
		}
	}
	if !found {
		return 0, fmt.Errorf("no record %q with %q in the log:\n%s", message, attribute, all.String())
	}
	return value, nil
}

// throughput compares gen.Messages -> flow.Count with PUSH and PULL in C,
// 64 bytes a message over ipc.
func (b *bench) throughput() (row, error) {
	const count = "5000000"
	program := b.path("throughput.actors")
	text := "message Item { pad bytes }\n\ngraph main {\n  feed  = gen.Messages<Item>(count: " + count + ", size: 64)\n  count = flow.Count()\n\n  feed -> count\n}\n"
	if err := os.WriteFile(program, []byte(text), 0o600); err != nil {
		return row{}, err
	}
	ours, theirs, err := b.inTurn(
		func() (float64, error) { return b.logged("counted", "rate", b.path("opencore"), "run", program) },
		func() (float64, error) { return b.number(b.path("pushpull"), count, "64", "ipc://"+b.path("pp")) },
	)
	return row{
		what: "throughput, 64 B over ipc", unit: "msg/s", ours: ours, theirs: theirs, than: "C PUSH/PULL",
		goal: "at least 3 times", met: func(ours, theirs float64) bool { return ours >= 3*theirs },
	}, err
}

// roundTrip compares a req and a rep port with REQ and REP in C.
func (b *bench) roundTrip() (row, error) {
	ours, theirs, err := b.inTurn(
		func() (float64, error) { return b.logged("asked", "us", b.path("roundtrip"), "count=20000") },
		func() (float64, error) { return b.number(b.path("reqrep"), "20000", "64", "ipc://"+b.path("rr")) },
	)
	return row{
		what: "round trip, 64 B over ipc", unit: "us", ours: ours, theirs: theirs, than: "C REQ/REP",
		goal: "at most 1.2 times", met: func(ours, theirs float64) bool { return ours <= 1.2*theirs },
	}, err
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

// check measures "opencore check" of 1,000 instances and 5,000 wires with
// filters, from start to exit.
func (b *bench) check() (row, error) {
	program := b.path("big.actors")
	if err := os.WriteFile(program, []byte(bigProgram(1_000, 5_000)), 0o600); err != nil {
		return row{}, err
	}
	times, err := b.timed(func() error {
		_, err := b.output(b.path("opencore"), "check", program)
		return err
	})
	return row{
		what: "check of 1,000 instances and 5,000 wires", unit: "ms", ours: times,
		goal: "at most 200 ms", met: func(ours, _ float64) bool { return ours <= 200 },
	}, err
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
func (b *bench) firstMessage() (row, error) {
	program := filepath.Join("bench", "ten", "ten.actors")
	if _, err := b.output(b.path("opencore"), "run", program); err != nil {
		return row{}, err
	}
	times, err := b.timed(func() error {
		cmd := exec.CommandContext(b.ctx, b.path("opencore"), "run", program)
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			return err
		}
		if err := cmd.Start(); err != nil {
			return err
		}
		_, err = bufio.NewReader(stdout).ReadString('\n')
		go func() { _ = cmd.Wait() }() // its end is not what is measured
		return err
	})
	return row{
		what: "run of ten unchanged actors to the first message", unit: "ms", ours: times,
		goal: "at most 300 ms", met: func(ours, _ float64) bool { return ours <= 300 },
	}, err
}

// timed measures milliseconds.
func (b *bench) timed(do func() error) (series, error) {
	var times series
	for range b.rounds {
		start := time.Now()
		if err := do(); err != nil {
			return nil, err
		}
		times = append(times, float64(time.Since(start).Microseconds())/1e3)
	}
	return times, nil
}

// memory measures the private memory of actors that wait for messages.
func (b *bench) memory() (row, error) {
	program := b.path("idle.actors")
	text := "graph main {\n  clock = timer.Every(every: 1h)\n  out   = log.Print() replicas 10\n\n  clock -> out\n}\n"
	if err := os.WriteFile(program, []byte(text), 0o600); err != nil {
		return row{}, err
	}
	cmd := exec.CommandContext(b.ctx, b.path("opencore"), "run", program, "--log", "json")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return row{}, err
	}
	if err := cmd.Start(); err != nil {
		return row{}, err
	}
	if err := awaitRecord(stderr, "running"); err != nil {
		return row{}, err
	}
	sizes, err := privateMemory(cmd.Process.Pid)
	err = errors.Join(err, cmd.Process.Signal(syscall.SIGTERM))
	_, copied := io.Copy(io.Discard, stderr)
	return row{
		what: "private memory of an idle actor", unit: "MB", ours: sizes,
		goal: "under 12 MB", met: func(ours, _ float64) bool { return ours < 12 },
	}, errors.Join(err, copied, cmd.Wait())
}
