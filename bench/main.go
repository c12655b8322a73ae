// Bench measures opencore side by side with programs on plain ZeroMQ and with
// what else people would use, and against the goals of the project. Those
// that are compared take turns, so that a machine that slows down slows all of
// them, and opencore takes one turn more, so that the noise can be seen. What
// is told are medians with their ranges. `make bench` runs it, and writes
// docs/benchmarks.md. The type to read first is contest.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
)

func main() {
	o := options{}
	flag.IntVar(&o.rounds, "rounds", 7, "how often each is measured")
	flag.StringVar(&o.only, "only", "", "measure only what has this in its name")
	flag.StringVar(&o.docs, "docs", "", "keep what is measured in this folder, beside what was measured before, and write benchmarks.md of all")
	flag.Float64Var(&o.scale, "scale", 1, "how much each measures: 0.1 is for a first look")
	flag.BoolVar(&o.list, "list", false, "say what there is to measure, and measure nothing")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type options struct {
	rounds int
	only   string
	docs   string
	scale  float64
	list   bool
}

func run(ctx context.Context, o options) error {
	folder, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	b := &bench{ctx: ctx, folder: folder, rounds: o.rounds, scale: o.scale, built: map[string]error{}}
	if o.list {
		for _, c := range b.contests() {
			fmt.Println(c.name)
		}
		return nil
	}
	all, err := readResults(o.docs)
	if err != nil {
		return err
	}
	now, err := b.measureAll(o, all)
	if err != nil {
		return err
	}
	if err := printTable(os.Stdout, now); err != nil || o.docs == "" {
		return err
	}
	return all.publish(b, o.docs)
}

// measureAll measures what is asked for. What it has measured is kept at
// once: all of it takes more than an hour.
func (b *bench) measureAll(o options, all *results) ([]outcome, error) {
	if err := b.build(); err != nil {
		return nil, err
	}
	var now []outcome
	for _, c := range b.contests() {
		if !strings.Contains(c.name, o.only) {
			continue
		}
		fmt.Fprintf(os.Stderr, "measuring: %s\n", c.name)
		outcomes, err := b.hold(c)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		now = append(now, outcomes...)
		all.keep(outcomes)
		if err := all.write(o.docs); err != nil {
			return nil, err
		}
	}
	return now, nil
}
