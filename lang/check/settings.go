package check

import (
	"math"
	"slices"
	"time"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// maxReplicas bounds the replicas of an instance: each is a process of its
// own, and what is more than this is a slip.
const maxReplicas = 1000

// defaultRestart is the restart policy of an instance that says nothing.
var defaultRestart = model.Restart{Policy: "on_failure", Max: 5, Within: time.Minute}

var restartPolicies = []string{"always", "on_failure", "never"}

// instanceSettings applies what stands behind an instance.
func (n *net) instanceSettings(i *instance) {
	vars := map[string]diag.Span{}
	for _, s := range once(n.checker, i.node.Settings.Items) {
		if !n.settable(i, instanceWord(s), s.Span()) {
			continue
		}
		switch s := s.(type) {
		case *syntax.Replicas:
			if v, ok := n.number(s.Count, "the number of replicas", 1, maxReplicas); ok {
				i.Replicas = int(v)
			}
		case *syntax.Restart:
			i.oddRestart = !n.restart(i, s)
		case *syntax.EnvVar:
			n.envVar(i, s, vars)
		case *syntax.Process:
			if s.Name != nil {
				i.Process = i.frame.prefix + s.Name.Text
			}
		}
	}
}

// instanceWord is the word that begins a setting of an instance.
func instanceWord(s syntax.InstanceSetting) string {
	if _, ok := s.(*syntax.EnvVar); ok {
		return "env"
	}
	return settingWord(s)
}

// restart applies a restart policy. It reports false if something about it is
// wrong.
func (n *net) restart(i *instance, s *syntax.Restart) bool {
	if s.Policy == nil {
		return false
	}
	if !slices.Contains(restartPolicies, s.Policy.Text) {
		d := n.errorf(codeNoName, s.Policy.Span(), "there is no restart policy %q: there are %s", s.Policy.Text, listing(restartPolicies))
		n.suggest(d, s.Policy.Span(), s.Policy.Text, slices.Values(restartPolicies))
		return false
	}
	i.Restart.Policy = s.Policy.Text
	if i.Restart.Policy == "never" && s.Max != nil {
		n.errorf(codeClause, s.Max.Span(), "nothing is bounded by max: an instance with %q is not restarted", "restart never")
		return false
	}
	good := true
	if s.Max != nil {
		v, ok := n.number(s.Max, "the number of restarts", 0, math.MaxInt32)
		if good = ok; ok {
			i.Restart.Max = int(v)
		}
	}
	if s.Within != nil {
		v, ok := n.duration(s.Within, "the period of restarts")
		if ok {
			i.Restart.Within = v
		}
		good = good && ok
	}
	return good
}

func (n *net) envVar(i *instance, s *syntax.EnvVar, seen map[string]diag.Span) {
	if s.Name == nil {
		return
	}
	name := s.Name.Text
	if first, ok := seen[name]; ok {
		n.twice(s.Name.Span(), "variable "+quote(name), first)
		return
	}
	seen[name] = s.Name.Span()
	at := place{what: "variable " + quote(name), names: n.at.names}
	if v, ok := n.value(s.Value, &schema.Type{Kind: schema.String}, at); ok {
		i.Env = append(i.Env, model.EnvVar{Name: name, Value: v, Span: s.Span()})
	}
}

// number gives a whole number that must be known before the run.
func (n *net) number(v syntax.Value, what string, least, most int64) (int64, bool) {
	value, ok := n.value(v, &schema.Type{Kind: schema.Int}, place{what: what, names: n.constant(what)})
	if !ok {
		return 0, false
	}
	switch number := value.(int64); {
	case number < least:
		n.errorf(codeRange, v.Span(), "%s is at least %d", what, least)
	case number > most:
		n.errorf(codeRange, v.Span(), "%s is at most %d", what, most)
	default:
		return number, true
	}
	return 0, false
}

// duration gives a duration over 0 that must be known before the run.
func (n *net) duration(v syntax.Value, what string) (time.Duration, bool) {
	value, ok := n.value(v, &schema.Type{Kind: schema.Duration}, place{what: what, names: n.constant(what)})
	if !ok {
		return 0, false
	}
	d := value.(time.Duration)
	if d <= 0 {
		n.errorf(codeRange, v.Span(), "%s is more than 0s", what)
		return 0, false
	}
	return d, true
}

// constant gives the names for a value that must be known before the run.
func (n *net) constant(what string) *names {
	names := *n.at.names
	names.constant = what
	return &names
}
