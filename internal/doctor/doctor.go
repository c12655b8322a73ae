// Package doctor says what on this machine stands in the way of a program
// before it is run: what the libzmq at hand can do, limits, folders and tools,
// and which needs of a plan are not met: files, variables, programs,
// addresses. It looks and tries, and changes nothing. Whether the program
// itself is right is for package lang to say. Read [Examine] first.
package doctor

import (
	"context"
	"encoding/json"

	"github.com/ilpomo/opencore/runtime/spec"
)

// A State is how a finding is to be taken.
type State string

// The states. What is noted is missing, and nothing at hand needs it.
const (
	OK      State = "ok"
	Note    State = "note"
	Problem State = "problem"
)

// A Finding is the outcome of one check.
type Finding struct {
	State State  `json:"state"`
	Check string `json:"check"`           // what was looked at: "libzmq", "feed, path"
	Found string `json:"found"`           // what is there, or what is wrong
	Help  string `json:"help,omitempty"`  // the way out
	Place string `json:"place,omitempty"` // file:line:column, where the need is written
}

// Options says what a machine is to be good for.
type Options struct {
	Plan   *spec.Plan                  // nil: for no program in particular
	Values map[string]json.RawMessage  // of parameters of main, in the form of values outside
	Params error                       // what is wrong with those that were given; nil if nothing is
	Getenv func(string) (string, bool) // as os.LookupEnv
}

// Examine makes all checks, the machine's first, then the program's in the
// order of the plan. It ends early when ctx does.
func Examine(ctx context.Context, o Options) []Finding {
	x := &examination{Options: o, ctx: ctx, seen: map[Finding]bool{}}
	x.library()
	x.transports()
	x.limits()
	x.folder()
	x.tools()
	if o.Plan != nil {
		x.needs()
	}
	return x.findings
}

// An examination collects findings. Replicas have the same needs, which are
// told once.
type examination struct {
	Options
	ctx      context.Context
	findings []Finding
	seen     map[Finding]bool
}

func (x *examination) tell(f Finding) {
	if !x.seen[f] {
		x.seen[f] = true
		x.findings = append(x.findings, f)
	}
}

// ok tells that a check went well.
func (x *examination) ok(check, found string) { x.tell(Finding{State: OK, Check: check, Found: found}) }

// missing tells that something isn't there: a problem if it is needed.
func (x *examination) missing(needed bool, check, found, help string) {
	state := Note
	if needed {
		state = Problem
	}
	x.tell(Finding{State: state, Check: check, Found: found, Help: help})
}

// needs goes through what the plan's processes need.
func (x *examination) needs() {
	if x.Params != nil {
		x.missing(true, "parameters", x.Params.Error(), "give them as for a run: opencore doctor FILE name=value")
	}
	for _, p := range x.Plan.Processes {
		n := &need{examination: x, process: p}
		n.variables()
		n.files()
		n.program()
		n.addresses()
	}
}
