package stdlib

import (
	"context"
	"fmt"
	"time"

	"github.com/ilpomo/opencore/runtime/actor"
)

// newMap makes flow.Map.
func newMap(s *actor.Setup) (*actor.Instance, error) {
	mapper := s.Mappings["fields"]
	if mapper == nil {
		panic("bug: no mapping for fields")
	}
	to := out(s, "to")
	var mapped []byte
	work := func(ctx context.Context, payload []byte) error {
		var err error
		if mapped, err = mapper.Map(mapped[:0], payload); err != nil {
			return err
		}
		return to.Send(ctx, mapped)
	}
	return &actor.Instance{In: map[string]actor.Incoming{"from": {Message: work}}}, nil
}

// A counter is flow.Count.
type counter struct {
	now      func() time.Time
	messages uint64
	bytes    uint64
	first    time.Time // when the first one came
	last     time.Time // when Tick was called last
	counted  uint64    // by then
}

// reportEvery is how often counts are logged.
const reportEvery = 10 * time.Second

// newCount makes flow.Count.
func (w *world) newCount(*actor.Setup) (*actor.Instance, error) {
	c := &counter{now: w.now}
	return &actor.Instance{
		Handler: c, Every: reportEvery, In: map[string]actor.Incoming{"messages": {Message: c.message}},
	}, nil
}

// message counts one. The clock is read for the first one only: it costs as
// much as all else together.
func (c *counter) message(_ context.Context, payload []byte) error {
	if c.messages == 0 {
		c.first = c.now()
		c.last = c.first
	}
	c.messages++
	c.bytes += uint64(len(payload))
	return nil
}

// Tick implements [actor.Ticker].
func (c *counter) Tick(ctx context.Context, now time.Time) error {
	if c.messages > c.counted {
		c.report(ctx, "so far", c.messages-c.counted, now.Sub(c.last))
	}
	c.last, c.counted = now, c.messages
	return nil
}

// Stop implements [actor.Stopper].
func (c *counter) Stop(ctx context.Context) error {
	c.report(ctx, "in all", c.messages, c.now().Sub(c.first))
	return nil
}

// report logs the count, and the rate of the last n messages.
func (c *counter) report(ctx context.Context, when string, n uint64, took time.Duration) {
	if c.messages == 0 {
		actor.Log(ctx).Info("counted nothing")
		return
	}
	line := fmt.Sprintf("counted %s messages %s", grouped(c.messages), when)
	if took > 0 {
		rate := float64(n) / took.Seconds()
		line += fmt.Sprintf(", %s a second", grouped(uint64(rate)))
	}
	actor.Log(ctx).Info(line, "messages", c.messages, "bytes", c.bytes)
}
