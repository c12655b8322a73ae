package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// A series is what was measured, in the order of the rounds.
type series []float64

// median is 0 for an empty series.
func (s series) median() float64 {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	return (sorted[(len(s)-1)/2] + sorted[len(s)/2]) / 2
}

// String gives the median with the range.
func (s series) String() string {
	switch len(s) {
	case 0:
		return ""
	case 1:
		return short(s[0])
	default:
		return fmt.Sprintf("%s (%s to %s)", short(s.median()), short(slices.Min(s)), short(slices.Max(s)))
	}
}

// short writes a number in three digits or so.
func short(x float64) string {
	switch {
	case x >= 1e6:
		return fmt.Sprintf("%.2f M", x/1e6)
	case x >= 1e4:
		return fmt.Sprintf("%.1f k", x/1e3)
	case x >= 100:
		return fmt.Sprintf("%.0f", x)
	case x >= 10:
		return fmt.Sprintf("%.1f", x)
	default:
		return fmt.Sprintf("%.2f", x)
	}
}

// An outcome is what was measured of one metric of a contest.
type outcome struct {
	Name   string  `json:"name"`
	Metric string  `json:"metric,omitempty"`
	Unit   string  `json:"unit"`
	Less   bool    `json:"less,omitempty"`  // less is better
	Limit  float64 `json:"limit,omitempty"` // the goal for ours alone
	Commit string  `json:"commit"`
	Ours   series  `json:"ours"`
	Rivals []rival `json:"rivals,omitempty"`
}

// A rival is what opencore was compared with: another program, or itself.
type rival struct {
	Name   string  `json:"name"`
	Goal   float64 `json:"goal,omitempty"`   // what ours divided by theirs is to be
	Absent string  `json:"absent,omitempty"` // why there are no values
	Values series  `json:"values,omitempty"`
}

// title is the outcome's name in a table.
func (o outcome) title() string {
	if o.Metric == "" {
		return o.Name
	}
	return o.Name + ": " + o.Metric
}

// against compares round by round: the two of a round were measured one
// shortly after the other.
func (o outcome) against(r rival) series {
	var list series
	for i := range min(len(r.Values), len(o.Ours)) {
		list = append(list, o.Ours[i]/r.Values[i])
	}
	return list
}

// reaches reports whether a value is as good as the goal.
func (o outcome) reaches(value, goal float64) bool {
	if o.Less {
		return value <= goal
	}
	return value >= goal
}

// results are all outcomes of which there are any.
type results struct {
	Machine  machine   `json:"machine"`
	Outcomes []outcome `json:"outcomes"`
}

const resultsFile = "benchmarks.json"

// readResults reads what was measured before; "" is no folder.
func readResults(folder string) (*results, error) {
	all := &results{}
	if folder == "" {
		return all, nil
	}
	text, err := os.ReadFile(filepath.Join(folder, resultsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return all, nil
	}
	if err != nil {
		return nil, err
	}
	return all, json.Unmarshal(text, all)
}

// keep takes outcomes in, in the place of former ones.
func (all *results) keep(list []outcome) {
	for _, o := range list {
		i := slices.IndexFunc(all.Outcomes, func(old outcome) bool { return old.title() == o.title() })
		if i < 0 {
			all.Outcomes = append(all.Outcomes, o)
		} else {
			all.Outcomes[i] = o
		}
	}
}

// write writes the results for the next time.
func (all *results) write(folder string) error {
	if folder == "" {
		return nil
	}
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	text = bytes.ReplaceAll(text, []byte(`{"name":`), []byte("\n"+`{"name":`)) // so that a diff shows what has changed
	return os.WriteFile(filepath.Join(folder, resultsFile), append(text, '\n'), 0o644)
}

// sort puts outcomes into the order of the contests, so that a page does not
// depend on which were measured when. Those of no contest are left out.
func (all *results) sort(contests []contest) {
	var sorted []outcome
	for _, c := range contests {
		for _, o := range all.Outcomes {
			if o.Name == c.name {
				sorted = append(sorted, o)
			}
		}
	}
	all.Outcomes = sorted
}
