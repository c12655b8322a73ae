// Package broker holds the actors of broker.actors: clients and workers.
package broker

//go:generate go run ../../../cmd/opencore compile --emit go

import (
	"context"

	"github.com/ilpomo/opencore/runtime/actor"
)

// A Client asks.
type Client struct {
	Broker  actor.Ask[Request, Reply]
	Replies actor.Out[Reply]
}

// Requests asks one question.
func (c *Client) Requests(ctx context.Context, r Request) error {
	reply, err := c.Broker.Ask(ctx, r)
	if err != nil {
		return err
	}
	return c.Replies.Send(ctx, reply)
}

// A Worker answers.
type Worker struct{}

// Requests answers one request.
func (w *Worker) Requests(context.Context, Request) (Reply, error) { return Reply{Text: "OK"}, nil }
