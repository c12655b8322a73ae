package check

import (
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// A constant is a const of the program.
type constant struct {
	name  string
	span  diag.Span
	node  *syntax.Const
	scope *scope
	state constState
	typ   *schema.Type // nil if something is wrong with it
	value model.Value
}

// A constState tells how far the checker has come with a const.
type constState uint8

const (
	constUnseen constState = iota
	constOpen              // its value is being looked at: who meets it again has found a cycle
	constDone
)

// consts finds types and values of all consts.
func (c *checker) consts() {
	for _, s := range c.scopes {
		for _, d := range s.constNodes {
			k := d.decl.constant
			c.evaluate(k)
			if k.typ != nil && !s.isStandard() {
				c.program.Consts = append(c.program.Consts, &model.Const{
					Name: k.name, Doc: k.node.Doc, Span: k.span, Type: k.typ, Value: k.value,
				})
			}
		}
	}
}

// evaluate gives a const its type and value, and those that it uses before.
func (c *checker) evaluate(k *constant) {
	if k.state != constUnseen {
		return
	}
	k.state = constOpen
	typ := c.infer(k, k.node.Value)
	if typ != nil && nesting(typ) > maxNesting {
		c.errorf(codeRange, k.node.Value.Span(), "lists and maps nest at most %d deep", maxNesting)
		typ = nil
	}
	if typ != nil {
		names := &names{scope: k.scope, constant: "a const"}
		if v, ok := c.value(k.node.Value, typ, place{what: quote(k.name), names: names}); ok {
			k.typ, k.value = typ, v
		}
	}
	k.state = constDone
}

// infer tells the type of a value of k; nil if that can't be, which has been
// reported.
func (c *checker) infer(k *constant, v syntax.Value) *schema.Type {
	switch v := v.(type) {
	case *syntax.String:
		return &schema.Type{Kind: schema.String}
	case *syntax.Int, *syntax.Size:
		return &schema.Type{Kind: schema.Int}
	case *syntax.Float:
		return &schema.Type{Kind: schema.Float}
	case *syntax.Duration:
		return &schema.Type{Kind: schema.Duration}
	case *syntax.Bool:
		return &schema.Type{Kind: schema.Bool}
	case *syntax.List:
		return container(schema.List, c.inferElems(k, v, v.Elems.Items, v.Elems.Broken))
	case *syntax.Map:
		var values []syntax.Value
		for _, e := range v.Entries.Items {
			if e != nil {
				values = append(values, e.Value)
			}
		}
		return container(schema.Map, c.inferElems(k, v, values, v.Entries.Broken))
	case *syntax.Ref:
		return c.inferRef(k, v)
	case *syntax.Nil:
		c.errorf(codeConst, v.Span(), "the type of %q can't be told from nil", k.name)
	case *syntax.Env:
		c.symbolic(v.Span(), "a variable of the environment", "a const")
	case *syntax.Secret:
		c.symbolic(v.Span(), "a secret", "a const")
	}
	return nil
}

// inferElems tells the one type of the elements of a list or map.
func (c *checker) inferElems(k *constant, whole syntax.Value, elems []syntax.Value, broken bool) *schema.Type {
	var typ *schema.Type
	for _, e := range elems {
		t := c.infer(k, e)
		switch {
		case t == nil:
			return nil
		case isRef(e) && t.Elem != nil: // or a few lines could be a list of billions
			c.errorf(codeConst, e.Span(), "a const that is a list or a map can't be an element")
			return nil
		case typ == nil || typ.Kind == schema.Int && t.Kind == schema.Float:
			typ = t
		case typ.Kind == schema.Float && t.Kind == schema.Int || typ.Same(t):
		default:
			c.errorf(codeConst, e.Span(), "the elements of %q are not of one type: %s and %s", k.name, typeText(typ), typeText(t))
			return nil
		}
	}
	if typ == nil && !broken {
		c.errorf(codeConst, whole.Span(), "the type of %q can't be told: it is empty", k.name)
	}
	return typ
}

func (c *checker) inferRef(k *constant, v *syntax.Ref) *schema.Type {
	d := k.scope.names[v.Name]
	if d == nil || d.constant == nil {
		c.noValue(v, &names{scope: k.scope}, nil)
		return nil
	}
	if d.constant.state == constOpen {
		c.errorf(codeConst, v.Span(), "const %q depends on itself", d.constant.name).
			Note(d.span, "%q is declared here", d.constant.name)
		return nil
	}
	c.evaluate(d.constant)
	return d.constant.typ
}

func isRef(v syntax.Value) bool {
	_, ok := v.(*syntax.Ref)
	return ok
}
