package prove

import (
	"fmt"
	"slices"

	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
)

// A use is a place where a secret is read.
type use struct {
	span diag.Span
	by   *model.Instance
	arg  bool // by its process, which sees the variables that its settings give
}

// safety reports secrets that somebody would see. That an address is open to
// all, and that a secret stands where a plan shows it, the checker has said.
func (v *prover) safety() {
	secrets := v.secrets()
	if len(secrets) == 0 {
		return
	}
	for _, i := range v.graph.Instances {
		for _, a := range i.Args {
			v.printed(i, a)
			v.open(i, a.Value, a.Span, secrets)
		}
		for _, e := range i.Env {
			v.open(nil, e.Value, e.Span, secrets)
			v.written(i, e, secrets)
		}
		for _, p := range i.Actor.Ports {
			if p.Address != nil {
				v.open(i, p.Address.Endpoint, p.Address.Span, secrets)
			}
		}
	}
	for _, e := range v.graph.Exposes {
		v.open(e.End.Instance, e.Address.Endpoint, e.Address.Span, secrets)
	}
}

// secrets gives where each secret is read.
func (v *prover) secrets() map[string][]use {
	found := map[string][]use{}
	for _, i := range v.graph.Instances {
		add := func(value model.Value, at use) {
			within(value, func(value model.Value) {
				if s, ok := value.(model.Secret); ok {
					found[s.Name] = append(found[s.Name], at)
				}
			})
		}
		for _, a := range i.Args {
			add(a.Value, use{a.Span, i, true})
		}
		for _, e := range i.Env {
			add(e.Value, use{e.Span, i, false})
		}
	}
	return found
}

// within calls look for a value and all that it holds.
func within(v model.Value, look func(model.Value)) {
	look(v)
	switch v := v.(type) {
	case []model.Value:
		for _, e := range v {
			within(e, look)
		}
	case map[string]model.Value:
		for _, e := range v {
			within(e, look)
		}
	}
}

// printed reports a secret that an actor of the standard library prints.
func (v *prover) printed(i *model.Instance, a model.Arg) {
	s, ok := a.Value.(model.Secret)
	if ok && i.Actor.Standard && i.Actor.Name == "log.Print" && a.Param.Name == "prefix" {
		v.found.Errorf(codePrinted, a.Span, "the secret %q would be printed in front of each message", s.Name).
			Note(a.Param.Span, "the prefix is declared here").
			Help("what may be seen is env(%q)", s.Name)
	}
}

// open reports a variable that is a secret in one place and none in another,
// where nothing keeps it out of what is logged. by is who reads it among the
// variables of its own process; nil: it is read before.
func (v *prover) open(by *model.Instance, value model.Value, at diag.Span, secrets map[string][]use) {
	within(value, func(value model.Value) {
		e, ok := value.(model.Env)
		if !ok || len(secrets[e.Name]) == 0 || by != nil && v.sets(by, e.Name) {
			return
		}
		d := v.found.Warnf(codeOpenly, at, "%q is a secret elsewhere and none here, where logs may show it", e.Name)
		for _, u := range secrets[e.Name] {
			d.Note(u.span, "a secret here")
		}
		d.Help("secret(%q) is shown nowhere", e.Name)
	})
}

// sets reports whether a variable is given by a setting of the instance, or
// of one that it shares its process with.
func (v *prover) sets(i *model.Instance, name string) bool {
	return slices.ContainsFunc(v.graph.Instances, func(other *model.Instance) bool {
		return together(i, other) && slices.ContainsFunc(other.Env, func(e model.EnvVar) bool { return e.Name == name })
	})
}

// together reports whether two instances run in one process.
func together(a, b *model.Instance) bool {
	return a == b || a.Process != "" && a.Process == b.Process
}

// written reports a secret that a setting gives to the process which reads
// it: it stands in the program and in its plan, or on a command line.
func (v *prover) written(i *model.Instance, e model.EnvVar, secrets map[string][]use) {
	var where string
	switch value := e.Value.(type) {
	case string:
		where = "stands in the program and in its plan"
	case model.ParamRef:
		where = fmt.Sprintf("is the parameter %q, which a command line shows", value.Name)
	default:
		return
	}
	for _, u := range secrets[e.Name] {
		if u.arg && together(u.by, i) {
			v.found.Errorf(codeWritten, e.Span, "the secret %q %s", e.Name, where).
				Note(u.span, "a secret here").
				Help("without this setting it is taken from the environment that the program is run in")
			return
		}
	}
}
