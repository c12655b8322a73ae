package ledger

import (
	"context"

	"github.com/ilpomo/opencore/runtime/actor"
)

// A Ping plays items to its partner.
type Ping struct {
	Log   string
	Court actor.Out[Item]

	teller
}

// Start opens the pipe.
func (p *Ping) Start(context.Context) error { return p.open("ping", p.Log) }

// Items plays one item.
func (p *Ping) Items(ctx context.Context, m Item) error {
	if err := p.Court.Send(ctx, m); err != nil {
		return err
	}
	return p.tell("sent", m.ID)
}

// HandleCourt takes one that has come back.
func (p *Ping) HandleCourt(_ context.Context, m Item) error { return p.tell("got", m.ID) }

// Stop closes the pipe.
func (p *Ping) Stop(context.Context) error { return p.close() }

// A Pong plays items back.
type Pong struct {
	Log   string
	Court actor.Out[Item]

	teller
}

// Start opens the pipe.
func (p *Pong) Start(context.Context) error { return p.open("pong", p.Log) }

// HandleCourt plays one item back.
func (p *Pong) HandleCourt(ctx context.Context, m Item) error {
	if err := p.tell("got", m.ID); err != nil {
		return err
	}
	if err := p.Court.Send(ctx, m); err != nil {
		return err
	}
	return p.tell("sent", m.ID)
}

// Stop closes the pipe.
func (p *Pong) Stop(context.Context) error { return p.close() }
