package filter

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ilpomo/opencore/internal/schema"
)

// compare compiles == and the orderings. A constant goes to the right, where
// it costs no call.
func (c *compiler) compare(o op, l, r *node) condFn {
	if l.op == opConst && r.op != opConst {
		l, r, o = r, l, mirrored(o)
	}
	switch {
	case l.t.Kind == schema.Int && r.t.Kind == schema.Float:
		return compareMixed(o, c.num(l), c.flt(r))
	case l.t.Kind == schema.Float && r.t.Kind == schema.Int:
		return compareMixed(mirrored(o), c.num(r), c.flt(l))
	}
	switch classOf(l.t) {
	case flts:
		if v, ok := r.value.(float64); ok {
			return compareConstant(o, c.flt(l), v)
		}
		return compareValues(o, c.flt(l), c.flt(r))
	case strs:
		if v, ok := r.value.(string); ok {
			return compareConstant(o, c.str(l), v)
		}
		return compareValues(o, c.str(l), c.str(r))
	}
	if v, ok := r.value.(int64); ok {
		return compareConstant(o, c.num(l), v)
	}
	return compareValues(o, c.num(l), c.num(r))
}

// mirrored is the comparison with its sides swapped.
func mirrored(o op) op {
	switch o {
	case opLess:
		return opGreater
	case opLessEqual:
		return opGreaterEqual
	case opGreater:
		return opLess
	case opGreaterEqual:
		return opLessEqual
	}
	return o
}

func compareConstant[T cmp.Ordered, F ~func(*env) (T, bool)](o op, l F, b T) condFn {
	switch o {
	case opEqual:
		return func(e *env) bool { a, ok := l(e); return ok && a == b }
	case opLess:
		return func(e *env) bool { a, ok := l(e); return ok && a < b }
	case opLessEqual:
		return func(e *env) bool { a, ok := l(e); return ok && a <= b }
	case opGreater:
		return func(e *env) bool { a, ok := l(e); return ok && a > b }
	default:
		return func(e *env) bool { a, ok := l(e); return ok && a >= b }
	}
}

func compareValues[T cmp.Ordered, F ~func(*env) (T, bool)](o op, l, r F) condFn {
	if o == opEqual { // also of two nulls
		return func(e *env) bool {
			a, aok := l(e)
			b, bok := r(e)
			return aok == bok && (!aok || a == b)
		}
	}
	var test func(a, b T) bool
	switch o {
	case opLess:
		test = func(a, b T) bool { return a < b }
	case opLessEqual:
		test = func(a, b T) bool { return a <= b }
	case opGreater:
		test = func(a, b T) bool { return a > b }
	default:
		test = func(a, b T) bool { return a >= b }
	}
	return func(e *env) bool {
		a, ok := l(e)
		if !ok {
			return false
		}
		b, ok := r(e)
		return ok && test(a, b)
	}
}

// compareMixed compares an int with a float by value.
func compareMixed(o op, l numFn, r fltFn) condFn {
	return func(e *env) bool {
		a, aok := l(e)
		b, bok := r(e)
		if !aok || !bok {
			return o == opEqual && aok == bok
		}
		sign, ok := compareIntFloat(a, b)
		return ok && holds(o, sign)
	}
}

// holds reports whether a comparison is true where compare gave sign.
func holds(o op, sign int) bool {
	switch o {
	case opEqual:
		return sign == 0
	case opLess:
		return sign < 0
	case opLessEqual:
		return sign <= 0
	case opGreater:
		return sign > 0
	default:
		return sign >= 0
	}
}

func (c *compiler) between(kids []*node) condFn {
	x, low, high := c.num(kids[0]), c.num(kids[1]), c.num(kids[2])
	return func(e *env) bool {
		v, ok := x(e)
		a, aok := low(e)
		b, bok := high(e)
		return ok && aok && bok && a <= v && v <= b
	}
}

// in compiles x in list. Null is in no list, and no null in a list is found.
func (c *compiler) in(x, list *node) condFn {
	elem := list.t.Elem
	if x.t.Kind != elem.Kind {
		return c.inMixed(x, list)
	}
	if list.op == opList {
		return c.inOperands(x, list.kids)
	}
	values, ok := list.value.([]any)
	switch {
	case ok && classOf(elem) == flts:
		return inConstant(c.flt(x), values)
	case ok && classOf(elem) == strs:
		return inConstant[string](c.str(x), values)
	case ok:
		return inConstant[int64](c.num(x), values)
	}
	return c.inDynamic(x, list)
}

// fewValues is up to how many constants are compared one by one: a map wins
// above.
const fewValues = 8

func inConstant[T cmp.Ordered, F ~func(*env) (T, bool)](x F, values []any) condFn {
	list := make([]T, 0, len(values))
	set := make(map[T]bool, len(values))
	for _, v := range values {
		if v, ok := v.(T); ok {
			list = append(list, v)
			set[v] = true
		}
	}
	if len(list) > fewValues {
		return func(e *env) bool { v, ok := x(e); return ok && set[v] }
	}
	return func(e *env) bool { v, ok := x(e); return ok && slices.Contains(list, v) }
}

// inOperands looks for x among operands, evaluating x once.
func (c *compiler) inOperands(x *node, kids []*node) condFn {
	switch classOf(x.t) {
	case flts:
		return amongOperands(c.flt(x), compileAll(kids, c.flt))
	case strs:
		return amongOperands(c.str(x), compileAll(kids, c.str))
	}
	return amongOperands(c.num(x), compileAll(kids, c.num))
}

func compileAll[F any](kids []*node, compile func(*node) F) []F {
	list := make([]F, len(kids))
	for i, k := range kids {
		list[i] = compile(k)
	}
	return list
}

func amongOperands[T comparable, F ~func(*env) (T, bool)](x F, kids []F) condFn {
	return func(e *env) bool {
		v, ok := x(e)
		if !ok {
			return false
		}
		for _, k := range kids {
			if w, ok := k(e); ok && w == v {
				return true
			}
		}
		return false
	}
}

// inDynamic looks for x in a list of the message.
func (c *compiler) inDynamic(x, list *node) condFn {
	l, s := c.ref(list)
	if s == nil {
		return func(*env) bool { return false }
	}
	switch classOf(x.t) {
	case flts:
		f := c.flt(x)
		return search(f, l, s, func(v elem, x float64) bool { return floatOf(v) == x })
	case strs:
		return search(c.str(x), l, s, func(v elem, x string) bool { return v.ref.text() == x })
	}
	return search(c.num(x), l, s, func(v elem, x int64) bool { return v.bits == x })
}

// inMixed looks for an int among floats or for a float among ints.
func (c *compiler) inMixed(x, list *node) condFn {
	l, s := c.ref(list)
	if s == nil {
		return func(*env) bool { return false }
	}
	same := func(i int64, f float64) bool {
		sign, ok := compareIntFloat(i, f)
		return ok && sign == 0
	}
	if x.t.Kind == schema.Int {
		return search(c.num(x), l, s, func(v elem, x int64) bool { return same(x, floatOf(v)) })
	}
	return search(c.flt(x), l, s, func(v elem, x float64) bool { return same(v.bits, x) })
}

func search[T any, F ~func(*env) (T, bool)](x F, list refFn, s shape, same func(v elem, x T) bool) condFn {
	return func(e *env) bool {
		v, ok := x(e)
		if !ok {
			return false
		}
		r, ok := list(e)
		if !ok {
			return false
		}
		n, _ := s.count(r)
		for i := range n {
			if w := s.at(r, i); w.ok && same(w, v) {
				return true
			}
		}
		return false
	}
}

func (c *compiler) stringTest(n *node) condFn {
	x := c.str(n.kids[0])
	if n.op == opMatches {
		return matches(x, n)
	}
	if part, ok := n.kids[1].value.(string); ok {
		return constantPart(n.op, x, part)
	}
	test := map[op]func(s, part string) bool{
		opStartsWith: strings.HasPrefix, opEndsWith: strings.HasSuffix, opContains: strings.Contains,
	}[n.op]
	y := c.str(n.kids[1])
	return func(e *env) bool {
		s, ok := x(e)
		if !ok {
			return false
		}
		part, ok := y(e)
		return ok && test(s, part)
	}
}

func constantPart(o op, x strFn, part string) condFn {
	switch o {
	case opStartsWith:
		return func(e *env) bool { s, ok := x(e); return ok && strings.HasPrefix(s, part) }
	case opEndsWith:
		return func(e *env) bool { s, ok := x(e); return ok && strings.HasSuffix(s, part) }
	}
	return func(e *env) bool { s, ok := x(e); return ok && strings.Contains(s, part) }
}

// matches compiles a pattern; one without operators is just a string to look
// for.
func matches(x strFn, n *node) condFn {
	pattern := n.pattern
	if literal, complete := pattern.LiteralPrefix(); complete {
		return func(e *env) bool { s, ok := x(e); return ok && strings.Contains(s, literal) }
	}
	return func(e *env) bool { s, ok := x(e); return ok && pattern.MatchString(s) }
}
