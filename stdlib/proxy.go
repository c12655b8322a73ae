package stdlib

import (
	"context"

	"github.com/ilpomo/opencore/runtime/actor"
)

// newQueue makes proxy.Queue.
func newQueue(s *actor.Setup) (*actor.Instance, error) {
	repliers := new(actor.Ask[actor.Raw, actor.Raw])
	repliers.Connect(s.Asks["repliers"])
	ask := func(ctx context.Context, payload []byte, r actor.Responder) error {
		return repliers.Go(ctx, payload, func(ctx context.Context, reply actor.Raw, err error) {
			if err := r.Reply(ctx, reply, err); err != nil {
				actor.Log(ctx).Error("a reply could not be handed on", "error", err)
			}
		})
	}
	return &actor.Instance{In: map[string]actor.Incoming{"clients": {Deferred: ask}}}, nil
}

// newPass makes proxy.Pass. The topic is the runtime's to keep.
func newPass(s *actor.Setup) (*actor.Instance, error) {
	to := out(s, "to")
	pass := func(ctx context.Context, payload []byte) error { return to.Send(ctx, payload) }
	return &actor.Instance{In: map[string]actor.Incoming{"from": {Message: pass}}}, nil
}
