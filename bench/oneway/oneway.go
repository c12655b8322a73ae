// Package oneway measures how long messages are on their way, at a given pace.
package oneway

//go:generate go run ../../cmd/opencore compile --emit go

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ilpomo/opencore/runtime/actor"
)

// A Pacer sends messages at a pace.
type Pacer struct {
	Count, Size int64
	Rate        float64
	Stamps      actor.Out[Stamp]
}

// Run sends each message when it is due. It spins until then, as a timer is
// too coarse for hundreds of thousands of messages a second. The stamp is when
// the message was due and not when it was sent: that it had to wait, as its
// predecessors were slow, is part of how long it took.
func (p *Pacer) Run(ctx context.Context) error {
	m := Stamp{Pad: strings.Repeat("x", int(p.Size))}
	start := time.Now()
	wall := start.UnixNano()
	for i := range p.Count {
		due := time.Duration(float64(i) / p.Rate * 1e9)
		for time.Since(start) < due {
		}
		m.Due = wall + int64(due)
		if err := p.Stamps.Send(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// A Clock takes the time. Sender and receiver are on one machine, so they
// have one clock.
type Clock struct {
	Count int64
	took  []time.Duration
}

// Start makes room.
func (c *Clock) Start(context.Context) error {
	c.took = make([]time.Duration, 0, c.Count)
	return nil
}

// Stamps takes one message's time.
func (c *Clock) Stamps(_ context.Context, m Stamp) error {
	c.took = append(c.took, time.Duration(time.Now().UnixNano()-m.Due))
	return nil
}

// Stop says what came out, in microseconds; the first tenth was to warm up.
func (c *Clock) Stop(ctx context.Context) error {
	took := c.took[len(c.took)/10:]
	slices.Sort(took)
	actor.Log(ctx).Info("arrived", "p50", microseconds(took[len(took)/2]), "p99", microseconds(took[len(took)*99/100]))
	return nil
}

func microseconds(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }
