package supervise

import "github.com/ilpomo/opencore/runtime/spec"

// This file is all that running knows of the standard library: which of its
// actors use the standard input and output of the run.

// stdStream is the path that stands for standard input, or output.
const stdStream = "-"

// pathOf gives the argument path of a process; false if it has none.
func pathOf(p *spec.Process) (spec.Value, bool) {
	for _, arg := range p.Args {
		if arg.Name == "path" {
			return arg.Value, true
		}
	}
	return spec.Value{}, false
}

// readsStdin reports whether a process reads the run's standard input.
func (r *run) readsStdin(p *spec.Process) bool {
	at, ok := pathOf(p)
	if p.Actor != "file.Lines" || !ok {
		return false
	}
	text, ok := r.text(at)
	return ok && text == stdStream
}

// WritesStdout reports whether a standard actor of the plan writes to the
// run's standard output, or may: what a path is can depend on the run.
func WritesStdout(p *spec.Plan) bool {
	for _, proc := range p.Processes {
		at, ok := pathOf(proc)
		switch {
		case proc.Actor == "log.Print":
			return true
		case proc.Actor == "file.Write" && ok && (at.Const == nil || string(at.Const) == `"`+stdStream+`"`):
			return true
		}
	}
	return false
}
