// Package quakes holds the actor of quakes.actors.
package quakes

//go:generate go run ../../cmd/opencore compile --emit go

import (
	"context"
	"maps"
	"slices"

	"github.com/ilpomo/opencore/runtime/actor"
)

// A Tally counts earthquakes by network.
type Tally struct {
	Regions actor.Out[Region]

	tallies map[string]*Region
}

// Start makes the tally empty.
func (t *Tally) Start(context.Context) error {
	t.tallies = map[string]*Region{}
	return nil
}

// Quakes counts one.
func (t *Tally) Quakes(_ context.Context, q Quake) error {
	r := t.tallies[q.Net]
	if r == nil {
		r = &Region{Network: q.Net, Strongest: q.Mag}
		t.tallies[q.Net] = r
	}
	r.Count++
	r.Strongest = max(r.Strongest, q.Mag)
	return nil
}

// Stop tells what was counted.
func (t *Tally) Stop(ctx context.Context) error {
	for _, network := range slices.Sorted(maps.Keys(t.tallies)) {
		if err := t.Regions.Send(ctx, *t.tallies[network]); err != nil {
			return err
		}
	}
	return nil
}
