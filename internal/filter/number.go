package filter

import (
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/ilpomo/opencore/internal/schema"
)

func floatOf(v elem) float64 { return math.Float64frombits(uint64(v.bits)) }

// pairwise applies f where neither side is null.
func pairwise[T, R any, F ~func(*env) (T, bool)](l, r F, f func(a, b T) (R, bool)) func(*env) (R, bool) {
	return func(e *env) (R, bool) {
		a, aok := l(e)
		b, bok := r(e)
		if !aok || !bok {
			var zero R
			return zero, false
		}
		return f(a, b)
	}
}

// integer compiles arithmetic whose result is an int, a time or a duration.
func (c *compiler) integer(n *node) numFn {
	if n.op == opNegate {
		return unary(c.num(n.kids[0]), negateInt)
	}
	l, r := n.kids[0], n.kids[1]
	if l.t.Kind == schema.Float || r.t.Kind == schema.Float {
		return c.scale(n.op, l, r)
	}
	a, b := c.num(l), c.num(r)
	switch n.op {
	case opAdd:
		return pairwise(a, b, addInt)
	case opSubtract:
		return pairwise(a, b, subtractInt)
	case opMultiply:
		return pairwise(a, b, multiplyInt)
	case opDivide:
		return pairwise(a, b, divideInt)
	}
	return pairwise(a, b, func(a, b int64) (int64, bool) { return a % b, b != 0 })
}

// scale multiplies a duration by a float, or divides it by one.
func (c *compiler) scale(o op, l, r *node) numFn {
	if l.t.Kind != schema.Duration {
		l, r = r, l
	}
	d, by := c.num(l), c.flt(toFloat(r))
	return func(e *env) (int64, bool) {
		a, aok := d(e)
		b, bok := by(e)
		if !aok || !bok {
			return 0, false
		}
		if o == opDivide {
			return floatToInt(float64(a) / b)
		}
		return floatToInt(float64(a) * b)
	}
}

// floating compiles arithmetic whose result is a float: of floats, or of two
// durations.
func (c *compiler) floating(n *node) fltFn {
	if n.kids[0].t.Kind == schema.Duration {
		return pairwise(c.num(n.kids[0]), c.num(n.kids[1]), func(a, b int64) (float64, bool) { return float64(a) / float64(b), true })
	}
	l, r := c.flt(n.kids[0]), c.flt(n.kids[1])
	switch n.op {
	case opAdd:
		return pairwise(l, r, func(a, b float64) (float64, bool) { return a + b, true })
	case opSubtract:
		return pairwise(l, r, func(a, b float64) (float64, bool) { return a - b, true })
	case opMultiply:
		return pairwise(l, r, func(a, b float64) (float64, bool) { return a * b, true })
	}
	return pairwise(l, r, func(a, b float64) (float64, bool) { return a / b, true })
}

func (c *compiler) toInt(k *node) numFn {
	switch classOf(k.t) {
	case flts:
		return unary(c.flt(k), floatToInt)
	case strs:
		return unary(c.str(k), textToInt)
	}
	return c.num(k)
}

func (c *compiler) toFloat(k *node) fltFn {
	switch classOf(k.t) {
	case flts:
		return c.flt(k)
	case strs:
		return unary(c.str(k), textToFloat)
	}
	return unary(c.num(k), func(i int64) (float64, bool) { return float64(i), true })
}

func textToFloat(s string) (float64, bool) {
	if !looksLikeFloat(s) {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}

func (c *compiler) len(k *node) numFn {
	switch k.t.Kind {
	case schema.String:
		return unary(c.str(k), func(s string) (int64, bool) { return int64(utf8.RuneCountInString(s)), true })
	case schema.Bytes:
		return unary(c.str(k), func(s string) (int64, bool) { return int64(len(s)), true })
	}
	list, s := c.ref(k)
	if s == nil {
		return func(*env) (int64, bool) { return 0, false }
	}
	return unary(list, func(r ref) (int64, bool) {
		n, ok := s.count(r)
		return int64(n), ok
	})
}
