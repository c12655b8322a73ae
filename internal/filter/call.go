package filter

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/ilpomo/opencore/internal/schema"
)

// A function is one that expressions may call.
type function struct {
	usage    string // for hints
	op       op
	min, max int
	// result gives the type for these operands, without regard to null; nil if
	// they don't fit.
	result func(kids []*node) *schema.Type
}

// functions are all that expressions may call; predicates, too, whose second
// argument is a condition on each element.
var functions = map[string]function{
	"len":     {"len(x)", opLen, 1, 1, lenType},
	"lower":   {"lower(text)", opLower, 1, 1, stringsType},
	"upper":   {"upper(text)", opUpper, 1, 1, stringsType},
	"trim":    {"trim(text)", opTrim, 1, 1, stringsType},
	"abs":     {"abs(x)", opAbs, 1, 1, sizeType},
	"round":   {"round(x)", opRound, 1, 1, numberType},
	"int":     {"int(x)", opToInt, 1, 1, conversion(typeInt)},
	"float":   {"float(x)", opToFloat, 1, 1, conversion(typeFloat)},
	"string":  {"string(x)", opToString, 1, 1, toStringType},
	"split":   {"split(text, separator)", opSplit, 2, 2, splitType},
	"join":    {"join(list, separator)", opJoin, 1, 2, joinType},
	"replace": {"replace(text, old, new)", opReplace, 3, 3, stringsType},
	"any":     {"any(list, condition)", opAny, 2, 2, nil},
	"all":     {"all(list, condition)", opAll, 2, 2, nil},
	"none":    {"none(list, condition)", opNone, 2, 2, nil},
	"one":     {"one(list, condition)", opOne, 2, 2, nil},
	"count":   {"count(list, condition)", opCount, 2, 2, nil},
}

func lenType(kids []*node) *schema.Type {
	switch kids[0].t.Kind {
	case schema.String, schema.Bytes, schema.List, schema.Map:
		return typeInt
	}
	return nil
}

func stringsType(kids []*node) *schema.Type {
	for _, k := range kids {
		if k.t.Kind != schema.String {
			return nil
		}
	}
	return typeString
}

func numberType(kids []*node) *schema.Type {
	if isNumber(kids[0].t) {
		return required(kids[0].t)
	}
	return nil
}

func sizeType(kids []*node) *schema.Type {
	if kids[0].t.Kind == schema.Duration {
		return typeDuration
	}
	return numberType(kids)
}

// conversion may fail where a string or a float does not hold a number that
// fits: then it is null.
func conversion(to *schema.Type) func(kids []*node) *schema.Type {
	return func(kids []*node) *schema.Type {
		switch from := kids[0].t.Kind; from {
		case schema.Int, schema.Duration:
			return to
		case schema.String, schema.Float:
			return optional(to, from != to.Kind)
		}
		return nil
	}
}

func toStringType(kids []*node) *schema.Type {
	if canString(kids[0].t) {
		return typeString
	}
	return nil
}

// canString reports whether string(x) takes the type.
func canString(t *schema.Type) bool { return scalar(t) }

func splitType(kids []*node) *schema.Type {
	if stringsType(kids) == nil {
		return nil
	}
	return &schema.Type{Kind: schema.List, Elem: typeString}
}

func joinType(kids []*node) *schema.Type {
	if t := kids[0].t; t.Kind != schema.List || t.Elem.Kind != schema.String {
		return nil
	}
	return stringsType(kids[1:])
}

// insteadOf says how to do without some of the parser's functions.
var insteadOf = map[string]string{
	"now":       "expressions know no clock: a message that needs a time has it as a field",
	"filter":    "any, all, none, one and count look at the elements of a list",
	"map":       "any, all, none, one and count look at the elements of a list",
	"hasPrefix": "write text startsWith part",
	"hasSuffix": "write text endsWith part",
	"duration":  "a duration is written like 250ms",
	"date":      "beside a time, a string like \"2018-02-01\" is one",
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// call checks a call of one of the parser's own functions.
func (c *checker) call(n ast.Node, name string, arguments []ast.Node) *node {
	f, ok := functions[name]
	if !ok {
		base := badNode
		if len(arguments) > 0 && ourName(name) != "" {
			base = c.check(arguments[0], nil)
		}
		p := c.failToken(c.find(n.Location().From), NotAllowed, "function %q is not allowed in expressions", name)
		if c.called(p, n, name, base, arguments); p.Hint == "" {
			p.Hint = insteadOf[name]
		}
		return badNode
	}
	if len(arguments) < f.min || len(arguments) > f.max {
		c.fail(Type, n, "%q is called with %s", name, plural(len(arguments), "argument")).Hint = "write " + f.usage
		return badNode
	}
	if f.result == nil {
		return c.predicate(f, arguments[0], arguments[1])
	}
	kids, bad, null := make([]*node, len(arguments)), false, false
	for i, a := range arguments {
		kids[i] = c.check(a, nil)
		bad = bad || kids[i].bad()
		null = null || kids[i].t.Optional
	}
	if bad {
		return badNode
	}
	t := f.result(kids)
	if t == nil {
		c.misfit(n, name, f, arguments, kids)
		return badNode
	}
	if !c.affordable(arguments, kids) {
		return badNode
	}
	return operation(f.op, optional(t, null), kids...)
}

// misfit says which argument a function does not take.
func (c *checker) misfit(n ast.Node, name string, f function, arguments []ast.Node, kids []*node) {
	at := slices.IndexFunc(kids, func(k *node) bool {
		return k.t.Kind != schema.String && (k.t.Kind != schema.List || k.t.Elem.Kind != schema.String)
	})
	at = max(at, 0)
	p := c.fail(Type, arguments[at], "%s is %s, which %q does not take", c.say(arguments[at]), noun(kids[at].t), name)
	p.Hint = "write " + f.usage
}

// affordable reports whether a function may look at all of its arguments.
func (c *checker) affordable(arguments []ast.Node, kids []*node) bool {
	for i, k := range kids {
		switch k.t.Kind {
		case schema.String, schema.List:
			if !c.walks(arguments[i], k) {
				return false
			}
		}
	}
	return true
}

// walks refuses to look through the whole of a value for each element of a
// list, unless it belongs to the element: else the cost would grow with the
// square of the message.
func (c *checker) walks(at ast.Node, k *node) bool {
	if !k.outer || !slices.ContainsFunc(c.elems, func(e element) bool { return !e.fixed }) {
		return true
	}
	p := c.fail(TooBig, at, "%s does not belong to the element, and would be searched once for each", c.say(at))
	p.Hint = "write #, or .field of the element"
	return false
}

// predicate checks any(list, condition) and the like.
func (c *checker) predicate(f function, listAt, body ast.Node) *node {
	list := c.check(listAt, nil)
	elem := element{typeBad, list.op == opConst || list.op == opName || list.op == opList}
	switch {
	case list.bad():
	case list.t.Kind != schema.List:
		c.fail(Type, listAt, "%s is %s, not a list", c.say(listAt), noun(list.t)).Hint = "write " + f.usage
	case len(c.elems) > 0 && !list.part():
		c.fail(TooBig, listAt, "%s does not belong to the element, and would be searched once for each", c.say(listAt)).Hint = "write #, or .field of the element"
	default:
		elem.t = list.t.Elem
	}
	c.elems = append(c.elems, elem)
	p, ok := body.(*ast.PredicateNode)
	cond := badNode
	if ok {
		cond = c.condition(p.Node)
	}
	c.elems = c.elems[:len(c.elems)-1]
	if isBad(elem.t) || cond.bad() {
		return badNode
	}
	t := typeBool
	if f.op == opCount {
		t = typeInt
	}
	n := operation(f.op, optional(t, list.t.Optional), list, cond)
	n.outer = list.outer || cond.outer
	return n
}

// unknownCall says what is wrong with a call of what is no function.
func (c *checker) unknownCall(n *ast.CallNode) *node {
	switch callee := n.Callee.(type) {
	case *ast.MemberNode:
		c.method(n, callee)
	case *ast.IdentifierNode:
		p := c.fail(UnknownName, callee, "there is no function %q", callee.Value)
		names := slices.Sorted(maps.Keys(functions))
		if p.meant(callee.Value, names); p.Hint == "" {
			p.Hint = "there are " + strings.Join(names, ", ")
		}
		if ours := ourName(callee.Value); p.Near == nil && functions[ours].usage != "" {
			start, end := c.span(callee)
			p.Hint = ""
			p.instead(start, end, ours)
			p.Hint = "write " + functions[ours].usage
		}
		if c.literals[callee.Location().From] != nil {
			p.Message, p.Hint, p.Near = fmt.Sprintf("%s is not a function", c.say(callee)), "", nil
		}
	default:
		c.fail(NotAllowed, n, "only functions can be called in expressions")
	}
	for _, a := range n.Arguments {
		c.check(a, nil)
	}
	return badNode
}
