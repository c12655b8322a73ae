package filter

import (
	"math"
	"slices"
	"strings"
)

// results is all that a term may be: of its type, and what its operation can
// come to.
func results(n *node) domain {
	d := anything(n.t)
	switch n.op {
	case opLen, opCount:
		d.ints.low = &bound[int64]{}
	case opAbs: // of the least int it is null
		d.ints.low = &bound[int64]{}
		d.floats.low = &bound[float64]{}
	case opModulo:
		if by, ok := n.kids[1].value.(int64); ok && by != 0 && by != math.MinInt64 {
			most := max(by, -by) - 1
			d.ints.low, d.ints.high = &bound[int64]{v: -most}, &bound[int64]{v: most}
		}
	}
	return d
}

// itself reads a comparison of a term with the same term: it depends on null
// and NaN alone. nil if the terms differ.
func itself(o op, l, r *node) (*node, restriction) {
	switch classOf(l.t) {
	case nums, flts, strs:
	default:
		return nil, nil
	}
	if l.key() != r.key() {
		return nil, nil
	}
	return l, func(d domain, want bool) domain {
		switch {
		case o == opEqual && want: // also of two nulls
			d.nan = false
		case o == opEqual:
			d.some, d.null = false, false
		case o == opLessEqual || o == opGreaterEqual:
			if !want {
				d.some = false
			} else {
				d.null, d.nan = false, false
			}
		case want:
			d.some, d.null, d.nan = false, false, false
		}
		return d
	}
}

// reaches tells whether what a term gives may have a text within it: lower, say,
// gives no capitals.
func reaches(n *node, text string) bool {
	switch n.op {
	case opLower:
		return string(appendLower(nil, text)) == text
	case opUpper:
		return string(appendUpper(nil, text)) == text
	default:
		return true
	}
}

// reachable leaves of a list what a term may give.
func reachable(n *node, v values[string]) values[string] {
	if v.only != nil {
		v.only = slices.DeleteFunc(slices.Clone(v.only), func(s string) bool {
			return !reaches(n, s) || n.op == opTrim && strings.TrimSpace(s) != s
		})
	}
	return v
}
