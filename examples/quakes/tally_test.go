package quakes

import (
	"slices"
	"testing"
	"time"

	"github.com/ilpomo/opencore/runtime/actortest"
)

func TestTally(t *testing.T) {
	tally := &Tally{}
	a := actortest.New(t, tally)
	must(t, a.Start())
	actortest.Send(a, tally.Quakes, Quake{Net: "us", Mag: 4.9}, Quake{Net: "ci", Mag: -0.3}, Quake{Net: "us", Mag: 4.1})
	must(t, a.Tick(time.Now()))
	actortest.Send(a, tally.Quakes, Quake{Net: "ci", Mag: -0.1})
	must(t, a.Stop())

	want := []Region{{"ci", 1, -0.3}, {"us", 2, 4.9}, {"ci", 2, -0.1}}
	if got := actortest.Sent(a, &tally.Regions); !slices.Equal(got, want) {
		t.Errorf("published %v, want %v", got, want)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
