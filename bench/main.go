// Bench measures opencore against C programs on plain ZeroMQ and against the
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
)

func main() {
	rounds := flag.Int("rounds", 7, "how often each is measured")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, rounds int) error {
	folder, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	b := &bench{ctx: ctx, folder: folder, rounds: rounds}
	if err := b.build(); err != nil {
		return err
	}
	for _, measure := range []func() (row, error){
		b.throughput, b.roundTrip, b.check, b.firstMessage, b.memory,
	} {
		r, err := measure()
		if err != nil {
			return err
		}
		fmt.Println(r)
	}
	return nil
}
