package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/ilpomo/opencore/runtime/actor"
)

// A Source pushes items.
type Source struct {
	Log                       string
	Count, From, Groups, Size int64
	Pace                      time.Duration
	Items                     actor.Out[Item]

	teller
}

// Start opens the pipe.
func (s *Source) Start(context.Context) error { return s.open("source", s.Log) }

// Run sends the items.
func (s *Source) Run(ctx context.Context) error {
	return series{s.Count, s.From, s.Groups, s.Size, s.Pace}.send(ctx, &s.teller, &s.Items)
}

// Stop closes the pipe.
func (s *Source) Stop(context.Context) error { return s.close() }

// A Herald publishes items.
type Herald struct {
	Log                       string
	Count, From, Groups, Size int64
	Pace                      time.Duration
	Items                     actor.Out[Item]

	teller
}

// Start opens the pipe.
func (h *Herald) Start(context.Context) error { return h.open("herald", h.Log) }

// Run sends the items.
func (h *Herald) Run(ctx context.Context) error {
	return series{h.Count, h.From, h.Groups, h.Size, h.Pace}.send(ctx, &h.teller, &h.Items)
}

// Stop closes the pipe.
func (h *Herald) Stop(context.Context) error { return h.close() }

// An Asker asks one question after the other.
type Asker struct {
	Log       string
	Count     int64
	Questions actor.Ask[Query, Answer]

	teller
}

// Start opens the pipe.
func (a *Asker) Start(context.Context) error { return a.open("asker", a.Log) }

// Run asks. An answer that belongs to another question ends it.
func (a *Asker) Run(ctx context.Context) error {
	for id := range a.Count {
		answer, err := a.Questions.Ask(ctx, Query{ID: id})
		if err != nil {
			if err := a.tell("failed", id); err != nil {
				return err
			}
			continue
		}
		if answer.ID != id {
			return fmt.Errorf("asked about %d, answered about %d", id, answer.ID)
		}
		if err := a.tell("sent", id); err != nil {
			return err
		}
	}
	return nil
}

// Stop closes the pipe.
func (a *Asker) Stop(context.Context) error { return a.close() }
