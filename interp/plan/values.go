package plan

import (
	"fmt"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/runtime/spec"
)

// addNames lists the parameters of main and the consts that expressions use.
func (b *builder) addNames() {
	for _, p := range b.program.Graph.Params {
		b.addType(p.Type.Type)
		name := spec.Name{Name: p.Name, Doc: p.Doc, Type: p.Type.String(), Place: p.Span.String()}
		if p.Default != nil {
			name.Value = model.Outside(p.Type.Type, *p.Default)
		}
		b.plan.Params = append(b.plan.Params, name)
	}
	used := usedNames(b.program.Graph)
	for _, c := range b.program.Consts {
		if used[c.Name] {
			b.addType(c.Type)
			b.plan.Names = append(b.plan.Names, spec.Name{
				Name: c.Name, Doc: c.Doc, Type: c.Type.String(), Value: model.Outside(c.Type, c.Value), Place: c.Span.String(),
			})
		}
	}
}

// usedNames collects the names that the graph's expressions use.
func usedNames(g *model.Graph) map[string]bool {
	used := map[string]bool{}
	add := func(names []string) {
		for _, n := range names {
			used[n] = true
		}
	}
	for _, inst := range g.Instances {
		for _, a := range inst.Args {
			add(a.Names)
		}
		for _, port := range inst.Actor.Ports {
			if port.Topic != nil {
				add(port.Topic.Names)
			}
		}
	}
	for _, w := range g.Wires {
		if w.Where != nil {
			add(w.Where.Names)
		}
	}
	return used
}

func args(inst *model.Instance) []spec.Arg {
	var list []spec.Arg
	for _, a := range inst.Args {
		list = append(list, spec.Arg{
			Name:  a.Param.Name,
			Type:  a.Param.Type.String(),
			Value: value(valueType(a.Param.Type), a.Value),
			Place: a.Span.String(),
		})
	}
	return list
}

func env(inst *model.Instance) []spec.Arg {
	var list []spec.Arg
	for _, e := range inst.Env {
		list = append(list, spec.Arg{
			Name: e.Name, Type: stringType.String(), Value: value(stringType, e.Value), Place: e.Span.String(),
		})
	}
	return list
}

var stringType = &schema.Type{Kind: schema.String}

// valueType is the type of a parameter's values; expressions are strings.
func valueType(t model.ParamType) *schema.Type {
	switch {
	case t.Map:
		return &schema.Type{Kind: schema.Map, Elem: stringType}
	case t.Expr:
		return stringType
	default:
		return t.Type
	}
}

// value translates a value, which stays symbolic where it is only known when
// the program runs.
func value(t *schema.Type, v model.Value) spec.Value {
	if constant(v) {
		if v == nil {
			return spec.Value{}
		}
		return spec.Value{Const: model.Outside(t, v)}
	}
	switch v := v.(type) {
	case model.ParamRef:
		return spec.Value{Param: v.Name}
	case model.Secret:
		return spec.Value{Secret: v.Name}
	case model.Env:
		return spec.Value{Env: v.Name, Default: v.Default}
	case []model.Value:
		list := make([]spec.Value, len(v))
		for i, e := range v {
			list[i] = value(model.Elem(t), e)
		}
		return spec.Value{List: list}
	case map[string]model.Value:
		return spec.Value{Map: mapValue(t, v)}
	default:
		panic(fmt.Sprintf("bug: a checked program holds a value of type %T", v))
	}
}

func mapValue(t *schema.Type, v map[string]model.Value) map[string]spec.Value {
	m := make(map[string]spec.Value, len(v))
	for key, e := range v {
		if t.Kind != schema.Record {
			m[key] = value(model.Elem(t), e)
			continue
		}
		f, _ := t.Message.Field(key)
		m[f.Outside()] = value(f.Type, e)
	}
	return m
}

// constant reports whether nothing in v waits for the run.
func constant(v model.Value) bool {
	switch v := v.(type) {
	case model.Env, model.Secret, model.ParamRef:
		return false
	case []model.Value:
		for _, e := range v {
			if !constant(e) {
				return false
			}
		}
	case map[string]model.Value:
		for _, e := range v {
			if !constant(e) {
				return false
			}
		}
	}
	return true
}
