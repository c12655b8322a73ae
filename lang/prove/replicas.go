package prove

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ilpomo/opencore/internal/filter"
	"github.com/ilpomo/opencore/lang/model"
)

// replicas reports those that do nothing, or all the same.
func (v *prover) replicas() {
	into := map[inlet][]*model.Wire{}
	for _, w := range v.graph.Wires {
		if to := (inlet{w.To.Instance, w.To.Port}); !v.idle[w] {
			into[to] = append(into[to], w)
		}
	}
	for _, i := range v.graph.Instances {
		if i.Replicas < 2 {
			continue
		}
		v.repeating(i, into)
		v.idlers(i, into)
	}
}

// repeating reports programs of lines that each get every message: one that
// knows nothing of us doesn't know which replica it is.
func (v *prover) repeating(i *model.Instance, into map[inlet][]*model.Wire) {
	if !i.Actor.Lines {
		return
	}
	for _, p := range i.Actor.Ports {
		wires := into[inlet{i, p}]
		if p.Pattern != model.Sub || len(wires) == 0 {
			continue
		}
		help := "make the port an in: replicas share what comes there"
		if slices.ContainsFunc(wires, func(w *model.Wire) bool { return w.From.Instance.Actor.External }) {
			help = "leave replicas out: a foreign sender can't share among them"
		}
		v.found.Warnf(codeRepeated, i.Span, "each of the %d replicas of %q gets every message, and does the same with it", i.Replicas, i.Name).
			Note(p.Span, "sub port %q is declared here", p.Name).
			Help("%s", help)
		return
	}
}

// idlers reports replicas that are never chosen, for there are fewer keys than
// replicas. That holds if all in-ports choose by key.
func (v *prover) idlers(i *model.Instance, into map[inlet][]*model.Wire) {
	keys, at := map[string]bool{}, (*model.Port)(nil)
	for _, p := range i.Actor.Ports {
		in := inlet{i, p}
		wires := into[in]
		if p.Pattern.Outgoing() || len(wires) == 0 {
			continue
		}
		values, ok := keyValues(i, p)
		if !ok {
			return
		}
		at = p
		for _, value := range values {
			if slices.ContainsFunc(wires, func(w *model.Wire) bool { return carries(w, p, value) }) {
				keys[value] = true
			}
		}
	}
	if at == nil || len(keys) >= i.Replicas {
		return
	}
	v.found.Warnf(codeIdle, i.Span, "%d of the %d replicas of %q %s a message: there %s", i.Replicas-len(keys), i.Replicas, i.Name, neverGet(i.Replicas-len(keys)), countKeys(len(keys))).
		Note(at.KeySpan, "the key that chooses among them").
		Help("%s", fewer(len(keys)))
}

func neverGet(n int) string {
	if n == 1 {
		return "never gets"
	}
	return "never get"
}

func countKeys(n int) string {
	if n == 1 {
		return "is 1 key"
	}
	return "are " + strconv.Itoa(n) + " keys"
}

func fewer(n int) string {
	if n < 2 {
		return "leave replicas out, or take a key with more values"
	}
	return "take replicas " + strconv.Itoa(n) + " at most, or a key with more values"
}

// keyValues lists the values that the key of a port can have, as they are
// written in expressions; ok is false if they can't be counted.
func keyValues(i *model.Instance, p *model.Port) (values []string, ok bool) {
	m, null := i.Message(p.Message), false
	for at, name := range p.Key {
		f, found := m.Field(name)
		if !found {
			return nil, false
		}
		null = null || f.Type.Optional
		switch last := at == len(p.Key)-1; {
		case !last && f.Type.Message != nil:
			m = f.Type.Message
		case last && f.Type.Enum != nil:
			for _, value := range f.Type.Enum.Values {
				values = append(values, strconv.Quote(value))
			}
		case last && strings.TrimSuffix(f.Type.String(), "?") == "bool":
			values = []string{"true", "false"}
		default:
			return nil, false
		}
	}
	if null {
		values = append(values, "nil")
	}
	return values, len(values) > 0
}

// carries reports whether a message with a value of the key may be on a wire.
func carries(w *model.Wire, p *model.Port, value string) bool {
	where := checked(w.Where)
	if where == nil {
		return true
	}
	return !excluded(where, w.From, strings.Join(p.Key, ".")+" == "+value)
}

// excluded reports whether a filter of what an end sends takes nothing that a
// condition holds for.
func excluded(where *filter.Expr, from model.End, condition string) bool {
	m := from.Instance.Message(from.Port.Message)
	e, problems := filter.Check(condition, &filter.Scope{Message: m}, where.Type())
	return len(problems) == 0 && e != nil && filter.Impossible([]*filter.Expr{where, e}, nil)
}
