package plan

import (
	"cmp"
	"slices"

	"github.com/ilpomo/opencore/lang/model"
)

// addOrder decides in what order processes are told to go, sinks first, and
// which of them can only end together.
//
// The end of a stream travels along the wires: from a sender to its receivers
// and, as repliers end after their requesters, from a requester to its
// replier. Replies go the other way, but nobody's end waits for them that
// doesn't wait for the request. So instances depend on each other exactly
// where a chain of wires leads from each to the other: the strongly connected
// components of the graph. A pair leads both ways; what runs elsewhere leads
// nowhere, for we do not see what ends there. All replicas of both ends of a
// wire are connected, so what holds for the instances holds for their
// processes.
func (b *builder) addOrder() {
	components := b.components()
	for _, component := range components {
		for _, i := range component.members {
			for _, p := range b.replicas(b.program.Graph.Instances[i]) {
				b.plan.Start = append(b.plan.Start, p.ID)
			}
		}
	}
	b.numberCycles(components)
}

// numberCycles numbers the components that are cycles, in the order of their
// first instance in the source.
func (b *builder) numberCycles(components []component) {
	cycles := slices.DeleteFunc(slices.Clone(components), func(c component) bool { return !c.cycle })
	slices.SortFunc(cycles, func(x, y component) int { return cmp.Compare(x.members[0], y.members[0]) })
	for n, c := range cycles {
		for _, i := range c.members {
			for _, p := range b.replicas(b.program.Graph.Instances[i]) {
				p.Cycle = n + 1
			}
		}
	}
	for _, p := range b.plan.Processes {
		for i := range p.Peers {
			p.Peers[i].Cycle = p.Cycle != 0 && b.plan.Processes[p.Peers[i].ID].Cycle == p.Cycle
		}
	}
}

// A component is a set of instances each of which can reach each other.
type component struct {
	members []int // indexes of instances, ascending
	cycle   bool  // more than one, or one that is wired to itself
}

// components finds the strongly connected components by Tarjan's algorithm
// (SIAM J. Comput. 1(2), 1972), which yields them sinks first.
func (b *builder) components() []component {
	instances := b.program.Graph.Instances
	t := &tarjan{
		next:  successors(b.program.Graph),
		index: make([]int, len(instances)),
		low:   make([]int, len(instances)),
		open:  make([]bool, len(instances)),
	}
	for i := range instances {
		if t.index[i] == 0 {
			t.visit(i)
		}
	}
	return t.found
}

// successors gives for each instance those that a wire leads to.
func successors(g *model.Graph) [][]int {
	index := make(map[*model.Instance]int, len(g.Instances))
	for i, inst := range g.Instances {
		index[inst] = i
	}
	next := make([][]int, len(g.Instances))
	for _, w := range g.Wires {
		if w.From.Instance.Actor.External || w.To.Instance.Actor.External {
			continue
		}
		from, to := index[w.From.Instance], index[w.To.Instance]
		next[from] = append(next[from], to)
		if w.From.Port.Pattern == model.Pair {
			next[to] = append(next[to], from)
		}
	}
	return next
}

// tarjan is the state of a search: index counts visits from 1, low is the
// smallest index that a node's subtree reaches, open tells what is on the
// stack.
type tarjan struct {
	next       [][]int
	index, low []int
	open       []bool
	stack      []int
	visits     int
	found      []component
}

func (t *tarjan) visit(i int) {
	t.visits++
	t.index[i], t.low[i] = t.visits, t.visits
	t.stack, t.open[i] = append(t.stack, i), true
	for _, j := range t.next[i] {
		if t.index[j] == 0 {
			t.visit(j)
			t.low[i] = min(t.low[i], t.low[j])
		} else if t.open[j] {
			t.low[i] = min(t.low[i], t.index[j])
		}
	}
	if t.low[i] == t.index[i] {
		t.close(i)
	}
}

// close takes the component whose first visited member is i off the stack.
func (t *tarjan) close(i int) {
	at := len(t.stack) - 1
	for t.stack[at] != i {
		at--
	}
	members := slices.Sorted(slices.Values(t.stack[at:]))
	t.stack = t.stack[:at]
	for _, m := range members {
		t.open[m] = false
	}
	t.found = append(t.found, component{members, len(members) > 1 || slices.Contains(t.next[i], i)})
}
