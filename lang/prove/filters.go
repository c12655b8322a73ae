package prove

import (
	"slices"
	"strconv"

	"github.com/ilpomo/opencore/internal/filter"
	"github.com/ilpomo/opencore/lang/diag"
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
		v.sames(o)
		v.elses(o)
		if o.port.Pattern.Requests() {
			v.shadows(o)
		}
		v.nobody(o)
	}
}

// outlets lists the ports that send.
func (v *prover) outlets() []*outlet {
	type key struct {
		instance *model.Instance
		port     *model.Port
	}
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
		o.filters = append(o.filters, checked(w.Where))
	}
	return list
}

func checked(e *model.Expr) *filter.Expr {
	if e == nil {
		return nil
	}
	return e.Checked
}

// sames reports filters that say the same of every message.
func (v *prover) sames(o *outlet) {
	for i, e := range o.filters {
		if e == nil {
			continue
		}
		if value, constant := e.Constant(); constant {
			v.idle[o.wires[i]] = value == false
			continue
		}
		where := o.wires[i].Where.Span
		if filter.Impossible([]*filter.Expr{e}, nil) {
			v.idle[o.wires[i]] = true
			d := v.found.Warnf(codeSame, where, "this filter is never true, so %q gets nothing", o.wires[i].To)
			v.named(d, o.wires[i])
			if why := e.Reason(); why != "" {
				d.Help("%s", why)
			}
		} else if filter.Impossible(nil, []*filter.Expr{e}) {
			v.named(v.found.Warnf(codeSame, where, "this filter is true for every message, so the wire needs none"), o.wires[i])
		}
	}
}

// named notes where the filters are declared that the filter of a wire names.
func (v *prover) named(d *diag.Diagnostic, w *model.Wire) {
	m := w.From.Instance.Message(w.From.Port.Message)
	for word := range filter.Words(w.Where.Written) {
		_, field := m.Field(word)
		i := slices.IndexFunc(v.declared, func(f *model.Filter) bool { return f.Name == word })
		if field || i < 0 {
			continue
		}
		n := diag.Note{Span: v.declared[i].Span, Message: strconv.Quote(word) + " is declared here"}
		if !slices.Contains(d.Notes, n) {
			d.Notes = append(d.Notes, n)
		}
	}
}

// elses finds wires with else for which the others leave nothing. Those that
// need no look into filters have been reported by the checker.
func (v *prover) elses(o *outlet) {
	for i, w := range o.wires {
		if !w.Else {
			continue
		}
		var takes, others []*filter.Expr
		if o.filters[i] != nil {
			takes = append(takes, o.filters[i])
		}
		all := v.exposed(o)
		for k, other := range o.wires {
			if !other.Else {
				all = all || o.filters[k] == nil
				others = append(others, o.filters[k])
			}
		}
		v.idle[w] = all || filter.Impossible(takes, others)
	}
}

// shadows reports wires for requests that the wires above leave nothing for.
func (v *prover) shadows(o *outlet) {
	var above []*filter.Expr
	for i, e := range o.filters {
		if o.wires[i].Else {
			continue
		}
		if e == nil { // said by the checker
			for _, w := range o.wires[i+1:] {
				v.idle[w] = true
			}
			return
		}
		if len(above) > 0 && !v.idle[o.wires[i]] && filter.Impossible([]*filter.Expr{e}, above) {
			v.idle[o.wires[i]] = true
			d := v.found.Warnf(codeShadowed, o.wires[i].Span, "no request is left for this wire: those above take all that its filter does")
			for _, w := range o.wires[:i] {
				if !w.Else {
					d.Note(w.Where.Span, "a request goes to the first wire that takes it")
				}
			}
		}
		above = append(above, e)
	}
}

// nobody reports messages that no wire of a port takes, where the filters are
// a switch: each message that one takes no other does. Filters that overlap
// choose what somebody wants; there the rest is meant to go, and so is what a
// component has no use for. An exposed port sends each message to foreign peers.
func (v *prover) nobody(o *outlet) {
	if v.exposed(o) {
		return
	}
	var all []*filter.Expr
	for i, e := range o.filters {
		if e == nil || o.wires[i].Else || len(o.wires[i].Through) > 0 && !o.port.Pattern.Requests() {
			return
		}
		if !v.idle[o.wires[i]] {
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
	if !o.instance.Actor.External || !o.port.Pattern.Requests() { // a foreign asker's port takes one wire
		d.Help("%s", gets)
	}
}

// exposed reports whether foreign peers get what a port sends.
func (v *prover) exposed(o *outlet) bool {
	return slices.ContainsFunc(v.graph.Exposes, func(e *model.Expose) bool {
		return e.End.Instance == o.instance && e.End.Port == o.port
	})
}

// mostCases is how many wires are compared with each other.
const mostCases = 64

// disjoint tells whether there are several expressions, and no message that
// two of them take.
func disjoint(list []*filter.Expr) bool {
	if len(list) > mostCases {
		return false
	}
	for i, a := range list {
		for _, b := range list[:i] {
			if !filter.Impossible([]*filter.Expr{a, b}, nil) {
				return false
			}
		}
	}
	return len(list) > 1
}

// never reports whether it is sure that an expression is true for no message.
func never(e *filter.Expr) bool {
	if e == nil {
		return false
	}
	if value, constant := e.Constant(); constant {
		return value == false
	}
	return filter.Impossible([]*filter.Expr{e}, nil)
}
