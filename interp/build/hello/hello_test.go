package hello

import (
	"testing"

	"github.com/ilpomo/opencore/runtime/actortest"
)

func TestGreeter(t *testing.T) {
	g := &Greeter{Word: "Hello"}
	a := actortest.New(t, g)
	if err := a.Start(); err != nil {
		t.Fatal(err)
	}
	actortest.Send(a, g.People, Person{Name: "Ada"}, Person{Name: "Grace"}, Person{Name: "Ada"})
	got := actortest.Sent(a, &g.Greetings)
	if len(got) != 2 || got[1].Text != "Hello, Grace!" {
		t.Errorf("greetings %v", got)
	}
}
