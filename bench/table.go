package main

import (
	"fmt"
	"slices"
)

// A series is what was measured, in the order of the rounds.
type series []float64

// median is 0 for an empty series.
func (s series) median() float64 {
	if len(s) == 0 {
		return 0
	}
	return slices.Sorted(slices.Values(s))[len(s)/2]
}

// String gives the median with the range.
func (s series) String() string {
	return fmt.Sprintf("%s (%s to %s)", short(s.median()), short(slices.Min(s)), short(slices.Max(s)))
}

// short writes a number in three digits or so.
func short(x float64) string {
	switch {
	case x >= 1e6:
		return fmt.Sprintf("%.2f M", x/1e6)
	case x >= 1e3:
		return fmt.Sprintf("%.1f k", x/1e3)
	case x >= 100:
		return fmt.Sprintf("%.0f", x)
	default:
		return fmt.Sprintf("%.2f", x)
	}
}

// A row is one comparison: with another program, if theirs is not empty, and
// with the goal.
type row struct {
	what, unit   string
	ours, theirs series
	than, goal   string
	met          func(ours, theirs float64) bool
}

// ratios compares round by round.
func (r row) ratios() series {
	var list series
	for i, theirs := range r.theirs {
		list = append(list, r.ours[i]/theirs)
	}
	return list
}

// String gives the row as a line of the table.
func (r row) String() string {
	verdict := "met"
	if !r.met(r.ours.median(), r.theirs.median()) {
		verdict = "not met"
	}
	line := fmt.Sprintf("%-50s %s %s", r.what, r.ours, r.unit)
	if len(r.theirs) > 0 {
		line += fmt.Sprintf("; %s %s %s; ratio %s", r.than, r.theirs, r.unit, r.ratios())
	}
	return fmt.Sprintf("%s; goal: %s, %s", line, r.goal, verdict)
}
