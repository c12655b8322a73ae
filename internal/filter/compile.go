package filter

import (
	"fmt"
	"math"
	"strings"

	"github.com/ilpomo/opencore/internal/schema"
)

// A compiler makes functions of nodes, for one way to read the message.
type compiler struct {
	source source
	elems  []shape // of the elements at hand, innermost last; nil for what has no parts
}

// A class is how the values of a type are passed on.
type class uint8

const (
	nums class = iota // bool, int, time, duration, enum
	flts              // float
	strs              // string, bytes
	refs              // what has parts, and any
)

func classOf(t *schema.Type) class {
	switch t.Kind {
	case schema.Float:
		return flts
	case schema.String, schema.Bytes:
		return strs
	case schema.Record, schema.List, schema.Map, schema.Any:
		return refs
	}
	return nums
}

// cond compiles a condition.
func (c *compiler) cond(n *node) condFn {
	switch n.op {
	case opConst:
		yes := n.value == truth(true)
		return func(*env) bool { return yes }
	case opNot:
		k := c.cond(n.kids[0])
		return func(e *env) bool { return !k(e) }
	case opAnd:
		return c.and(n.kids)
	case opOr:
		return c.or(n.kids)
	}
	return c.frugal(n, c.test(n))
}

// test compiles a condition that is not made of others.
func (c *compiler) test(n *node) condFn {
	switch n.op {
	case opIsNil:
		return c.isNil(n.kids[0])
	case opEqual, opLess, opLessEqual, opGreater, opGreaterEqual:
		return c.compare(n.op, n.kids[0], n.kids[1])
	case opIn:
		return c.in(n.kids[0], n.kids[1])
	case opBetween:
		return c.between(n.kids)
	case opStartsWith, opEndsWith, opContains, opMatches:
		return c.stringTest(n)
	}
	k := c.num(n)
	return func(e *env) bool {
		v, ok := k(e)
		return ok && v != 0
	}
}

// frugal gives back the scratch space that a test has used.
func (c *compiler) frugal(n *node, f condFn) condFn {
	if !usesScratch(n) {
		return f
	}
	return func(e *env) bool {
		mark := len(e.scratch)
		yes := f(e)
		e.scratch = e.scratch[:mark]
		return yes
	}
}

// usesScratch reports whether an operand of n computes a string or a list.
func usesScratch(n *node) bool {
	for _, k := range n.kids {
		switch k.op {
		case opConcat, opLower, opUpper, opToString, opSplit, opJoin, opReplace, opList:
			return true
		}
		if usesScratch(k) {
			return true
		}
	}
	return false
}

func (c *compiler) conds(nodes []*node) []condFn {
	list := make([]condFn, len(nodes))
	for i, n := range nodes {
		list[i] = c.cond(n)
	}
	return list
}

func (c *compiler) and(nodes []*node) condFn {
	list := c.conds(nodes)
	switch len(list) {
	case 2:
		a, b := list[0], list[1]
		return func(e *env) bool { return a(e) && b(e) }
	case 3:
		x, y, z := list[0], list[1], list[2]
		return func(e *env) bool { return x(e) && y(e) && z(e) }
	}
	return func(e *env) bool {
		for _, f := range list {
			if !f(e) {
				return false
			}
		}
		return true
	}
}

func (c *compiler) or(nodes []*node) condFn {
	list := c.conds(nodes)
	switch len(list) {
	case 2:
		a, b := list[0], list[1]
		return func(e *env) bool { return a(e) || b(e) }
	case 3:
		x, y, z := list[0], list[1], list[2]
		return func(e *env) bool { return x(e) || y(e) || z(e) }
	}
	return func(e *env) bool {
		for _, f := range list {
			if f(e) {
				return true
			}
		}
		return false
	}
}

func (c *compiler) isNil(n *node) condFn {
	switch classOf(n.t) {
	case flts:
		k := c.flt(n)
		return func(e *env) bool { _, ok := k(e); return !ok }
	case strs:
		k := c.str(n)
		return func(e *env) bool { _, ok := k(e); return !ok }
	case refs:
		k, shape := c.ref(n)
		if n.t.Kind == schema.Any {
			return func(e *env) bool { r, ok := k(e); return !ok || shape.null(r) }
		}
		return func(e *env) bool { _, ok := k(e); return !ok }
	}
	k := c.num(n)
	return func(e *env) bool { _, ok := k(e); return !ok }
}

// num compiles what gives a bool, int, time, duration or enum.
func (c *compiler) num(n *node) numFn {
	switch n.op {
	case opConst:
		v, ok := n.value.(int64)
		return func(*env) (int64, bool) { return v, ok }
	case opField:
		return c.source.num(n.field)
	case opElem, opPart, opIndex, opKey:
		return numOf(c.elem(n))
	case opCond:
		cond, a, b := c.cond(n.kids[0]), c.num(n.kids[1]), c.num(n.kids[2])
		return func(e *env) (int64, bool) { return choose(cond(e), a, b)(e) }
	case opCoalesce:
		return coalesce(c.num(n.kids[0]), c.num(n.kids[1]))
	case opAny, opAll, opNone, opOne, opCount:
		return c.predicate(n)
	case opNegate, opAdd, opSubtract, opMultiply, opDivide, opModulo:
		return c.integer(n)
	case opAbs:
		return unary(c.num(n.kids[0]), absInt)
	case opRound:
		return c.num(n.kids[0])
	case opToInt:
		return c.toInt(n.kids[0])
	case opLen:
		return c.len(n.kids[0])
	}
	f := c.cond(n)
	return func(e *env) (int64, bool) { return truth(f(e)), true }
}

// flt compiles what gives a float.
func (c *compiler) flt(n *node) fltFn {
	switch n.op {
	case opConst:
		v, ok := n.value.(float64)
		return func(*env) (float64, bool) { return v, ok }
	case opField:
		return c.source.flt(n.field)
	case opElem, opPart, opIndex, opKey:
		return fltOf(c.elem(n))
	case opCond:
		cond, a, b := c.cond(n.kids[0]), c.flt(n.kids[1]), c.flt(n.kids[2])
		return func(e *env) (float64, bool) { return choose(cond(e), a, b)(e) }
	case opCoalesce:
		return coalesce(c.flt(n.kids[0]), c.flt(n.kids[1]))
	case opNegate:
		return unary(c.flt(n.kids[0]), func(f float64) (float64, bool) { return -f, true })
	case opAdd, opSubtract, opMultiply, opDivide:
		return c.floating(n)
	case opAbs:
		return unary(c.flt(n.kids[0]), func(f float64) (float64, bool) { return math.Abs(f), true })
	case opRound:
		return unary(c.flt(n.kids[0]), func(f float64) (float64, bool) { return math.Round(f), true })
	case opToFloat:
		return c.toFloat(n.kids[0])
	}
	panic(fmt.Sprintf("bug: operation %d gives no float", n.op))
}

// str compiles what gives a string or bytes.
func (c *compiler) str(n *node) strFn {
	switch n.op {
	case opConst:
		v, ok := n.value.(string)
		return func(*env) (string, bool) { return v, ok }
	case opField:
		return c.source.str(n.field)
	case opTopic:
		return func(e *env) (string, bool) { return e.topic, true }
	case opElem, opPart, opIndex, opKey:
		return strOf(c.elem(n))
	case opCond:
		cond, a, b := c.cond(n.kids[0]), c.str(n.kids[1]), c.str(n.kids[2])
		return func(e *env) (string, bool) { return choose(cond(e), a, b)(e) }
	case opCoalesce:
		return coalesce(c.str(n.kids[0]), c.str(n.kids[1]))
	case opTrim:
		return unary(c.str(n.kids[0]), func(s string) (string, bool) { return strings.TrimSpace(s), true })
	case opConcat:
		return c.concat(n.kids)
	case opLower:
		return rewrite(c.str(n.kids[0]), appendLower)
	case opUpper:
		return rewrite(c.str(n.kids[0]), appendUpper)
	case opToString:
		return c.toString(n.kids[0])
	case opJoin:
		return c.join(n.kids)
	case opReplace:
		return c.replace(n.kids)
	}
	panic(fmt.Sprintf("bug: operation %d gives no string", n.op))
}

// ref compiles what gives a value with parts, and tells how to read them.
func (c *compiler) ref(n *node) (refFn, shape) {
	switch n.op {
	case opConst:
		return c.constantRef(n)
	case opField:
		return refOf(c.source.elem(n.field)), c.source.shape(n.field)
	case opElem, opPart, opIndex, opKey:
		f, s := c.access(n)
		return refOf(f), s
	case opCond:
		cond := c.cond(n.kids[0])
		a, s := c.ref(n.kids[1])
		b, t := c.ref(n.kids[2])
		return func(e *env) (ref, bool) { return choose(cond(e), a, b)(e) }, either(s, t)
	case opCoalesce:
		a, s := c.ref(n.kids[0])
		b, t := c.ref(n.kids[1])
		return coalesce(a, b), either(s, t)
	case opList:
		return c.list(n), newDense(n.t)
	case opSplit:
		return c.split(n.kids), newDense(n.t)
	}
	panic(fmt.Sprintf("bug: operation %d gives nothing with parts", n.op))
}

// constantRef puts a list into the dense encoding once and for all.
func (c *compiler) constantRef(n *node) (refFn, shape) {
	values, ok := n.value.([]any)
	if !ok {
		return func(*env) (ref, bool) { return ref{}, false }, nil
	}
	r := refTo(encodeList(n.t.Elem, values))
	return func(*env) (ref, bool) { return r, true }, newDense(n.t)
}

// elem compiles a path.
func (c *compiler) elem(n *node) elemFn {
	f, _ := c.access(n)
	return f
}

// access compiles a path and tells how to read the parts of where it leads,
// nil if that has none.
func (c *compiler) access(n *node) (elemFn, shape) {
	if n.op == opElem {
		return func(e *env) elem { return e.elem }, c.elems[len(c.elems)-1]
	}
	base, shape := c.ref(n.kids[0])
	if shape == nil { // of nil alone
		return func(*env) elem { return elem{} }, nil
	}
	switch n.op {
	case opPart:
		field := shape.field(n.field)
		return func(e *env) elem {
			r, ok := base(e)
			if !ok {
				return elem{}
			}
			return field(r)
		}, shape.fieldShape(n.field)
	case opKey:
		return c.lookUp(base, shape, c.str(n.kids[1])), shape.elemShape()
	default:
		return c.index(base, shape, c.num(n.kids[1])), shape.elemShape()
	}
}

func (c *compiler) lookUp(base refFn, s shape, key strFn) elemFn {
	return func(e *env) elem {
		r, ok := base(e)
		if !ok {
			return elem{}
		}
		k, ok := key(e)
		if !ok {
			return elem{}
		}
		return s.get(r, k)
	}
}

func (c *compiler) index(base refFn, s shape, index numFn) elemFn {
	return func(e *env) elem {
		r, ok := base(e)
		if !ok {
			return elem{}
		}
		i, ok := index(e)
		if !ok {
			return elem{}
		}
		n, ok := s.count(r)
		if i < 0 {
			i += int64(n)
		}
		if !ok || i < 0 || i >= int64(n) {
			return elem{}
		}
		return s.at(r, int(i))
	}
}

// predicate compiles any, all, none, one and count.
func (c *compiler) predicate(n *node) numFn {
	list, s := c.ref(n.kids[0])
	if s == nil {
		return func(*env) (int64, bool) { return 0, false }
	}
	c.elems = append(c.elems, s.elemShape())
	body := c.cond(n.kids[1])
	c.elems = c.elems[:len(c.elems)-1]
	o := n.op
	return func(e *env) (int64, bool) {
		r, ok := list(e)
		if !ok {
			return 0, false
		}
		length, ok := s.count(r)
		outside := e.elem
		hits := walk(e, s, r, length, body, o)
		e.elem = outside
		return verdict(o, hits, length), ok
	}
}

// walk counts the elements that body is true for, until the verdict can't
// change.
func walk(e *env, s shape, r ref, length int, body condFn, o op) (hits int) {
	mark := len(e.scratch)
	for i := range length {
		e.elem = s.at(r, i)
		yes := body(e)
		e.scratch = e.scratch[:mark]
		if yes {
			hits++
		}
		if yes == (o != opAll) && o != opCount && (o != opOne || hits > 1) {
			break
		}
	}
	return hits
}

func verdict(o op, hits, length int) int64 {
	switch o {
	case opAny:
		return truth(hits > 0)
	case opAll:
		return truth(hits == length)
	case opNone:
		return truth(hits == 0)
	case opOne:
		return truth(hits == 1)
	}
	return int64(hits)
}

// choose gives a or b.
func choose[F any](yes bool, a, b F) F {
	if yes {
		return a
	}
	return b
}

// coalesce gives a's result or, if that is null, b's.
func coalesce[T any, F ~func(*env) (T, bool)](a, b F) F {
	return func(e *env) (T, bool) {
		if v, ok := a(e); ok {
			return v, true
		}
		return b(e)
	}
}

// unary applies f to what is not null.
func unary[T, R any, F ~func(*env) (T, bool)](k F, f func(T) (R, bool)) func(*env) (R, bool) {
	return func(e *env) (R, bool) {
		v, ok := k(e)
		if !ok {
			var zero R
			return zero, false
		}
		return f(v)
	}
}
