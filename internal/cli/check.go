package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/ilpomo/opencore/lang/diag"
)

const checkHelp = `Check reads a program with all that it uses and says everything that is wrong
with it at once: how it is written, names and types, wires, filters, and Go
handlers that do not fit their ports. Nothing is built and nothing is started;
it needs neither a Go toolchain nor libzmq.

It ends with status 1 on errors and 0 on warnings alone; with --strict, 1 on
both. "opencore explain CODE" says more about a finding.

With --fix, what can be meant in one way only, such as a misspelt name, is
written so, in the files of the program; then comes what is left. With
--dry-run too nothing is written: the changes are shown, as a diff, and the
status is 1 if there are any.`

const checkExamples = `  opencore check                    the one program in this folder
  opencore check quakes.actors
  opencore check --json *.actors    for tools
  opencore check --fix --dry-run    what would be changed`

func (c *command) checkVerb() *cobra.Command {
	k := &checking{command: c}
	cmd := &cobra.Command{
		Use:               "check [FILE...]",
		Short:             "say everything that is wrong with a program",
		Long:              checkHelp,
		Example:           checkExamples,
		ValidArgsFunction: completePrograms,
		RunE:              func(_ *cobra.Command, args []string) error { return k.run(args) },
	}
	c.jsonFlag(cmd)
	cmd.Flags().BoolVar(&k.strict, "strict", false, "end with status 1 on warnings too")
	cmd.Flags().BoolVar(&k.fix, "fix", false, "change what can be meant in one way only")
	cmd.Flags().BoolVar(&k.dry, "dry-run", false, "with --fix: show the changes, and write nothing")
	return cmd
}

// A checking is what check is told to do.
type checking struct {
	*command
	strict, fix, dry bool
}

func (k *checking) run(args []string) error {
	if k.dry && !k.fix {
		return errors.New("--dry-run says what --fix would change: write both")
	}
	all, changes, err := k.look(orHere(args))
	if err != nil {
		return err
	}
	if all.HasErrors() || k.strict && len(all) > 0 || k.dry && changes {
		return status(statusFindings)
	}
	return nil
}

// look says what is wrong with programs, after it has mended what is sure if it
// is to. It gives what is left, and whether something was mended.
func (k *checking) look(names []string) (all diag.List, changes bool, err error) {
	f, load := newFixer(k.command, k.dry), load
	if k.fix {
		load = f.fix
	}
	var sources []*source
	for _, name := range names {
		src, err := load(name)
		if err != nil {
			return nil, false, err
		}
		sources, all = append(sources, src), append(all, src.findings...)
	}
	if err := f.report(); err != nil {
		return nil, false, failure{err}
	}
	if err := k.say(f, sources, all); err != nil {
		return nil, false, failure{err}
	}
	return all, len(f.done) > 0, nil
}

func (k *checking) say(f *fixer, sources []*source, all diag.List) error {
	switch {
	case k.json && k.fix:
		return f.reportJSON(all)
	case k.json:
		return diag.JSON(k.out, all)
	}
	for _, src := range sources {
		if err := k.show(src); err != nil {
			return err
		}
	}
	return f.left(all)
}
