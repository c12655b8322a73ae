package filter

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/ilpomo/opencore/internal/schema"
)

// A checker turns the parser's tree into nodes, and goes on behind a problem
// to find more. Its methods give badNode for what has a problem, and say
// nothing of an operand that is bad already.
type checker struct {
	*scanner
	scope *Scope
	names map[string]bool // consts and parameters used, as they are called when the program runs

	instead map[int]string // what stands for a name, by its token
	elems   []element      // at hand in the predicates around, innermost last

	compared map[*ast.UnaryNode]*ast.BinaryNode // the operation whose left side a "not" is
}

// An element is what a predicate looks at one after the other.
type element struct {
	t     *schema.Type
	fixed bool // how many there are does not depend on the message
}

// check checks a node. hint is the type of what stands beside it, nil if
// nothing does: strings and bare names are read as values of that type.
func (c *checker) check(n ast.Node, hint *schema.Type) *node {
	if len(c.problems) >= maxProblems {
		return badNode
	}
	switch n := n.(type) {
	case *ast.NilNode:
		return constant(typeNil, nil)
	case *ast.BoolNode:
		return constant(typeBool, truth(n.Value))
	case *ast.IntegerNode:
		return beside(constant(typeInt, int64(n.Value)), hint)
	case *ast.FloatNode:
		return constant(typeFloat, n.Value)
	case *ast.StringNode:
		return c.literal(n, constant(typeString, c.stringValue(n)), hint)
	case *ast.IdentifierNode:
		return c.identifier(n, hint)
	case *ast.PointerNode:
		return c.pointer(n)
	case *ast.UnaryNode:
		return c.unary(n)
	case *ast.BinaryNode:
		return c.binary(n, hint)
	case *ast.ConditionalNode:
		return c.conditional(n, hint)
	case *ast.MemberNode:
		return c.member(n)
	case *ast.ChainNode: // said by the scanner
		return c.check(n.Node, hint)
	case *ast.ArrayNode:
		return c.list(n, hint)
	case *ast.BuiltinNode:
		return c.call(n, n.Name, n.Arguments)
	case *ast.CallNode:
		return c.unknownCall(n)
	}
	return c.refuse(n)
}

// refuse says which part of expr is not part of the language.
func (c *checker) refuse(n ast.Node) *node {
	switch n := n.(type) {
	case *ast.SliceNode:
		c.fail(NotAllowed, n, "parts of lists and strings are not allowed in expressions")
	case *ast.MapNode:
		c.fail(NotAllowed, n, "maps are not allowed in expressions")
	case *ast.VariableDeclaratorNode: // said by the scanner, as are ";" and byte strings
		c.check(n.Value, nil)
	case *ast.SequenceNode:
		for _, part := range n.Nodes {
			c.check(part, nil)
		}
	}
	return badNode
}

// literal makes a string, or a const that is one, a value of the type beside
// it where that is a time, a duration or an enum.
func (c *checker) literal(at ast.Node, n *node, hint *schema.Type) *node {
	if !fromString(hint) || n.t.Kind != schema.String {
		return beside(n, hint)
	}
	if n.op == opName {
		converted := *n
		converted.t = optional(required(hint), n.t.Optional)
		return &converted
	}
	s, ok := n.constantString()
	if !ok {
		return n
	}
	value, err := convert(s, hint)
	if err == nil {
		return value
	}
	if isEnum(hint) {
		c.fail(UnknownName, at, "%v", err).meant(s, hint.Enum.Values)
	} else {
		c.fail(Literal, at, "%v", err)
	}
	return badNode
}

// stringValue is what a string means. The parser takes \xff for a character,
// Go and the rest of the language for a byte, as topics may have.
func (c *checker) stringValue(n *ast.StringNode) string {
	written := c.text(c.find(n.Location().From))
	if value, err := strconv.Unquote(written); err == nil && written[0] == '"' {
		return value
	}
	return n.Value
}

// beside makes a whole number beside a float one, where it stays the same.
func beside(n *node, hint *schema.Type) *node {
	i, ok := n.value.(int64)
	if !ok || n.t.Kind != schema.Int || hint == nil || hint.Kind != schema.Float || !exactFloat(i) {
		return n
	}
	return constant(typeFloat, float64(i))
}

func (c *checker) identifier(n *ast.IdentifierNode, hint *schema.Type) *node {
	if lit := c.literals[n.Location().From]; lit != nil {
		return beside(lit, hint)
	}
	if c.clashes(n) {
		return badNode
	}
	if name, ok := c.scope.Names[n.Value]; ok {
		return c.literal(n, c.name(n, name), hint)
	}
	if field := c.field(c.scope.Message, n.Value); field != nil {
		return field
	}
	if n.Value == "topic" && c.scope.Topic {
		return &node{op: opTopic, t: typeString, outer: true}
	}
	if isEnum(hint) {
		if i := hint.Enum.Index(n.Value); i >= 0 {
			return constant(required(hint), int64(i))
		}
	}
	c.unknown(n, hint)
	return badNode
}

// clashes says so if a name means two things.
func (c *checker) clashes(n *ast.IdentifierNode) bool {
	isField := fieldIndex(c.scope.Message, n.Value) >= 0
	isTopic := n.Value == "topic" && c.scope.Topic
	name, isName := c.scope.Names[n.Value]
	const hint = "rename one of them"
	switch {
	case isField && isName:
		c.fail(Clash, n, "%q is both a field of %s and a %s", n.Value, c.scope.Message.Name, name.kind()).Hint = hint
	case isField && isTopic:
		c.fail(Clash, n, "%q is both a field of %s and the message's topic", n.Value, c.scope.Message.Name).Hint = hint
	case isName && isTopic:
		c.fail(Clash, n, "%q is both a %s and the message's topic", n.Value, name.kind()).Hint = hint
	default:
		return false
	}
	return true
}

// name makes a node of a const or parameter: its value if that is known.
func (c *checker) name(at *ast.IdentifierNode, name Name) *node {
	called := at.Value
	switch {
	case name.Unfit != "":
		c.fail(NotAllowed, at, "%s", name.Unfit)
		return badNode
	case name.Expr != nil:
		return c.standIn(at, name.Expr)
	case name.As != "":
		called = name.As
		c.spelled(at, called)
	}
	c.names[called] = true
	if name.Type != nil && !constantType(name.Type) {
		c.fail(Type, at, "%s is %s, which expressions can't read", c.say(at), noun(name.Type))
		return badNode
	}
	if name.Value == nil {
		if name.Type == nil {
			return badNode
		}
		return &node{op: opName, t: name.Type, name: called}
	}
	n, err := constantOf(name.Value, name.Type)
	if err != nil {
		c.fail(Literal, at, "%v", err)
		return badNode
	}
	return n
}

// field makes a node of a field of the message at hand, nil if there is none
// of that name.
func (c *checker) field(m *schema.Message, name string) *node {
	i := fieldIndex(m, name)
	if i < 0 {
		return nil
	}
	return &node{op: opField, t: m.Fields[i].Type, field: i, outer: true}
}

func fieldIndex(m *schema.Message, name string) int {
	if m == nil {
		return -1
	}
	return slices.IndexFunc(m.Fields, func(f schema.Field) bool { return f.Name == name })
}

func (c *checker) unknown(n *ast.IdentifierNode, hint *schema.Type) {
	if n.Value[0] == '$' {
		c.fail(NotAllowed, n, "%q is not allowed in expressions", n.Value)
		return
	}
	if f, ok := functions[n.Value]; ok {
		c.fail(Type, n, "%q is a function", n.Value).Hint = "write " + f.usage
		return
	}
	if isEnum(hint) {
		p := c.fail(UnknownName, n, "%q is not a value of %s", n.Value, enumWords(hint))
		p.meant(n.Value, hint.Enum.Values)
		return
	}
	if len(c.elems) > 0 && fieldIndex(c.elems[len(c.elems)-1].t.Message, n.Value) >= 0 {
		c.fail(UnknownName, n, "%q is not known here", n.Value).Hint = "a field of the element at hand is written ." + n.Value
		return
	}
	start, end := c.span(n)
	p := c.fail(UnknownName, n, "%s", c.notThere(n.Value))
	p.Bare = true
	if ours := literalsElsewhere[strings.ToLower(n.Value)]; ours != "" {
		p.instead(start, end, ours)
	} else {
		p.meant(n.Value, c.visible())
	}
}

func (c *checker) notThere(name string) string {
	if m := c.scope.Message; m != nil {
		return fmt.Sprintf("message %q has no field %q", m.Name, name)
	}
	return fmt.Sprintf("%q is not known here", name)
}

// visible lists the bare names of the scope.
func (c *checker) visible() []string {
	names := slices.Sorted(maps.Keys(c.scope.Names))
	if c.scope.Topic {
		names = append(names, "topic")
	}
	if m := c.scope.Message; m != nil {
		names = append(names, fieldNames(m)...)
	}
	return names
}

func fieldNames(m *schema.Message) []string {
	names := make([]string, len(m.Fields))
	for i, f := range m.Fields {
		names[i] = f.Name
	}
	return names
}

// pointer checks "#", and the "#" that ".field" leaves out.
func (c *checker) pointer(n *ast.PointerNode) *node {
	if n.Name != "" {
		p := c.fail(NotAllowed, n, "%q is not allowed in expressions", "#"+n.Name)
		p.End = min(p.End+len(n.Name), len(c.source))
		return badNode
	}
	if len(c.elems) == 0 {
		return badNode // around it is a function that is not allowed
	}
	t := c.elems[len(c.elems)-1].t
	if isBad(t) {
		return badNode
	}
	return &node{op: opElem, t: t}
}

// member checks a.name, a["name"] and a[index].
func (c *checker) member(n *ast.MemberNode) *node {
	base := c.check(n.Node, nil)
	name, named := n.Property.(*ast.StringNode)
	switch {
	case base.bad():
		if !named {
			c.check(n.Property, nil)
		}
		return badNode
	case named && base.t.Kind == schema.Record:
		return c.part(base, name)
	case base.t.Kind == schema.Map:
		return c.key(n, base)
	case base.t.Kind == schema.List && !named:
		return c.index(n, base)
	}
	return c.noMember(n, base)
}

func (c *checker) part(base *node, name *ast.StringNode) *node {
	i := fieldIndex(base.t.Message, name.Value)
	if i < 0 {
		p := c.fail(UnknownName, name, "message %q has no field %q", base.t.Message.Name, name.Value)
		p.meant(name.Value, fieldNames(base.t.Message))
		return badNode
	}
	p := operation(opPart, optional(base.t.Message.Fields[i].Type, base.t.Optional), base)
	p.field = i
	return p
}

func (c *checker) key(n *ast.MemberNode, base *node) *node {
	key := c.check(n.Property, nil)
	if key.bad() {
		return badNode
	}
	if key.t.Kind != schema.String {
		c.mismatch(n.Property, key, typeString)
		return badNode
	}
	if !c.walks(n.Node, base) {
		return badNode
	}
	return operation(opKey, optional(base.t.Elem, true), base, key)
}

func (c *checker) index(n *ast.MemberNode, base *node) *node {
	i := c.check(n.Property, nil)
	if i.bad() {
		return badNode
	}
	if i.t.Kind != schema.Int {
		c.mismatch(n.Property, i, typeInt)
		return badNode
	}
	return operation(opIndex, optional(base.t.Elem, true), base, i)
}

func (c *checker) noMember(n *ast.MemberNode, base *node) *node {
	p := c.fail(Type, n.Property, "%s is %s: it has no fields", c.say(n.Node), noun(base.t))
	if name, ok := n.Property.(*ast.StringNode); ok && ourName(name.Value) == "len" && lenType([]*node{base}) != nil {
		start, end := c.span(n)
		p.instead(start, end, "len("+c.words(n.Node)+")")
		return badNode
	}
	switch base.t.Kind {
	case schema.List:
		p.Hint = "write any(list, .field …) to look at its elements, or list[0] for the first"
	case schema.Any:
		p.Message = fmt.Sprintf("%s is of type any, which expressions can only compare with nil", c.say(n.Node))
	case schema.Record:
		p.Message = fmt.Sprintf("%s is %s: its fields are written with a dot", c.say(n.Node), noun(base.t))
	}
	return badNode
}

// conditional checks one ? two : three.
func (c *checker) conditional(n *ast.ConditionalNode, hint *schema.Type) *node {
	if !n.Ternary || n.Cond == n.Exp1 { // said by the scanner
		return badNode
	}
	cond := c.condition(n.Cond)
	a, b := c.pair(n.Exp1, n.Exp2, hint)
	if cond.bad() || a.bad() || b.bad() {
		return badNode
	}
	a, b, t := unify(a, b)
	if t == nil {
		c.fail(Type, n, "%s is %s, %s %s: both must be the same", c.say(n.Exp1), noun(a.t), c.say(n.Exp2), noun(b.t))
		return badNode
	}
	return operation(opCond, t, cond, a, b)
}

// unify gives two nodes a common type, with an int made a float beside a
// float; t is nil if there is none.
func unify(a, b *node) (x, y *node, t *schema.Type) {
	null := a.t.Optional || b.t.Optional
	switch {
	case isNil(a.t):
		return a, b, optional(b.t, true)
	case isNil(b.t):
		return a, b, optional(a.t, true)
	case alike(a.t, b.t):
		return a, b, optional(a.t, null)
	case isNumber(a.t) && isNumber(b.t):
		return toFloat(a), toFloat(b), optional(typeFloat, null)
	}
	return a, b, nil
}

// toFloat makes an int a float, rounding where it has to.
func toFloat(n *node) *node {
	if n.t.Kind != schema.Int {
		return n
	}
	return operation(opToFloat, optional(typeFloat, n.t.Optional), n)
}

// list checks a literal.
func (c *checker) list(n *ast.ArrayNode, hint *schema.Type) *node {
	var elem *schema.Type
	if hint != nil && hint.Kind == schema.List {
		elem = hint.Elem
	}
	kids, bad := make([]*node, len(n.Nodes)), false
	for i, e := range n.Nodes {
		kids[i] = c.element(e, elem)
		bad = bad || kids[i].bad()
	}
	if bad {
		return badNode
	}
	t := typeString
	if elem != nil && scalar(elem) {
		t = elem
	}
	for i, k := range kids {
		if i == 0 {
			t = k.t
			continue
		}
		_, _, both := unify(&node{t: t}, &node{t: k.t})
		if both == nil {
			c.fail(Type, n.Nodes[i], "%s is %s in a list whose first element is %s", c.say(n.Nodes[i]), noun(k.t), noun(t))
			return badNode
		}
		t = both
	}
	for i, k := range kids {
		if t.Kind == schema.Float {
			kids[i] = toFloat(k)
		}
	}
	return operation(opList, &schema.Type{Kind: schema.List, Elem: t}, kids...)
}

func (c *checker) element(e ast.Node, hint *schema.Type) *node {
	k := c.check(e, hint)
	if k.bad() || scalar(k.t) {
		return k
	}
	p := c.fail(Type, e, "%s is %s, which a list in an expression can't hold", c.say(e), noun(k.t))
	if k.null() {
		p.Message, p.Hint = "nil can't stand in a list", "write x == nil to ask for it"
	}
	return badNode
}

// pair checks two nodes that stand beside each other, first the one whose type
// does not depend on the other.
func (c *checker) pair(left, right ast.Node, hint *schema.Type) (l, r *node) {
	if c.isOpen(left) && !c.isOpen(right) {
		r = c.check(right, hint)
		return c.check(left, besideOf(r, hint)), r
	}
	l = c.check(left, hint)
	return l, c.check(right, besideOf(l, hint))
}

// besideOf gives the hint for what stands beside n.
func besideOf(n *node, hint *schema.Type) *schema.Type {
	if n.bad() || isNil(n.t) {
		return hint
	}
	return n.t
}

// isOpen reports whether what n means depends on what it stands beside.
func (c *checker) isOpen(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.StringNode, *ast.IntegerNode:
		return true
	case *ast.IdentifierNode:
		if c.literals[n.Location().From] != nil || n.Value == "topic" && c.scope.Topic {
			return false
		}
		_, ok := c.scope.Names[n.Value]
		return ok || fieldIndex(c.scope.Message, n.Value) < 0
	case *ast.ConditionalNode:
		return c.isOpen(n.Exp1) && c.isOpen(n.Exp2)
	case *ast.ArrayNode:
		return true
	case *ast.NilNode:
		return true
	}
	return false
}

// condition checks what must be true or false.
func (c *checker) condition(n ast.Node) *node {
	k := c.check(n, nil)
	if !k.bad() && k.t.Kind != schema.Bool {
		c.mismatch(n, k, typeBool)
		return badNode
	}
	return k
}

// mismatch says that n, which is k, should be of type want. The problem is
// valid until the next one.
func (c *checker) mismatch(n ast.Node, k *node, want *schema.Type) *Problem {
	p := c.fail(Type, n, "%s is %s, not %s", c.say(n), noun(k.t), noun(want))
	switch {
	case want.Kind == schema.Bool && k.t.Optional && !isNil(k.t):
		p.Hint = "write " + c.words(n) + " != nil to ask whether it is there"
	case want.Kind == schema.String && canString(k.t):
		p.Hint = "write string(" + c.words(n) + ")"
	}
	if len(p.Hint) > maxHint {
		p.Hint = ""
	}
	return p
}

// say names what n is about: its words, if they are short.
func (c *checker) say(n ast.Node) string {
	if words := c.words(n); len(words) <= 40 {
		return quoted(words)
	}
	return "this"
}
