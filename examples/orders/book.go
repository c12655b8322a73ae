package orders

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/ilpomo/opencore/runtime/actor"
)

// A Book answers what things cost.
type Book struct {
	Prices    string        // the parameter prices: a CSV file of items and prices
	Takes     time.Duration // the parameter takes: from a question to its answer
	Forgetful bool          // the parameter forgetful: the first question about an item has no answer

	prices map[string]float64 // by item
	asked  map[string]bool    // items that have been asked about
}

// Start reads the prices. A file that can't be read is the parameter's fault:
// the run ends and names the place where it is written.
func (b *Book) Start(context.Context) error {
	prices, err := readPrices(b.Prices)
	if err != nil {
		return actor.BadParam("prices", err)
	}
	b.prices, b.asked = prices, map[string]bool{}
	return nil
}

// Price handles one request of the port price. Its answer comes later, and
// meanwhile others are asked.
func (b *Book) Price(ctx context.Context, q Query, reply actor.Reply[Quote]) error {
	price, ok := b.prices[q.Item]
	if !ok {
		return reply.Fail(ctx, fmt.Errorf("nobody knows what %q costs", q.Item))
	}
	first := !b.asked[q.Item]
	b.asked[q.Item] = true
	if b.Forgetful && first {
		return nil
	}
	time.AfterFunc(b.Takes, func() {
		if err := reply.Send(ctx, Quote{Item: q.Item, Price: price}); err != nil {
			actor.Log(ctx).Warn("an answer came too late", "item", q.Item, "err", err)
		}
	})
	return nil
}

// readPrices reads a CSV file with the columns item and price.
func readPrices(path string) (map[string]float64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errors.New("the file of prices is empty")
	}
	prices := map[string]float64{}
	for _, row := range rows[1:] {
		price, err := strconv.ParseFloat(row[1], 64)
		if err != nil {
			return nil, err
		}
		prices[row[0]] = price
	}
	return prices, nil
}
