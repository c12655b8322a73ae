package filter

import (
	"fmt"
	"math"
	"strings"

	"github.com/ilpomo/opencore/internal/schema"
)

// key tells nodes apart by what they compute: equal keys mean equal values for
// the same message.
func (n *node) key() string {
	var b strings.Builder
	n.writeKey(&b)
	return b.String()
}

func (n *node) writeKey(b *strings.Builder) {
	fmt.Fprintf(b, "%d", n.op)
	switch n.op {
	case opConst:
		fmt.Fprintf(b, ":%d:%#v", n.t.Kind, n.value)
	case opName:
		b.WriteString(":" + n.name)
	case opField, opPart:
		fmt.Fprintf(b, ":%d", n.field)
	case opMatches:
		fmt.Fprintf(b, ":%q", n.pattern.String())
	}
	if len(n.kids) == 0 {
		return
	}
	b.WriteByte('(')
	for _, k := range n.kids {
		k.writeKey(b)
		b.WriteByte(',')
	}
	b.WriteByte(')')
}

// spell writes a term that is a field, or a field of a field, or the topic, as
// the language does; "" for others.
func (n *node) spell(m *schema.Message) string {
	switch n.op {
	case opTopic:
		return "topic"
	case opField:
		return m.Fields[n.field].Name
	case opPart:
		if base := n.kids[0].spell(m); base != "" {
			return base + "." + n.kids[0].t.Message.Fields[n.field].Name
		}
	}
	return ""
}

// A restriction narrows what a term may be, so that a condition holds or, with
// want false, doesn't.
type restriction func(d domain, want bool) domain

// constraint reads a condition as one on a single term; nil if it is none.
func constraint(n *node) (*node, restriction) {
	switch n.op {
	case opIsNil:
		return n.kids[0], restrictNull
	case opEqual, opLess, opLessEqual, opGreater, opGreaterEqual:
		return comparison(n)
	case opIn:
		return membership(n)
	case opStartsWith, opEndsWith, opContains:
		return textTest(n)
	case opMatches:
		pattern := n.pattern
		return n.kids[0], restrictText(trait{op: n.op, text: pattern.String(), test: pattern.MatchString})
	case opField, opPart:
		return n, restrictInts(values[int64]{only: []int64{truth(true)}})
	}
	return nil, nil
}

func restrictNull(d domain, want bool) domain {
	if want {
		d.some, d.nan = false, false
	} else {
		d.null = false
	}
	return d
}

// comparison reads term OP constant.
func comparison(n *node) (*node, restriction) {
	o, l, r := n.op, n.kids[0], n.kids[1]
	if l.op == opConst {
		o, l, r = mirrored(o), r, l
	}
	switch {
	case l.op == opConst:
		return nil, nil
	case r.op != opConst:
		return itself(o, l, r)
	}
	switch v := r.value.(type) {
	case int64:
		if l.t.Kind == schema.Float {
			if !exactFloat(v) {
				return nil, nil
			}
			return l, restrictFloats(rangeOf(o, float64(v)))
		}
		return l, restrictInts(integers(rangeOf(o, v)))
	case float64:
		return compareFloat(o, l, v)
	case string:
		if classOf(l.t) == strs {
			return l, restrictStrings(reachable(l, rangeOf(o, v)))
		}
	}
	return nil, nil
}

// compareFloat reads a comparison with a float, also of an int.
func compareFloat(o op, l *node, v float64) (*node, restriction) {
	switch {
	case math.IsNaN(v):
		return nil, nil
	case l.t.Kind == schema.Float:
		return l, restrictFloats(rangeOf(o, v))
	case math.Abs(v) >= 1<<53:
		return nil, nil
	case v == math.Trunc(v):
		return l, restrictInts(integers(rangeOf(o, int64(v))))
	}
	switch o { // between two ints
	case opLess, opLessEqual:
		return l, restrictInts(rangeOf(opLessEqual, int64(math.Floor(v))))
	case opGreater, opGreaterEqual:
		return l, restrictInts(rangeOf(opGreaterEqual, int64(math.Ceil(v))))
	}
	return l, restrictInts(values[int64]{only: []int64{}})
}

// membership reads term in [constants].
func membership(n *node) (*node, restriction) {
	x, list := n.kids[0], n.kids[1]
	elements, ok := list.value.([]any)
	if !ok || list.op != opConst || x.op == opConst || x.t.Kind != list.t.Elem.Kind {
		return nil, nil
	}
	switch classOf(x.t) {
	case nums:
		return x, restrictInts(values[int64]{only: only[int64](elements)})
	case flts:
		return x, restrictFloats(values[float64]{only: only[float64](elements)})
	case strs:
		return x, restrictStrings(reachable(x, values[string]{only: only[string](elements)}))
	}
	return nil, nil
}

// only gives the elements that are not null.
func only[T any](elements []any) []T {
	list := []T{}
	for _, e := range elements {
		if v, ok := e.(T); ok {
			list = append(list, v)
		}
	}
	return list
}

// textTest reads term startsWith constant and the like.
func textTest(n *node) (*node, restriction) {
	text, ok := n.kids[1].constantString()
	if !ok || n.kids[0].op == opConst {
		return nil, nil
	}
	if !reaches(n.kids[0], text) {
		return n.kids[0], restrictStrings(values[string]{only: []string{}})
	}
	holds := map[op]func(s, part string) bool{
		opStartsWith: strings.HasPrefix, opEndsWith: strings.HasSuffix, opContains: strings.Contains,
	}[n.op]
	return n.kids[0], restrictText(trait{op: n.op, text: text, test: func(s string) bool { return holds(s, text) }})
}
