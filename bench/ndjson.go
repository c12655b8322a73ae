package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A pile is a file of earthquakes, and what came out of it the first time.
type pile struct {
	path  string
	size  int
	table string
}

// newPile repeats the quakes of the example up to a size.
func (b *bench) newPile(name string, size int) (*pile, error) {
	quakes, err := os.ReadFile(filepath.Join("examples", "quakes", "quakes.ndjson"))
	if err != nil {
		return nil, err
	}
	p := &pile{path: b.path(name), size: max(size/len(quakes), 1) * len(quakes)}
	file, err := os.Create(p.path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	for range p.size / len(quakes) {
		if _, err := file.Write(quakes); err != nil {
			return nil, err
		}
	}
	return p, file.Close()
}

// tally has a program make a table of the pile, and gives the megabytes that
// it read a second, from its start to its end. All must make the same table.
func (b *bench) tally(p *pile, run func(table string) error) (float64, error) {
	table := b.path("table.csv")
	start := time.Now()
	if err := run(table); err != nil {
		return 0, err
	}
	took := time.Since(start)
	text, err := os.ReadFile(table)
	if err != nil {
		return 0, err
	}
	text = bytes.ReplaceAll(text, []byte(`"`), nil)
	if p.table == "" {
		p.table = string(text)
	}
	if p.table != string(text) {
		return 0, fmt.Errorf("the table is another one:\n%s\nand not\n%s", text, p.table)
	}
	return float64(p.size) / 1e6 / took.Seconds(), os.Remove(table)
}

// ndjson compares what becomes of a gigabyte of earthquakes.
func (b *bench) ndjson() []contest {
	var whole, tenth *pile
	tally := func(p **pile, run func(file, table string) error) func() ([]float64, error) {
		return one(func() (float64, error) {
			return b.tally(*p, func(table string) error { return run((*p).path, table) })
		})
	}
	command := func(name string, args ...string) func(file, table string) error {
		return func(file, table string) error {
			_, err := b.output(name, append(args, file, table)...)
			return err
		}
	}
	return []contest{{
		name:    "1 GB of ndjson parsed, filtered, tallied, written",
		metrics: []metric{{unit: "MB/s"}},
		rounds:  5,
		prepare: func() (err error) {
			if whole, err = b.newPile("quakes.ndjson", b.count(1_000_000_000)); err == nil {
				tenth, err = b.newPile("tenth.ndjson", b.count(100_000_000))
			}
			if err != nil {
				return err
			}
			return b.need("actors:quakes/quakes")
		},
		ours: tally(&whole, func(file, table string) error {
			_, err := b.output(b.path("quakes"), "path="+file, "out="+table)
			return err
		}),
		peers: []peer{
			{name: "Benthos", goals: []float64{5}, needs: []string{"peer:benthos"}, run: tally(&whole, command(b.path("benthos.peer"), "quakes"))},
			{name: "DuckDB", goals: []float64{0.5}, needs: []string{"python:duckdb"}, run: tally(&whole, command(b.peerPython(), filepath.Join("bench", "python", "duck.py")))},
			{name: "jq, a tenth of it", goals: []float64{20}, needs: []string{"jq"}, run: tally(&tenth, b.jq)},
			{name: "Go and encoding/json by hand", goals: []float64{2}, needs: []string{"peer:byhand"}, run: tally(&whole, command(b.path("byhand.peer")))},
		},
	}}
}

// jq writes to stdout, which is the table.
func (b *bench) jq(file, table string) error {
	text, err := b.output("jq", "-n", "-r", "-f", filepath.Join("bench", "quakes", "tally.jq"), file)
	if err != nil {
		return err
	}
	return os.WriteFile(table, []byte(strings.TrimSpace(text)+"\n"), 0o600)
}
