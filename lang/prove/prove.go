// Package prove finds out what a program that is well formed would do wrong
// when it runs: who can wait for whom in a circle, what no wire takes, which
// filters are always or never true, what a kill would lose, which sockets never
// meet, and what never ends. It works on the checked program alone and
// starts nothing.
//
// A false alarm is worse than silence: where the logic can't decide, nothing is
// said. What is said of messages has been tried on one. Read [Program] first;
// each proof has a file.
package prove

import (
	"slices"

	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
)

// Program proves what can be proved about a program without errors.
func Program(p *model.Program) diag.List {
	if p.Graph == nil {
		return nil
	}
	v := &prover{graph: p.Graph, declared: p.Filters, idle: map[*model.Wire]bool{}, rounds: map[*model.Instance]bool{}}
	v.filters()
	v.handedOn()
	v.ends()
	v.circles()
	v.loss()
	v.supervision()
	v.safety()
	v.patterns()
	v.replicas()
	v.topics()
	v.files()
	v.found.Sort()
	return slices.CompactFunc(v.found, same)
}

// same reports whether two findings are about one place: a component is proved
// for each of its uses, and what is wrong within it is said once.
func same(a, b diag.Diagnostic) bool { return a.Code == b.Code && a.Span == b.Span }

// A prover is the state of one run.
type prover struct {
	graph    *model.Graph
	declared []*model.Filter // the named ones
	found    diag.List
	idle     map[*model.Wire]bool     // wires that no message ever takes
	rounds   map[*model.Instance]bool // instances in whose rings messages go round for ever
}
