package actortest_test

import (
	"context"
	"slices"
	"testing"

	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/actortest"
)

// A Board has two sub ports, and follows what it is told to.
type Board struct {
	got []string
}

func (b *Board) Follow(ctx context.Context, n Note) error {
	if n.Text == "" {
		return actor.Subscribe(ctx, "late_news")
	}
	return actor.Subscribe(ctx, "late_news", n.Text, "now.")
}

func (b *Board) LateNews(ctx context.Context, _ Note) error {
	b.got = append(b.got, actor.Topic(ctx))
	return nil
}

func TestSubscribe(t *testing.T) {
	b := &Board{}
	a := actortest.New(t, b)
	publish := func(topics ...string) {
		for _, topic := range topics {
			actortest.Publish(a, topic, b.LateNews, Note{})
		}
	}
	publish("eu.de", "us")
	actortest.Send(a, b.Follow, Note{"eu."})
	if got := a.Subscribed("late_news"); !slices.Equal(got, []string{"eu.", "now."}) {
		t.Errorf("subscribed to %q", got)
	}
	publish("eu.fr", "us", "now.x", "eu")
	actortest.Send(a, b.Follow, Note{})
	publish("us")
	if want := []string{"eu.de", "us", "eu.fr", "now.x", "us"}; !slices.Equal(b.got, want) {
		t.Errorf("got %q, want %q", b.got, want)
	}
	if got := a.Subscribed("late_news"); len(got) != 0 {
		t.Errorf("subscribed to %q at last", got)
	}
}
