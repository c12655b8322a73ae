// Package eight holds the actors of eight.actors.
package eight

//go:generate go run ../../cmd/opencore compile --emit go

import (
	"context"
	"time"

	"github.com/ilpomo/opencore/runtime/actor"
)

// A Shop makes orders.
type Shop struct {
	Count  int64
	Orders actor.Out[Order]
}

// Run makes them one after the other.
func (s *Shop) Run(ctx context.Context) error {
	o := Order{
		At: time.Date(2018, 1, 31, 1, 49, 59, 0, time.UTC), Customer: "Lidell, Alice", Product: "looking-glass, oak frame",
		Price: 129.5, Count: 2, Note: "to be left with the caterpillar if nobody opens the door",
	}
	for i := range s.Count {
		o.ID, o.Paid = i, i%3 == 0
		if err := s.Orders.Send(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// A Discount hands on cheaper orders.
type Discount struct{ Priced actor.Out[Order] }

// Orders takes a tenth off what has been paid.
func (d *Discount) Orders(ctx context.Context, o Order) error {
	if o.Paid {
		o.Price *= 0.9
	}
	o.Count++
	return d.Priced.Send(ctx, o)
}

// A Till adds up.
type Till struct {
	first  time.Time
	orders int
	sum    float64
}

// Orders adds one order.
func (t *Till) Orders(_ context.Context, o Order) error {
	if t.orders == 0 {
		t.first = time.Now()
	}
	t.orders++
	t.sum += o.Price * float64(o.Count)
	return nil
}

// Stop says how many orders came in a second, from the first to the last.
func (t *Till) Stop(ctx context.Context) error {
	actor.Log(ctx).Info("cashed up", "rate", float64(t.orders-1)/time.Since(t.first).Seconds(), "sum", t.sum)
	return nil
}
