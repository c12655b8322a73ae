// Package sensors holds the actor of sensors.actors that is written in Go.
package sensors

//go:generate go run ../../cmd/opencore compile --emit go
//go:generate go run ../../cmd/opencore compile --emit python

import (
	"context"
	"math"

	"github.com/ilpomo/opencore/runtime/actor"
)

// A Watch tells faults from glitches: an alarm is several unusual readings in
// a row.
type Watch struct {
	Least  float64          // the parameter least: from which score on a reading is unusual
	Row    int64            // the parameter row: how many make an alarm
	Alarms actor.Out[Alarm] // the port alarms

	rows map[string]*streak // by sensor
}

// A streak is what a sensor has done unusually until now.
type streak struct {
	Alarm
	readings int64
}

// Start begins with nothing unusual.
func (w *Watch) Start(context.Context) error {
	w.rows = map[string]*streak{}
	return nil
}

// Scored handles one message of the port scored.
func (w *Watch) Scored(ctx context.Context, s Scored) error {
	if math.Abs(s.Score) < w.Least {
		return w.over(ctx, s.Sensor)
	}
	row := w.rows[s.Sensor]
	if row == nil {
		row = &streak{Alarm: Alarm{Sensor: s.Sensor, From: s.At}}
		w.rows[s.Sensor] = row
	}
	row.readings++
	row.To, row.Worst = s.At, max(row.Worst, math.Abs(s.Score))
	return nil
}

// over ends a sensor's streak, with an alarm if it was long enough.
func (w *Watch) over(ctx context.Context, sensor string) error {
	row := w.rows[sensor]
	delete(w.rows, sensor)
	if row == nil || row.readings < w.Row {
		return nil
	}
	return w.Alarms.Send(ctx, row.Alarm)
}

// Stop ends what still goes on.
func (w *Watch) Stop(ctx context.Context) error {
	for sensor := range w.rows {
		if err := w.over(ctx, sensor); err != nil {
			return err
		}
	}
	return nil
}
