// Package quakes holds the actor of quakes.actors that is written in Go.
package quakes

//go:generate go run ../../cmd/opencore compile --emit go

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/ilpomo/opencore/runtime/actor"
)

// A Tally counts earthquakes per network. Since quakes are keyed by their
// network, each replica sees all of the networks that it sees.
type Tally struct {
	Every   time.Duration     // the parameter every: how often Tick is called
	Regions actor.Out[Region] // the port regions

	tallies map[string]Region // by network
	changed map[string]bool   // networks with news since the last Tick
}

// Start makes the tally empty.
func (t *Tally) Start(context.Context) error {
	t.tallies, t.changed = map[string]Region{}, map[string]bool{}
	return nil
}

// Quakes handles one message of the port quakes.
func (t *Tally) Quakes(_ context.Context, q Quake) error {
	r := t.tallies[q.Net]
	if r.Count == 0 || q.Mag > r.Strongest {
		r.Strongest = q.Mag
	}
	r.Network = q.Net
	r.Count++
	t.tallies[q.Net], t.changed[q.Net] = r, true
	return nil
}

// Tick publishes what has changed.
func (t *Tally) Tick(ctx context.Context, _ time.Time) error {
	for _, network := range slices.Sorted(maps.Keys(t.changed)) {
		if err := t.Regions.Send(ctx, t.tallies[network]); err != nil {
			return err
		}
	}
	clear(t.changed)
	return nil
}

// Stop publishes what the last Tick has not seen.
func (t *Tally) Stop(ctx context.Context) error { return t.Tick(ctx, time.Time{}) }
