// Package hello holds the code of the actors that hello.actors declares.
package hello

import (
	"context"

	"github.com/ilpomo/opencore/runtime/actor"
)

// Greeter greets people by their names, each once.
type Greeter struct {
	Word      string              // the parameter word
	Greetings actor.Out[Greeting] // the port greetings

	greeted map[string]bool
}

// Start prepares the greeter before the first message.
func (g *Greeter) Start(context.Context) error {
	g.greeted = map[string]bool{}
	return nil
}

// People handles one message of the port people.
func (g *Greeter) People(ctx context.Context, p Person) error {
	if g.greeted[p.Name] {
		return nil
	}
	g.greeted[p.Name] = true
	return g.Greetings.Send(ctx, Greeting{Text: g.Word + ", " + p.Name + "!"})
}
