// Package market holds the actor of market.actors that is written in Go.
package market

//go:generate go run ../../cmd/opencore compile --emit go

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/ilpomo/opencore/runtime/actor"
)

// Candles sums up prices by symbol. It knows nothing of where they come from,
// and who takes its candles.
type Candles struct {
	Every   time.Duration     // the parameter every: how often Tick is called
	Candles actor.Out[Candle] // the port candles

	open map[string]Candle // by symbol
}

// Start has no prices yet.
func (c *Candles) Start(context.Context) error {
	c.open = map[string]Candle{}
	return nil
}

// Prices handles one message of the port prices.
func (c *Candles) Prices(_ context.Context, p Price) error {
	candle, ok := c.open[p.Symbol]
	if !ok {
		candle = Candle{Symbol: p.Symbol, At: p.At, Open: p.Price, High: p.Price, Low: p.Price}
	}
	candle.High, candle.Low, candle.Close = max(candle.High, p.Price), min(candle.Low, p.Price), p.Price
	candle.Prices++
	c.open[p.Symbol] = candle
	return nil
}

// Tick publishes the candles that are open, and begins new ones.
func (c *Candles) Tick(ctx context.Context, _ time.Time) error {
	for _, symbol := range slices.Sorted(maps.Keys(c.open)) {
		if err := c.Candles.Send(ctx, c.open[symbol]); err != nil {
			return err
		}
	}
	clear(c.open)
	return nil
}

// Stop publishes what the last Tick has not seen.
func (c *Candles) Stop(ctx context.Context) error { return c.Tick(ctx, time.Time{}) }
