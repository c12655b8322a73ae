package filter

import (
	"slices"
	"strings"

	"github.com/ilpomo/opencore/internal/schema"
)

// A Verdict says what is known about the messages that some expressions take
// and others don't.
type Verdict uint8

// The verdicts.
const (
	Undecided Verdict = iota // nothing could be shown
	Nothing                  // there is no such message
	Something                // there is one: it was tried
)

// An Answer is a verdict. Example says which messages there are, as an
// expression: the one that was tried is among them. It is empty if all are.
type Answer struct {
	Verdict Verdict
	Example string
}

// Solve looks for a message that all of yes take and none of no. All are bool
// expressions of the same scope.
//
// Every way in which the conditions can come true is followed, with what it
// demands of each field: an interval, a set of values, null. What the logic
// knows nothing about is taken as it is written: it is the same each time it
// is asked. So Nothing is a proof, and Something is one too, for the
// expressions have been evaluated on the message that was found.
func Solve(yes, no []*Expr) Answer {
	s := &solver{steps: maxSteps, yes: programs(yes), no: programs(no)}
	s.runs = s.yes != nil && s.no != nil
	s.start(yes, no)
	switch {
	case s.found:
		return Answer{Something, s.example}
	case s.open || s.steps <= 0:
		return Answer{}
	default:
		return Answer{Verdict: Nothing}
	}
}

// Impossible tells whether Solve would give Nothing. It is quick where that is
// not so.
func Impossible(yes, no []*Expr) bool {
	s := &solver{steps: maxSteps, hasty: true}
	s.start(yes, no)
	return !s.open && s.steps > 0
}

// start looks for ways in which all expressions come out as they should.
func (s *solver) start(yes, no []*Expr) {
	var goals []goal
	for _, e := range slices.Backward(no) {
		goals = append(goals, goal{e.root, false})
		s.message = e.message
	}
	for _, e := range slices.Backward(yes) {
		goals = append(goals, goal{e.root, true})
		s.message = e.message
	}
	s.solve(goals, state{})
}

// maxSteps bounds the search: there are expressions with more ways to be true
// than anybody can follow.
const maxSteps = 20_000

// programs compiles expressions, to try messages on; nil if one of them has
// names whose values are not known.
func programs(exprs []*Expr) []*Program {
	list := make([]*Program, 0, len(exprs))
	for _, e := range exprs {
		p, err := e.Compile(nil)
		if err != nil {
			return nil
		}
		list = append(list, p)
	}
	return list
}

// A goal is a condition that should be true, or should not.
type goal struct {
	n    *node
	want bool
}

type solver struct {
	steps   int
	message *schema.Message
	yes, no []*Program
	runs    bool // there are values for all names, so that messages can be tried
	hasty   bool // the first way that is not ruled out ends the search
	found   bool
	open    bool // some way was neither ruled out nor shown
	example string
}

// solve reaches the goals one after the other, the last one first, from what
// is assumed so far. It ends once a message is found.
func (s *solver) solve(goals []goal, st state) {
	if s.steps--; s.found || s.steps <= 0 || s.hasty && s.open {
		return
	}
	if len(goals) == 0 {
		s.try(st)
		return
	}
	g, rest := goals[len(goals)-1], slices.Clip(goals[:len(goals)-1])
	n := g.n
	switch {
	case n.op == opConst:
		if (n.value == truth(true)) == g.want {
			s.solve(rest, st)
		}
	case n.op == opNot:
		s.solve(append(rest, goal{n.kids[0], !g.want}), st)
	case n.op == opAnd || n.op == opOr:
		s.chain(rest, n.kids, g.want, (n.op == opAnd) == g.want, st)
	case n.op == opBetween:
		x, low, high := n.kids[0], n.kids[1], n.kids[2]
		ends := []*node{operation(opGreaterEqual, typeBool, x, low), operation(opLessEqual, typeBool, x, high)}
		s.chain(rest, ends, g.want, g.want, st)
	case n.op == opCond && n.t.Kind == schema.Bool:
		s.solve(append(rest, goal{n.kids[1], g.want}, goal{n.kids[0], true}), st)
		s.solve(append(rest, goal{n.kids[2], g.want}, goal{n.kids[0], false}), st)
	default:
		s.atom(rest, g, st)
	}
}

// chain reaches one goal of kids or, if all is set, all of them.
func (s *solver) chain(rest []goal, kids []*node, want, all bool, st state) {
	if all {
		for _, k := range slices.Backward(kids) {
			rest = append(rest, goal{k, want})
		}
		s.solve(rest, st)
		return
	}
	for _, k := range kids {
		s.solve(append(rest, goal{k, want}), st)
	}
}

// atom reaches a goal that is not made of others.
func (s *solver) atom(rest []goal, g goal, st state) {
	if k, either := fallback(g.n); either != nil {
		s.solve(append(rest, goal{fold(replace(g.n, either, either.kids[0])), g.want}, goal{absence(k), false}), st)
		s.solve(append(rest, goal{fold(replace(g.n, either, either.kids[1])), g.want}, goal{absence(k), true}), st)
		return
	}
	if next, possible := st.assume(g.n, g.want); possible {
		s.solve(rest, next)
	}
}

// fallback finds an operand a ?? b of a comparison, and its a.
func fallback(n *node) (a, either *node) {
	for _, k := range n.kids {
		if k.op == opCoalesce {
			return k.kids[0], k
		}
	}
	return nil, nil
}

func absence(n *node) *node { return operation(opIsNil, typeBool, n) }

// replace gives n with another kid in place of one.
func replace(n, kid, by *node) *node {
	other := *n
	other.kids = slices.Clone(n.kids)
	other.kids[slices.Index(n.kids, kid)] = by
	return &other
}

// try makes a message of what is assumed, and asks the expressions. That a
// float is NaN is nobody's example.
func (s *solver) try(st state) {
	if s.runs && s.message != nil && !st.oddly() {
		for variant := range variants {
			if payload, topic, ok := st.witness(s.message, variant); ok && s.takes(payload, topic) {
				s.found, s.example = true, st.describe(s.message)
				return
			}
		}
	}
	s.open = true
}

func (s *solver) takes(payload []byte, topic string) bool {
	for _, p := range s.yes {
		if !p.Match(payload, topic) {
			return false
		}
	}
	for _, p := range s.no {
		if p.Match(payload, topic) {
			return false
		}
	}
	return true
}

// A state is what is assumed of a message: of each term, in the order in which
// they came up. It is never changed.
type state []assumption

// An assumption is about a term, a value of the message; or it is that a
// condition the logic knows nothing about holds, or doesn't.
type assumption struct {
	key  string
	term *node  // nil if it is a condition
	may  domain // what the term may be
	want bool   // whether the condition holds
}

// assume adds a condition; possible is false if it contradicts what is there.
func (st state) assume(n *node, want bool) (next state, possible bool) {
	term, restrict := constraint(n)
	if restrict == nil {
		return st.suppose(n, want)
	}
	key := term.key()
	i := slices.IndexFunc(st, func(a assumption) bool { return a.term != nil && a.key == key })
	next = slices.Clone(st)
	if i < 0 {
		i = len(next)
		next = append(next, assumption{key: key, term: term, may: results(term)})
	}
	next[i].may = restrict(next[i].may, want)
	return next, !next[i].may.empty()
}

// suppose adds a condition as it is written.
func (st state) suppose(n *node, want bool) (state, bool) {
	key := n.key()
	for _, a := range st {
		if a.term == nil && a.key == key {
			return st, a.want == want
		}
	}
	return append(slices.Clip(st), assumption{key: key, want: want}), true
}

// oddly tells that some term can only be NaN.
func (st state) oddly() bool {
	return slices.ContainsFunc(st, func(a assumption) bool { return a.term != nil && a.may.nan && !a.may.some && !a.may.null })
}

// describe tells for which messages all that is assumed holds. What was
// supposed of conditions is not told.
func (st state) describe(m *schema.Message) string {
	var parts []string
	for _, a := range st {
		if a.term == nil {
			continue
		}
		if name := a.term.spell(m); name != "" {
			if text := a.may.describe(name, a.term.t); text != "" {
				parts = append(parts, text)
			}
		}
	}
	return strings.Join(parts, " && ")
}
