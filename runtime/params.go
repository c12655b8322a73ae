package runtime

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ilpomo/opencore/internal/filter"
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/message"
	"github.com/ilpomo/opencore/runtime/spec"
)

// A badArg is an argument that is to blame.
type badArg struct {
	arg *spec.Arg
	err error
}

func (b *badArg) Error() string { return fmt.Sprintf("parameter %q: %v", b.arg.Name, b.err) }
func (b *badArg) Unwrap() error { return b.err }

// params resolves the arguments of the instance into the Go values of
// [actor.Setup].
func (p *process) params() (map[string]any, error) {
	for _, e := range p.spec.Env { // the supervisor has set it
		if text, ok := p.world.lookup(e.Name); ok && e.Value.Secret != "" {
			p.up.hide(e.Value.Secret, text)
		}
	}
	values := make(map[string]any, len(p.spec.Args))
	for i := range p.spec.Args {
		arg := &p.spec.Args[i]
		raw, err := p.resolve(arg.Type, arg.Value)
		if err == nil {
			values[arg.Name], err = message.ParamValue(arg.Type, p.message, raw)
		}
		if err != nil {
			return nil, &badArg{arg, err}
		}
	}
	return values, nil
}

// message finds a message type by name; nil if there is none.
func (p *process) message(name string) *schema.Message { return p.launch.Messages[name] }

// resolve gives a symbolic value in the form that values have outside.
func (p *process) resolve(typ string, v spec.Value) (json.RawMessage, error) {
	switch {
	case v.Const != nil:
		return v.Const, nil
	case v.Param != "":
		raw, ok := p.launch.Values[v.Param]
		if !ok {
			return nil, fmt.Errorf("graph main has no value for %q", v.Param)
		}
		return raw, nil
	case v.Secret != "":
		text, err := p.secret(v.Secret)
		return outside(typ, text), err
	case v.Env != "":
		text, ok := p.world.lookup(v.Env)
		if !ok && v.Default == nil {
			return nil, fmt.Errorf("the environment variable %s is not set", v.Env)
		}
		if !ok {
			text = *v.Default
		}
		return outside(typ, text), nil
	case v.List != nil:
		return p.resolveList(typ, v.List)
	case v.Map != nil:
		return p.resolveMap(typ, v.Map)
	default:
		return nil, nil
	}
}

func (p *process) resolveList(typ string, list []spec.Value) (json.RawMessage, error) {
	elem := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSuffix(typ, "?"), "["), "]")
	parts := make([]json.RawMessage, len(list))
	for i, v := range list {
		raw, err := p.resolve(elem, v)
		if err != nil {
			return nil, err
		}
		if parts[i] = raw; raw == nil {
			parts[i] = json.RawMessage("null")
		}
	}
	return json.Marshal(parts)
}

func (p *process) resolveMap(typ string, m map[string]spec.Value) (json.RawMessage, error) {
	_, elem, _ := strings.Cut(strings.TrimSuffix(strings.TrimSuffix(typ, "?"), "}"), ":")
	parts := make(map[string]json.RawMessage, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		raw, err := p.resolve(strings.TrimSpace(elem), m[k])
		if err != nil {
			return nil, err
		}
		if parts[k] = raw; raw == nil {
			parts[k] = json.RawMessage("null")
		}
	}
	return json.Marshal(parts)
}

// outside gives the text of a variable the form that a value of the type has
// outside: numbers, truth values, lists and maps as JSON, all else as a string.
func outside(typ, text string) json.RawMessage {
	switch strings.TrimSuffix(typ, "?") {
	case "int", "float", "bool":
		if json.Valid([]byte(text)) {
			return json.RawMessage(text)
		}
	}
	if strings.HasPrefix(typ, "[") || strings.HasPrefix(typ, "{") {
		if json.Valid([]byte(text)) {
			return json.RawMessage(text)
		}
	}
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(fmt.Sprintf("bug: a string has no JSON: %v", err))
	}
	return quoted
}

// names gives the consts and the parameters of main for expressions.
func (p *process) names() (map[string]filter.Name, error) {
	names := map[string]filter.Name{}
	for _, list := range [][]spec.Name{p.launch.Names, p.launch.Params} {
		for _, n := range list {
			raw := n.Value
			if v, ok := p.launch.Values[n.Name]; ok {
				raw = v
			}
			t, err := schema.Parse(n.Type, p.message)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", n.Name, err)
			}
			value, err := message.ParamValue(n.Type, p.message, raw)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", n.Name, err)
			}
			names[n.Name] = filter.Name{Type: t, Value: value}
		}
	}
	return names, nil
}

// mappings compiles the parameters that are expressions.
func (p *process) mappings(params map[string]any) (map[string]actor.Mapper, error) {
	mappers := map[string]actor.Mapper{}
	for i := range p.spec.Args {
		arg := &p.spec.Args[i]
		if !strings.Contains(arg.Type, "expr") || params[arg.Name] == nil {
			continue
		}
		m, err := p.mapper(params[arg.Name])
		if err != nil {
			return nil, &badArg{arg, err}
		}
		mappers[arg.Name] = m
	}
	return mappers, nil
}

// mapper compiles expressions over the message of the first in-port. A map of
// them makes the message of the first outgoing port, one alone a text.
func (p *process) mapper(value any) (actor.Mapper, error) {
	if len(p.spec.Ins) == 0 {
		return nil, fmt.Errorf("an expression needs an in-port whose messages it sees")
	}
	from := p.message(p.spec.Ins[0].Message)
	if text, ok := value.(string); ok {
		program, err := p.compile(text, from, false, nil)
		if err != nil {
			return nil, err
		}
		return textMapper{program}, nil
	}
	if len(p.spec.Outs) == 0 {
		return nil, fmt.Errorf("expressions need an outgoing port whose messages they make")
	}
	programs := map[string]*filter.Program{}
	to := p.message(p.spec.Outs[0].Message)
	for field, text := range value.(map[string]any) {
		f, ok := to.Field(field)
		if !ok {
			return nil, fmt.Errorf("message %q has no field %q", to.Name, field)
		}
		program, err := p.compile(text.(string), from, false, f.Type)
		if err != nil {
			return nil, err
		}
		programs[field] = program
	}
	return filter.NewMapping(from, to, programs)
}

// A textMapper computes a string.
type textMapper struct{ program *filter.Program }

// Map implements [actor.Mapper].
func (m textMapper) Map(dst, payload []byte) ([]byte, error) {
	return m.program.AppendString(dst, payload), nil
}

// compile compiles an expression over a message.
func (p *process) compile(source string, m *schema.Message, topic bool, want *schema.Type) (*filter.Program, error) {
	e, problems := filter.Check(source, &filter.Scope{Message: m, Names: p.known, Topic: topic}, want)
	if len(problems) > 0 {
		return nil, fmt.Errorf("expression %s: %s", source, problems[0].Message)
	}
	if e == nil {
		return nil, fmt.Errorf("expression %s: a name in it has no value", source)
	}
	return e.Compile(nil)
}
