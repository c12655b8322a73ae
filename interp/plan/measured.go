package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/ilpomo/opencore/runtime/spec"
)

// Measured is what a run of a plan has shown.
type Measured struct {
	Took       time.Duration   // the whole run
	For        time.Duration   // of it, from when sources were told to go until they ended, or were told to stop
	Read       uint64          // messages that sources sent, and foreign peers
	Processors int             // of the machine
	Used       []time.Duration // of them, by ProcessID; that of a group is with one of its members
	Wires      []spec.Counts   // what had become of messages after For; by WireID
	Waiting    []float64       // messages that were on their way or being handled until then, on average; by WireID
	Samples    int             // of which that is the average
}

// fewSamples are too few for an average.
const fewSamples = 20

// measurements tells who was busy.
func (e *explainer) measurements() {
	m := e.measured
	if m == nil {
		return
	}
	e.line("\nmeasured")
	e.line("  in %s: %s read, %s", short(m.For), count(int(m.Read), "message", "messages"), rate(m.Read, m.For))
	users := e.users()
	all := 0.0
	for _, u := range users {
		all += u.cores
	}
	e.line("  %s of %s used, by", cores(all), count(m.Processors, "processor", "processors"))
	var rows [][]string
	for _, u := range users {
		rows = append(rows, []string{"  " + u.name, cores(u.cores), u.of})
	}
	e.table(rows)
	if m.Samples < fewSamples {
		e.line("  It was too short to tell who was busy, and how long messages were on their way.")
		return
	}
	e.line("  %s", e.verdict(users, all))
}

// A user is an instance, or a group, that has used processors.
type user struct {
	name     string
	of       string // that the share is of several processes
	cores    float64
	replicas int
	source   bool
}

// users sums up by instance or group, those first that used most.
func (e *explainer) users() []user {
	var list []user
	at := map[string]int{}
	for _, p := range e.plan.Processes {
		name := p.Instance
		if p.Group != "" {
			name = p.Group
		}
		i, known := at[name]
		if !known {
			i = len(list)
			at[name] = i
			list = append(list, user{name: name, replicas: p.Replicas})
			if p.Group != "" {
				list[i].replicas, list[i].of = 1, "all that is in that OS process"
			} else if p.Replicas > 1 {
				list[i].of = fmt.Sprintf("its %d replicas together", p.Replicas)
			}
		}
		list[i].cores += e.measured.Used[p.ID].Seconds() / e.measured.Took.Seconds()
		list[i].source = list[i].source || p.Source
	}
	slices.SortStableFunc(list, func(a, b user) int { return cmp.Compare(b.cores, a.cores) })
	return list
}

// Shares of a processor, or of all: nothing that is busy ever shows all of it,
// and what is idle still wakes up.
const (
	busy = 0.8
	idle = 0.25
)

// long is more than messages are on their way, in seconds, where nobody waits:
// what is in hand counts until it is acknowledged, in batches.
const long = 0.1

// verdict says in a sentence what a run spent its time with, as far as that can
// be told.
func (e *explainer) verdict(users []user, all float64) string {
	busiest := slices.MaxFunc(users, func(a, b user) int { return cmp.Compare(a.share(), b.share()) })
	slow, waiting := e.crowd(users)
	switch {
	case busiest.share() >= busy && busiest.source:
		return busiest.name + " is busy all the time, and a source: the others could do more."
	case busiest.share() >= busy:
		return busiest.name + " is busy all the time: the others wait for it."
	case all >= busy*float64(e.measured.Processors):
		return "All processors are busy, and no process alone: more of them would make it faster."
	case slow != "":
		return fmt.Sprintf("%s is not busy, and yet %s messages wait for it on average: its handler waits for something else.", slow, grouped(int(waiting)))
	case busiest.share() < idle:
		return "Nobody is busy, and nothing queues: the sources gave no more."
	default:
		return "Nobody is busy all the time; " + busiest.name + " works most."
	}
}

// share is how much of a processor each process of a user has used.
func (u user) share() float64 { return u.cores / float64(u.replicas) }

// crowd finds the instance that is idle though a queue before it is full most of
// the time; "" if there is none.
func (e *explainer) crowd(users []user) (name string, waiting float64) {
	lazy := map[string]bool{}
	for _, u := range users {
		lazy[u.name] = u.share() < idle
	}
	for i := range e.plan.Wires {
		w := &e.plan.Wires[i]
		if !lazy[w.To.Instance] || w.Queue.Messages == 0 {
			continue
		}
		n := e.measured.Waiting[i]
		each := n / max(1, float64(e.measured.Wires[i].Delivered)) * e.measured.For.Seconds()
		room := w.Queue.Messages * max(1, w.From.Replicas) * max(1, w.To.Replicas)
		if n > waiting && n >= float64(room)/2 && each > long {
			name, waiting = w.To.Instance, n
		}
	}
	return name, waiting
}

// measure tells what came through a wire. How long a message was on its way
// follows from how many were, by Little's law.
func (e *explainer) measure(w *spec.Wire) {
	if e.measured == nil {
		return
	}
	m, c := e.measured, e.measured.Wires[w.ID]
	e.line("    measured %s", flow(c, m.For))
	n := m.Waiting[w.ID]
	switch {
	case m.Samples < fewSamples || c.Offered == 0:
	case n >= float64(c.Delivered)/2: // it was no steady flow
		e.line("             %s on the way or in hand on average", few(n))
	default:
		each := time.Duration(n / float64(c.Delivered) * float64(m.For))
		e.line("             %s on the way or in hand on average, each for %s", few(n), short(each))
	}
}

// flow says what became of the messages of a wire.
func flow(c spec.Counts, in time.Duration) string {
	text := fmt.Sprintf("%s delivered, %s", grouped(int(c.Delivered)), rate(c.Delivered, in))
	if c.Filtered > 0 {
		text += fmt.Sprintf("; %s of %s filtered", grouped(int(c.Filtered)), grouped(int(c.Offered)))
	}
	if c.Dropped > 0 {
		text += fmt.Sprintf("; %s dropped", grouped(int(c.Dropped)))
	}
	return text
}

// rate gives messages a second with the digits that mean something.
func rate(n uint64, in time.Duration) string {
	per := float64(n) / in.Seconds()
	if per < 100 {
		return strconv.FormatFloat(per, 'g', 2, 64) + " a second"
	}
	unit := 1
	for int(per)/unit >= 1000 {
		unit *= 10
	}
	return grouped(int(per)/unit*unit) + " a second"
}

func cores(n float64) string { return strconv.FormatFloat(n, 'f', 2, 64) }

// few gives a number of messages, which may be a part of one.
func few(n float64) string {
	if n < 10 {
		return strconv.FormatFloat(n, 'f', 1, 64)
	}
	return grouped(int(n + 0.5))
}

// short gives a time with three digits.
func short(d time.Duration) string {
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit).String()
}
