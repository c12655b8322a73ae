package stdlib

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/ilpomo/opencore/runtime/actor"
)

// every is timer.Every.
type every struct {
	ticks  *actor.Out[actor.Raw]
	source actor.Progress
	n      uint64
	tick   [16]byte // the encoding of a timer.Tick: at, n
}

// shortestTick is the resolution of what wakes a process.
const shortestTick = time.Millisecond

func newEvery(s *actor.Setup) (*actor.Instance, error) {
	d := param[time.Duration](s, "every")
	if d < shortestTick {
		return nil, badParam("every", "%s is too short, %s is the least", d, shortestTick)
	}
	e := &every{ticks: out(s, "ticks"), source: s.Source, n: s.Source.Place()}
	return &actor.Instance{Handler: e, Every: d}, nil
}

// Tick implements [actor.Ticker].
func (e *every) Tick(ctx context.Context, now time.Time) error {
	e.n++
	binary.LittleEndian.PutUint64(e.tick[:8], uint64(now.UnixNano()))
	binary.LittleEndian.PutUint64(e.tick[8:], e.n)
	if err := e.ticks.Send(ctx, e.tick[:]); err != nil {
		return err
	}
	e.source.Sent(e.n)
	return nil
}
