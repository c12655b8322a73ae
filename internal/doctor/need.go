package doctor

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/ilpomo/opencore/runtime/spec"
)

// A need looks at what one process of the plan needs.
type need struct {
	*examination
	process *spec.Process
}

// about names a check: the instance, and what of it.
func (n *need) about(what string) string { return n.process.Instance + ", " + what }

// lacks tells that a need is not met.
func (n *need) lacks(what, place, found, help string) {
	n.tell(Finding{State: Problem, Check: n.about(what), Found: found, Help: help, Place: place})
}

// note tells what is as it may be.
func (n *need) note(what, place, found, help string) {
	n.tell(Finding{State: Note, Check: n.about(what), Found: found, Help: help, Place: place})
}

// met tells that a need is met.
func (n *need) met(what, place, found string) {
	n.tell(Finding{State: OK, Check: n.about(what), Found: found, Place: place})
}

// variables looks for variables of the environment that must be set.
func (n *need) variables() {
	for _, list := range [][]spec.Arg{n.process.Env, n.process.Args} {
		for _, arg := range list {
			n.variablesOf(arg.Value, arg.Place)
		}
	}
	for _, plain := range n.process.Sockets() {
		n.variablesOf(plain.Endpoint, plain.Place)
	}
}

func (n *need) variablesOf(v spec.Value, place string) {
	switch {
	case v.Secret != "":
		n.variable(v.Secret, place)
	case v.Env != "" && v.Default == nil:
		n.variable(v.Env, place)
	}
	for _, e := range v.List {
		n.variablesOf(e, place)
	}
	for _, key := range slices.Sorted(maps.Keys(v.Map)) {
		n.variablesOf(v.Map[key], place)
	}
}

func (n *need) variable(name, place string) {
	if _, ok := n.getenv(name); ok {
		n.met("environment", place, name+" is set")
		return
	}
	n.lacks("environment", place, name+" is not set", "set it: "+name+"=VALUE opencore run …")
}

// getenv looks a variable up as the process would: its instance's settings
// come first.
func (n *need) getenv(name string) (string, bool) {
	for _, e := range n.process.Env {
		switch {
		case e.Name != name || e.Value.Env == name:
		case e.Value.Secret != "":
			return n.Getenv(e.Value.Secret)
		default:
			return n.text(e.Value)
		}
	}
	return n.Getenv(name)
}

// text resolves a value that is a string; ok is false for any other, and for
// what isn't known: that has been told.
func (n *need) text(v spec.Value) (text string, ok bool) {
	switch {
	case v.Const != nil:
		return text, json.Unmarshal(v.Const, &text) == nil
	case v.Param != "":
		return text, json.Unmarshal(n.param(v.Param), &text) == nil
	case v.Env != "":
		if text, ok := n.getenv(v.Env); ok {
			return text, true
		}
		if v.Default != nil {
			return *v.Default, true
		}
	}
	return "", false
}

// truth resolves a value that is true or false; what isn't known is false.
func (n *need) truth(v spec.Value) (yes bool) {
	raw := v.Const
	if v.Param != "" {
		raw = n.param(v.Param)
	}
	return json.Unmarshal(raw, &yes) == nil && yes
}

// param is the value of a parameter of main, given or by default; nil if
// there is none.
func (x *examination) param(name string) json.RawMessage {
	if v, ok := x.Values[name]; ok {
		return v
	}
	for _, p := range x.Plan.Params {
		if p.Name == name {
			return p.Value
		}
	}
	return nil
}

// arg finds a parameter of the process's actor.
func (n *need) arg(name string) (spec.Arg, error) {
	for _, a := range n.process.Args {
		if a.Name == name {
			return a, nil
		}
	}
	return spec.Arg{}, fmt.Errorf("%s has no parameter %s", n.process.Actor, name)
}
