package interp

import (
	"fmt"
	"path"
	"strings"
	"text/tabwriter"

	"github.com/ilpomo/opencore/internal/printable"
	"github.com/ilpomo/opencore/interp/plan"
	"github.com/ilpomo/opencore/runtime/spec"
)

// help tells how the app is called, on standard output.
func help(app App, o *Options) int {
	p, _, err := app.plan()
	if err != nil {
		return usage(app, o, err)
	}
	if _, err := app.Stdout.WriteString(helpText(p, o)); err != nil {
		return statusFailed
	}
	return 0
}

func helpText(p *spec.Plan, o *Options) string {
	var b strings.Builder
	name := printable.Text(p.Program)
	fmt.Fprintf(&b, "%s runs the program %s.\n\n", name, printable.Text(path.Base(p.File)))
	fmt.Fprintf(&b, "Usage:\n  %s [flags]%s\n", name, map[bool]string{true: " [name=value...]"}[len(p.Params) > 0])
	if len(p.Params) > 0 {
		b.WriteString("\nParameters:\n")
		t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		for _, param := range p.Params {
			cells := []string{param.Name, param.Type, given(param), firstLine(param.Doc)}
			for i := range cells {
				cells[i] = printable.Text(cells[i])
			}
			fmt.Fprintln(t, strings.TrimRight("  "+strings.Join(cells, "\t"), "\t "))
		}
		t.Flush()
	}
	fmt.Fprintf(&b, "\nFlags:\n%s", o.flagSet().FlagUsages())
	b.WriteString("\nExit status: 0 done and nothing lost, 2 the command line is wrong, 3 the run failed\nor messages were lost, 4 it was stopped and something was left.\n")
	return b.String()
}

// given says whether a parameter must be given.
func given(param spec.Name) string {
	if param.Value == nil {
		return "required"
	}
	return "default " + plan.Literal(param)
}

func firstLine(doc string) string {
	line, _, _ := strings.Cut(doc, "\n")
	return line
}
