package check

import (
	"fmt"

	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
)

// groups checks that instances that share an OS process can: one replica each,
// handlers and no programs, one restart policy, one environment.
func (n *net) groups() {
	first := map[string]*instance{}
	vars := map[[2]string]model.EnvVar{}
	for _, i := range n.instances {
		n.at = i.frame
		if i.Process == "" || i.Actor == nil || !n.groupable(i) {
			continue
		}
		n.groupEnv(i, vars)
		if i.oddRestart || n.at.partly() {
			continue
		}
		if f := first[i.Process]; f == nil {
			first[i.Process] = i
		} else if i.Restart != f.Restart {
			n.groupRestart(i, f)
		}
	}
}

func (n *net) groupRestart(i, first *instance) {
	n.errorf(codeGroup, i.settingAt("restart", "process"), "%q shares the process %q with %q and restarts with it, but says %s, and that one %s",
		i.Name, i.Process, first.Name, restartText(i.Restart), restartText(first.Restart)).
		Note(first.settingAt("restart", "process"), "%q is set here", first.Name)
}

// groupable reports whether an instance can share its process.
func (n *net) groupable(i *instance) bool {
	at := i.settings["process"]
	switch {
	case i.Actor.Exec != nil:
		noteActor(n.errorf(codeGroup, at, "%q is a program, and has a process of its own", i.Name), i.Actor)
	case i.Replicas > 1:
		n.errorf(codeGroup, at, "%q has %d replicas, and each has a process of its own", i.Name, i.Replicas).
			Note(i.settings["replicas"], "the replicas are set here")
	default:
		return true
	}
	return false
}

// groupEnv reports a variable that two instances of a process set differently.
func (n *net) groupEnv(i *instance, vars map[[2]string]model.EnvVar) {
	for _, v := range i.Env {
		key := [2]string{i.Process, v.Name}
		first, ok := vars[key]
		if !ok {
			vars[key] = v
		} else if !sameText(first.Value, v.Value) {
			n.errorf(codeGroup, v.Span, "variable %q is set twice in the process %q, to different values", v.Name, i.Process).
				Note(first.Span, "first here")
		}
	}
}

// sameText compares two values of variables.
func sameText(a, b model.Value) bool {
	x, ok := a.(model.Env)
	y, both := b.(model.Env)
	if ok && both && x.Default != nil && y.Default != nil {
		return x.Name == y.Name && *x.Default == *y.Default
	}
	return a == b
}

// settingAt is the place of the first of some settings that the instance has.
func (i *instance) settingAt(words ...string) diag.Span {
	for _, word := range words {
		if at, ok := i.settings[word]; ok {
			return at
		}
	}
	return i.Span
}

// restartText spells a restart policy.
func restartText(r model.Restart) string {
	if r.Policy == "never" {
		return quote("restart never")
	}
	return quote(fmt.Sprintf("restart %s max %d in %s", r.Policy, r.Max, durationText(r.Within)))
}
