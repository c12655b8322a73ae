package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// fans compares one to many and many to one with PUB, PUSH and PULL in C.
func (b *bench) fans() []contest {
	out, in, share := b.count(1_000_000), b.count(1_000_000), b.count(4_000_000)
	return []contest{
		{
			name:    "fan-out to 8 subscribers, 64 B over ipc",
			metrics: []metric{{unit: "msg/s"}},
			prepare: func() error { return b.need("actors:workers/announce") },
			ours: func() ([]float64, error) {
				return b.figures("fed", []string{"rate"}, b.path("announce"), fmt.Sprint("count=", out))
			},
			peers: []peer{b.fan("C, XPUB/SUB that waits", "out", out, 8)},
		},
		{
			name:    "fan-in from 8, 64 B over ipc",
			metrics: []metric{{unit: "msg/s"}},
			ours: one(func() (float64, error) {
				program, err := b.program("fanin", fanIn(8, in))
				if err != nil {
					return 0, err
				}
				return slowestRate(b.run(program))
			}),
			peers: []peer{b.fan("C, PUSH/PULL", "in", in, 8)},
		},
		{
			name:    "4 replicas that share, 64 B over ipc",
			metrics: []metric{{unit: "msg/s"}},
			prepare: func() error { return b.need("actors:workers/workers") },
			ours: func() ([]float64, error) {
				return b.figures("fed", []string{"rate"}, b.path("workers"), fmt.Sprint("count=", share))
			},
			peers: []peer{b.fan("C, PUSH/PULL", "share", share, 4)},
		},
		b.slowOne(),
	}
}

// fan is bench/c/fan.c.
func (b *bench) fan(name, what string, count, n int) peer {
	return peer{
		name: name, goals: []float64{2}, needs: []string{"c:fan"},
		run: func() ([]float64, error) {
			return b.numbers(b.path("fan.c"), what, strconv.Itoa(count), "64", strconv.Itoa(n), "ipc://"+b.path("socket"))
		},
	}
}

// slowOne measures what is left of the rate when one of four replicas that
// take 100 us a message takes ten times as long: at best 3.1 of 4 parts.
func (b *bench) slowOne() contest {
	const count = "60000" // what waits for the slow one is to be little of it
	ours := func(slow string) (float64, error) {
		rate, err := b.figures("fed", []string{"rate"}, b.path("workers"), "count="+count, "work=100us", "slow="+slow)
		return first(rate), err
	}
	theirs := func(slow string) (float64, error) {
		rate, err := b.numbers(b.path("fan.c"), "work", count, "64", "4", "ipc://"+b.path("socket"), "100", slow)
		return first(rate), err
	}
	return contest{
		name:    "1 slow of 4 replicas: what is left of the rate",
		metrics: []metric{{unit: "of 1", limit: 0.7}},
		prepare: func() error { return b.need("actors:workers/workers") },
		ours: one(func() (float64, error) {
			mark := b.path("slow")
			left, err := share(ours, mark, "")
			return left, errors.Join(err, os.RemoveAll(mark))
		}),
		peers: []peer{{
			name: "C, PUSH/PULL", needs: []string{"c:fan"},
			run: one(func() (float64, error) { return share(theirs, "10", "1") }),
		}},
	}
}

// share divides a rate by another.
func share(rate func(string) (float64, error), of, by string) (float64, error) {
	x, err := rate(of)
	if err != nil {
		return 0, err
	}
	y, err := rate(by)
	return x / y, err
}

func first(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	return list[0]
}

// fanIn writes a program with n sources and a sink.
func fanIn(n, count int) string {
	var s strings.Builder
	s.WriteString("message Item { pad bytes }\n\ngraph main {\n  count = flow.Count()\n")
	for i := range n {
		fmt.Fprintf(&s, "  s%d = gen.Messages<Item>(count: %d, size: 64)\n  s%d -> count\n", i, count, i)
	}
	return s.String() + "}\n"
}
