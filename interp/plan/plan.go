// Package plan makes every decision about a program before anything runs:
// which processes there are, which lanes connect them, who connects to whom,
// where each filter runs, in what order processes start, and which of them end
// together. [Build] is pure and deterministic: the same program gives the same
// [spec.Plan], and [Encode] the same bytes. The package starts nothing and
// knows nothing of the machine; read [Build] first, then one file per
// decision: processes.go, wires.go, plain.go, peers.go, order.go, values.go.
package plan

import (
	"path/filepath"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/runtime/spec"
)

// Build plans a checked program, which must have a graph.
func Build(p *model.Program) *spec.Plan {
	b := &builder{
		program: p,
		first:   make(map[*model.Instance]int, len(p.Graph.Instances)),
		plan: &spec.Plan{
			Version:  spec.Version,
			Program:  p.Name,
			File:     filepath.ToSlash(p.File),
			Messages: schema.Set{},
		},
	}
	b.addNames()
	b.addProcesses()
	b.addWires()
	b.addExposes()
	b.addPeers()
	b.addOrder()
	return b.plan
}

// A builder holds a plan in the making.
type builder struct {
	program *model.Program
	plan    *spec.Plan
	first   map[*model.Instance]int // instance -> index of its first replica in plan.Processes
	lanes   spec.LaneID             // how many lanes there are so far
}

// replicas gives the processes of an instance; none if it runs elsewhere.
func (b *builder) replicas(i *model.Instance) []*spec.Process {
	if i.Actor.External {
		return nil
	}
	first := b.first[i]
	return b.plan.Processes[first : first+i.Replicas]
}
