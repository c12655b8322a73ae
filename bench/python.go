package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// inPython compares an actor in Python in the middle of a chain with a loop of
// pyzmq and msgspec that does the same work, between ends in C: with a handler
// that takes one message, and with one that takes a list.
func (b *bench) inPython() []contest {
	count := strconv.Itoa(b.count(1_000_000))
	var list []contest
	for _, t := range []struct {
		way, name string
		goal      float64
	}{{"one", "one message at a time", 0.9}, {"batch", "in batches", 3}} {
		list = append(list, contest{
			name:    "Python in a chain, " + t.name,
			metrics: []metric{{unit: "msg/s"}},
			ours: one(func() (float64, error) {
				text, err := os.ReadFile(filepath.Join("bench", "python", "middle.actors"))
				if err != nil {
					return 0, err
				}
				program, err := b.program(t.way, strings.Replace(string(text), `"one"`, strconv.Quote(t.way), 1))
				if err != nil {
					return 0, err
				}
				return slowestRate(b.run(program, "count="+count))
			}),
			peers: []peer{{
				name: "pyzmq and msgspec", goals: []float64{t.goal}, needs: []string{"c:chain"},
				run: func() ([]float64, error) {
					return b.numbers(b.path("chain.c"), count, b.folder, b.python(), filepath.Join("bench", "python", "bare.py"))
				},
			}},
		})
	}
	return list
}
