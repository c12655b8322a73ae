package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/ilpomo/opencore/internal/doctor"
	"github.com/ilpomo/opencore/internal/printable"
	"github.com/ilpomo/opencore/interp"
	"github.com/ilpomo/opencore/interp/plan"
	"github.com/ilpomo/opencore/lang"
	"github.com/ilpomo/opencore/runtime/spec"
)

const doctorHelp = `Doctor says what on this machine stands in the way of a run, and the way out:
what its libzmq can do, limits, the folder for runs, and the tools that
handlers in Go are built with. With a program, or in a folder that has one, it
also says which of the program's needs are not met: files and folders,
variables of the environment, programs of exec actors, and addresses that
can't be bound. name=value sets a parameter of graph main, as for run.

One line for each check: ok, problem, or note for what is missing and not
needed. It ends with status 1 if there is a problem. Nothing is started, and
nothing is changed.`

const doctorExamples = `  opencore doctor                          the machine, and the program in this folder
  opencore doctor quakes.actors least=4.5
  opencore doctor --json                   for tools`

func (c *command) doctorVerb() *cobra.Command {
	cmd := &cobra.Command{
		Use:               "doctor [FILE] [name=value...]",
		Short:             "say what on this machine stands in the way of a run",
		Long:              doctorHelp,
		Example:           doctorExamples,
		ValidArgsFunction: completeRun,
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := c.patient(args)
			if err != nil {
				return err
			}
			o.Getenv = os.LookupEnv
			return c.prognosis(doctor.Examine(cmd.Context(), o))
		},
	}
	c.jsonFlag(cmd)
	return cmd
}

// patient finds the program that is asked about. Without arguments it is that
// in the current folder; if there isn't one, only the machine is looked at.
func (c *command) patient(args []string) (doctor.Options, error) {
	file, params, err := splitParams(args)
	if err != nil {
		return doctor.Options{}, err
	}
	if programs, err := programsIn("."); err == nil && len(programs) == 0 && len(args) == 0 {
		return doctor.Options{}, nil
	}
	p, err := c.planOf(file)
	if err != nil {
		return doctor.Options{}, err
	}
	values, wrong := interp.Params(p, params)
	return doctor.Options{Plan: p, Values: values, Params: wrong}, nil
}

// planOf gives the plan of a program, or reads that of a compiled one.
func (c *command) planOf(name string) (*spec.Plan, error) {
	if strings.HasSuffix(name, planExtension) {
		p, _, err := readPlan(name)
		return p, err
	}
	src, err := c.runnable(lang.LoadToShow, name)
	if err != nil {
		return nil, err
	}
	return plan.Build(src.program), nil
}

// prognosis prints what was found.
func (c *command) prognosis(findings []doctor.Finding) error {
	err := error(nil)
	if c.json {
		encoder := json.NewEncoder(c.out)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(findings)
	} else {
		err = c.printFindings(findings)
	}
	if err != nil {
		return failure{err}
	}
	if problems(findings) > 0 {
		return status(statusFindings)
	}
	return nil
}

func (c *command) printFindings(findings []doctor.Finding) error {
	t := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	for _, f := range findings {
		fmt.Fprintf(t, "%s\t%s\t%s\n", f.State, printable.Text(f.Check), printable.Text(said(f)))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	last := "all is well"
	if n := problems(findings); n > 0 {
		last = count(n, "problem")
	}
	_, err := fmt.Fprintln(c.out, last)
	return err
}

// said is a finding in a line: with its place and the way out if it is a
// problem.
func said(f doctor.Finding) string {
	line := strings.ReplaceAll(f.Found, "\n", "; ")
	if f.State == doctor.Problem && f.Place != "" {
		line += " (" + f.Place + ")"
	}
	if f.State != doctor.OK && f.Help != "" {
		line += ": " + f.Help
	}
	return line
}

func problems(findings []doctor.Finding) int {
	n := 0
	for _, f := range findings {
		if f.State == doctor.Problem {
			n++
		}
	}
	return n
}
