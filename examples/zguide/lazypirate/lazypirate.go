// Package lazypirate holds the actors of lazypirate.actors: a client, and a
// server that can't be relied on.
package lazypirate

//go:generate go run ../../../cmd/opencore compile --emit go

import (
	"context"
	"time"

	"github.com/ilpomo/opencore/runtime/actor"
)

// A Client asks.
type Client struct {
	Server  actor.Ask[Request, Reply]
	Replies actor.Out[Reply]
}

// Requests asks one question. The attempts are the wire's business.
func (c *Client) Requests(ctx context.Context, r Request) error {
	reply, err := c.Server.Ask(ctx, r)
	if err != nil {
		return err
	}
	return c.Replies.Send(ctx, reply)
}

// A Server answers four requests at most.
type Server struct{ cycles int }

// Requests answers one request; the third too late, the fifth never.
func (s *Server) Requests(_ context.Context, r Request) (Reply, error) {
	switch s.cycles++; s.cycles {
	case 3:
		time.Sleep(700 * time.Millisecond)
	case 5:
		panic("simulating a crash")
	}
	return Reply(r), nil
}
