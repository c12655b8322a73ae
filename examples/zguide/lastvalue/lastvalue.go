// Package lastvalue holds the actors of lastvalue.actors: a publisher, a
// cache and a reader.
package lastvalue

//go:generate go run ../../../cmd/opencore compile --emit go

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/ilpomo/opencore/runtime/actor"
)

// A Publisher publishes.
type Publisher struct {
	Every   time.Duration
	Updates actor.Out[Update]

	begun bool
}

// Tick publishes under all topics, and from then on under one.
func (p *Publisher) Tick(ctx context.Context, now time.Time) error {
	topics := []int{rand.IntN(1000)}
	if !p.begun {
		p.begun, topics = true, rand.Perm(1000)
	}
	for _, n := range topics {
		u := Update{About: fmt.Sprintf("topic %03d", n), Text: now.Format(time.StampNano)}
		if err := p.Updates.Send(ctx, u); err != nil {
			return err
		}
	}
	return nil
}

// A Cache remembers.
type Cache struct {
	Fresh actor.Out[Update]

	last map[string]Update
}

// Start makes room.
func (c *Cache) Start(context.Context) error {
	c.last = map[string]Update{}
	return nil
}

// Updates remembers one update and hands it on.
func (c *Cache) Updates(ctx context.Context, u Update) error {
	c.last[u.About] = u
	return c.Fresh.Send(ctx, u)
}

// Last tells what was said last; an empty text if nothing was.
func (c *Cache) Last(_ context.Context, q Question) (Update, error) { return c.last[q.About], nil }

// A Reader follows a topic.
type Reader struct {
	Follows string
	Last    actor.Ask[Question, Update]
	Shown   actor.Out[Update]
}

// Start subscribes, then asks for what it has missed.
func (r *Reader) Start(ctx context.Context) error {
	if err := actor.Subscribe(ctx, "updates", r.Follows); err != nil {
		return err
	}
	u, err := r.Last.Ask(ctx, Question{About: r.Follows})
	if err != nil || u.Text == "" {
		return err
	}
	return r.Shown.Send(ctx, u)
}

// Updates shows one update.
func (r *Reader) Updates(ctx context.Context, u Update) error { return r.Shown.Send(ctx, u) }
