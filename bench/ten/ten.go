// Package ten holds the actor of ten.actors.
package ten

//go:generate go run ../../cmd/opencore compile --emit go

import (
	"context"

	"github.com/ilpomo/opencore/runtime/actor"
)

// A Pass hands on.
type Pass struct{ Passed actor.Out[Item] }

// Items hands on one item.
func (p *Pass) Items(ctx context.Context, m Item) error { return p.Passed.Send(ctx, m) }
