package runtime

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/spec"
)

// realActors are those of processes of their own.
var realActors = map[string]actor.Factory{
	"blast": newBlast, "count": newCount, "ping": newPing, "pong": newPong,
	"lister": newLister, "hander": newHander, "listed": newListed,
}

// blast is a source of count messages of size bytes.
type blast struct {
	out         actor.Out[actor.Raw]
	count, size int64
}

func newBlast(s *actor.Setup) (*actor.Instance, error) {
	b := &blast{count: s.Params["count"].(int64), size: s.Params["size"].(int64)}
	b.out.Connect(s.Outs["out"])
	return &actor.Instance{Handler: b}, nil
}

func (b *blast) Run(ctx context.Context) error {
	m := make(actor.Raw, b.size)
	for range b.count {
		if err := b.out.Send(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// count is a sink that tells the rate, from its first message to its last.
type count struct {
	n     int
	start time.Time
}

func newCount(*actor.Setup) (*actor.Instance, error) {
	c := &count{}
	return &actor.Instance{Handler: c, In: map[string]actor.Incoming{"in": {
		Message: func(context.Context, []byte) error {
			if c.n == 0 {
				c.start = time.Now()
			}
			c.n++
			return nil
		},
	}}}, nil
}

func (c *count) Stop(ctx context.Context) error {
	actor.Log(ctx).Info("result", "value", float64(c.n-1)/time.Since(c.start).Seconds())
	return nil
}

// ping asks, and tells how many microseconds it takes.
type ping struct {
	ask         actor.Ask[actor.Raw, actor.Raw]
	count, size int64
}

func newPing(s *actor.Setup) (*actor.Instance, error) {
	p := &ping{count: s.Params["count"].(int64), size: s.Params["size"].(int64)}
	p.ask.Connect(s.Asks["ask"])
	return &actor.Instance{Handler: p}, nil
}

func (p *ping) Run(ctx context.Context) error {
	m := make(actor.Raw, p.size)
	start := time.Now()
	for i := range p.count + p.count/10 {
		if i == p.count/10 {
			start = time.Now()
		}
		if _, err := p.ask.Ask(ctx, m); err != nil {
			return err
		}
	}
	actor.Log(ctx).Info("result", "value", float64(time.Since(start).Microseconds())/float64(p.count))
	return nil
}

func newPong(*actor.Setup) (*actor.Instance, error) {
	return &actor.Instance{Handler: struct{}{}, In: map[string]actor.Incoming{"in": {
		Request: func(_ context.Context, payload, reply []byte) ([]byte, error) { return append(reply, payload...), nil },
	}}}, nil
}

// result runs two processes and gives what one of them tells, and the time
// that they took of all cores.
func result(b *testing.B, from, out, to, in string, count, size int) (value float64, cpu time.Duration) {
	g := newGraph()
	sender := g.add(from, 1, nil, out)
	sender[0].Args = []spec.Arg{
		{Name: "count", Type: "int", Value: spec.Value{Const: json.RawMessage(strconv.Itoa(count))}},
		{Name: "size", Type: "int", Value: spec.Value{Const: json.RawMessage(strconv.Itoa(size))}},
	}
	_, port, _ := strings.Cut(out, " ")
	w := g.wire(sender, port, g.add(to, 1, nil, in), "in", nil)
	p := g.startReal(b)
	p.wait()
	if c := p.counts(w); c.Delivered < uint64(count) || c.Lost != 0 {
		b.Fatalf("%+v", c)
	}
	for _, a := range p.parts {
		cpu += spent(a.command)
	}
	for _, l := range p.logs {
		if l.Message == "result" {
			return l.Attrs["value"].(float64), cpu
		}
	}
	b.Fatal("no result")
	return 0, 0
}

func spent(c *exec.Cmd) time.Duration { return c.ProcessState.UserTime() + c.ProcessState.SystemTime() }

// inC compiles and runs a program of bench/c, the measure of all.
func inC(b *testing.B, program string, count, size int) (value float64, cpu time.Duration) {
	b.Helper()
	dir := b.TempDir()
	binary := filepath.Join(dir, program)
	if out, err := exec.Command("cc", "-O2", "-o", binary, "../bench/c/"+program+".c", "-lzmq").CombinedOutput(); err != nil {
		b.Skipf("no C program to compare with: %v: %s", err, out)
	}
	run := exec.Command(binary, strconv.Itoa(count), strconv.Itoa(size), "ipc://"+filepath.Join(dir, "s"))
	out, err := run.Output()
	if err != nil {
		b.Fatal(err)
	}
	if value, err = strconv.ParseFloat(strings.TrimSpace(string(out)), 64); err != nil {
		b.Fatal(err)
	}
	return value, spent(run)
}

// A comparison is ours beside C's, round by round.
type comparison struct{ ratios, cpus, values, costs []float64 }

func (c *comparison) add(ours, theirs float64, ourCPU, theirCPU time.Duration, ourCount, theirCount int) {
	c.values = append(c.values, ours)
	c.ratios = append(c.ratios, ours/theirs)
	c.costs = append(c.costs, float64(ourCPU)/float64(ourCount))
	c.cpus = append(c.cpus, float64(theirCPU)/float64(theirCount)/(float64(ourCPU)/float64(ourCount)))
}

// report gives medians: the machine is never quite idle.
func (c *comparison) report(b *testing.B, unit string) {
	for name, list := range map[string][]float64{unit: c.values, "times-C": c.ratios, "cpu-times-C": c.cpus, "cpu-ns/msg": c.costs} {
		slices.Sort(list)
		b.ReportMetric(list[len(list)/2], name)
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkThroughput compares two processes of ours with two in C that send
// each message by itself, in turns.
func BenchmarkThroughput(b *testing.B) {
	for _, size := range []int{64, 256, 1 << 10, 64 << 10} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			ourCount, theirCount := min(8_000_000, (1<<30)/size), min(2_000_000, (1<<29)/size)
			var c comparison
			for b.Loop() {
				ours, ourCPU := result(b, "blast", "push out", "count", "pull in", ourCount, size)
				theirs, theirCPU := inC(b, "pushpull", theirCount, size)
				c.add(ours, theirs, ourCPU, theirCPU, ourCount, theirCount)
			}
			c.report(b, "msg/s")
		})
	}
}

// BenchmarkRoundTrip does the same for requests.
func BenchmarkRoundTrip(b *testing.B) {
	const n = 20_000
	var c comparison
	for b.Loop() {
		ours, ourCPU := result(b, "ping", "req ask", "pong", "rep in", n, 64)
		theirs, theirCPU := inC(b, "reqrep", n, 64)
		c.add(ours, theirs, ourCPU, theirCPU, n, n)
	}
	c.report(b, "µs")
}

// BenchmarkWithin runs a source and a sink within one process, for profiles.
func BenchmarkWithin(b *testing.B) {
	for _, size := range []int{64, 64 << 10} {
		b.Run(fmt.Sprint(size), func(b *testing.B) { within(b, size) })
	}
}

func within(b *testing.B, size int) {
	g := newGraph()
	g.actors = realActors
	sender := g.add("blast", 1, newBlast, "push out")
	sender[0].Args = []spec.Arg{
		{Name: "count", Type: "int", Value: spec.Value{Const: json.RawMessage(strconv.Itoa(b.N))}},
		{Name: "size", Type: "int", Value: spec.Value{Const: json.RawMessage(strconv.Itoa(size))}},
	}
	g.wire(sender, "out", g.add("count", 1, newCount, "pull in"), "in", nil)
	b.ReportAllocs()
	p := g.start(b)
	p.wait()
}
