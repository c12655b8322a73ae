package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// A contest is one thing that is measured: of opencore, and of the peers that
// it is compared with.
type contest struct {
	name    string
	metrics []metric // what each run of a contender measures
	ours    func() ([]float64, error)
	peers   []peer
	prepare func() error // before the first round; nil: nothing to do
	rounds  int          // at most, since it takes long; 0: as many as asked for
}

// A metric is one figure that a run gives.
type metric struct {
	name  string // what tells it from the contest's others; "" if there are none
	unit  string
	less  bool    // less of it is better
	limit float64 // the goal for ours alone; 0: there is none
}

// A peer is what opencore is compared with.
type peer struct {
	name  string
	goals []float64 // for each metric, what ours divided by theirs is to be; 0: no goal
	needs []string  // what must have been built for it: see (*bench).need
	run   func() ([]float64, error)
}

// errAbsent says that a peer can't be measured here.
var errAbsent = errors.New("not here")

// one makes a run that gives one figure.
func one(measure func() (float64, error)) func() ([]float64, error) {
	return func() ([]float64, error) {
		x, err := measure()
		return []float64{x}, err
	}
}

// A turn is a contender of a contest, and what was measured of it so far.
type turn struct {
	name   string
	peer   bool
	run    func() ([]float64, error)
	values []series // by metric
	absent string   // why nothing is measured of it
}

// hold holds a contest: in each round each contender is measured once, one
// after the other, in every second round the other way round. Where there are
// others opencore has a turn at either end, so that what is between two
// measurements of the same thing shows the noise.
func (b *bench) hold(c contest) ([]outcome, error) {
	if c.prepare != nil {
		if err := c.prepare(); err != nil {
			return nil, err
		}
	}
	turns := []*turn{{name: "opencore", run: c.ours}}
	for _, p := range c.peers {
		t := &turn{name: p.name, run: p.run, peer: true}
		for _, need := range p.needs {
			switch err := b.need(need); {
			case errors.Is(err, errAbsent):
				t.absent = firstLine(err)
			case err != nil:
				return nil, err
			}
		}
		turns = append(turns, t)
	}
	if len(c.peers) > 0 {
		turns = append(turns, &turn{name: again, run: c.ours})
	}
	order := slices.Clone(turns)
	for range b.roundsOf(c) {
		slices.Reverse(order)
		for _, t := range order {
			if err := b.take(t, len(c.metrics)); err != nil {
				return nil, fmt.Errorf("%s: %w", t.name, err)
			}
		}
	}
	return b.outcomes(c, turns), nil
}

// again is the name of the second turn of opencore.
const again = "opencore again"

func (b *bench) roundsOf(c contest) int {
	if c.rounds > 0 {
		return min(c.rounds, b.rounds)
	}
	return b.rounds
}

// take lets one contender be measured. A peer that fails is left out from then
// on, as it is no reason to lose what else an hour has brought.
func (b *bench) take(t *turn, metrics int) error {
	if t.absent != "" {
		return nil
	}
	values, err := t.run()
	switch {
	case errors.Is(err, errAbsent):
		t.absent = firstLine(err)
		return nil
	case err != nil && t.peer && b.ctx.Err() == nil:
		fmt.Fprintf(os.Stderr, "%s: %v\n", t.name, err)
		t.absent = "it failed, " + firstLine(err)
		return nil
	case err != nil:
		return err
	}
	if t.values == nil {
		t.values = make([]series, metrics)
	}
	for i := range t.values {
		t.values[i] = append(t.values[i], values[i])
	}
	return nil
}

// outcomes makes an outcome of each metric.
func (b *bench) outcomes(c contest, turns []*turn) []outcome {
	var list []outcome
	for i, m := range c.metrics {
		o := outcome{Name: c.name, Metric: m.name, Unit: m.unit, Less: m.less, Limit: m.limit, Commit: b.commit}
		for j, t := range turns {
			r := rival{Name: t.name, Absent: t.absent}
			if t.absent == "" {
				r.Values = t.values[i]
			}
			switch {
			case j == 0:
				o.Ours = r.Values
				continue
			case t.name != again && c.peers[j-1].goals != nil:
				r.Goal = c.peers[j-1].goals[i]
			}
			o.Rivals = append(o.Rivals, r)
		}
		list = append(list, o)
	}
	return list
}

// firstLine says in one line why something is not here.
func firstLine(err error) string {
	text := strings.TrimPrefix(err.Error(), errAbsent.Error()+": ")
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// count scales how many messages a run takes.
func (b *bench) count(n int) int { return max(int(float64(n)*b.scale), 1_000) }

// program writes a program into the folder.
func (b *bench) program(name, text string) (string, error) {
	path := b.path(name + ".actors")
	return path, os.WriteFile(path, []byte(text), 0o600)
}
