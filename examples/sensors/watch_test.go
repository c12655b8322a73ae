package sensors

import (
	"testing"
	"time"

	"github.com/ilpomo/opencore/runtime/actortest"
)

func TestWatch(t *testing.T) {
	w := &Watch{Least: 4, Row: 2}
	a := actortest.New(t, w)
	if err := a.Start(); err != nil {
		t.Fatal(err)
	}
	at := func(minute int) time.Time { return time.Date(2026, 3, 1, 0, minute, 0, 0, time.UTC) }
	for minute, score := range []float64{0, 9, 1, -5, 7, 2, 4, 4} {
		actortest.Send(a, w.Scored, Scored{Sensor: "oven", At: at(minute), Score: score})
	}
	if err := a.Stop(); err != nil {
		t.Fatal(err)
	}
	got := actortest.Sent(a, &w.Alarms)
	want := []Alarm{{"oven", at(3), at(4), 7}, {"oven", at(6), at(7), 4}}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("alarms %v, want %v", got, want)
	}
}
