package supervise

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/ilpomo/opencore/runtime/spec"
)

// checkEnvironment finds a variable that must be set and isn't, before
// anything is started.
func checkEnvironment(p *spec.Plan, o *Options) *Failure {
	for _, proc := range p.Processes {
		own := map[string]bool{} // what the instance's settings provide its arguments
		for _, e := range proc.Env {
			own[e.Name] = true
		}
		if f := checkSet(proc, proc.Env, o.Getenv); f != nil {
			return f
		}
		getenv := func(name string) (string, bool) {
			text, ok := o.Getenv(name)
			return text, ok || own[name]
		}
		if f := checkSet(proc, append(addresses(proc), proc.Args...), getenv); f != nil {
			return f
		}
	}
	return nil
}

// addresses gives what a process's plain sockets bind or connect to.
func addresses(proc *spec.Process) []spec.Arg {
	var list []spec.Arg
	for _, s := range proc.Sockets() {
		list = append(list, spec.Arg{Value: s.Endpoint, Place: s.Place})
	}
	return list
}

// checkSet blames the first of a process's values that needs a variable that
// isn't set.
func checkSet(proc *spec.Process, list []spec.Arg, getenv func(string) (string, bool)) *Failure {
	for _, arg := range list {
		if name := unset(arg.Value, getenv); name != "" {
			return &Failure{
				Process: proc, Config: true, Starting: true, Param: arg.Name, Place: arg.Place,
				Reason: fmt.Sprintf("the %s is not set", name),
			}
		}
	}
	return nil
}

// unset finds a variable within a value that has no default and isn't set, or a
// secret, and says what it is.
func unset(v spec.Value, getenv func(string) (string, bool)) string {
	if v.Env != "" && v.Default == nil {
		if _, ok := getenv(v.Env); !ok {
			return "environment variable " + v.Env
		}
	}
	if v.Secret != "" {
		if _, ok := getenv(v.Secret); !ok {
			return "secret " + v.Secret + ", a variable of the environment,"
		}
	}
	for _, e := range v.List {
		if name := unset(e, getenv); name != "" {
			return name
		}
	}
	for _, key := range slices.Sorted(maps.Keys(v.Map)) {
		if name := unset(v.Map[key], getenv); name != "" {
			return name
		}
	}
	return ""
}

// values gives the values of all parameters of main.
func (r *run) values() map[string]json.RawMessage {
	values := make(map[string]json.RawMessage, len(r.plan.Params))
	for _, p := range r.plan.Params {
		values[p.Name] = p.Value
		if v, ok := r.options.Values[p.Name]; ok {
			values[p.Name] = v
		}
	}
	return values
}

// environment gives the variables that an instance's settings add.
func (r *run) environment(p *spec.Process) []string {
	var list []string
	for _, e := range p.Env {
		if text, ok := r.text(e.Value); ok {
			list = append(list, e.Name+"="+text)
		}
	}
	return list
}

// text resolves a value that is a string; ok is false for any other.
func (r *run) text(v spec.Value) (text string, ok bool) {
	switch {
	case v.Const != nil:
		return text, json.Unmarshal(v.Const, &text) == nil
	case v.Param != "":
		return text, json.Unmarshal(r.values()[v.Param], &text) == nil
	case v.Secret != "":
		return r.options.Getenv(v.Secret)
	case v.Env != "":
		if text, ok := r.options.Getenv(v.Env); ok {
			return text, true
		}
		if v.Default != nil {
			return *v.Default, true
		}
	}
	return "", false
}
