package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
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
	if len(s) == 0 {
		return ""
	}
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

// A row is one comparison: with another program, if there is theirs, and with
// a goal.
type row struct {
	what   string
	unit   string
	than   string // the program that theirs was measured with
	goal   string
	met    func(r row) bool
	ours   series
	theirs series
}

// ratios compares round by round: the two of a round were measured one right
// after the other.
func (r row) ratios() series {
	var list series
	for i, theirs := range r.theirs {
		list = append(list, r.ours[i]/theirs)
	}
	return list
}

// table prints rows with their medians, ranges and goals.
func table(w io.Writer, rows []row) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "\topencore\tplain ZeroMQ\tratio\tgoal\t")
	for _, r := range rows {
		verdict := "met"
		if !r.met(r) {
			verdict = "not met"
		}
		theirs := ""
		if len(r.theirs) > 0 {
			theirs = fmt.Sprintf("%s, %s %s", r.than, r.theirs, r.unit)
		}
		fmt.Fprintf(tw, "%s\t%s %s\t%s\t%s\t%s\t%s\n", r.what, r.ours, r.unit, theirs, r.ratios(), r.goal, verdict)
	}
	return tw.Flush()
}
