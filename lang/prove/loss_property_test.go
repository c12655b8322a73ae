package prove

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/internal/filter"
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
)

var lossCases = flag.Int("loss", 4_000, "how many graphs the property test of loss makes")

// TestLossAgainstKills makes small graphs, runs each by the rules of
// acknowledged wires, and kills each process after each step. What is reported
// as an error is lost in one of these runs, by the process that is named; and
// where each instance has one in-port, so that nothing is left open, what is
// lost is reported.
func TestLossAgainstKills(t *testing.T) {
	errors, losses, quiet, large := 0, 0, 0, 0
cases:
	for seed := range uint64(*lossCases) {
		c := newLossCase(seed)
		found := c.verdict()
		for _, h := range c.handlers() {
			lost, small := c.kills(h, seed)
			if !small {
				large++
				continue cases
			}
			if h != nil && !lost.everywhere {
				continue // with these handlers some wire has nothing to lose
			}
			for _, d := range found {
				w := c.graph.Wires[d.Span.Start.Line-1]
				if !lost.by[loss{w, c.blamed(d, w)}] && !c.loses(h, loss{w, c.blamed(d, w)}) {
					t.Fatalf("seed %d: %s at %s, and nothing is lost\n%s", seed, d.Message, w.Name(), c)
				}
			}
			if c.single() && len(lost.by) > 0 && len(found) == 0 {
				t.Fatalf("seed %d: nothing is found, and lost is %v\n%s", seed, lost.by, c)
			}
			losses += len(lost.by)
		}
		if errors += len(found); len(found) == 0 {
			quiet++
		}
	}
	t.Logf("%d errors, %d wires that lose, %d graphs without an error, %d too large to run", errors, losses, quiet, large)
	if least := *lossCases / 10; errors < least || losses < least || quiet < least || large > least {
		t.Error("the test sees too little")
	}
}

// A lossCase is a graph with what its actors are.
type lossCase struct {
	graph  *model.Graph
	random *rand.Rand
}

// nothing is a filter that takes nothing.
var nothing = func() *model.Expr {
	m := &schema.Message{Name: "N", Fields: []schema.Field{{Name: "n", Type: &schema.Type{Kind: schema.Int}}}}
	e, problems := filter.Check("n > 3 && n < 2", &filter.Scope{Message: m}, &schema.Type{Kind: schema.Bool})
	if len(problems) > 0 {
		panic(problems[0].Message)
	}
	return &model.Expr{Checked: e}
}()

func newLossCase(seed uint64) *lossCase {
	c := &lossCase{&model.Graph{}, rand.New(rand.NewPCG(seed, 14))}
	for n := range 2 + c.random.IntN(4) {
		c.instance(n)
	}
	for _, to := range c.graph.Instances {
		for _, p := range to.Actor.Ports {
			if !p.Pattern.Outgoing() {
				c.wires(model.End{Instance: to, Port: p})
			}
		}
	}
	return c
}

// odds is true once in n times.
func (c *lossCase) odds(n int) bool { return c.random.IntN(n) == 0 }

func (c *lossCase) instance(n int) {
	i := &model.Instance{Name: fmt.Sprint("i", n), Actor: &model.Actor{Name: "A"}, Span: line(1000 + n)}
	kind := c.random.IntN(9)
	if n == 0 {
		kind = c.random.IntN(4)
	}
	push, pub := &model.Port{Name: "out", Pattern: model.Push}, &model.Port{Name: "said", Pattern: model.Pub}
	i.Actor.Ports = []*model.Port{push}
	switch kind {
	case 0, 1:
		i.Actor.Name, i.Actor.Standard = "file.Lines", true
		i.Args = []model.Arg{{Param: &model.Param{Name: "path"}, Value: []string{"x", "-"}[kind], Span: line(2000)}}
	case 2: // a source of the user's own
	case 3:
		i.Actor.External, i.Actor.Ports = true, []*model.Port{pub}
	case 4:
		i.Actor.Lines = true
		i.Actor.Ports = append(i.Actor.Ports, &model.Port{Name: "in", Pattern: model.In})
	default:
		i.Actor.Ports = append(i.Actor.Ports, pub, &model.Port{Name: "in", Pattern: model.In})
		if c.odds(5) {
			i.Actor.Ports = append(i.Actor.Ports, &model.Port{Name: "in2", Pattern: model.In})
		}
		if c.odds(3) {
			i.Process = "shared"
		}
	}
	c.graph.Instances = append(c.graph.Instances, i)
}

// wires wires an in-port, to whatever: circles too.
func (c *lossCase) wires(to model.End) {
	if c.odds(12) {
		c.graph.Exposes = append(c.graph.Exposes, &model.Expose{Span: line(3000), End: to})
	}
	for range 1 + c.random.IntN(2) {
		from := c.graph.Instances[c.random.IntN(len(c.graph.Instances))]
		port := from.Actor.Ports[0]
		if said := from.Actor.Port("said"); said != nil && c.odds(5) {
			port = said
		}
		w := &model.Wire{From: model.End{Instance: from, Port: port}, To: to, Queue: model.Queue{Full: "block"}, Span: line(len(c.graph.Wires) + 1)}
		if port.Pattern == model.Push {
			w.Deliver = []string{"", "at_most_once", atLeastOnce, atLeastOnce, atLeastOnce}[c.random.IntN(5)]
			if c.odds(6) {
				w.Journal = "kept"
			}
		}
		if c.odds(10) {
			w.Where = nothing
		}
		c.graph.Wires = append(c.graph.Wires, w)
	}
}

func line(n int) diag.Span {
	return diag.Span{File: "x.actors", Start: diag.Position{Line: n, Offset: n}, End: diag.Position{Line: n, Offset: n}}
}

// verdict gives the errors of the proof.
func (c *lossCase) verdict() diag.List {
	v := &prover{graph: c.graph}
	v.loss()
	return slices.DeleteFunc(v.found, func(d diag.Diagnostic) bool { return d.Severity != diag.Error })
}

// blamed is the process that a finding names.
func (c *lossCase) blamed(d diag.Diagnostic, w *model.Wire) string {
	i := w.From.Instance
	if d.Code == codeSilent {
		i = w.To.Instance
	}
	if !strings.Contains(d.Message, fmt.Sprintf("%q", i.Name)) {
		panic("the finding doesn't name " + i.Name + ": " + d.Message)
	}
	return processOf(i)
}

func processOf(i *model.Instance) string {
	if i.Process != "" {
		return i.Process
	}
	return i.Name
}

// single tells whether each instance has one in-port.
func (c *lossCase) single() bool {
	return !slices.ContainsFunc(c.graph.Instances, func(i *model.Instance) bool { return i.Actor.Port("in2") != nil })
}

func (c *lossCase) String() string {
	var b strings.Builder
	for _, i := range c.graph.Instances {
		fmt.Fprintf(&b, "%s = %s(%v) lines %v external %v process %q\n", i.Name, i.Actor.Name, i.Args, i.Actor.Lines, i.Actor.External, i.Process)
	}
	for _, w := range c.graph.Wires {
		fmt.Fprintf(&b, "%s deliver %q journal %q never %v\n", w.Name(), w.Deliver, w.Journal, w.Where != nil)
	}
	for _, e := range c.graph.Exposes {
		fmt.Fprintf(&b, "expose %s\n", e.End)
	}
	return b.String()
}

// Handlers send, on all outgoing ports, what comes in at the in-port that is
// named for the instance; at any, where none is.
type handlers map[*model.Instance]string

func (h handlers) sends(i *model.Instance, p *model.Port) bool {
	return h[i] == "" || h[i] == p.Name
}

// handlers lists what there may be behind the ports: all in-ports are alike,
// or one of two leads to something.
func (c *lossCase) handlers() []handlers {
	one := handlers{}
	for _, i := range c.graph.Instances {
		if i.Actor.Port("in2") != nil {
			one[i] = []string{"in", "in2"}[c.random.IntN(2)]
		}
	}
	if len(one) == 0 {
		return []handlers{nil}
	}
	return []handlers{nil, one}
}
