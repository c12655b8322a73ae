// Bench measures opencore against programs on plain ZeroMQ and against the
// goals of the project, and prints a table. The two sides of a comparison
// take turns, so that a machine that slows down slows both; what is printed
// are medians with their ranges. `make bench` runs it; it takes some minutes.
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
	rounds := flag.Int("rounds", 7, "how often each is measured")
	only := flag.String("only", "", "measure only what has this in its name")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *rounds, *only); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, rounds int, only string) error {
	folder, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	b := &bench{ctx: ctx, folder: folder, rounds: rounds}
	if err := b.build(); err != nil {
		return err
	}
	var rows []row
	for _, m := range b.measurements() {
		if !strings.Contains(m.what, only) {
			continue
		}
		fmt.Fprintf(os.Stderr, "measuring: %s\n", m.what)
		r := m.row
		if r.ours, r.theirs, err = m.measure(); err != nil {
			return fmt.Errorf("%s: %w", m.what, err)
		}
		rows = append(rows, r)
	}
	return table(os.Stdout, rows)
}
