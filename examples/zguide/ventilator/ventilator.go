// Package ventilator holds the actor of ventilator.actors: a worker.
package ventilator

//go:generate go run ../../../cmd/opencore compile --emit go

import (
	"context"
	"time"

	"github.com/ilpomo/opencore/runtime/actor"
)

// A Worker works.
type Worker struct{ Done actor.Out[Task] }

// Tasks works on one task for up to 50 ms.
func (w *Worker) Tasks(ctx context.Context, t Task) error {
	time.Sleep(time.Duration(t.N*37%50+1) * time.Millisecond)
	return w.Done.Send(ctx, t)
}
