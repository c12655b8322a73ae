package stdlib

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/runtime/actor"
)

// A generator is gen.Messages. It makes a few hundred messages when it starts
// and sends them over and over, with the running number put in.
type generator struct {
	messages *actor.Out[actor.Raw]
	source   actor.Progress
	samples  [][]byte
	next     int     // of samples: a division for each message would be felt
	number   int     // offset of the field that has the running number, -1 if there is none
	size     float64 // of a message on average, in bytes
	sent     uint64  // in all, by processes before this one too
	count    uint64  // 0 for no end
}

// mostGenerated is the largest size, in bytes.
const mostGenerated = 16 << 20

func newMessages(s *actor.Setup) (*actor.Instance, error) {
	count, rate, size := param[int64](s, "count"), param[float64](s, "rate"), param[int64](s, "size")
	switch {
	case count < 0:
		return nil, badParam("count", "%d is less than 0", count)
	case !(rate >= 0 && rate <= 1e9): // NaN too
		return nil, badParam("rate", "%g is not between 0 and 1e9 a second", rate)
	case size < 0 || size > mostGenerated:
		return nil, badParam("size", "%d is not between 0 and %d bytes", size, mostGenerated)
	}
	m := messageType(s, "T")
	g := &generator{messages: out(s, "messages"), source: s.Source, sent: s.Source.Place(), count: uint64(count)}
	g.number = numberField(m)
	var err error
	if g.samples, err = sampleMessages(m, int(size)); err != nil {
		return nil, badParam("size", "%w", err)
	}
	g.next = int(g.sent % uint64(len(g.samples)))
	for _, sample := range g.samples {
		g.size += float64(len(sample)) / float64(len(g.samples))
	}
	if rate == 0 {
		return &actor.Instance{Handler: unpaced{g}}, nil
	}
	return &actor.Instance{Handler: &paced{generator: g, rate: rate}, Every: pace(rate)}, nil
}

// numberField finds the slot of the first field that is an int, -1 if there
// is none.
func numberField(m *schema.Message) int {
	layout := schema.LayoutOf(m)
	for i := range layout.Fields {
		if f := &layout.Fields[i]; f.Type.Kind == schema.Int && !f.Type.Optional {
			return f.Slot
		}
	}
	return -1
}

// send sends the next message; done tells that it was the last, or that
// sources are told to stop.
func (g *generator) send(ctx context.Context) (done bool, err error) {
	if g.count > 0 && g.sent >= g.count {
		return true, nil
	}
	if g.sent%1024 == 0 {
		g.source.Size(uint64(float64(g.sent)*g.size), uint64(float64(g.count)*g.size))
		if ctx.Err() != nil {
			return true, nil
		}
	}
	payload := g.samples[g.next]
	if g.number >= 0 {
		binary.LittleEndian.PutUint64(payload[g.number:], g.sent)
	}
	if err := g.messages.Send(ctx, payload); err != nil {
		return ctx.Err() != nil, err
	}
	if g.next++; g.next == len(g.samples) {
		g.next = 0
	}
	g.sent++
	g.source.Sent(g.sent)
	return false, nil
}

// unpaced sends as fast as messages are taken.
type unpaced struct{ *generator }

// Run implements [actor.Runner].
func (u unpaced) Run(ctx context.Context) error {
	for {
		switch done, err := u.send(ctx); {
		case done:
			return nil
		case err != nil:
			return err
		}
	}
}

// paced sends so many a second: with each tick those that are due.
type paced struct {
	*generator
	rate  float64
	start time.Time // zero before the first tick
	base  uint64    // sent by then
}

// pace is how often to send: every hundredth of a second, less often if less
// than one is due by then.
func pace(rate float64) time.Duration {
	const often = 10 * time.Millisecond
	return max(often, min(time.Duration(float64(time.Second)/rate), time.Hour))
}

// Tick implements [actor.Ticker].
func (p *paced) Tick(ctx context.Context, now time.Time) error {
	if p.start.IsZero() {
		p.start, p.base = now, p.sent
	}
	due := p.base + 1 + uint64(now.Sub(p.start).Seconds()*p.rate)
	for p.sent < due {
		switch done, err := p.send(ctx); {
		case done:
			return actor.ErrDone
		case err != nil:
			return err
		}
	}
	if p.count > 0 && p.sent >= p.count {
		return actor.ErrDone
	}
	return nil
}
