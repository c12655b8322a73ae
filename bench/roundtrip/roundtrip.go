// Package roundtrip measures how long a request takes.
package roundtrip

//go:generate go run ../../cmd/opencore compile --emit go

import (
	"context"
	"strings"
	"time"

	"github.com/ilpomo/opencore/runtime/actor"
)

// An Asker asks one question after the other.
type Asker struct {
	Count, Size int64
	Questions   actor.Ask[Ping, Ping]
}

// Run asks a tenth of the questions to warm up, then all with the clock
// running.
func (a *Asker) Run(ctx context.Context) error {
	m := Ping{Pad: strings.Repeat("x", int(a.Size))}
	if err := a.ask(ctx, m, a.Count/10); err != nil {
		return err
	}
	start := time.Now()
	if err := a.ask(ctx, m, a.Count); err != nil {
		return err
	}
	mean := float64(time.Since(start).Nanoseconds()) / 1e3 / float64(a.Count)
	actor.Log(ctx).Info("asked", "us", mean)
	return nil
}

func (a *Asker) ask(ctx context.Context, m Ping, count int64) error {
	for range count {
		if _, err := a.Questions.Ask(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// An Echo answers with the question.
type Echo struct{}

// Questions answers.
func (*Echo) Questions(_ context.Context, m Ping) (Ping, error) { return m, nil }
