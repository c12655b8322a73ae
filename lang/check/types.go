package check

import (
	"slices"
	"strings"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/syntax"
)

// exprType is the name of the type of parameters that take expressions.
const exprType = "expr"

// How values of such parameters are called.
const (
	exprText  = "an expression in quotes"
	exprsText = "a map of expressions in quotes"
)

// maxNesting bounds how deep lists and maps nest in a type; what reads types
// back from a plan goes no deeper than that.
const maxNesting = 60

// typeOf resolves the type of a field or parameter; nil if something about it
// is wrong, which has been reported.
func (c *checker) typeOf(s *scope, t *syntax.Type) *schema.Type {
	typ := c.anyType(s, t)
	if typ != nil && nesting(typ) > maxNesting {
		c.errorf(codeRange, t.Span(), "lists and maps nest at most %d deep", maxNesting)
		return nil
	}
	return typ
}

// nesting is how many lists and maps a type has within each other.
func nesting(t *schema.Type) int {
	depth := 0
	for ; t.Elem != nil; t = t.Elem {
		depth++
	}
	return depth
}

func (c *checker) anyType(s *scope, t *syntax.Type) *schema.Type {
	typ := c.bareType(s, t)
	if typ != nil && t.Optional {
		typ.Optional = true
	}
	return typ
}

func (c *checker) bareType(s *scope, t *syntax.Type) *schema.Type {
	switch {
	case t == nil:
		return nil
	case t.List != nil:
		return container(schema.List, c.anyType(s, t.List))
	case t.Map != nil:
		if t.Key != nil && t.Key.Text != "string" {
			c.errorf(codeNoType, t.Key.Span(), "the keys of a map are strings, not %q", t.Key.Text)
		}
		return container(schema.Map, c.anyType(s, t.Map))
	case t.Enum != nil:
		return c.enumInPlace(t.Enum)
	case readable(t.Name):
		return c.namedType(s, t.Name)
	default:
		return nil
	}
}

func container(k schema.Kind, elem *schema.Type) *schema.Type {
	if elem == nil {
		return nil
	}
	return &schema.Type{Kind: k, Elem: elem}
}

func (c *checker) namedType(s *scope, path *syntax.Path) *schema.Type {
	if k, ok := schema.Scalar(path.Text()); ok {
		return &schema.Type{Kind: k}
	}
	d := c.find(s, path)
	switch {
	case path.Text() == exprType:
		c.errorf(codeKind, path.Span(), "%q is for parameters of actors alone", exprType)
	case d == nil:
		c.noType(s, path)
	case d.kind == kindEnum:
		return &schema.Type{Kind: schema.Enum, Enum: d.enum.EnumType}
	case d.kind == kindMessage:
		return &schema.Type{Kind: schema.Record, Message: d.message.Message}
	default:
		c.wrongKind(path, d, "a type")
	}
	return nil
}

// foreignTypes maps the names that other languages have for our types.
var foreignTypes = map[string]string{
	"str": "string", "text": "string", "String": "string", "boolean": "bool", "Boolean": "bool", "integer": "int",
	"int32": "int", "int64": "int", "long": "int", "uint": "int", "double": "float", "float32": "float", "float64": "float",
	"number": "float", "datetime": "time", "timestamp": "time", "Date": "time", "date": "time", "byte": "bytes",
	"object": "any", "Any": "any",
}

// noType reports a type that nothing declares.
func (c *checker) noType(s *scope, path *syntax.Path) {
	text := path.Text()
	if c.unseen(s, path) {
		return
	}
	ours, foreign := foreignTypes[text]
	near := diag.DidYouMean(text, schema.Scalars())
	if !foreign && near == "" {
		c.notFound(codeNoType, s, path, "type", kindEnum, kindMessage)
		return
	}
	d := c.errorf(codeNoType, path.Span(), "there is no type %q", text)
	if foreign {
		d.Help("did you mean %q?", ours).Sure("write "+quote(ours), write(path.Span(), ours))
		return
	}
	c.suggest(d, path.Span(), text, slices.Values(schema.Scalars()), s.candidates([]kind{kindEnum, kindMessage}))
}

// wrongKind reports a name that exists but is not what belongs there.
func (c *checker) wrongKind(path *syntax.Path, d *decl, want string) {
	f := c.errorf(codeKind, path.Span(), "%q is %s, not %s", path.Text(), d.kind, want)
	if !d.span.IsZero() {
		f.Note(d.span, "%q is declared here", path.Text())
	}
}

// maxShown bounds how many values or ports a message lists.
const maxShown = 12

// typeText spells a type as a user would write it: an enum by its name.
func typeText(t *schema.Type) string {
	s := ""
	switch {
	case t.Kind == schema.Enum && t.Enum.Name != "":
		s = t.Enum.Name
	case t.Kind == schema.Enum:
		s = "enum(" + valuesText(t.Enum) + ")"
	case t.Kind == schema.List:
		s = "[" + typeText(t.Elem) + "]"
	case t.Kind == schema.Map:
		s = "{string: " + typeText(t.Elem) + "}"
	default:
		return t.String()
	}
	if t.Optional {
		s += "?"
	}
	return s
}

// valuesText lists the values of an enum.
func valuesText(e *schema.EnumType) string {
	if len(e.Values) > maxShown {
		return strings.Join(slices.Concat(e.Values[:maxShown], []string{"…"}), ", ")
	}
	return strings.Join(e.Values, ", ")
}
