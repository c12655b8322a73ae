// Package workers holds the actors of workers.actors.
package workers

//go:generate go run ../../cmd/opencore compile --emit go workers.actors
//go:generate go run ../../cmd/opencore compile --emit go announce.actors

import (
	"context"
	"os"
	"strings"
	"time"

	"github.com/ilpomo/opencore/runtime/actor"
)

// A Feed makes tasks for whoever has time.
type Feed struct {
	Count, Size int64
	Tasks       actor.Out[Task]
}

// Run makes them, with a clock running.
func (f *Feed) Run(ctx context.Context) error { return feed(ctx, &f.Tasks, f.Count, f.Size) }

// An Announcer makes tasks for all.
type Announcer struct {
	Count, Size int64
	Tasks       actor.Out[Task]
}

// Run makes them, with a clock running.
func (a *Announcer) Run(ctx context.Context) error { return feed(ctx, &a.Tasks, a.Count, a.Size) }

// feed sends tasks. As queues are short and their wires wait, the rate at
// which they are taken is the one at which they are worked on.
func feed(ctx context.Context, out *actor.Out[Task], count, size int64) error {
	m := Task{Pad: strings.Repeat("x", int(size))}
	start := time.Now()
	for i := range count {
		m.ID = i
		if err := out.Send(ctx, m); err != nil {
			return err
		}
	}
	actor.Log(ctx).Info("fed", "rate", float64(count)/time.Since(start).Seconds())
	return nil
}

// A Worker works on tasks, by waiting, as who asks a database does.
type Worker struct {
	Work time.Duration
	Slow string
}

// Start finds out which replica is the slow one.
func (w *Worker) Start(context.Context) error {
	if w.Slow != "" && os.Mkdir(w.Slow, 0o700) == nil {
		w.Work *= 10
	}
	return nil
}

// Tasks works on one task.
func (w *Worker) Tasks(context.Context, Task) error {
	if w.Work > 0 {
		time.Sleep(w.Work)
	}
	return nil
}
