package prove

import "github.com/ilpomo/opencore/lang/model"

// onRings keeps the waits that lie on some ring: those between two instances
// that can each wait, in the end, for the other. In most graphs that is none, and
// nobody need look for rings.
func onRings(instances []*model.Instance, next map[*model.Instance][]wait) map[*model.Instance][]wait {
	t := &tarjan{next: next, index: map[*model.Instance]int{}, low: map[*model.Instance]int{}, set: map[*model.Instance]int{}}
	for _, i := range instances {
		if t.index[i] == 0 {
			t.visit(i)
		}
	}
	kept := map[*model.Instance][]wait{}
	for from, waits := range next {
		for _, w := range waits {
			if t.set[from] == t.set[w.to] {
				kept[from] = append(kept[from], w)
			}
		}
	}
	return kept
}

// A tarjan finds the sets of instances that can all wait for each other, in
// one walk: R. Tarjan, Depth-first search and linear graph algorithms, 1972.
type tarjan struct {
	next  map[*model.Instance][]wait
	index map[*model.Instance]int // in the order of the walk, from 1
	low   map[*model.Instance]int // the least index that is reached
	set   map[*model.Instance]int // from 1; 0 while an instance is on the stack
	stack []*model.Instance
	sets  int
}

func (t *tarjan) visit(i *model.Instance) {
	t.index[i] = len(t.index) + 1
	t.low[i] = t.index[i]
	t.stack = append(t.stack, i)
	for _, w := range t.next[i] {
		switch {
		case t.index[w.to] == 0:
			t.visit(w.to)
			t.low[i] = min(t.low[i], t.low[w.to])
		case t.set[w.to] == 0:
			t.low[i] = min(t.low[i], t.index[w.to])
		}
	}
	if t.low[i] < t.index[i] {
		return
	}
	t.sets++
	for t.set[i] == 0 {
		t.set[t.stack[len(t.stack)-1]] = t.sets
		t.stack = t.stack[:len(t.stack)-1]
	}
}
