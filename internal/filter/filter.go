// Package filter checks and compiles the expressions of the language: the
// filters of wires, the topics of publishers and the fields of mappings.
//
// The source is that of github.com/expr-lang/expr with a few literals of our
// own (250ms, 64KiB). That library only parses; what is allowed, the types and
// the meaning are decided here, because an expression must never fail, must
// have a bounded cost and must read its fields straight from a message's
// encoding. [Check] turns source into an [Expr], [Expr.Compile] turns that into
// a [Program], which is evaluated on the dense encoding or, by
// [Program.ForStruct], on a Go struct, without allocating.
//
// # Meaning
//
// null is an absent optional. It equals only null, and != is exactly not ==.
// Ordering, string operators and in are false where an operand is null;
// arithmetic and functions give null; a path through null, an index out of range
// and a key that is not there are null; as a condition null is false.
//
// An int is compared with a float by value, without rounding either. Where the
// result of arithmetic on int, time or duration does not fit into 64 bits it is
// null, and so are int(x) and float(x) where x is not a number of that type, and a
// string of more than 1 MiB. Division is of floats; a duration divided by a number
// is a duration, by a duration a float. A negative index counts from the end. len
// counts the characters of a string and the bytes of bytes. and, or and not are
// &&, || and !.
//
// A condition on the elements of a list may look through what belongs to the
// element, not through the rest of the message: so the cost of an expression
// grows with the message, not with its square.
//
// Not here: what it means that a filter is never true, and where in a program
// an expression stands. Read [Check] first.
package filter

import (
	"cmp"
	"maps"
	"slices"

	"github.com/expr-lang/expr/ast"

	"github.com/ilpomo/opencore/internal/schema"
)

// A Scope is what the names in an expression mean.
type Scope struct {
	Message *schema.Message // its fields are bare names; nil if there are none
	Names   map[string]Name // consts and parameters of main
	Topic   bool            // whether "topic" is a name: a string
}

// A Name is a const, a parameter, or the name of an expression.
type Name struct {
	Type *schema.Type // nil: that of Value
	// Expr is what the name stands for, checked with the same message: the
	// other fields are zero then.
	Expr *Expr
	// As is what the name is called when the program runs; "" for the name
	// itself.
	As string
	// Unfit says why expressions can't use the name; "" if they can.
	Unfit string
	// Value is nil while it is unknown, as for a parameter before a run; else
	// bool, int64, float64, string (enum values too), []byte, time.Time,
	// time.Duration or []any.
	Value any
}

// A Problem is one thing that is wrong with an expression. Start and End are
// byte offsets into its source, of exactly the wrong words.
type Problem struct {
	Kind       Kind
	Start, End int
	Message    string // in the user's words, names in quotes, no full stop
	Hint       string // what to do about it; "" where that is not sure

	// Of a word that means nothing: the word, without the quotes that it may
	// have in the source, and what it may have been meant to be, the nearest
	// first; see [near.Words].
	Word string
	Near []string
	// Bare says that the word stands alone, where consts and parameters do.
	Bare bool

	// Edits are what the hint says, none where it doesn't say all of it. Unsure
	// says that something else can have been meant.
	Edits  []Edit
	Unsure bool
}

// An Edit puts New in the place of the bytes of a source from Start to End.
type Edit struct {
	Start, End int
	New        string
}

// A Kind classifies problems.
type Kind uint8

// The kinds of problems.
const (
	Syntax      Kind = iota // it can't be read
	UnknownName             // a name, field, function or enum value that does not exist
	Type                    // an operand or result of the wrong type
	NotAllowed              // expr has it, the language does not
	Literal                 // a literal that does not mean anything
	TooBig                  // too long, too deep, or too costly
	NilCompare              // nil beside what can't be nil
	Clash                   // a name that is both a field and a const or parameter
)

var kindNames = [...]string{"syntax", "unknown name", "type", "not allowed", "literal", "too big", "nil compare", "clash"}

// String gives the kind in words.
func (k Kind) String() string { return kindNames[k] }

// An Expr is an expression without problems.
type Expr struct {
	source  string // as it was written
	text    string // as it stands alone
	message *schema.Message
	root    *node
	names   []string
}

// Check reads an expression. want is the type it should be of, nil for any:
// null counts as false where a bool is wanted and as "" where a string is. It
// gives nil and at least one problem, or an Expr and none; problems are in the
// order of their places. Where a name has neither a type nor a value, because
// there is a problem where it is declared, Check gives nil and says nothing. It
// never panics, whatever source is.
func Check(source string, scope *Scope, want *schema.Type) (*Expr, []Problem) {
	return check(source, scope, want, lenient)
}

// A strictness says whether null counts as a value of the type that is wanted.
type strictness bool

const (
	lenient strictness = false // as false or ""
	strict  strictness = true
)

func check(source string, scope *Scope, want *schema.Type, s strictness) (*Expr, []Problem) {
	return checkOn(source, scope, want, s, maxReread)
}

// maxReread bounds how often an expression is read on as if what can't be read
// had been written right: each time costs as much as the first.
const maxReread = 10

func checkOn(source string, scope *Scope, want *schema.Type, s strictness, again int) (*Expr, []Problem) {
	c := &checker{
		compared: map[*ast.UnaryNode]*ast.BinaryNode{},
		scanner:  &scanner{source: source, tokens: make([]token, 0, min(len(source), maxSource)/4+1), literals: map[int]*node{}},
		scope:    scope,
		names:    map[string]bool{},
	}
	root := badNode
	if c.scan() {
		if tree := c.parse(); tree != nil {
			root = c.result(tree, want, s)
		} else if len(c.problems) == 1 && again > 0 {
			c.problems = append(c.problems, reread(source, c.problems[0], func(mended string) []Problem {
				_, more := checkOn(mended, scope, want, s, again-1)
				return more
			})...)
		}
	}
	text := ""
	if len(c.problems) == 0 && !root.bad() {
		if text = c.standalone(); !c.fits(text) {
			root = badNode
		}
	}
	if len(c.problems) > 0 || root.bad() {
		slices.SortStableFunc(c.problems, func(a, b Problem) int { return cmp.Or(a.Start-b.Start, a.End-b.End) })
		return nil, c.problems
	}
	return &Expr{source, text, scope.Message, fold(root), slices.Sorted(maps.Keys(c.names))}, nil
}

// result checks a whole expression against what is wanted of it.
func (c *checker) result(tree ast.Node, want *schema.Type, s strictness) *node {
	root := c.check(tree, want)
	if root.bad() || want == nil {
		return root
	}
	root = adapt(root, want)
	forgiving := s == lenient && (want.Kind == schema.Bool || want.Kind == schema.String)
	switch {
	case root.null() && nullable(want):
	case !alike(root.t, want):
		c.mismatch(tree, root, want)
	case root.t.Optional && !nullable(want) && !forgiving:
		c.fail(Type, tree, "%s may be nil, and what is wanted is %s", c.say(tree), noun(want)).Hint = "write x ?? value to say what stands in for nil"
	}
	return root
}

// adapt makes an int a float where one is wanted, and a list literal one of the
// elements that are wanted.
func adapt(n *node, want *schema.Type) *node {
	if want.Kind == schema.Float {
		return toFloat(n)
	}
	if n.op != opList || want.Kind != schema.List {
		return n
	}
	kids := make([]*node, len(n.kids))
	for i, k := range n.kids {
		kids[i] = adapt(k, want.Elem)
		if !alike(kids[i].t, want.Elem) || kids[i].t.Optional && !want.Elem.Optional {
			return n
		}
	}
	return operation(opList, required(want), kids...)
}

// Type is the type of the result; optional if it may be null.
func (e *Expr) Type() *schema.Type { return e.root.t }

// Names lists the consts and parameters that the expression uses, sorted.
func (e *Expr) Names() []string { return slices.Clone(e.names) }

// Constant gives the result where it is the same for every message, in the
// form that [Name] has values in. Expressions with names whose value is not
// known are not constant.
func (e *Expr) Constant() (value any, ok bool) {
	if e.root.op != opConst {
		return nil, false
	}
	return exported(e.root), true
}
