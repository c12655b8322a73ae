// Package interp is the facade of running: [Main] is what every built binary
// and `opencore run` run, as the supervisor of a plan or, re-executed, as one
// process of it. It knows what the command line of a run means, where the plan
// comes from and what signals do; the work is done by supervise, display and
// runtime. It reads no .actors files: whoever has a program calls plan.Build.
package interp

import (
	"errors"
	"os"

	"github.com/spf13/pflag"

	"github.com/ilpomo/opencore/interp/display"
	"github.com/ilpomo/opencore/interp/plan"
	"github.com/ilpomo/opencore/runtime"
	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/spec"
)

// Exit statuses besides those of package supervise.
const (
	statusUsage  = 2
	statusFailed = 3
)

// An App is a program that can run plans: its surroundings, and the actors
// that are compiled into it.
type App struct {
	Args   []string                 // behind the program's name
	Stdin  *os.File                 // that the actor gets which reads "-"
	Stdout *os.File                 // that all actors inherit
	Stderr *os.File                 // for all that is not data
	Actors map[string]actor.Factory // by the actor's name, "file.Lines" or "Tally"
	Plan   []byte                   // as plan.Encode writes it; nil: from [Exec], or from the end of the executable
}

// Main runs the app with its arguments and gives its exit status. In a process
// that a supervisor has started it is that process.
func Main(app App) int {
	if runtime.IsChild() {
		return runtime.Main(app.Actors)
	}
	o := &Options{}
	flags := o.flagSet()
	switch err := flags.Parse(app.Args); {
	case errors.Is(err, pflag.ErrHelp):
		return help(app, o)
	case err != nil:
		return usage(app, o, withSuggestion(err, flags))
	}
	return Run(app, o, flags.Args())
}

// Run runs the app's plan with these options and values of the parameters of
// main, each written name=value, and gives the exit status.
func Run(app App, o *Options, params []string) int {
	p, hash, err := app.plan()
	if err != nil {
		return usage(app, o, err)
	}
	values, err := parseParams(p, params)
	if err != nil {
		return usage(app, o, err)
	}
	if err := app.complete(p); err != nil {
		return usage(app, o, err)
	}
	return supervised(app, o, p, hash, values)
}

// plan finds the plan to run, and gives its hash.
func (a *App) plan() (*spec.Plan, string, error) {
	data, err := a.planData()
	if err != nil {
		return nil, "", err
	}
	p, err := plan.Decode(data)
	if err != nil {
		return nil, "", err
	}
	return p, plan.Hash(p), nil
}

var errNoPlan = errors.New("this program holds no plan; run it by \"opencore run\", or let \"opencore compile\" write one that does")

func (a *App) planData() ([]byte, error) {
	if a.Plan != nil {
		return a.Plan, nil
	}
	if data, ok, err := inheritedPlan(); ok || err != nil {
		return data, err
	}
	path, err := os.Executable()
	if err != nil {
		return nil, err
	}
	data, ok, err := plan.Appended(path)
	if err == nil && !ok {
		err = errNoPlan
	}
	return data, err
}

// usage says what is wrong about how the program was called.
func usage(app App, o *Options, err error) int {
	display.Problem(app.Stderr, err, o.look(app.Stderr))
	return statusUsage
}
