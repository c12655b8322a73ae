package filter

import (
	"fmt"
	"slices"

	"github.com/ilpomo/opencore/internal/schema"
)

// bind puts values in place of names.
func bind(n *node, values map[string]any) (*node, error) {
	if n.op == opName {
		v, ok := values[n.name]
		if !ok && !n.t.Optional {
			return nil, fmt.Errorf("%q has no value", n.name)
		}
		value, err := constantOf(v, n.t)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", n.name, err)
		}
		return value, nil
	}
	return rebuilt(n, func(k *node) (*node, error) { return bind(k, values) })
}

// rebuilt gives n with other kids; n itself if they are the same.
func rebuilt(n *node, change func(*node) (*node, error)) (*node, error) {
	var kids []*node // a copy, once there is a change
	for i, k := range n.kids {
		other, err := change(k)
		if err != nil {
			return nil, err
		}
		if other != k && kids == nil {
			kids = slices.Clone(n.kids)
		}
		if kids != nil {
			kids[i] = other
		}
	}
	if kids == nil {
		return n, nil
	}
	other := *n
	other.kids = kids
	return &other, nil
}

// fold computes what does not depend on a message.
func fold(n *node) *node {
	n, _ = rebuilt(n, func(k *node) (*node, error) { return fold(k), nil })
	switch n.op {
	case opAnd:
		return foldLogic(n, truth(false))
	case opOr:
		return foldLogic(n, truth(true))
	case opCond:
		if k := n.kids[0]; k.op == opConst {
			return typed(choose(k.value == truth(true), n.kids[1], n.kids[2]), n.t)
		}
		return n
	case opCoalesce:
		if k := n.kids[0]; k.op == opConst {
			return typed(choose(k.value != nil, k, n.kids[1]), n.t)
		}
		return n
	}
	if n.op == opConst || n.op == opElem || len(n.kids) == 0 && n.op != opList || !constants(n.kids) {
		return n
	}
	return evaluate(n)
}

func constants(nodes []*node) bool {
	for _, n := range nodes {
		if n.op != opConst {
			return false
		}
	}
	return true
}

// typed gives a null the type that it stands for.
func typed(n *node, t *schema.Type) *node {
	if n.null() {
		return constant(t, nil)
	}
	return n
}

// foldLogic drops the constants of a chain that don't decide it; decisive is the
// value of those that do.
func foldLogic(n *node, decisive int64) *node {
	var kids []*node
	for _, k := range n.kids {
		switch {
		case k.op != opConst:
			kids = append(kids, k)
		case truth(k.value == truth(true)) == decisive:
			return constant(typeBool, decisive)
		}
	}
	switch {
	case len(kids) == 0:
		return constant(typeBool, 1-decisive)
	case len(kids) == len(n.kids):
		return n
	case len(kids) == 1 && !kids[0].t.Optional:
		return kids[0]
	}
	return operation(n.op, typeBool, kids...)
}

// evaluate computes a node whose kids are constants.
func evaluate(n *node) *node {
	c, e := &compiler{}, &env{}
	switch {
	case n.op == opList:
		values := make([]any, len(n.kids))
		for i, k := range n.kids {
			values[i] = k.value
		}
		return constant(n.t, values)
	case classOf(n.t) == refs:
		return n
	case classOf(n.t) == flts:
		if v, ok := c.flt(n)(e); ok {
			return constant(n.t, v)
		}
	case classOf(n.t) == strs:
		if v, ok := c.str(n)(e); ok {
			return constant(n.t, v)
		}
	default:
		if v, ok := c.num(n)(e); ok {
			return constant(n.t, v)
		}
	}
	return constant(n.t, nil)
}
