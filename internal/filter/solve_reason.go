package filter

import (
	"cmp"
	"fmt"
)

// Reason says why no message passes an expression for which that has been
// shown; "" where it is nothing simple.
func (e *Expr) Reason() string {
	n := e.root
	switch n.op {
	case opAnd:
		return "its conditions exclude each other"
	case opBetween:
		return noRange(n.kids[1], n.kids[2])
	case opIn:
		if list, ok := n.kids[1].value.([]any); ok && len(list) == 0 {
			return "nothing is in an empty list"
		}
		return n.kids[0].never()
	case opNot:
		if same(n.kids[0]) {
			return "both sides are the same"
		}
	case opLess, opGreater:
		if same(n) {
			return "both sides are the same"
		}
	}
	if len(n.kids) == 2 {
		return cmp.Or(n.kids[0].never(), n.kids[1].never())
	}
	return ""
}

func noRange(low, high *node) string {
	a, aok := low.value.(int64)
	b, bok := high.value.(int64)
	if !aok || !bok || a <= b {
		return ""
	}
	return fmt.Sprintf("no number is in %d..%d: the smaller end stands first", a, b)
}

// same tells whether a comparison has the same on both sides.
func same(n *node) bool { return len(n.kids) == 2 && n.kids[0].key() == n.kids[1].key() }

// never says what the result of an operation never is; "" if nothing is known.
func (n *node) never() string {
	switch n.op {
	case opLen, opCount, opAbs:
		return map[op]string{opLen: "len", opCount: "count", opAbs: "abs"}[n.op] + " is never less than 0"
	case opModulo:
		by := n.kids[1].value.(int64)
		return fmt.Sprintf("%% %d gives %d to %d", by, -(max(by, -by) - 1), max(by, -by)-1)
	case opLower:
		return "lower gives no capital letters"
	case opUpper:
		return "upper gives no small letters"
	case opTrim:
		return "trim leaves no space at the ends"
	default:
		return ""
	}
}
