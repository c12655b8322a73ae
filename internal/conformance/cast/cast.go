// Package cast holds actors with ports of every pattern, for tests in which
// the other end of a wire is foreign. They do as little as can be: what they
// show is what passes.
package cast

//go:generate go run ../../../cmd/opencore compile --emit go

import (
	"context"
	"errors"
	"hash/crc32"
	"slices"

	"github.com/ilpomo/opencore/runtime/actor"
)

// A Publish publishes items under their topics.
type Publish struct{ Published actor.Out[Item] }

// Items publishes an item.
func (p *Publish) Items(ctx context.Context, m Item) error { return p.Published.Send(ctx, m) }

// A Shout publishes items without a topic.
type Shout struct{ Shouted actor.Out[Item] }

// Items publishes an item.
func (s *Shout) Items(ctx context.Context, m Item) error { return s.Shouted.Send(ctx, m) }

// A Take hands on what it pulls.
type Take struct{ Taken actor.Out[Item] }

// Items hands on an item.
func (h *Take) Items(ctx context.Context, m Item) error { return h.Taken.Send(ctx, m) }

// A Hear hands on what it subscribes to.
type Hear struct{ Heard actor.Out[Item] }

// Items hands on an item.
func (h *Hear) Items(ctx context.Context, m Item) error { return h.Heard.Send(ctx, m) }

// An Ask asks one question after the other.
type Ask struct {
	Ask     actor.Ask[Item, Item]
	Answers actor.Out[Item]
}

// Items asks about an item.
func (a *Ask) Items(ctx context.Context, m Item) error {
	answer, err := a.Ask.Ask(ctx, m)
	if err != nil {
		answer = failed(m, err)
	}
	return a.Answers.Send(ctx, answer)
}

// failed stands for an answer that did not come.
func failed(m Item, err error) Item { return Item{N: m.N, Text: "error: " + err.Error()} }

// A Deal asks many questions at once.
type Deal struct {
	Ask     actor.Ask[Item, Item]
	Answers actor.Out[Item]
}

// Items asks about an item, and doesn't wait for the answer.
func (d *Deal) Items(ctx context.Context, m Item) error {
	return d.Ask.Go(ctx, m, func(ctx context.Context, answer Item, err error) {
		if err != nil {
			answer = failed(m, err)
		}
		if err := d.Answers.Send(ctx, answer); err != nil {
			actor.Log(ctx).Error("an answer is lost", "n", m.N, "error", err)
		}
	})
}

// An Answer answers at once.
type Answer struct{}

// Asked answers.
func (*Answer) Asked(_ context.Context, m Item) (Item, error) { return answer(m) }

func answer(m Item) (Item, error) {
	if m.N < 0 {
		return Item{}, errors.New("a negative n has no answer")
	}
	m.N += 1000
	return m, nil
}

// A Later answers several questions when the last of them has come.
type Later struct {
	Together int64
	waiting  []question
}

type question struct {
	item  Item
	reply actor.Reply[Item]
}

// Asked keeps a question, and answers all that it has if they are enough.
func (l *Later) Asked(ctx context.Context, m Item, r actor.Reply[Item]) error {
	l.waiting = append(l.waiting, question{m, r})
	if int64(len(l.waiting)) < l.Together {
		return nil
	}
	var errs []error
	for _, q := range slices.Backward(l.waiting) {
		errs = append(errs, say(ctx, q.item, q.reply))
	}
	l.waiting = nil
	return errors.Join(errs...)
}

func say(ctx context.Context, m Item, r actor.Reply[Item]) error {
	m, err := answer(m)
	if err != nil {
		return r.Fail(ctx, err)
	}
	return r.Send(ctx, m)
}

// A Talk talks with its pair.
type Talk struct {
	Talk  actor.Out[Item]
	Heard actor.Out[Item]
}

// Items says an item to the pair.
func (t *Talk) Items(ctx context.Context, m Item) error { return t.Talk.Send(ctx, m) }

// HandleTalk takes what the pair says.
func (t *Talk) HandleTalk(ctx context.Context, m Item) error { return t.Heard.Send(ctx, m) }

// A Relay asks on.
type Relay struct{ Ask actor.Ask[Text, Text] }

// Asked asks on.
func (r *Relay) Asked(ctx context.Context, m Text) (Text, error) { return r.Ask.Ask(ctx, m) }

// A Make makes blobs.
type Make struct{ Blobs actor.Out[Blob] }

// Wants makes a blob.
func (m *Make) Wants(ctx context.Context, w Want) error {
	return m.Blobs.Send(ctx, Blob{Data: Pattern(int(w.Size), int(w.Seed))})
}

// Pattern gives size bytes, each the low one of its index times 31 plus seed.
func Pattern(size, seed int) []byte {
	data := make([]byte, size)
	for i := range data {
		data[i] = byte(i*31 + seed)
	}
	return data
}

// A Weigh weighs blobs.
type Weigh struct{ Digests actor.Out[Digest] }

// Blobs weighs a blob.
func (w *Weigh) Blobs(ctx context.Context, b Blob) error {
	return w.Digests.Send(ctx, Digest{Size: int64(len(b.Data)), Crc: int64(crc32.ChecksumIEEE(b.Data))})
}
