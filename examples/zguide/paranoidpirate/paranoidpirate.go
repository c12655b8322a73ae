// Package paranoidpirate holds the actors of paranoidpirate.actors: clients
// and workers.
package paranoidpirate

//go:generate go run ../../../cmd/opencore compile --emit go

import (
	"context"
	"time"

	"github.com/ilpomo/opencore/runtime/actor"
)

// A Client asks.
type Client struct {
	Queue   actor.Ask[Request, Reply]
	Replies actor.Out[Reply]
}

// Requests asks one question.
func (c *Client) Requests(ctx context.Context, r Request) error {
	reply, err := c.Queue.Ask(ctx, r)
	if err != nil {
		return err
	}
	return c.Replies.Send(ctx, reply)
}

// A Worker answers.
type Worker struct{}

// Requests works on one request.
func (w *Worker) Requests(_ context.Context, r Request) (Reply, error) {
	time.Sleep(5 * time.Millisecond)
	return Reply(r), nil
}
