package check

import (
	"maps"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// named gives what a bare name means as a value of type t: the value of an
// enum, a parameter of graph main, or a const.
func (c *checker) named(v *syntax.Ref, t *schema.Type, p place) (model.Value, bool) {
	param, constant := p.names.lookup(v.Name)
	isValue := t.Kind == schema.Enum && t.Enum.Index(v.Name) >= 0
	switch {
	case isValue && (param != nil || constant != nil):
		d := c.errorf(codeExprClash, v.Span(), "%q is a value of %s, and another thing besides", v.Name, typeText(t))
		if param != nil {
			d.Note(param.Span, "a parameter of this name is declared here")
		} else {
			d.Note(constant.span, "a const of this name is declared here")
		}
		d.Help("put the value in quotes: %q", v.Name).Maybe("put it in quotes", quoted(v))
		return nil, false
	case isValue:
		return v.Name, true
	case param != nil:
		return c.paramValue(v, param, t, p)
	case constant != nil:
		return c.constValue(v, constant, t, p)
	default:
		c.noValueFor(v, t, p)
		return nil, false
	}
}

// lookup finds what a name means; both are nil if nothing.
func (n *names) lookup(name string) (*model.Param, *constant) {
	if param := n.params[name]; param != nil {
		return param, nil
	}
	if d := n.scope.names[name]; d != nil {
		return nil, d.constant
	}
	return nil, nil
}

// noValueFor reports a name that means nothing where a value of type t
// belongs.
func (c *checker) noValueFor(v *syntax.Ref, t *schema.Type, p place) {
	if t.Kind == schema.Enum && !p.names.scope.incomplete() {
		c.noEnumValue(v.Span(), v.Name, t, p, nil)
		return
	}
	c.noValue(v, p.names, t)
}

// noValue reports a name that means nothing. t is the type that belongs
// there, nil if that is not known.
func (c *checker) noValue(v *syntax.Ref, n *names, t *schema.Type) {
	if d := n.scope.names[v.Name]; d != nil {
		c.errorf(codeKind, v.Span(), "%q is %s, not a value", v.Name, d.kind).Note(d.span, "%q is declared here", v.Name)
		return
	}
	if n.scope.incomplete() || n.open {
		return
	}
	what := "const"
	if n.params != nil {
		what = "const and no parameter"
	}
	d := c.errorf(codeNoName, v.Span(), "there is no %s %q", what, v.Name)
	isText := t != nil && (t.Kind == schema.String || t.Kind == schema.Bytes)
	if isText {
		d.Help("if it is a text, put it in quotes: %q", v.Name)
	}
	c.meant(d, diag.Meant{Word: v.Name, At: v.Span(), Right: n.takes(t)}, n.scope.candidates([]kind{kindConst}), maps.Keys(n.params))
	if isText {
		d.Maybe("put it in quotes", quoted(v))
	}
}

// paramValue gives a parameter of graph main as the value of type t.
func (c *checker) paramValue(v *syntax.Ref, param *model.Param, t *schema.Type, p place) (model.Value, bool) {
	if p.names.constant != "" && p.names.given == nil && !p.names.unknown {
		c.symbolic(v.Span(), quote(v.Name)+", a parameter,", p.names.constant).
			Note(param.Span, "%q is declared here", v.Name)
		return nil, false
	}
	from := param.Type.Type
	if from == nil || from.Kind == schema.Invalid {
		return nil, false
	}
	if !assignable(from, t) {
		d := c.errorf(codeValue, v.Span(), "%s takes %s, and %q is %s", p.what, typeText(t), v.Name, typeText(from))
		noteDecl(d.Note(param.Span, "%q is declared here", v.Name), p)
		return nil, false
	}
	switch {
	case p.names.unknown && p.names.constant != "":
		return nil, false // what it is given is checked there
	case p.names.given != nil:
		return c.givenValue(v, param, p)
	}
	return model.ParamRef{Name: v.Name}, true
}

// givenValue gives what the parameter of a component is given.
func (c *checker) givenValue(v *syntax.Ref, param *model.Param, p place) (model.Value, bool) {
	value, ok := p.names.given[v.Name]
	switch {
	case !ok: // reported where it is used
		return nil, false
	case p.within && param.Type.Type.Elem != nil: // or a few lines could be a list of billions
		c.errorf(codeConst, v.Span(), "a parameter of a component that is a list or a map can't be an element")
		return nil, false
	case p.names.constant != "" && !known(value):
		c.symbolic(v.Span(), "what "+quote(v.Name)+" is given here", p.names.constant).Note(param.Span, "%q is declared here", v.Name)
		return nil, false
	}
	return value, true
}

// assignable reports whether every value of one type is one of another.
func assignable(from, to *schema.Type) bool {
	if to.Kind == schema.Any && (to.Optional || !from.Optional) {
		return true
	}
	if from.Optional && !to.Optional {
		return false
	}
	a, b := *from, *to
	a.Optional, b.Optional = false, false
	return a.Same(&b)
}

// symbolic reports a value that is not known before the run where it has to
// be.
func (c *checker) symbolic(at diag.Span, what, where string) *diag.Diagnostic {
	return c.errorf(codeNotConstant, at, "%s must be known before the run, and %s is not", where, what)
}

// A fitKey is a const and a type that it was asked to be of.
type fitKey struct {
	constant *constant
	typ      string
}

// fitted is a const as a value of a type.
type fitted struct {
	value model.Value
	ok    bool
}

// constValue gives a const as a value of type t. What the const says is read
// again, as if it stood there: 3 may be an int or a float.
func (c *checker) constValue(v *syntax.Ref, k *constant, t *schema.Type, p place) (model.Value, bool) {
	c.evaluate(k)
	if k.typ == nil {
		return nil, false // reported at the const
	}
	key := fitKey{k, t.String()}
	f, seen := c.fitted[key]
	if !seen {
		f.value, f.ok = c.quietly(func() (model.Value, bool) {
			return c.value(k.node.Value, t, place{names: &names{scope: k.scope}})
		})
		c.fitted[key] = f
	}
	if !f.ok {
		d := c.errorf(codeValue, v.Span(), "%s takes %s, and %q is %s", p.what, p.typeText(t), v.Name, typeText(k.typ))
		noteDecl(d.Note(k.span, "%q is declared here", v.Name), p)
	}
	return f.value, f.ok
}

// quietly looks at a value without reporting what is wrong with it.
func (c *checker) quietly(look func() (model.Value, bool)) (model.Value, bool) {
	before := len(c.found)
	c.quiet++
	value, ok := look()
	c.quiet--
	c.found = c.found[:before]
	return value, ok
}

// secret gives a value that nobody is shown as one of type t. It is known only
// to the process that needs it.
func (c *checker) secret(v *syntax.Secret, t *schema.Type, p place) (model.Value, bool) {
	switch {
	case v.Name == nil:
	case p.names.constant != "":
		c.symbolic(v.Span(), "a secret", p.names.constant)
	case t.Kind != schema.String && t.Kind != schema.Bytes:
		noteDecl(c.errorf(codeValue, v.Span(), "%s takes %s, and a secret is a string or bytes", p.what, typeText(t)), p)
	case v.Name.Value == "":
		c.errorf(codeValue, v.Name.Span(), "the secret has no name")
	default:
		return model.Secret{Name: v.Name.Value}, true
	}
	return nil, false
}

// env gives a variable of the environment as a value of type t, which is
// read from its text.
func (c *checker) env(v *syntax.Env, t *schema.Type, p place) (model.Value, bool) {
	if v.Name == nil {
		return nil, false
	}
	if p.names.constant != "" {
		c.symbolic(v.Span(), "a variable of the environment", p.names.constant)
		return nil, false
	}
	if t.Elem != nil || t.Message != nil || t.Kind == schema.Any {
		noteDecl(c.errorf(codeValue, v.Span(), "%s takes %s, which can't be read from the environment", p.what, typeText(t)), p)
		return nil, false
	}
	if v.Name.Value == "" {
		c.errorf(codeValue, v.Name.Span(), "the variable has no name")
		return nil, false
	}
	env := model.Env{Name: v.Name.Value}
	if v.Default != nil {
		if t.Kind != schema.String && t.Kind != schema.Bytes {
			if _, err := parseText(v.Default.Value, t); err != nil {
				noteDecl(c.errorf(codeValue, v.Default.Span(), "%s takes %s, and the default %q is not one", p.what, typeText(t), v.Default.Value), p)
				return nil, false
			}
		}
		env.Default = &v.Default.Value
	}
	return env, true
}
