// Package snail holds the actor of snail.actors: a subscriber that is slow.
package snail

//go:generate go run ../../../cmd/opencore compile --emit go

import (
	"context"
	"fmt"
	"time"
)

// A Snail is slow.
type Snail struct{ Takes, Limit time.Duration }

// Ticks works on one tick.
func (s *Snail) Ticks(_ context.Context, t TimerTick) error {
	if late := time.Since(t.At); late > s.Limit {
		panic(fmt.Sprintf("can't keep up: a tick is %s late", late))
	}
	time.Sleep(s.Takes)
	return nil
}
