package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// starts measures how long programs take to start and to stop, and what they
// need while nothing happens.
func (b *bench) starts() []contest {
	return []contest{
		b.startOf(10, 300, 1000),
		b.startOf(200, 2000, 1000),
		{
			name:    "run of ten unchanged actors to the first message",
			metrics: []metric{{unit: "ms", less: true, limit: 300}},
			prepare: func() error { _, err := b.run(tenActors); return err },
			ours:    one(func() (float64, error) { return b.untilFirstLine(b.path("opencore"), "run", tenActors) }),
		},
		{
			name:    "check of 1,000 instances and 5,000 wires",
			metrics: []metric{{unit: "ms", less: true, limit: 200}},
			ours:    one(b.check),
		},
	}
}

var tenActors = filepath.Join("bench", "ten", "ten.actors")

// startOf measures programs of n actors that wait for messages: how long until
// all are ready, what each has for itself then, and how long it takes until
// all have stopped.
func (b *bench) startOf(n int, start, stop float64) contest {
	return contest{
		name: fmt.Sprintf("%d idle actors", n),
		metrics: []metric{
			{name: "start", unit: "ms", less: true, limit: start},
			{name: "stop", unit: "ms", less: true, limit: stop},
			{name: "private memory of each", unit: "MB", less: true, limit: 12},
		},
		ours: func() ([]float64, error) {
			program, err := b.program("idle", fmt.Sprintf("graph main {\n  clock = timer.Every(every: 1h)\n  out   = log.Print() replicas %d\n\n  clock -> out\n}\n", n-1))
			if err != nil {
				return nil, err
			}
			return b.life(program)
		},
	}
}

// life starts a program, looks at it once all are ready, and stops it.
func (b *bench) life(program string) ([]float64, error) {
	cmd, release := b.command(b.path("opencore"), "run", program, "--log", "json")
	defer release()
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	log := bufio.NewReader(stderr)
	if err := awaitRecord(log, "running"); err != nil {
		return nil, errors.Join(err, cmd.Process.Kill(), cmd.Wait())
	}
	start := milliseconds(began)
	memory, err := privateMemory(cmd.Process.Pid)
	began = time.Now()
	err = errors.Join(err, cmd.Process.Signal(syscall.SIGTERM))
	_, copied := io.Copy(io.Discard, log)
	err = errors.Join(err, copied, cmd.Wait())
	return []float64{start, milliseconds(began), memory.median()}, err
}

// untilFirstLine gives the milliseconds until a command has printed a line. It
// returns when the command has ended.
func (b *bench) untilFirstLine(name string, args ...string) (took float64, err error) {
	start := time.Now()
	cmd, release := b.command(name, args...)
	defer release()
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

func milliseconds(since time.Time) float64 { return float64(time.Since(since).Microseconds()) / 1e3 }

// check measures "opencore check" of a large graph, from start to exit.
func (b *bench) check() (float64, error) {
	program := b.path("big.actors")
	if !exists(program) {
		if err := os.WriteFile(program, []byte(bigProgram(1_000, 5_000)), 0o600); err != nil {
			return 0, err
		}
	}
	start := time.Now()
	_, err := b.output(b.path("opencore"), "check", program)
	return milliseconds(start), err
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
