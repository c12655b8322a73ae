package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// A line is a row of the table: one comparison, or one figure with its goal.
type line struct {
	title, ours, rival, theirs, ratio, goal, verdict string
}

// lines makes the rows of one outcome.
func (o outcome) lines() []line {
	first := line{title: o.title(), ours: o.Ours.String() + " " + o.Unit}
	if o.Limit > 0 {
		first.goal = o.wording(short(o.Limit) + " " + o.Unit)
		first.verdict = verdict(o.reaches(o.Ours.median(), o.Limit))
	}
	if len(o.Rivals) == 0 {
		return []line{first}
	}
	var list []line
	if o.Limit > 0 {
		list = append(list, first)
	}
	for _, r := range o.Rivals {
		l := o.line(r)
		if len(list) == 0 {
			l.title, l.ours = first.title, first.ours
		}
		list = append(list, l)
	}
	return list
}

// line compares with one rival.
func (o outcome) line(r rival) line {
	l := line{rival: r.Name}
	if r.Goal > 0 {
		l.goal = o.wording(fmt.Sprintf("%g times", r.Goal))
	}
	if r.Absent != "" {
		l.theirs = "not here: " + r.Absent
		return l
	}
	ratios := o.against(r)
	l.theirs, l.ratio = r.Values.String(), ratios.String()
	switch {
	case r.Name == again:
		l.verdict = "noise"
	case r.Goal > 0:
		l.verdict = verdict(o.reaches(ratios.median(), r.Goal))
	}
	return l
}

func (o outcome) wording(goal string) string {
	if o.Less {
		return "at most " + goal
	}
	return "at least " + goal
}

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "not met"
}

// printTable prints outcomes for a terminal.
func printTable(w io.Writer, outcomes []outcome) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "\topencore\tagainst\ttheirs\tours/theirs\tgoal\t")
	for _, o := range outcomes {
		for _, l := range o.lines() {
			fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", l.title, l.ours, l.rival, l.theirs, l.ratio, l.goal, l.verdict)
		}
	}
	return tw.Flush()
}
