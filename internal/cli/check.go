package cli

import (
	"github.com/spf13/cobra"

	"github.com/ilpomo/opencore/lang/diag"
)

const checkHelp = `Check reads a program with all that it uses and says everything that is wrong
with it at once: how it is written, names and types, wires, filters, and Go
handlers that do not fit their ports. Nothing is built and nothing is started;
it needs neither a Go toolchain nor libzmq.

It ends with status 1 on errors and 0 on warnings alone; with --strict, 1 on
both. "opencore explain CODE" says more about a finding.`

const checkExamples = `  opencore check                    the one program in this folder
  opencore check quakes.actors
  opencore check --json *.actors    for tools`

func (c *command) checkVerb() *cobra.Command {
	var strict bool
	cmd := &cobra.Command{
		Use:               "check [FILE...]",
		Short:             "say everything that is wrong with a program",
		Long:              checkHelp,
		Example:           checkExamples,
		ValidArgsFunction: completePrograms,
		RunE: func(_ *cobra.Command, args []string) error {
			return c.check(args, strict)
		},
	}
	c.jsonFlag(cmd)
	cmd.Flags().BoolVar(&strict, "strict", false, "end with status 1 on warnings too")
	return cmd
}

func (c *command) check(args []string, strict bool) error {
	var all diag.List
	for _, arg := range orHere(args) {
		src, err := load(arg)
		if err != nil {
			return err
		}
		all = append(all, src.findings...)
		if !c.json {
			err = c.show(src)
		}
		if err != nil {
			return failure{err}
		}
	}
	if c.json {
		if err := diag.JSON(c.out, all); err != nil {
			return failure{err}
		}
	}
	if all.HasErrors() || strict && len(all) > 0 {
		return status(statusFindings)
	}
	return nil
}
