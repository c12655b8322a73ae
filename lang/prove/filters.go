package prove

import (
	"github.com/ilpomo/opencore/internal/filter"
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/model"
)

// An outlet is an outgoing port with its wires, in the order written.
type outlet struct {
	instance *model.Instance
	port     *model.Port
	wires    []*model.Wire
	filters  []*filter.Expr // of each wire; nil where it has none
}

// filters asks what the filters of each port take together. Constant ones
// have been reported by the checker.
func (v *prover) filters() {
	for _, o := range v.outlets() {
		dead := v.sames(o)
		if o.port.Pattern.Requests() {
			v.shadows(o, dead)
		}
		v.nobody(o, dead)
	}
}

// outlets lists the ports that have a wire with a filter.
func (v *prover) outlets() []*outlet {
	type key struct {
		instance *model.Instance
		port     *model.Port
	}
	names := v.names()
	byPort := map[key]*outlet{}
	var list []*outlet
	for _, w := range v.graph.Wires {
		k := key{w.From.Instance, w.From.Port}
		if byPort[k] == nil {
			byPort[k] = &outlet{instance: w.From.Instance, port: w.From.Port}
			list = append(list, byPort[k])
		}
		o := byPort[k]
		o.wires = append(o.wires, w)
		o.filters = append(o.filters, o.filter(w, names))
	}
	return list
}

// filter reads the filter of a wire again; nil if it has none.
func (o *outlet) filter(w *model.Wire, names map[string]filter.Name) *filter.Expr {
	if w.Where == nil {
		return nil
	}
	scope := &filter.Scope{Message: o.instance.Message(o.port.Message), Names: names, Topic: o.port.Pattern == model.Pub}
	e, _ := filter.Check(w.Where.Source, scope, &schema.Type{Kind: schema.Bool})
	return e
}

// names gives what expressions see besides the message.
func (v *prover) names() map[string]filter.Name {
	names := map[string]filter.Name{}
	for _, c := range v.program.Consts {
		names[c.Name] = filter.Name{Type: c.Type, Value: c.Value}
	}
	for _, p := range v.graph.Params {
		names[p.Name] = filter.Name{Type: p.Type.Type}
	}
	return names
}

// sames reports filters that say the same of every message, and tells which
// wires take nothing.
func (v *prover) sames(o *outlet) (dead map[*model.Wire]bool) {
	dead = map[*model.Wire]bool{}
	for i, e := range o.filters {
		if e == nil {
			continue
		}
		if value, constant := e.Constant(); constant {
			dead[o.wires[i]] = value == false
			continue
		}
		where := o.wires[i].Where.Span
		if filter.Solve([]*filter.Expr{e}, nil).Verdict == filter.Nothing {
			dead[o.wires[i]] = true
			v.found.Warnf(codeSame, where, "this filter is never true, so %q gets nothing", o.wires[i].To).
				Help("its conditions exclude each other")
		} else if filter.Solve(nil, []*filter.Expr{e}).Verdict == filter.Nothing {
			v.found.Warnf(codeSame, where, "this filter is true for every message, so the wire needs none")
		}
	}
	return dead
}

// shadows reports wires for requests that the wires above leave nothing for.
func (v *prover) shadows(o *outlet, dead map[*model.Wire]bool) {
	var above []*filter.Expr
	for i, e := range o.filters {
		if e == nil || o.wires[i].Else {
			return // said by the checker
		}
		if len(above) > 0 && !dead[o.wires[i]] && filter.Solve([]*filter.Expr{e}, above).Verdict == filter.Nothing {
			d := v.found.Warnf(codeShadowed, o.wires[i].Span, "no request is left for this wire: those above take all that its filter does")
			for _, w := range o.wires[:i] {
				d.Note(w.Where.Span, "a request goes to the first wire that takes it")
			}
		}
		above = append(above, e)
	}
}

// nobody reports messages that no wire of a port takes, where the filters are
// a switch: each message that one takes no other does. Filters that overlap
// choose what somebody wants; there the rest is meant to go.
func (v *prover) nobody(o *outlet, dead map[*model.Wire]bool) {
	var all []*filter.Expr
	for i, e := range o.filters {
		if e == nil || o.wires[i].Else {
			return
		}
		if !dead[o.wires[i]] {
			all = append(all, e)
		}
	}
	if !o.port.Pattern.Requests() && !disjoint(all) {
		return
	}
	rest := filter.Solve(nil, all)
	if rest.Verdict != filter.Something || rest.Example == "" {
		return
	}
	last := o.wires[len(o.wires)-1]
	what, gets := "reaches nobody", "a wire with else takes what no other one takes"
	if o.port.Pattern.Requests() {
		what, gets = "is asked of nobody: it fails at once", "a wire with else answers what no other one does"
	}
	d := v.found.Warnf(codeNobody, last.Span, "%s.%s: %s %s", o.instance.Name, o.port.Name, rest.Example, what)
	for _, w := range o.wires[:len(o.wires)-1] {
		d.Note(w.Where.Span, "another wire of the port")
	}
	d.Help("%s", gets)
}

// disjoint tells whether there are several expressions, and no message that
// two of them take.
func disjoint(list []*filter.Expr) bool {
	for i, a := range list {
		for _, b := range list[:i] {
			if filter.Solve([]*filter.Expr{a, b}, nil).Verdict != filter.Nothing {
				return false
			}
		}
	}
	return len(list) > 1
}
