package prove

import (
	"math/rand/v2"
	"slices"

	"github.com/ilpomo/opencore/lang/model"
)

// This is the protocol of acknowledged wires in small: who sends keeps a message
// until it is acknowledged; it is acknowledged when all that it led to has
// been; a journal acknowledges at once and outlives its process. Equal inputs
// lead to equal outputs, so what is made again is the same message.

// mostHops is how far a message goes, so that circles come to an end.
const mostHops = 5

// A parcel is a message on a wire.
type parcel struct {
	id     uint64
	hops   int
	origin *token // what waits for its acknowledgement; nil: nobody
}

// A token is a message that is being dealt with, or that a source has sent: it
// is done when nothing is open.
type token struct {
	wire *model.Wire // that it came on; nil: a source sent it
	id   uint64
	life *int // of the process that has it
	born int
	open int
}

// A loss is a wire with the process whose kill lost something on it.
type loss struct {
	wire    *model.Wire
	process string
}

type losses struct {
	by         map[loss]bool
	everywhere bool // each wire that takes anything has had a message
}

// mostSteps is how long a run may be: circles that copy grow beyond it, and are
// left out.
const mostSteps = 60

// kills runs a graph once, and then once for each process and each step, after
// which it is killed. small is false for a graph that takes too long.
func (c *lossCase) kills(h handlers, seed uint64) (found losses, small bool) {
	found = losses{map[loss]bool{}, true}
	quiet := newWorld(c, h, seed)
	steps := quiet.run("", -1)
	if steps >= mostSteps {
		return found, false
	}
	for _, w := range c.graph.Wires {
		found.everywhere = found.everywhere && (w.Where != nil || len(quiet.offered[w]) > 0)
	}
	tried := map[string]bool{}
	for _, i := range c.graph.Instances {
		process := processOf(i)
		if tried[process] || i.Actor.External {
			continue
		}
		tried[process] = true
		for at := range steps {
			for _, w := range c.missing(h, seed, process, at) {
				found.by[loss{w, process}] = true
			}
		}
	}
	return found, true
}

// missing gives the wires that lose something when a process is killed.
func (c *lossCase) missing(h handlers, seed uint64, process string, at int) (list []*model.Wire) {
	x := newWorld(c, h, seed)
	if x.run(process, at) == 3*mostSteps {
		return nil // it has not come to its end
	}
	for _, w := range c.graph.Wires {
		if promises(w) && x.misses(w) {
			list = append(list, w)
		}
	}
	return list
}

// loses looks for an order of steps in which a kill loses something.
func (c *lossCase) loses(h handlers, l loss) bool {
	for seed := range uint64(2000) {
		if at := c.random.IntN(mostSteps); slices.Contains(c.missing(h, seed, l.process, at), l.wire) {
			return true
		}
	}
	return false
}

// A world is the state of one run.
type world struct {
	*lossCase
	handlers handlers
	random   *rand.Rand
	lives    map[string]*int
	said     map[*model.Instance]bool // sources that have sent, as far as they know
	done     map[*model.Instance]bool // and whose message is acknowledged
	kept     map[*model.Wire][]parcel // not acknowledged
	out      map[*model.Wire][]parcel // not on its way yet
	in       map[*model.Wire][]parcel // not handled yet
	guests   []model.End              // where foreign peers have still to send
	offered  map[*model.Wire]map[uint64]bool
	handled  map[*model.Wire]map[uint64]bool
}

func newWorld(c *lossCase, h handlers, seed uint64) *world {
	x := &world{
		lossCase: c, handlers: h, random: rand.New(rand.NewPCG(seed, 15)), lives: map[string]*int{},
		said: map[*model.Instance]bool{}, done: map[*model.Instance]bool{},
		kept: map[*model.Wire][]parcel{}, out: map[*model.Wire][]parcel{}, in: map[*model.Wire][]parcel{},
		offered: map[*model.Wire]map[uint64]bool{}, handled: map[*model.Wire]map[uint64]bool{},
	}
	for _, i := range c.graph.Instances {
		x.lives[processOf(i)] = new(int)
	}
	for _, w := range c.graph.Wires {
		x.offered[w], x.handled[w] = map[uint64]bool{}, map[uint64]bool{}
	}
	for _, e := range c.graph.Exposes {
		x.guests = append(x.guests, e.End)
	}
	return x
}

// misses tells whether something was sent on a wire and never dealt with.
func (x *world) misses(w *model.Wire) bool {
	for id := range x.offered[w] {
		if !x.handled[w][id] {
			return true
		}
	}
	return false
}

// run goes on until nothing is left to do, kills a process after one step, and
// counts the steps.
func (x *world) run(process string, at int) int {
	for n := 0; ; n++ {
		steps := x.steps()
		if len(steps) == 0 || n == 3*mostSteps {
			return n
		}
		steps[x.random.IntN(len(steps))]()
		if n == at {
			x.kill(process)
		}
	}
}

// steps lists what can happen next.
func (x *world) steps() (list []func()) {
	for n, i := range x.graph.Instances {
		if i.Actor.Source() && !x.said[i] {
			list = append(list, func() { x.speak(i, uint64(n)) })
		}
	}
	for n, e := range x.guests {
		list = append(list, func() {
			x.guests = slices.Delete(slices.Clone(x.guests), n, n+1)
			x.handle(e, parcel{id: 900 + uint64(n)}, nil)
		})
	}
	for _, w := range x.graph.Wires {
		if len(x.out[w]) > 0 {
			list = append(list, func() { x.carry(w) })
		}
		if len(x.in[w]) > 0 {
			list = append(list, func() { x.take(w) })
		}
	}
	return list
}

// speak lets a source send its one message.
func (x *world) speak(i *model.Instance, id uint64) {
	x.said[i] = true
	x.send(i, parcel{id: id}, &token{id: id, life: x.lives[processOf(i)], born: *x.lives[processOf(i)], open: 1})
}

// carry brings a message to its receiver. A program that reads lines has it
// on its standard input then, and that is all that is asked.
func (x *world) carry(w *model.Wire) {
	p := x.out[w][0]
	x.out[w] = x.out[w][1:]
	x.in[w] = append(x.in[w], p)
	if w.To.Instance.Actor.Lines {
		x.acknowledge(w, p.id)
	}
}

// take lets a receiver deal with a message.
func (x *world) take(w *model.Wire) {
	p := x.in[w][0]
	x.in[w] = x.in[w][1:]
	x.handled[w][p.id] = true
	life := x.lives[processOf(w.To.Instance)]
	x.handle(w.To, p, &token{wire: w, id: p.id, life: life, born: *life, open: 1})
}

func (x *world) handle(to model.End, p parcel, t *token) {
	if p.hops == mostHops || !x.handlers.sends(to.Instance, to.Port) {
		x.settle(t)
		return
	}
	x.send(to.Instance, parcel{id: p.id*31 + 7, hops: p.hops + 1}, t)
}

// send puts a message on all outgoing wires of an instance.
func (x *world) send(i *model.Instance, p parcel, t *token) {
	for n, w := range x.graph.Wires {
		if w.From.Instance != i || w.Where != nil {
			continue
		}
		sent := parcel{id: p.id*1_000_003 + uint64(n), hops: p.hops}
		x.offered[w][sent.id] = true
		switch {
		case w.Journal != "":
			x.kept[w] = append(x.kept[w], sent)
		case promises(w):
			if sent.origin = t; t != nil {
				t.open++
			}
			x.kept[w] = append(x.kept[w], sent)
		}
		x.out[w] = append(x.out[w], sent)
	}
	x.settle(t)
}

// settle notes that one thing is done that a token waits for.
func (x *world) settle(t *token) {
	if t == nil || *t.life != t.born {
		return
	}
	if t.open--; t.open > 0 {
		return
	}
	if t.wire != nil {
		x.acknowledge(t.wire, t.id)
		return
	}
	x.done[x.graph.Instances[t.id]] = true
}

// acknowledge lets the sender forget a message.
func (x *world) acknowledge(w *model.Wire, id uint64) {
	for n, p := range x.kept[w] {
		if p.id == id {
			x.kept[w] = slices.Delete(slices.Clone(x.kept[w]), n, n+1)
			x.settle(p.origin)
			return
		}
	}
}

// kill kills a process and starts it again: it knows nothing any more but
// what is in its journals, and who kept something for it sends that again.
func (x *world) kill(process string) {
	*x.lives[process]++
	for _, i := range x.graph.Instances {
		if processOf(i) == process && x.said[i] {
			x.said[i] = !x.again(i)
		}
	}
	for _, w := range x.graph.Wires {
		from, to := processOf(w.From.Instance) == process, processOf(w.To.Instance) == process
		if from && w.Journal == "" {
			x.kept[w], x.out[w] = nil, nil
		}
		if to {
			x.in[w] = nil
		}
		if w.Journal != "" && (from || to) || promises(w) && to {
			x.out[w] = slices.Clone(x.kept[w])
		}
	}
}

// again tells whether a source that has been killed sends its message again.
func (x *world) again(i *model.Instance) bool {
	if !i.Actor.Standard {
		return true // it begins anew
	}
	return i.Args[0].Value != "-" && !x.done[i]
}
