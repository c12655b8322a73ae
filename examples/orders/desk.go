// Package orders holds the actors of orders.actors: a desk that asks and a
// book that answers.
package orders

//go:generate go run ../../cmd/opencore compile --emit go

import (
	"context"

	"github.com/ilpomo/opencore/runtime/actor"
)

// A Desk bills orders.
type Desk struct {
	Price actor.Ask[Query, Quote] // the port price
	Bills actor.Out[Bill]         // the port bills
}

// Orders handles one message of the port orders. The error of a question that
// was not answered in time, or answered with an error, rejects the order.
func (d *Desk) Orders(ctx context.Context, o Order) error {
	quote, err := d.Price.Ask(ctx, Query{Item: o.Item})
	if err != nil {
		return err
	}
	return d.Bills.Send(ctx, Bill{Order: o.ID, Item: o.Item, Amount: o.Amount, Total: quote.Price * float64(o.Amount)})
}
