package filter

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"

	"github.com/expr-lang/expr/ast"

	"github.com/ilpomo/opencore/internal/schema"
)

func (c *checker) unary(n *ast.UnaryNode) *node {
	switch n.Operator {
	case "!", "not":
		k := c.check(n.Node, nil)
		switch {
		case k.bad():
			return badNode
		case k.t.Kind == schema.Bool:
			return operation(opNot, typeBool, k)
		}
		if around := c.compared[n]; around != nil {
			c.negatedFirst(n, around, k)
		} else {
			c.mismatch(n.Node, k, typeBool)
		}
		return badNode
	case "-":
		return c.negate(n)
	}
	c.failToken(c.find(n.Location().From), NotAllowed, "%q is not allowed before a value", n.Operator).Hint = "leave it out"
	c.check(n.Node, nil)
	return badNode
}

func (c *checker) negate(n *ast.UnaryNode) *node {
	k := c.check(n.Node, nil)
	switch {
	case k.bad():
		return badNode
	case isNumber(k.t) || k.t.Kind == schema.Duration:
		return operation(opNegate, k.t, k)
	}
	c.fail(Type, n, "%s is %s: it has no negative", c.say(n.Node), noun(k.t))
	return badNode
}

func (c *checker) binary(n *ast.BinaryNode, hint *schema.Type) *node {
	if not, ok := n.Left.(*ast.UnaryNode); ok && n.Operator != "&&" && n.Operator != "||" && n.Operator != "and" && n.Operator != "or" {
		c.compared[not] = n
	}
	switch n.Operator {
	case "&&", "and", "||", "or":
		return c.logic(n)
	case "==", "!=":
		return c.equality(n)
	case "<", "<=", ">", ">=":
		return c.ordering(n)
	case "in":
		return c.in(n)
	case "startsWith", "endsWith", "contains", "matches":
		return c.stringTest(n)
	case "??":
		return c.coalesce(n, hint)
	case "+", "-", "*", "/", "%":
		return c.arithmetic(n)
	}
	return c.refuseOperator(n)
}

func (c *checker) refuseOperator(n *ast.BinaryNode) *node {
	p := c.failToken(c.find(n.Location().From), NotAllowed, "%q is not allowed in expressions", n.Operator)
	if n.Operator == ".." {
		p.Message, p.Hint = `".." is not allowed but behind "in"`, "write x in 1..5"
	}
	if n.Operator != "|" {
		c.check(n.Left, nil)
		c.check(n.Right, nil)
	}
	return badNode
}

func (c *checker) logic(n *ast.BinaryNode) *node {
	if chained(n) {
		c.fail(NotAllowed, n, "comparisons can't be chained").Hint = `write a < b && b < c`
		return badNode
	}
	l, r := c.condition(n.Left), c.condition(n.Right)
	if l.bad() || r.bad() {
		return badNode
	}
	o := opAnd
	if n.Operator == "||" || n.Operator == "or" {
		o = opOr
	}
	return operation(o, typeBool, append(flat(o, l), flat(o, r)...)...)
}

// flat gives the operands of a chain of one operator, so that a long one is
// not a deep one.
func flat(o op, n *node) []*node {
	if n.op == o {
		return n.kids
	}
	return []*node{n}
}

// chained reports whether the parser read a < b < c: it has b in the tree
// twice.
func chained(n *ast.BinaryNode) bool {
	right, ok := n.Right.(*ast.BinaryNode)
	if !ok {
		return false
	}
	left, ok := n.Left.(*ast.BinaryNode)
	return ok && (left.Right == right.Left || chained(left) && lastOperand(left) == right.Left)
}

func lastOperand(n *ast.BinaryNode) ast.Node {
	if right, ok := n.Right.(*ast.BinaryNode); ok {
		return right.Right
	}
	return nil
}

// test gives the node of a test, negated where the operator says so.
func test(negated bool, n *node) *node {
	if negated {
		return operation(opNot, typeBool, n)
	}
	return n
}

func (c *checker) equality(n *ast.BinaryNode) *node {
	l, r := c.pair(n.Left, n.Right, nil)
	if l.bad() || r.bad() {
		return badNode
	}
	negated := n.Operator == "!="
	switch {
	case l.null():
		return c.isNil(n, n.Right, r, negated)
	case r.null():
		return c.isNil(n, n.Left, l, negated)
	case alike(l.t, r.t) && (scalar(l.t) || l.t.Kind == schema.Bytes) || isNumber(l.t) && isNumber(r.t):
		return test(negated, operation(opEqual, typeBool, l, r))
	}
	c.incomparable(n, l, r)
	return badNode
}

func (c *checker) isNil(n *ast.BinaryNode, other ast.Node, k *node, negated bool) *node {
	if k.null() {
		c.fail(NilCompare, n, "nil is compared with nil")
		return badNode
	}
	if !nullable(k.t) {
		c.fail(NilCompare, n, "%s is never nil", c.say(other))
		return badNode
	}
	return test(negated, operation(opIsNil, typeBool, k))
}

func (c *checker) ordering(n *ast.BinaryNode) *node {
	l, r := c.pair(n.Left, n.Right, nil)
	if l.bad() || r.bad() {
		return badNode
	}
	o := map[string]op{"<": opLess, "<=": opLessEqual, ">": opGreater, ">=": opGreaterEqual}[n.Operator]
	switch {
	case isNumber(l.t) && isNumber(r.t):
		return operation(o, typeBool, l, r)
	case alike(l.t, r.t) && ordered(l.t):
		return operation(o, typeBool, l, r)
	case alike(l.t, r.t):
		c.fail(Type, n, "%s is %s: it has no order", c.say(n.Left), noun(l.t))
	default:
		c.incomparable(n, l, r)
	}
	return badNode
}

func ordered(t *schema.Type) bool {
	return t.Kind == schema.String || t.Kind == schema.Time || t.Kind == schema.Duration
}

// incomparable says that the sides of n are of types that don't go together.
func (c *checker) incomparable(n *ast.BinaryNode, l, r *node) {
	if alike(l.t, r.t) {
		c.fail(Type, n, "%s is %s: it can't be compared", c.say(n.Left), noun(l.t))
		return
	}
	p := c.fail(Type, n, "%s is %s, %s is %s: they can't be compared", c.say(n.Left), noun(l.t), c.say(n.Right), noun(r.t))
	switch {
	case l.null() || r.null():
		p.Message, p.Hint = "nil has no order", "write x != nil to ask whether x is there"
	case l.t.Kind == schema.Duration && r.t.Kind == schema.Int && r.op == opConst:
		p.Hint = fmt.Sprintf("write %[1]ds or %[1]dms", r.value)
	case isEnum(l.t) && r.t.Kind == schema.String && canString(l.t):
		p.Hint = "write string(" + c.words(n.Left) + ") for its name"
	case l.t.Kind == schema.Any || r.t.Kind == schema.Any:
		p.Hint = "what is of type any can only be compared with nil"
	}
}

func (c *checker) in(n *ast.BinaryNode) *node {
	if between, ok := n.Right.(*ast.BinaryNode); ok && between.Operator == ".." {
		return c.between(n, between)
	}
	l, r := c.inPair(n)
	if l.bad() || r.bad() {
		return badNode
	}
	if r.t.Kind != schema.List {
		p := c.fail(Type, n.Right, "%s is %s, not a list", c.say(n.Right), noun(r.t))
		switch r.t.Kind {
		case schema.Map:
			p.Hint = `write map["key"] != nil`
		case schema.String:
			p.Hint = "write text contains part"
		}
		return badNode
	}
	elem := r.t.Elem
	if l.null() || !(alike(l.t, elem) && (scalar(elem) || elem.Kind == schema.Bytes) || isNumber(l.t) && isNumber(elem)) {
		c.fail(Type, n, "%s is %s, an element of the list is %s", c.say(n.Left), noun(l.t), noun(elem))
		return badNode
	}
	if r.op != opList && !c.walks(n.Right, r) {
		return badNode
	}
	return operation(opIn, typeBool, l, r)
}

// inPair checks both sides of an in: each may tell the type of the other.
func (c *checker) inPair(n *ast.BinaryNode) (l, r *node) {
	if c.isOpen(n.Left) && !c.isOpen(n.Right) {
		r = c.check(n.Right, nil)
		if r.t.Kind == schema.List {
			return c.check(n.Left, r.t.Elem), r
		}
		return c.check(n.Left, nil), r
	}
	l = c.check(n.Left, nil)
	if l.bad() {
		return l, c.check(n.Right, nil)
	}
	return l, c.check(n.Right, &schema.Type{Kind: schema.List, Elem: required(l.t)})
}

func (c *checker) between(n, between *ast.BinaryNode) *node {
	kids := []*node{c.check(n.Left, nil), c.check(between.Left, nil), c.check(between.Right, nil)}
	for i, at := range []ast.Node{n.Left, between.Left, between.Right} {
		if kids[i].bad() {
			return badNode
		}
		if kids[i].t.Kind != schema.Int {
			c.fail(Type, at, "%s is %s, but a range is of ints", c.say(at), noun(kids[i].t)).Hint = "write a <= x && x <= b"
			return badNode
		}
	}
	return operation(opBetween, typeBool, kids...)
}

func (c *checker) stringTest(n *ast.BinaryNode) *node {
	l, r := c.check(n.Left, nil), c.check(n.Right, nil)
	for i, k := range []*node{l, r} {
		if k.bad() {
			return badNode
		}
		if k.t.Kind != schema.String {
			at := []ast.Node{n.Left, n.Right}[i]
			p := c.mismatch(at, k, typeString)
			if i == 0 && k.t.Kind == schema.List && n.Operator == "contains" {
				start, end := c.span(n)
				p.instead(start, end, c.words(n.Right)+" in "+c.words(n.Left))
			}
			return badNode
		}
	}
	switch n.Operator {
	case "startsWith":
		return operation(opStartsWith, typeBool, l, r)
	case "endsWith":
		return operation(opEndsWith, typeBool, l, r)
	}
	if !c.walks(n.Left, l) {
		return badNode
	}
	if n.Operator == "matches" {
		return c.matches(n, l, r)
	}
	return operation(opContains, typeBool, l, r)
}

// maxPattern is how many instructions a pattern may have: matching takes time
// in proportion to it, for each byte of the string.
const maxPattern = 500

func (c *checker) matches(n *ast.BinaryNode, l, r *node) *node {
	pattern, ok := r.constantString()
	if !ok {
		c.fail(NotAllowed, n.Right, "%s is not a literal: patterns are read before a run", c.say(n.Right))
		return badNode
	}
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		c.fail(Literal, n.Right, "the pattern can't be read: %s", patternProblem(err))
		return badNode
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil || len(program.Inst) > maxPattern {
		c.fail(TooBig, n.Right, "the pattern takes too long to match")
		return badNode
	}
	m := operation(opMatches, typeBool, l)
	m.pattern = regexp.MustCompile(pattern)
	return m
}

func patternProblem(err error) string {
	var e *syntax.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	if e.Expr == "" {
		return e.Code.String()
	}
	return fmt.Sprintf("%s in %q", e.Code, e.Expr)
}

func (c *checker) coalesce(n *ast.BinaryNode, hint *schema.Type) *node {
	l, r := c.pair(n.Left, n.Right, hint)
	if l.bad() || r.bad() {
		return badNode
	}
	if !l.t.Optional {
		c.fail(NilCompare, n, "%s is never nil", c.say(n.Left)).Hint = `what stands behind "??" is never used`
		return badNode
	}
	a, b, t := unify(l, r)
	if t == nil || l.null() {
		c.fail(Type, n, "%s is %s, %s %s: both must be the same", c.say(n.Left), noun(l.t), c.say(n.Right), noun(r.t))
		return badNode
	}
	return operation(opCoalesce, optional(required(t), r.t.Optional), a, b)
}

func (c *checker) arithmetic(n *ast.BinaryNode) *node {
	l, r := c.arithmeticPair(n)
	if l.bad() || r.bad() {
		return badNode
	}
	null := l.t.Optional || r.t.Optional
	if n.Operator == "%" {
		return c.modulo(n, l, r, null)
	}
	if n.Operator == "+" && l.t.Kind == schema.String && r.t.Kind == schema.String {
		if !c.walks(n.Left, l) || !c.walks(n.Right, r) {
			return badNode
		}
		return operation(opConcat, optional(typeString, null), append(flat(opConcat, l), flat(opConcat, r)...)...)
	}
	t := arithmeticType(n.Operator, l.t.Kind, r.t.Kind)
	if t == nil {
		c.noArithmetic(n, l, r)
		return badNode
	}
	o := map[string]op{"+": opAdd, "-": opSubtract, "*": opMultiply, "/": opDivide}[n.Operator]
	if t.Kind == schema.Float && isNumber(l.t) {
		l, r = toFloat(l), toFloat(r)
	}
	return operation(o, optional(t, null), l, r)
}

// arithmeticPair checks both sides. A string beside a time is a time where
// one is subtracted from the other; beside a duration it is a duration.
func (c *checker) arithmeticPair(n *ast.BinaryNode) (l, r *node) {
	hintOf := func(k *node) *schema.Type {
		if k.t.Kind == schema.Time && n.Operator == "+" {
			return typeDuration
		}
		if k.t.Kind == schema.Time || k.t.Kind == schema.Duration || isNumber(k.t) {
			return k.t
		}
		return nil
	}
	if c.isOpen(n.Left) && !c.isOpen(n.Right) {
		r = c.check(n.Right, nil)
		return c.check(n.Left, hintOf(r)), r
	}
	l = c.check(n.Left, nil)
	return l, c.check(n.Right, hintOf(l))
}

// arithmeticType is the type of a result, nil if there is none.
func arithmeticType(operator string, l, r schema.Kind) *schema.Type {
	number := func(k schema.Kind) bool { return k == schema.Int || k == schema.Float }
	additive := operator == "+" || operator == "-"
	switch {
	case l == schema.Int && r == schema.Int && operator != "/":
		return typeInt
	case number(l) && number(r):
		return typeFloat
	case l == schema.Time && r == schema.Time && operator == "-":
		return typeDuration
	case l == schema.Time && r == schema.Duration && additive:
		return typeTime
	case l == schema.Duration && r == schema.Time && operator == "+":
		return typeTime
	case l == schema.Duration && r == schema.Duration && additive:
		return typeDuration
	case l == schema.Duration && r == schema.Duration && operator == "/":
		return typeFloat
	case l == schema.Duration && number(r) && !additive, number(l) && r == schema.Duration && operator == "*":
		return typeDuration
	}
	return nil
}

func (c *checker) noArithmetic(n *ast.BinaryNode, l, r *node) {
	verb := map[string]string{"+": "added", "-": "subtracted", "*": "multiplied", "/": "divided"}[n.Operator]
	p := c.fail(Type, n, "%s is %s, %s is %s: they can't be %s", c.say(n.Left), noun(l.t), c.say(n.Right), noun(r.t), verb)
	switch {
	case n.Operator == "+" && l.t.Kind == schema.String && canString(r.t):
		p.Hint = "write string(" + c.words(n.Right) + ")"
	case n.Operator == "+" && r.t.Kind == schema.String && canString(l.t):
		p.Hint = "write string(" + c.words(n.Left) + ")"
	case r.t.Kind == schema.Int && r.op == opConst && (n.Operator == "+" || n.Operator == "-"):
		p.Hint = fmt.Sprintf("write %[1]ds or %[1]dms", r.value)
	}
}

func (c *checker) modulo(n *ast.BinaryNode, l, r *node, null bool) *node {
	for i, k := range []*node{l, r} {
		if at := []ast.Node{n.Left, n.Right}[i]; k.t.Kind != schema.Int {
			c.fail(Type, at, `%s is %s, but "%%" is for ints`, c.say(at), noun(k.t))
			return badNode
		}
	}
	if d, ok := r.value.(int64); !ok || d == 0 {
		c.fail(NotAllowed, n.Right, `%s is not a number other than 0, which must stand behind "%%"`, c.say(n.Right))
		return badNode
	}
	return operation(opModulo, optional(typeInt, null), l, r)
}
