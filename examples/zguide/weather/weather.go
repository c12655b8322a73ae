// Package weather holds the actors of weather.actors: who publishes the
// weather, and who averages it.
package weather

//go:generate go run ../../../cmd/opencore compile --emit go

import (
	"context"
	"math/rand/v2"
	"strconv"

	"github.com/ilpomo/opencore/runtime/actor"
)

// A Server publishes.
type Server struct {
	Updates int64
	Weather actor.Out[Weather]
}

// Run publishes the weather of a thousand places.
func (s *Server) Run(ctx context.Context) error {
	for range s.Updates {
		zip := strconv.Itoa(10_000 + rand.IntN(1000))
		if err := s.Weather.Send(ctx, Weather{Zip: zip, Temperature: rand.Int64N(215) - 80, Humidity: rand.Int64N(50) + 10}); err != nil {
			return err
		}
	}
	return nil
}

// A Client averages.
type Client struct {
	Average actor.Out[Average]

	sum, count float64
}

// Weather takes one update.
func (c *Client) Weather(ctx context.Context, w Weather) error {
	c.sum, c.count = c.sum+float64(w.Temperature), c.count+1
	if c.count < 100 {
		return nil
	}
	average := Average{Zip: w.Zip, Temperature: c.sum / c.count}
	c.sum, c.count = 0, 0
	return c.Average.Send(ctx, average)
}
