package plan

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/ilpomo/opencore/internal/printable"
	"github.com/ilpomo/opencore/runtime/spec"
)

// Explain tells the plan in words: what runs, who binds and who connects, what
// each wire carries, and where its filter runs and why. m is what was measured
// in a run of it, and stands beside it: which processes were busy, and for each
// wire how many messages a second came through and how long each took; nil if
// nothing was. It fails only where w does.
func Explain(w io.Writer, p *spec.Plan, m *Measured) error {
	e := &explainer{plan: p, measured: m}
	e.head()
	e.measurements()
	e.parameters()
	e.processes()
	e.wires()
	e.endings()
	_, err := w.Write(e.b.Bytes())
	return err
}

// An explainer collects the text; writing to its buffer can't fail.
type explainer struct {
	plan     *spec.Plan
	measured *Measured // nil: nothing was
	b        bytes.Buffer
}

// line writes a line. What it names is the plan's, which may come from anywhere.
func (e *explainer) line(format string, args ...any) {
	for i, arg := range args {
		if text, ok := arg.(string); ok {
			args[i] = printable.Text(text)
		}
	}
	fmt.Fprintf(&e.b, format+"\n", args...)
}

// table writes rows of cells in columns.
func (e *explainer) table(rows [][]string) {
	t := tabwriter.NewWriter(&e.b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		for i, cell := range row {
			row[i] = printable.Text(cell)
		}
		fmt.Fprintln(t, strings.TrimRight("  "+strings.Join(row, "\t"), "\t"))
	}
	t.Flush()
}

func (e *explainer) head() {
	e.line("%s (%s): %s, %s", e.plan.Program, e.plan.File,
		count(len(e.plan.Processes), "process", "processes"), count(len(e.plan.Wires), "wire", "wires"))
	if e.plan.Handlers {
		e.line("It has handlers in Go, so a binary that holds them runs it.")
	}
}

func (e *explainer) parameters() {
	if len(e.plan.Params) == 0 {
		return
	}
	e.line("\nparameters, given as name=value")
	var rows [][]string
	for _, p := range e.plan.Params {
		text := "must be given"
		if p.Value != nil {
			text = "default " + Literal(p)
		}
		summary, _, _ := strings.Cut(p.Doc, "\n")
		rows = append(rows, []string{p.Name, p.Type, text, summary})
	}
	e.table(rows)
}

// Literal writes a parameter's default as the language does.
func Literal(p spec.Name) string {
	var nanoseconds int64
	if strings.TrimSuffix(p.Type, "?") == "duration" && json.Unmarshal(p.Value, &nanoseconds) == nil {
		return spec.Duration(nanoseconds).String()
	}
	return string(p.Value)
}

// processes tells the instances in the order of the start: sinks first.
func (e *explainer) processes() {
	e.line("\nprocesses, in the order in which they are told to go: sinks first, so that")
	e.line("nobody speaks before everyone who hears it is there")
	var rows [][]string
	for _, id := range e.plan.Start {
		p := e.plan.Processes[id]
		if p.Replica > 0 {
			continue
		}
		rows = append(rows, []string{p.Instance, p.Actor, replicas(p), role(p), restart(p.Restart), p.Place})
	}
	e.table(rows)
	e.programs()
	e.groups()
}

// programs tells which actors are programs.
func (e *explainer) programs() {
	var rows [][]string
	for _, p := range e.plan.Processes {
		if p.Exec == nil || p.Replica > 0 {
			continue
		}
		speaks := "speaks our protocol, as docs/protocol.md has it"
		if p.Exec.Lines {
			speaks = "reads and writes JSON lines"
		}
		rows = append(rows, []string{p.Instance, "program " + commandLine(p.Exec.Command), speaks})
	}
	if rows != nil {
		e.line("\nprograms, each under a process of ours")
		e.table(rows)
	}
}

// commandLine writes a command as it could be typed.
func commandLine(command []string) string {
	words := make([]string, len(command))
	for i, word := range command {
		if words[i] = word; word == "" || strings.ContainsAny(word, " \t\n\"'\\$|&;<>()*?`") {
			words[i] = strconv.Quote(word)
		}
	}
	return strings.Join(words, " ")
}

// groups tells which processes share one OS process.
func (e *explainer) groups() {
	members := map[string][]string{}
	for _, p := range e.plan.Processes {
		if p.Group != "" {
			members[p.Group] = append(members[p.Group], p.Title())
		}
	}
	if len(members) == 0 {
		return
	}
	e.line("\nin one OS process, restarted as one; what passes between them never leaves it")
	var rows [][]string
	for _, name := range slices.Sorted(maps.Keys(members)) {
		rows = append(rows, []string{name, join(members[name])})
	}
	e.table(rows)
}

func replicas(p *spec.Process) string { return count(p.Replicas, "process", "processes") }

func role(p *spec.Process) string {
	outs := 0
	for _, o := range p.Outs {
		if o.Pattern != "pair" { // which receives too
			outs += len(o.Wires)
		}
	}
	switch {
	case p.Endless:
		return "endless source"
	case p.Source:
		return "source"
	case p.Cycle != 0:
		return fmt.Sprintf("on cycle %d", p.Cycle)
	case outs == 0:
		return "sink"
	default:
		return "in between"
	}
}

func restart(r spec.Restart) string {
	if r.Policy == "never" {
		return "never restarted"
	}
	return fmt.Sprintf("restart %s, at most %d in %s", r.Policy, r.Max, r.Within)
}

// endings tells how the run comes to its end.
func (e *explainer) endings() {
	e.line("\nend")
	finite, endless, cycles := e.kinds()
	switch {
	case len(finite) == 0:
		e.line("  It has no source that ends, so it runs until it is stopped.")
	default:
		e.line("  It ends when %s ended and all messages have reached a sink.", have(finite))
		if len(endless) > 0 {
			e.line("  Then %s told to stop.", are(endless))
		}
		if outside := e.outside(); len(outside) > 0 {
			e.line("  Then nothing more is taken from %s.", join(outside))
		}
	}
	for n, members := range cycles {
		e.line("  %s on cycle %d: they end together, when nothing is on its way between them.", join(members), n+1)
	}
}

// kinds sorts the instances by what they mean for the end of a run.
func (e *explainer) kinds() (finite, endless []string, cycles [][]string) {
	for _, p := range e.plan.Processes {
		switch {
		case p.Replica > 0:
		case p.Endless:
			endless = append(endless, p.Instance)
		case p.Source && p.Restart.Policy == "always": // it begins anew instead
		case p.Source:
			finite = append(finite, p.Instance)
		case p.Cycle > 0:
			for len(cycles) < p.Cycle {
				cycles = append(cycles, nil)
			}
			cycles[p.Cycle-1] = append(cycles[p.Cycle-1], p.Instance)
		}
	}
	return finite, endless, cycles
}

// outside names those who send from elsewhere.
func (e *explainer) outside() []string {
	var names []string
	for _, w := range e.plan.Wires {
		if name := cmp.Or(w.From.Instance, w.From.Port); w.From.External && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func have(names []string) string {
	if len(names) == 1 {
		return names[0] + " has"
	}
	return join(names) + " have"
}

func are(names []string) string {
	if len(names) == 1 {
		return names[0] + " is"
	}
	return join(names) + " are"
}

func join(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

func verb(e spec.End, one, many string) string {
	if e.Replicas == 1 {
		return e.Instance + " " + one
	}
	return fmt.Sprintf("the %d replicas of %s %s", e.Replicas, e.Instance, many)
}

func count(n int, one, many string) string {
	return grouped(n) + " " + map[bool]string{true: one, false: many}[n == 1]
}

// grouped writes a number with a comma every three digits.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// bytesText writes a size in the largest unit that divides it.
func bytesText(n int) string {
	for _, u := range []struct {
		size int
		name string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if n%u.size == 0 {
			return strconv.Itoa(n/u.size) + " " + u.name
		}
	}
	return grouped(n) + " bytes"
}
