package prove

import (
	"path"
	"slices"
	"strings"

	"github.com/ilpomo/opencore/internal/filter"
	"github.com/ilpomo/opencore/lang/model"
)

// ends reports what never comes to an end, and who waits for it.
func (v *prover) ends() {
	v.endless()
	v.waiting()
}

// passes tells whether an instance hands on each message, once, at the only
// port that it has for that. same is true if it is the same message.
func passes(i *model.Instance) (one, same bool) {
	if !i.Actor.Standard {
		return false, false
	}
	switch i.Actor.Name {
	case "proxy.Pass", "proxy.Queue":
		return true, true
	case "flow.Map":
		return true, false
	default:
		return false, false
	}
}

// A condition is what a wire takes: messages that all of yes are true for, and
// none of no. Messages of one type.
type condition struct{ yes, no []*filter.Expr }

func (c condition) and(d condition) condition {
	return condition{slices.Concat(c.yes, d.yes), slices.Concat(c.no, d.no)}
}

func (c condition) impossible() bool { return filter.Impossible(c.yes, c.no) }

// free tells whether every message passes.
func (c condition) free() bool { return len(c.yes) == 0 && len(c.no) == 0 }

// conditions finds those of all wires: an else takes what no other wire does,
// and a request goes to the first that takes it.
func (v *prover) conditions() map[*model.Wire]condition {
	all := map[*model.Wire]condition{}
	for _, o := range v.outlets() {
		for i, w := range o.wires {
			c := condition{}
			if e := o.filters[i]; e != nil {
				c.yes = append(c.yes, e)
			}
			for k, other := range o.filters {
				above := o.port.Pattern.Requests() && k < i
				if other != nil && (above || w.Else) && !o.wires[k].Else {
					c.no = append(c.no, other)
				}
			}
			all[w] = c
		}
	}
	return all
}

// handedOn reports wires of instances that hand messages on as they are, for
// which the filters before those leave nothing.
func (v *prover) handedOn() {
	conditions := v.conditions()
	into := map[*model.Instance][]*model.Wire{}
	for _, w := range v.graph.Wires {
		if w.To.Port != model.RejectedPort && !v.idle[w] {
			into[w.To.Instance] = append(into[w.To.Instance], w)
		}
	}
	for _, w := range v.graph.Wires {
		i := w.From.Instance
		if _, same := passes(i); !same || w.From.Port == model.RejectedPort || v.idle[w] || w.Where == nil || v.opened(i) {
			continue
		}
		before := into[i]
		if len(before) == 0 || slices.ContainsFunc(before, func(b *model.Wire) bool {
			return b.Where == nil || !ofOneType(b, w) || !conditions[b].and(conditions[w]).impossible()
		}) {
			continue
		}
		d := v.found.Warnf(codeExcluded, w.Where.Span, "this filter leaves %q nothing: %q hands on what it gets, and that is never so", w.To, i.Name)
		for _, b := range before {
			d.Note(b.Where.Span, "it gets what this filter takes")
		}
		v.idle[w] = true
	}
}

// opened reports whether foreign peers send to an instance.
func (v *prover) opened(i *model.Instance) bool {
	return slices.ContainsFunc(v.graph.Exposes, func(e *model.Expose) bool {
		return e.End.Instance == i && !e.End.Port.Pattern.Outgoing()
	})
}

// ofOneType tells whether what two wires carry is one message, so that their
// filters can be asked together.
func ofOneType(a, b *model.Wire) bool {
	return a.From.Instance.Message(a.From.Port.Message) == b.From.Instance.Message(b.From.Port.Message)
}

// endless reports rings of instances that hand each message on, round and
// round.
func (v *prover) endless() {
	conditions := v.conditions()
	next := map[*model.Instance][]wait{}
	for _, w := range v.graph.Wires {
		from := w.From.Instance
		hands, _ := passes(from)
		on, _ := passes(w.To.Instance)
		if hands && on && w.From.Port != model.RejectedPort && !v.idle[w] {
			next[from] = append(next[from], wait{from: from, to: w.To.Instance, wire: w})
		}
	}
	done := map[*model.Instance]bool{}
	for _, i := range v.graph.Instances {
		for _, first := range next[i] {
			if done[i] {
				break
			}
			if ring := circle(first, next); ring != nil && v.round(ring, conditions) {
				for _, w := range ring {
					done[w.from] = true
				}
			}
		}
	}
}

// round reports a ring that what gets into it never leaves.
func (v *prover) round(ring []wait, conditions map[*model.Wire]condition) bool {
	within, all, same := map[*model.Instance]bool{}, condition{}, true
	for _, w := range ring {
		_, keeps := passes(w.from)
		within[w.from] = true
		same = same && keeps && ofOneType(ring[0].wire, w.wire)
		all = all.and(conditions[w.wire])
	}
	if !all.free() && !same {
		return false // each time round it is another message
	}
	which, certain := v.enters(ring[0].wire, within, all, conditions)
	if !certain {
		return false
	}
	names := quotedNames(ring)
	request := ring[0].wire.From.Port.Pattern.Requests()
	d := v.found.Warnf(codeRound, ring[0].wire.Span, "%s goes round in %s for ever", which, names)
	if request {
		d.Message = which + " is never answered: " + names + " hand it on in a circle"
	}
	for _, w := range ring[1:] {
		d.Note(w.wire.Span, "and on from %q to %q", w.from.Name, w.to.Name)
	}
	d.Help("let one of these wires lead elsewhere, or filter what has been round")
	for i := range within {
		v.rounds[i] = true
	}
	return true
}

// enters tells which messages get into a ring and don't leave it; certain is
// false if there may be none.
func (v *prover) enters(first *model.Wire, within map[*model.Instance]bool, all condition, conditions map[*model.Wire]condition) (which string, certain bool) {
	what := "what comes in"
	for _, w := range v.graph.Wires {
		if !within[w.To.Instance] || within[w.From.Instance] || v.idle[w] {
			continue
		}
		if all.free() {
			return what, true
		}
		if !ofOneType(w, first) {
			continue
		}
		c := all.and(conditions[w])
		if a := filter.Solve(c.yes, c.no); a.Verdict == filter.Something && a.Example != "" {
			return a.Example, true
		}
	}
	for i := range within {
		if v.opened(i) && all.free() {
			return what, true
		}
	}
	return "", false
}

func quotedNames(ring []wait) string {
	names := make([]string, len(ring))
	for i, w := range ring {
		names[i] = `"` + w.from.Name + `"`
	}
	return strings.Join(names, ", ")
}

// waiting reports programs that say nothing before their input has ended,
// behind a source that never ends.
func (v *prover) waiting() {
	forever := v.forever()
	upstream := v.upstream(forever)
	for _, i := range v.graph.Instances {
		if !i.Actor.Lines || !silentUntilEnd(i.Actor.Exec) {
			continue
		}
		if source := upstream[i]; source != nil {
			v.found.Warnf(codeWaits, i.Span, "%q says nothing before its input ends, and %q goes on until the run is stopped", i.Name, source.Name).
				Note(source.Span, "%s", forever[source]).
				Note(i.Actor.Span, "%q runs %s", i.Actor.Name, path.Base(i.Actor.Exec[0]))
		}
	}
}

// silentUntilEnd knows programs that must have read everything to say
// anything.
func silentUntilEnd(command []string) bool {
	has := func(long string, short byte) bool {
		return slices.ContainsFunc(command[1:], func(a string) bool {
			return long != "" && a == long || len(a) > 1 && a[0] == '-' && a[1] != '-' && strings.IndexByte(a, short) > 0
		})
	}
	switch path.Base(command[0]) {
	case "sort":
		return !has("--merge", 'm') && !has("--check", 'c') && !has("", 'C')
	case "tac", "shuf", "wc", "md5sum", "sha256sum":
		return true
	case "jq":
		return slices.Contains(command[1:], "--slurp") || slices.Contains(command[1:], "-s")
	default:
		return false
	}
}

// forever finds the sources that end only when the run is stopped, with the
// reason: those that are told to go on, and, where all are such or none keeps
// the run alive, those that don't keep it alive.
func (v *prover) forever() map[*model.Instance]string {
	all := map[*model.Instance]string{}
	ends := false // some source may end, and the run with it
	for _, i := range v.graph.Instances {
		switch why := goesOn(i); {
		case why != "":
			all[i] = why
		case i.Actor.Source() && !i.Actor.Endless && !i.Actor.External:
			ends = true
		}
	}
	if ends && len(all) == 0 {
		return nil
	}
	for _, i := range v.graph.Instances {
		if i.Actor.External || i.Actor.Source() && i.Actor.Endless {
			all[i] = "nothing else ends the run"
		}
	}
	return all
}

// goesOn tells why a source of the standard library keeps a run alive for
// ever; "" if it may end.
func goesOn(i *model.Instance) string {
	if !i.Actor.Standard {
		return ""
	}
	switch {
	case i.Actor.Name == "gen.Messages" && argument(i, "count") == int64(0):
		return "with count 0 it goes on until the run is stopped"
	case i.Actor.Name == "file.Lines" && argument(i, "follow") == true:
		return "it follows its file until the run is stopped"
	default:
		return ""
	}
}

// upstream finds for each instance the nearest source that goes on for ever and
// whose messages reach it. A program on the way may come to an end before its
// input does.
func (v *prover) upstream(forever map[*model.Instance]string) map[*model.Instance]*model.Instance {
	next := map[*model.Instance][]*model.Instance{}
	for _, w := range v.graph.Wires {
		if from := w.From.Instance; w.From.Port != model.RejectedPort && from.Actor.Exec == nil && !v.idle[w] {
			next[from] = append(next[from], w.To.Instance)
		}
	}
	source := map[*model.Instance]*model.Instance{}
	var todo []*model.Instance
	for _, i := range v.graph.Instances {
		if forever[i] != "" {
			source[i] = i
			todo = append(todo, i)
		}
	}
	for ; len(todo) > 0; todo = todo[1:] {
		for _, to := range next[todo[0]] {
			if source[to] == nil {
				source[to] = source[todo[0]]
				todo = append(todo, to)
			}
		}
	}
	return source
}
