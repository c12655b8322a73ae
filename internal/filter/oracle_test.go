package filter

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"github.com/ilpomo/opencore/internal/schema"
)

var oracleCases = flag.Int("cases", 2000, "how many random expressions to compare with expr's own machine")

var part = message("Part", []string{"n", "int", "m", "int?", "s", "string", "ls", "[string]"})

// random is the message of random expressions.
var random = message("Random", []string{
	"a", "int", "b", "int?", "x", "float", "y", "float?", "s", "string", "t", "string?", "p", "bool", "q", "bool?",
	"e", "enum E(red, green, blue)", "f", "enum E(red, green, blue)?", "li", "[int]", "lo", "[int]?", "ln", "[int?]", "lf", "[float]", "ls", "[string]",
	"r", "Part", "o", "Part?", "lr", "[Part]", "ms", "{string: string}", "mi", "{string: int?}", "z", "int",
}, part)

// A generator makes random expressions and messages. What it makes stays
// within where expr means what we mean: small numbers, so that nothing
// overflows; and what we say about null is written out in expr's version.
type generator struct {
	*rand.Rand
	elem []term // what may be said of the element at hand
}

// A term is an expression in our language and in expr.
type term struct {
	kind     schema.Kind
	null     bool // may be nil
	ours     string
	theirs   string
	constant bool
}

func (g *generator) pick(terms ...func() term) term { return terms[g.IntN(len(terms))]() }

func oneOf[T any](g *generator, list ...T) T { return list[g.IntN(len(list))] }

func field(kind schema.Kind, null bool, name string) term { return term{kind, null, name, name, false} }

// guarded writes out that the result is nil where an operand is.
func guarded(otherwise, theirs string, operands ...term) string {
	var nils []string
	for _, o := range operands {
		if o.null {
			nils = append(nils, "("+o.theirs+") == nil")
		}
	}
	if len(nils) == 0 {
		return "(" + theirs + ")"
	}
	return "(" + strings.Join(nils, " || ") + " ? " + otherwise + " : (" + theirs + "))"
}

// apply makes a term of a pattern with %s for each operand.
func apply(kind schema.Kind, pattern string, operands ...term) term {
	var ours, theirs []any
	null := false
	for _, o := range operands {
		ours, theirs, null = append(ours, o.ours), append(theirs, o.theirs), null || o.null
	}
	return term{kind, null, "(" + fmt.Sprintf(pattern, ours...) + ")", guarded("nil", fmt.Sprintf(pattern, theirs...), operands...), false}
}

// asks is like apply for what is false where an operand is null.
func asks(pattern string, operands ...term) term {
	t := apply(schema.Bool, pattern, operands...)
	var theirs []any
	for _, o := range operands {
		theirs = append(theirs, o.theirs)
	}
	return term{schema.Bool, false, t.ours, guarded("false", fmt.Sprintf(pattern, theirs...), operands...), false}
}

// condition makes null false.
func condition(t term) string {
	if t.null {
		return "((" + t.theirs + ") == true)"
	}
	return t.theirs
}

func (g *generator) int(depth int) term {
	if depth == 0 {
		return g.pick(
			func() term { return oneOf(g, g.of(schema.Int)...) },
			func() term {
				n := strconv.Itoa(g.IntN(21) - 3)
				return term{schema.Int, false, "(" + n + ")", "(" + n + ")", true}
			},
		)
	}
	d := depth - 1
	return g.pick(
		func() term { return g.int(0) },
		func() term { return apply(schema.Int, "%s "+oneOf(g, "+", "-", "*")+" %s", g.int(d), g.int(d)) },
		func() term { return apply(schema.Int, "-%s", g.int(d)) },
		func() term { return apply(schema.Int, "%s %% "+oneOf(g, "2", "3", "7"), g.int(d)) },
		func() term { return apply(schema.Int, "len(%s)", g.pick(func() term { return g.text(d) }, g.list)) },
		func() term { return apply(schema.Int, "abs(%s)", g.int(d)) },
		func() term { return apply(schema.Int, "int(%s)", field(schema.Float, false, "x")) },
		func() term { return g.choice(g.int, d) },
		func() term { return g.predicate("count", schema.Int, d) },
		g.element,
	)
}

func (g *generator) float(depth int) term {
	if depth == 0 {
		return g.pick(
			func() term { return oneOf(g, g.of(schema.Float)...) },
			func() term { return term{schema.Float, false, "2.5", "2.5", true} },
		)
	}
	d := depth - 1
	return g.pick(
		func() term { return g.float(0) },
		func() term {
			return apply(schema.Float, "%s "+oneOf(g, "+", "-", "*", "/")+" %s", g.float(d), g.number(d))
		},
		func() term { return apply(schema.Float, "%s / %s", g.int(d), g.int(d)) },
		func() term { return apply(schema.Float, oneOf(g, "-%s", "abs(%s)", "round(%s)"), g.float(d)) },
		func() term { return apply(schema.Float, "float(%s)", g.int(d)) },
		func() term { return g.choice(g.float, d) },
	)
}

func (g *generator) number(depth int) term {
	return g.pick(func() term { return g.int(depth) }, func() term { return g.float(depth) })
}

func (g *generator) text(depth int) term {
	if depth == 0 {
		return g.pick(
			func() term { return oneOf(g, g.of(schema.String)...) },
			func() term { s := strconv.Quote(g.word()); return term{schema.String, false, s, s, true} },
		)
	}
	d := depth - 1
	return g.pick(
		func() term { return g.text(0) },
		func() term { return apply(schema.String, "%s + %s", g.text(d), g.text(d)) },
		func() term { return apply(schema.String, oneOf(g, "lower(%s)", "upper(%s)", "trim(%s)"), g.text(d)) },
		func() term { return apply(schema.String, "string(%s)", g.int(d)) },
		func() term { return apply(schema.String, "replace(%s, %s, %s)", g.text(d), g.text(0), g.text(0)) },
		func() term { return apply(schema.String, "join(split(%s, %s), %s)", g.text(d), g.text(0), g.text(0)) },
		func() term { return g.choice(g.text, d) },
	)
}

func (g *generator) word() string {
	return oneOf(g, "", "a", "b", "ab", "Ab", " ", "è", "aèb", "ba a", "red")
}

// of gives the fields of a kind, those of the element at hand too.
func (g *generator) of(kind schema.Kind) []term {
	terms := []term{field(schema.Int, false, "a"), field(schema.Int, true, "b"), field(schema.Int, false, "z"), field(schema.Float, false, "x"), field(schema.Float, true, "y"),
		field(schema.String, false, "s"), field(schema.String, true, "t"), field(schema.Bool, false, "p"), field(schema.Bool, true, "q"),
		field(schema.Int, false, "r.n"), field(schema.Int, true, "r.m"), field(schema.String, false, "r.s"),
		{schema.Int, true, "o.n", "o?.n", false}, {schema.Int, true, "o.m", "o?.m", false}, {schema.String, true, "o.s", "o?.s", false}}
	if len(g.elem) == 0 { // a map may not be searched for each element
		terms = append(terms, field(schema.String, true, `ms["k"]`), field(schema.String, true, `ms.l`), field(schema.Int, true, `mi["k"]`), field(schema.Int, true, `mi.l`))
	}
	var list []term
	for _, t := range append(terms, g.elem...) {
		if t.kind == kind {
			list = append(list, t)
		}
	}
	return list
}

// element gives an int by its index.
func (g *generator) element() term {
	l, i := g.list(), strconv.Itoa(g.IntN(6)-3)
	inside := fmt.Sprintf("%s < len(%s) && %s >= -len(%s) ? %s[%s] : nil", i, l.theirs, i, l.theirs, l.theirs, i)
	return term{schema.Int, true, l.ours + "[" + i + "]", guarded("nil", inside, l), false}
}

// list gives a list of ints.
func (g *generator) list() term {
	return oneOf(g, field(schema.List, false, "li"), field(schema.List, true, "lo"), field(schema.List, false, "ln"))
}

func (g *generator) choice(of func(depth int) term, depth int) term {
	if a := of(depth); a.null && g.IntN(2) == 0 {
		b := of(depth)
		return term{a.kind, b.null, fmt.Sprintf("((%s) ?? (%s))", a.ours, b.ours), fmt.Sprintf("((%s) ?? (%s))", a.theirs, b.theirs), false}
	}
	c, a, b := g.bool(depth), of(depth), of(depth)
	return term{a.kind, a.null || b.null, fmt.Sprintf("(%s ? %s : %s)", c.ours, a.ours, b.ours), fmt.Sprintf("(%s ? %s : %s)", condition(c), a.theirs, b.theirs), false}
}

// predicate makes any(list, condition) and the like.
func (g *generator) predicate(name string, kind schema.Kind, depth int) term {
	if len(g.elem) > 0 {
		return g.bool(0) // the lists of the message may not be walked here
	}
	type walk struct {
		list term
		elem []term
	}
	w := oneOf(g,
		walk{field(schema.List, false, "li"), []term{field(schema.Int, false, "#")}},
		walk{field(schema.List, true, "lo"), []term{field(schema.Int, false, "#")}},
		walk{field(schema.List, false, "ln"), []term{field(schema.Int, true, "#")}},
		walk{field(schema.List, false, "ls"), []term{field(schema.String, false, "#")}},
		walk{field(schema.List, false, "lf"), []term{field(schema.Float, false, "#")}},
		walk{field(schema.List, false, "lr"), []term{field(schema.Int, false, ".n"), field(schema.Int, true, ".m"), field(schema.String, false, ".s")}},
	)
	g.elem = w.elem
	body := oneOf(g, g.elementTest, g.elementTest, g.constantTest)()
	g.elem = nil
	theirs := fmt.Sprintf("%s(%s, %s)", name, w.list.theirs, condition(body))
	return term{kind, w.list.null, fmt.Sprintf("%s(%s, %s)", name, w.list.ours, body.ours), guarded("nil", theirs, w.list), false}
}

// elementTest asks something of the element at hand.
func (g *generator) elementTest() term {
	switch e := oneOf(g, g.elem...); e.kind {
	case schema.Int, schema.Float:
		return asks("%s "+oneOf(g, "<", "<=", ">", ">=")+" %s", e, g.number(0))
	default:
		return g.pick(
			func() term { return asks("%s "+oneOf(g, "startsWith", "contains", "<", ">=")+" %s", e, g.text(0)) },
			func() term { return asks("lower(%s) == \"ab\"", e) },
		)
	}
}

func (g *generator) constantTest() term { return term{schema.Bool, false, "true", "true", true} }

func (g *generator) bool(depth int) term {
	if depth == 0 {
		return oneOf(g, g.of(schema.Bool)...)
	}
	d := depth - 1
	return g.pick(
		func() term { return asks("%s "+oneOf(g, "<", "<=", ">", ">=")+" %s", g.number(d), g.number(d)) },
		func() term { return asks("%s "+oneOf(g, "<", "<=", ">", ">=")+" %s", g.text(d), g.text(d)) },
		func() term {
			return asks("%s "+oneOf(g, "startsWith", "endsWith", "contains")+" %s", g.text(d), g.text(d))
		},
		func() term { return asks("%s matches "+oneOf(g, `"a"`, `"^a.*b$"`, `"[A-Zè]"`), g.text(d)) },
		func() term { return g.equality(g.number, d) },
		func() term { return g.equality(g.text, d) },
		func() term { return g.equality(g.bool, d) },
		func() term { return asks("%s in [1, 2, 3, -1]", g.int(d)) },
		func() term { return notIn(g.int(d)) },
		func() term { return g.in(g.int(d)) },
		func() term { return asks("%s in [\"a\", \"ab\", \"\"]", g.text(d)) },
		func() term { return asks("%s in ls", g.text(d)) },
		func() term { return asks("%s in %s..%s", g.int(d), g.small(), g.small()) },
		func() term { return g.among(g.text(d), g.text(0)) },
		func() term { return g.enum() },
		func() term { return g.logic(d) },
		func() term { return g.logic(d) },
		func() term { return g.not(g.bool(d)) },
		func() term { return g.choice(g.bool, d) },
		func() term { return g.isNil(d) },
		func() term { return g.predicate(oneOf(g, "any", "all", "none", "one"), schema.Bool, d) },
	)
}

// notIn is true of null.
func notIn(x term) term {
	const list = " not in [1, 2, 3, -1]"
	return term{schema.Bool, false, "(" + x.ours + list + ")", guarded("true", x.theirs+list, x), false}
}

// among looks for x in a literal; a null in it is not found.
func (g *generator) among(x, y term) term {
	const list = "%s in [%s, s]"
	return term{schema.Bool, false, fmt.Sprintf("("+list+")", x.ours, y.ours), guarded("false", fmt.Sprintf(list, x.theirs, y.theirs), x), false}
}

func (g *generator) small() term {
	return oneOf(g, field(schema.Int, false, "a"), field(schema.Int, false, "z"), term{schema.Int, false, "4", "4", true})
}

func (g *generator) in(x term) term {
	l := g.list()
	return term{schema.Bool, false, fmt.Sprintf("(%s in %s)", x.ours, l.ours), guarded("false", fmt.Sprintf("%s in %s", x.theirs, l.theirs), x, l), false}
}

func (g *generator) equality(of func(depth int) term, depth int) term {
	a, b := of(depth), of(depth)
	if oneOf(g, "==", "!=") == "!=" {
		return term{schema.Bool, false, fmt.Sprintf("(%s != %s)", a.ours, b.ours), "!" + equal(a, b), false}
	}
	return term{schema.Bool, false, fmt.Sprintf("(%s == %s)", a.ours, b.ours), equal(a, b), false}
}

// equal says in expr that two terms are the same, or both nil.
func equal(a, b term) string {
	return guarded(fmt.Sprintf("(%s) == nil && (%s) == nil", a.theirs, b.theirs), a.theirs+" == "+b.theirs, a, b)
}

func (g *generator) enum() term {
	f := oneOf(g, field(schema.Enum, false, "e"), field(schema.Enum, true, "f"))
	v := oneOf(g, "red", "green", "blue")
	return oneOf(g,
		term{schema.Bool, false, "(" + f.ours + " == " + v + ")", "(" + f.theirs + ` == "` + v + `")`, false},
		term{schema.Bool, false, `("` + v + `" != ` + f.ours + ")", "(" + f.theirs + ` != "` + v + `")`, false},
		term{schema.Bool, false, "(" + f.ours + " in [red, blue])", guarded("false", f.theirs+` in ["red", "blue"]`, f), false},
		term{schema.Bool, false, "(e == f)", "(e == f)", false},
	)
}

func (g *generator) logic(depth int) term {
	o := oneOf(g, "&&", "||")
	var ours, theirs []string
	for range 2 + g.IntN(3) {
		t := g.bool(depth)
		ours, theirs = append(ours, t.ours), append(theirs, condition(t))
	}
	return term{schema.Bool, false, "(" + strings.Join(ours, " "+o+" ") + ")", "(" + strings.Join(theirs, " "+o+" ") + ")", false}
}

func (g *generator) not(t term) term {
	return term{schema.Bool, false, "!" + "(" + t.ours + ")", "!(" + condition(t) + ")", false}
}

func (g *generator) isNil(depth int) term {
	t := g.number(depth)
	if !t.null {
		t = field(schema.Int, true, "b")
	}
	return term{schema.Bool, false, "(" + t.ours + " == nil)", "(" + t.theirs + " == nil)", false}
}

// message makes a random message.
func (g *generator) message() object {
	maybe := func(v any) any { return oneOf(g, nil, v) }
	ints := func() []any {
		list := make([]any, g.IntN(4))
		for i := range list {
			list[i] = g.IntN(9) - 2
		}
		return list
	}
	words := func() []any {
		list := make([]any, g.IntN(4))
		for i := range list {
			list[i] = g.word()
		}
		return list
	}
	record := func() object {
		return object{"n": g.IntN(9), "m": maybe(g.IntN(9)), "s": g.word(), "ls": words()}
	}
	v := object{
		"a": g.IntN(9), "b": maybe(g.IntN(9)), "x": oneOf(g, 0.0, 1, 2.5, -0.5, 3), "y": maybe(oneOf(g, 0.0, 2.5, -3)), "s": g.word(), "t": maybe(g.word()),
		"p": g.IntN(2) == 0, "q": maybe(g.IntN(2) == 0), "e": oneOf(g, "red", "green", "blue"), "f": maybe("green"),
		"li": ints(), "lo": maybe(ints()), "ln": ints(), "lf": []any{1.5, float64(g.IntN(4))}, "ls": words(), "r": record(), "o": maybe(record()), "lr": []any{record(), record()},
		"ms": object{}, "mi": object{}, "z": 0,
	}
	for i, e := range v["ln"].([]any) {
		v["ln"].([]any)[i] = maybe(e)
	}
	for _, k := range []string{"k", "l", "m"} {
		if g.IntN(2) == 0 {
			v["ms"].(object)[k] = g.word()
			v["mi"].(object)[k] = maybe(g.IntN(3))
		}
	}
	return v
}

// TestOracle compares random expressions on random messages with expr's own
// checker and machine, and bytes with structs.
func TestOracle(t *testing.T) {
	g := &generator{Rand: rand.New(rand.NewPCG(12, uint64(*oracleCases)))}
	scope := &Scope{Message: random}
	var subjects []subject
	var values []object
	for range 10 {
		v := g.message()
		values, subjects = append(values, v), append(subjects, newSubject(random, v))
	}
	yes := 0
	for i := range *oracleCases {
		if i%100 == 99 { // other messages now and then
			v := g.message()
			values[i/100%10], subjects[i/100%10] = v, newSubject(random, v)
		}
		e := g.bool(1 + g.IntN(3))
		onBytes, onStruct := mustCompile(t, e.ours, scope, typeBool, nil)
		program, err := expr.Compile(condition(e), expr.Env(map[string]any{}), expr.AllowUndefinedVariables())
		if err != nil {
			t.Fatalf("expr does not read %s: %v", condition(e), err)
		}
		for j, s := range subjects {
			want, err := vm.Run(program, values[j])
			if err != nil {
				t.Fatalf("expr fails on %s: %v", condition(e), err)
			}
			if got := onBytes.Match(s.payload, ""); got != want {
				t.Fatalf("%s is %v on %v, expr says %v to %s", e.ours, got, values[j], want, condition(e))
			}
			if got := onStruct.Match(s.p, ""); got != want {
				t.Fatalf("%s is %v on a struct of %v, expr says %v", e.ours, got, values[j], want)
			}
			yes += int(truth(want.(bool)))
		}
	}
	if all := 10 * *oracleCases; yes < all/5 || yes > all*4/5 {
		t.Errorf("%d of %d are true: the expressions say too little", yes, all)
	}
}
