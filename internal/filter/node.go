package filter

import (
	"regexp"

	"github.com/ilpomo/opencore/internal/schema"
)

// An op is what a node does with the values of its kids.
type op uint8

const (
	opBad   op = iota // has a problem
	opConst           // node.value
	opName            // the const or parameter node.name, whose value is not known yet
	opTopic           // what the publisher computed
	opField           // a field of the message
	opElem            // the element at hand
	opPart            // a field of the record kids[0]
	opIndex           // of the list kids[0] the element kids[1]
	opKey             // of the map kids[0] the value at kids[1]
	opList            // the list of all kids

	opNot
	opAnd
	opOr
	opCond     // kids[0] ? kids[1] : kids[2]
	opCoalesce // kids[0] ?? kids[1]

	opIsNil
	opEqual
	opLess
	opLessEqual
	opGreater
	opGreaterEqual
	opIn      // the list kids[1] has kids[0]
	opBetween // kids[1] <= kids[0] <= kids[2], ints
	opStartsWith
	opEndsWith
	opContains
	opMatches // node.pattern

	opNegate
	opAdd
	opSubtract
	opMultiply
	opDivide
	opModulo
	opConcat // of strings, two or more

	opLen
	opLower
	opUpper
	opTrim
	opAbs
	opRound
	opToInt
	opToFloat
	opToString
	opSplit
	opJoin
	opReplace

	opAny
	opAll
	opNone
	opOne
	opCount
)

// A node is a checked piece of an expression. Nodes are never changed once
// the checker has made them.
type node struct {
	op      op
	t       *schema.Type
	kids    []*node
	value   any            // of opConst; see constant
	name    string         // of opName
	field   int            // of opField and opPart: its index in the message
	pattern *regexp.Regexp // of opMatches
	outer   bool           // depends on the message or the topic, not only on the element at hand
}

// constant makes a node of a value: nil; int64 for bool, int, time (ns since
// 1970), duration and enum (its index); float64; string for string and bytes;
// []any for a list of such.
func constant(t *schema.Type, value any) *node { return &node{op: opConst, t: t, value: value} }

var badNode = &node{op: opBad, t: typeBad}

// operation makes a node that works on kids.
func operation(o op, t *schema.Type, kids ...*node) *node {
	n := &node{op: o, t: t, kids: kids}
	for _, k := range kids {
		n.outer = n.outer || k.outer
	}
	return n
}

func (n *node) bad() bool { return isBad(n.t) }

// null reports whether n is nil as written.
func (n *node) null() bool { return n.op == opConst && n.value == nil }

// constantString gives the string of a string constant.
func (n *node) constantString() (s string, ok bool) {
	if n.op != opConst || n.t.Kind != schema.String {
		return "", false
	}
	s, ok = n.value.(string)
	return s, ok
}

// part reports whether n is a part of the element at hand, or pieces of it, so
// that looking at all of n costs no more than looking at the element.
func (n *node) part() bool {
	switch n.op {
	case opElem:
		return true
	case opPart, opIndex, opKey:
		return n.kids[0].part()
	case opSplit:
		return n.kids[0].part() && n.kids[1].op == opConst
	}
	return false
}
