package filter

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ilpomo/opencore/internal/schema"
)

// A Prefix is how a topic begins: Text, or where Name is not empty, the value
// that this const or parameter has when the program runs.
type Prefix struct {
	Text string
	Name string
}

// Prefixes says how the topics begin of all messages that a filter can take, as
// a subscriber tells its publisher. It gives none where any topic can pass, as
// far as can be seen; each is needed, and they are sorted. What has such a topic
// need not pass.
func (e *Expr) Prefixes() []Prefix {
	list, _ := prefixes(e.root)
	slices.SortFunc(list, func(a, b Prefix) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Text, b.Text))
	})
	var needed []Prefix
	for _, p := range list { // a prefix of another one sorts before it
		if !slices.ContainsFunc(needed, p.within) {
			needed = append(needed, p)
		}
	}
	return needed
}

// within tells whether all topics that begin with p begin with q.
func (p Prefix) within(q Prefix) bool {
	return p.Name == q.Name && strings.HasPrefix(p.Text, q.Text)
}

// prefixes gives the prefixes that a condition demands; bound is false where it
// demands none.
func prefixes(n *node) (list []Prefix, bound bool) {
	switch n.op {
	case opEqual:
		if list, bound = prefixOf(n.kids[0], n.kids[1]); bound {
			return list, true
		}
		return prefixOf(n.kids[1], n.kids[0])
	case opStartsWith, opIn:
		return prefixOf(n.kids[0], n.kids[1])
	case opAnd:
		return fewest(n.kids)
	case opOr:
		return all(n.kids)
	}
	return nil, false
}

// prefixOf gives the prefixes that a topic must have which is, begins with, or
// is one of, what another node says.
func prefixOf(topic, is *node) (list []Prefix, bound bool) {
	if topic.op != opTopic {
		return nil, false
	}
	switch {
	case is.op == opName && is.t.Kind == schema.String && !is.t.Optional:
		return []Prefix{{Name: is.name}}, true
	case is.op == opList:
		for _, k := range is.kids {
			one, ok := prefixOf(topic, k)
			if !ok {
				return nil, false
			}
			list = append(list, one...)
		}
		return list, len(list) > 0
	case is.op != opConst:
		return nil, false
	}
	switch value := is.value.(type) {
	case string:
		return []Prefix{{Text: value}}, value != "" // which all begin with
	case []any:
		for _, element := range value {
			text, ok := element.(string)
			if !ok || text == "" {
				return nil, false
			}
			list = append(list, Prefix{Text: text})
		}
	}
	return list, len(list) > 0
}

// fewest gives the shortest list that one of the conditions demands: all of
// them must hold, so each list is enough.
func fewest(conditions []*node) (list []Prefix, bound bool) {
	for _, c := range conditions {
		if one, ok := prefixes(c); ok && (!bound || len(one) < len(list)) {
			list, bound = one, true
		}
	}
	return list, bound
}

// all gives what any of the conditions demands: one of them must hold.
func all(conditions []*node) (list []Prefix, bound bool) {
	for _, c := range conditions {
		one, ok := prefixes(c)
		if !ok {
			return nil, false
		}
		list = append(list, one...)
	}
	return list, true
}
