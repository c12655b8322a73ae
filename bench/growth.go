package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/ilpomo/opencore/interp/plan"
	"github.com/ilpomo/opencore/interp/supervise"
)

// growth counts what a message costs while graphs grow: in instructions, of
// sender and receiver together, as valgrind counts them. Unlike times they
// hardly depend on the machine and on what else it does.
func (b *bench) growth() []contest {
	graphs := []struct {
		name                   string
		sources, sinks, fanOut int
	}{
		{"2 actors, 1 wire", 1, 1, 1},
		{"65 actors, 1,000 wires", 25, 40, 40},
		{"200 actors, 100 wires", 100, 100, 1},
	}
	return []contest{{
		name: "cost of a message",
		metrics: []metric{
			{name: "in a graph of " + graphs[0].name, unit: "instructions", less: true},
			{name: graphs[1].name + ", to that", unit: "times", less: true, limit: 1.15},
			{name: graphs[2].name + ", to that", unit: "times", less: true, limit: 1.15},
		},
		rounds:  3,
		prepare: func() error { return b.need("valgrind") },
		ours: func() ([]float64, error) {
			var costs []float64
			for _, g := range graphs {
				cost, err := b.cost(g.sources, g.sinks, g.fanOut)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", g.name, err)
				}
				costs = append(costs, cost)
			}
			return []float64{costs[0], costs[1] / costs[0], costs[2] / costs[0]}, nil
		},
	}}
}

// cost is what one message more costs: a run of twice as many is counted, and
// what it costs more is divided by how many it has more. What it costs to
// start falls out.
func (b *bench) cost(sources, sinks, fanOut int) (float64, error) {
	each := max(b.count(3_000_000)/(sources*fanOut), 1) // messages on each wire: so many that what it costs to start, which varies a little, is lost in them
	once, err := b.instructions(grown(sources, sinks, fanOut, each))
	if err != nil {
		return 0, err
	}
	twice, err := b.instructions(grown(sources, sinks, fanOut, 2*each))
	return (twice - once) / float64(each*sources*fanOut), err
}

// grown writes a graph whose sources are wired to so many sinks each. All
// sources share one OS process and all sinks another, as valgrind needs much
// memory for each.
func grown(sources, sinks, fanOut, each int) string {
	var s strings.Builder
	s.WriteString("message Item { pad bytes }\n\ngraph main {\n")
	for i := range sources {
		fmt.Fprintf(&s, "  s%d = gen.Messages<Item>(count: %d, size: 64) process sources\n", i, each)
	}
	for i := range sinks {
		fmt.Fprintf(&s, "  c%d = flow.Count() process sinks\n", i)
	}
	for i := range sources {
		for j := range fanOut {
			fmt.Fprintf(&s, "  s%d -> c%d\n", i, (i+j)%sinks)
		}
	}
	return s.String() + "}\n"
}

// instructions runs a program with its processes under valgrind, and counts.
func (b *bench) instructions(text string) (float64, error) {
	program, err := b.program("grown", text)
	if err != nil {
		return 0, err
	}
	if _, err := b.output(b.path("opencore"), "compile", program, "-o", b.folder); err != nil {
		return 0, err
	}
	data, err := os.ReadFile(b.path("grown.plan.json"))
	if err != nil {
		return 0, err
	}
	p, err := plan.Decode(data)
	if err != nil {
		return 0, err
	}
	launcher, err := b.counting()
	if err != nil {
		return 0, err
	}
	res, err := supervise.Run(b.ctx, p, plan.Hash(p), supervise.Options{Launcher: launcher})
	if err != nil {
		return 0, err
	}
	if res.Failure != nil {
		return 0, fmt.Errorf("the run failed: %s", res.Failure.Reason)
	}
	return b.counted()
}

// counting launches children under cachegrind, which, unlike callgrind, does
// not mind that goroutines have stacks of their own.
func (b *bench) counting() (*supervise.Exec, error) {
	script := b.path("counting")
	text := fmt.Sprintf("#!/bin/sh\nexec valgrind --quiet --tool=cachegrind --cache-sim=no --log-file=/dev/null --cachegrind-out-file=%s.%%p %s \"$@\"\n",
		b.path("counted"), b.path("opencore"))
	return &supervise.Exec{Path: script}, os.WriteFile(script, []byte(text), 0o700)
}

// counted adds up what the processes of a run have left, and removes it.
func (b *bench) counted() (float64, error) {
	files, err := filepath.Glob(b.path("counted.*"))
	if err != nil {
		return 0, err
	}
	if len(files) != 2 {
		return 0, fmt.Errorf("%d processes were counted, want 2", len(files))
	}
	sum := 0.0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return 0, err
		}
		_, last, _ := strings.Cut(string(text), "summary: ")
		x, err := strconv.ParseFloat(strings.TrimSpace(last), 64)
		if err != nil {
			return 0, err
		}
		if err := os.Remove(file); err != nil {
			return 0, err
		}
		sum += x
	}
	return sum, nil
}
