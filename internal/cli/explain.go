package cli

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ilpomo/opencore/interp"
	"github.com/ilpomo/opencore/interp/plan"
	"github.com/ilpomo/opencore/lang"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/runtime/spec"
)

const explainHelp = `Explain CODE says what a diagnostic means, with a program that provokes it and
the way to mend it.

Explain FILE tells what "opencore run" would do, in words: the processes, the
wires between them, who binds, where each filter runs and why, and how much a
queue may hold. FILE may also be a plan. Nothing is started.

With --analyze it is run, and what was measured stands beside it: who was busy,
how many messages a second came through each wire, and how long they were on
their way. What actors print is discarded; all else they do, they do. --for
stops a program that does not end.

Explain NAME prints the reference of a standard actor, as "opencore doc" does.`

const explainExamples = `  opencore explain OC203
  opencore explain file.Lines
  opencore explain quakes.actors
  opencore explain --analyze quakes.actors least=4.5
  opencore explain --analyze --for 10s market.actors
  opencore explain                  the one program in this folder`

func (c *command) explainVerb() *cobra.Command {
	opts := &interp.Options{}
	cmd := &cobra.Command{
		Use:               "explain [CODE | NAME | FILE] [name=value...]",
		Short:             "tell what a diagnostic means, a standard actor does, or a program would do",
		Long:              explainHelp,
		Example:           explainExamples,
		ValidArgsFunction: completeExplain,
		RunE: func(cmd *cobra.Command, args []string) error {
			if opts.Analyze {
				return c.run(cmd.Context(), opts, false, args)
			}
			if err := atMost(1)(cmd, args); err != nil {
				return err
			}
			if opts.For > 0 {
				return errors.New("--for goes with --analyze: without it nothing is run")
			}
			arg := orHere(args)[0]
			standard := standardName(arg)
			switch {
			case isCode(arg):
				return c.explainCode(arg)
			case strings.HasSuffix(arg, planExtension):
				return c.explainPlan(arg)
			case standard != "":
				page, err := standardPage(standard)
				if err != nil {
					return err
				}
				return c.printPage(page, false)
			default:
				return c.explainProgram(arg)
			}
		},
	}
	c.jsonFlag(cmd)
	opts.AddFlags(cmd.Flags())
	opts.AddAnalyze(cmd.Flags())
	completeFlags(cmd)
	return cmd
}

var codeForm = regexp.MustCompile(`(?i)^(OC)?[0-9]{1,4}$`)

// isCode reports whether arg is meant as a code: "OC203", "oc203" or "203".
func isCode(arg string) bool { return codeForm.MatchString(arg) && !isFile(arg) }

func (c *command) explainCode(arg string) error {
	code := "OC" + strings.TrimPrefix(strings.ToUpper(arg), "OC")
	page, ok := diag.Explain(diag.Code(code))
	if !ok {
		all := codes()
		return fmt.Errorf("there is no diagnostic %s; they go from %s to %s", code, all[0], all[len(all)-1])
	}
	fmt.Fprintln(c.out, strings.TrimSpace(page))
	return nil
}

func (c *command) explainProgram(arg string) error {
	src, err := c.runnable(lang.LoadToShow, arg)
	if err != nil {
		return err
	}
	return c.tell(plan.Build(src.program))
}

func (c *command) explainPlan(file string) error {
	p, _, err := readPlan(file)
	if err != nil {
		return err
	}
	return c.tell(p)
}

func (c *command) tell(p *spec.Plan) error {
	if err := plan.Explain(c.out, p, nil); err != nil {
		return failure{err}
	}
	return nil
}

func codes() []string {
	var list []string
	for _, code := range diag.Codes() {
		list = append(list, string(code))
	}
	return list
}

// completeExplain offers codes or names of the standard library to the shell
// once one has been begun, else files.
func completeExplain(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	if strings.HasPrefix(begun, "OC") {
		return codes(), cobra.ShellCompDirectiveNoFileComp
	}
	if pack, _, ok := strings.Cut(begun, "."); ok {
		if names := standardNames(pack); len(names) > 0 {
			return names, cobra.ShellCompDirectiveNoFileComp
		}
	}
	return completePrograms(cmd, args, begun)
}
