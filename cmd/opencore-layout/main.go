// Command opencore-layout lays pictures out for "opencore graph": it reads a
// shape as JSON from stdin and writes to stdout where everything stands. It is
// a program of its own because the layout engine is three times as large as all
// the rest.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/ilpomo/opencore/internal/draw"
	"github.com/ilpomo/opencore/internal/draw/elk"
)

func main() {
	if err := layout(); err != nil {
		fmt.Fprintln(os.Stderr, "opencore-layout:", err)
		os.Exit(1)
	}
}

func layout() error {
	var s draw.Shape
	if err := json.NewDecoder(os.Stdin).Decode(&s); err != nil {
		return fmt.Errorf("stdin: %w", err)
	}
	if err := s.Check(); err != nil {
		return fmt.Errorf("stdin: %w", err)
	}
	p, err := elk.Layout(context.Background(), &s)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(p)
}
