package display

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/fatih/color"

	"github.com/ilpomo/opencore/internal/printable"
	"github.com/ilpomo/opencore/interp/supervise"
	"github.com/ilpomo/opencore/runtime/spec"
)

// A text shows a run as lines for people.
type text struct {
	w       io.Writer
	plan    *spec.Plan
	color   bool
	width   int // of the column of titles
	colors  map[string]*color.Color
	bar     bar
	drained bool              // the run is, or was
	lined   time.Duration     // when the last line of progress was written
	crash   supervise.Crashed // the last
	shown   map[string]string // title -> reason whose stack was shown last
}

// palette holds the colours that tell instances apart; red and yellow are for
// what is wrong.
var palette = []color.Attribute{
	color.FgCyan, color.FgGreen, color.FgMagenta, color.FgBlue,
	color.FgHiCyan, color.FgHiGreen, color.FgHiMagenta, color.FgHiBlue,
}

// maxTitle bounds the column of titles; a longer one pushes its line aside.
const maxTitle = 20

func newText(w io.Writer, p *spec.Plan, o Options) *text {
	t := &text{w: w, plan: p, color: o.Color, colors: map[string]*color.Color{}, shown: map[string]string{}}
	t.bar = bar{w: w, on: o.Terminal, color: o.Color}
	for _, proc := range p.Processes {
		for _, name := range []string{named(proc), printable.Text(proc.Group)} {
			t.width = max(t.width, min(utf8.RuneCountInString(name), maxTitle))
		}
		if t.colors[proc.Instance] == nil {
			t.colors[proc.Instance] = color.New(palette[len(t.colors)%len(palette)])
		}
	}
	return t
}

// named gives a process's title as it may be shown: a plan may come from
// anywhere.
func named(p *spec.Process) string { return printable.Text(p.Title()) }

// paint colours s where colours are on.
func (t *text) paint(c *color.Color, s string) string {
	if !t.color || c == nil {
		return s
	}
	c.EnableColor()
	return c.Sprint(s)
}

var (
	red    = color.New(color.FgRed, color.Bold)
	yellow = color.New(color.FgYellow)
	faint  = color.New(color.Faint)
)

// print writes lines of ours, in the place of the bar.
func (t *text) print(lines ...string) {
	t.bar.clear()
	io.WriteString(t.w, strings.Join(lines, "\n")+"\n")
}

// said writes a line about a process, with its prefix.
func (t *text) said(p *spec.Process, at time.Time, line string) {
	t.print(strings.TrimRight(t.prefix(p.Title(), p.Instance, at)+line, " "))
}

// prefix begins a line about who has this name, in the colour of the instance.
func (t *text) prefix(name, instance string, at time.Time) string {
	title := fmt.Sprintf("%-*s", t.width, printable.Text(name))
	return t.paint(faint, at.Local().Format("15:04:05")) + " " + t.paint(t.colors[instance], title) + "  "
}

// Event implements [Display].
func (t *text) Event(e supervise.Event) {
	switch e := e.(type) {
	case supervise.Log:
		t.print(strings.TrimRight(t.log(e), " "))
	case supervise.Listening:
		t.print(listening(e))
	case supervise.Running:
		if untilStopped(t.plan) {
			t.print("running until it is stopped, by Ctrl-C or SIGTERM")
		}
	case supervise.Crashed:
		t.crashed(e)
	case supervise.Restarting:
		t.restarting(e)
	case supervise.Progress:
		t.progress(e)
	case supervise.Draining:
		t.drained = true
		t.print(draining(e))
	case supervise.Terminating:
		if len(e.Left) > 0 && (t.drained || e.Kill) { // else only the start is interrupted
			t.print(t.paint(yellow, terminating(e)))
		}
	}
}

// listening says where foreign peers find a port.
func listening(l supervise.Listening) string {
	port := func(e spec.End) string { return printable.Text(e.Instance + "." + e.Port) }
	ours, theirs, at := l.Wire.To, l.Wire.From, printable.Text(l.Endpoint)
	if !theirs.External {
		ours, theirs = theirs, ours
	}
	if l.Wire.Exposed {
		return fmt.Sprintf("exposed %s at %s", port(ours), at)
	}
	return fmt.Sprintf("%s waits for %s at %s", port(ours), port(theirs), at)
}

// untilStopped reports whether a plan has no source that ends.
func untilStopped(p *spec.Plan) bool {
	return !slices.ContainsFunc(p.Processes, func(one *spec.Process) bool {
		return one.Source && (!one.Endless && one.Restart.Policy != "always")
	})
}

// log is one record of the log: a line, and what a message of several lines has
// besides, like a traceback, indented below it.
func (t *text) log(l supervise.Log) string {
	message, rest, _ := strings.Cut(strings.TrimRight(l.Record.Message, "\n"), "\n")
	line := printable.Text(message) + attributes(l.Record.Attrs)
	switch {
	case l.Stderr:
		line = t.paint(faint, line)
	case l.Record.Level == "ERROR":
		line = t.paint(red, "error") + " " + line
	case l.Record.Level == "WARN":
		line = t.paint(yellow, "warning") + " " + line
	case l.Record.Level == "DEBUG":
		line = t.paint(faint, "debug "+line)
	}
	if rest != "" {
		for more := range strings.SplitSeq(rest, "\n") {
			line += "\n    " + printable.Text(more)
		}
	}
	if l.Group != "" {
		return t.prefix(l.Group, "", l.Record.Time) + line
	}
	return t.prefix(l.Process.Title(), l.Process.Instance, l.Record.Time) + line
}

// crashed tells of a crash.
func (t *text) crashed(c supervise.Crashed) {
	what := "crashed"
	if c.Starting {
		what = "failed to start"
	}
	t.crash = c
	t.said(c.Process, time.Now(), t.paint(red, what)+": "+printable.Text(c.Reason))
}

// restarting tells what follows a crash, with the crash's stack unless it was
// the same last time. Where nothing follows, the report at the end has it.
func (t *text) restarting(r supervise.Restarting) {
	title := r.Process.Title()
	if t.crash.Process == r.Process && t.crash.Stack != "" && t.shown[title] != t.crash.Reason {
		t.print(stack(t.crash.Stack)...)
		t.shown[title] = t.crash.Reason
	}
	t.said(r.Process, time.Now(), fmt.Sprintf("starts again in %s (%d of at most %d in %s)",
		short(r.In), r.Restart, r.Max, r.Process.Restart.Within))
}

// maxStack is how many lines of a stack are shown: with the rest of a report,
// one screen.
const maxStack = 16

// stack gives the lines of a stack, indented, without the frames by which a
// panic is noticed: those up to the one of panic itself.
func stack(s string) []string {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	if i := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "panic(") }); i >= 0 && i+2 < len(lines) {
		lines = lines[i+2:]
	}
	more := len(lines) - maxStack
	if more > 0 {
		lines = lines[:maxStack]
	}
	for i, line := range lines {
		lines[i] = strings.TrimRight("    "+printable.Text(line), " ")
	}
	if more > 0 {
		lines = append(lines, fmt.Sprintf("    … %d lines more", more))
	}
	return lines
}

func draining(d supervise.Draining) string {
	if d.Why == supervise.Failed {
		return fmt.Sprintf("the run fails; what is on its way is drained, within %s", d.Within)
	}
	return fmt.Sprintf("stopping: what is on its way is drained, within %s; Ctrl-C again ends it at once", d.Within)
}

func terminating(e supervise.Terminating) string {
	var titles []string
	for i, p := range e.Left {
		if i == 10 {
			titles = append(titles, fmt.Sprintf("%d more", len(e.Left)-i))
			break
		}
		titles = append(titles, named(p))
	}
	how := "ending"
	if e.Kill {
		how = "killing"
	}
	return how + " " + strings.Join(titles, ", ")
}

// progress moves the bar, or writes a line now and then: the longer the run,
// the more seldom, so that what runs for weeks doesn't fill a disk.
func (t *text) progress(p supervise.Progress) {
	pause := max(lineEvery*9/10, min(t.lined/2, time.Hour)) // reports don't come on the dot
	if t.bar.show(p) || p.Took-t.lined < pause {
		return
	}
	t.lined = p.Took
	line := fmt.Sprintf("running for %s: %s", p.Took.Round(time.Second), sum(p.Totals))
	if p.Total > 0 {
		line += fmt.Sprintf(", %d %% of %s", 100*p.Done/p.Total, bytesText(p.Total))
	}
	t.print(line)
}

// sum is what the last line of a run says.
func sum(t supervise.Totals) string {
	return fmt.Sprintf("read %s, rejected %s, dropped %s, lost %s", grouped(t.Read), grouped(t.Rejected), grouped(t.Dropped), grouped(t.Lost))
}

// Dropped implements [Display].
func (t *text) Dropped(records int) {
	t.print(t.paint(yellow, "warning") + fmt.Sprintf(" more was logged than was read here; %s lines are not shown", grouped(records)))
}

// Result implements [Display].
func (t *text) Result(r *supervise.Result) {
	t.bar.clear()
	if r.Failure != nil && !r.Failure.Config {
		t.print(t.report(r.Failure)...)
	}
	if table := t.table(r); len(table) > 0 {
		t.print(table...)
	}
	if r.Totals.Surplus > 0 {
		t.print(t.paint(red, "this is a bug of opencore, please report it") +
			fmt.Sprintf(": the wires account for %s more than they were offered", grouped(r.Totals.Surplus)))
	}
	t.print(t.last(r))
}

// last is the last line of a run.
func (t *text) last(r *supervise.Result) string {
	switch took := short(r.Took); {
	case r.Failure != nil:
		return t.paint(red, "failed") + " after " + took + ": " + blame(r.Failure)
	case r.Outcome == supervise.Stopped && r.Totals.Left > 0:
		return fmt.Sprintf("stopped after %s: %s, left %s", took, sum(r.Totals), grouped(r.Totals.Left))
	case r.Outcome == supervise.Stopped:
		return fmt.Sprintf("stopped after %s: %s", took, sum(r.Totals))
	default:
		return fmt.Sprintf("done in %s: %s", took, sum(r.Totals))
	}
}

// blame says in one line who failed, where that stands in the source, and
// why.
func blame(f *supervise.Failure) string {
	reason := printable.Text(f.Reason)
	if f.Hint != "" {
		reason += " (" + printable.Text(f.Hint) + ")"
	}
	if f.Param != "" && f.Config {
		reason = printable.Text(f.Param) + ": " + reason
	}
	if f.Process == nil {
		return reason
	}
	return fmt.Sprintf("%s (%s): %s", named(f.Process), printable.Text(cmp.Or(f.Place, f.Process.Place)), reason)
}

// report is what is to be known of a failure, on one screen.
func (t *text) report(f *supervise.Failure) []string {
	what := "failed"
	if f.Starting {
		what = "failed to start"
	}
	var lines []string
	if f.Process != nil {
		lines = append(lines, "", fmt.Sprintf("%s %s, %s", t.paint(red, named(f.Process)), what, printable.Text(f.Place)))
	}
	lines = append(lines, "  "+printable.Text(f.Reason))
	if f.Restarts > 0 {
		lines = append(lines, fmt.Sprintf("  it had been started again %d times within %s", f.Restarts, f.Process.Restart.Within))
	}
	if f.Stack != "" {
		lines = append(lines, stack(f.Stack)...)
	}
	if len(f.Log) > 0 {
		lines = append(lines, "  the last that it said:")
	}
	for _, l := range f.Log {
		lines = append(lines, "    "+t.log(l))
	}
	return append(lines, "")
}
