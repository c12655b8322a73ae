// Package cli is the opencore command as people type it: verbs, flags, help
// texts, exit statuses, and what is printed where. It decides nothing about
// the language or about a run; each verb asks the package whose job it is.
// Read [Main] first; each verb has a file of its own.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ilpomo/opencore/internal/printable"
	"github.com/ilpomo/opencore/interp"
	"github.com/ilpomo/opencore/runtime"
)

// Exit statuses. Those of a run, 0, 3 and 4 among them, are package interp's.
const (
	statusDone     = 0
	statusFindings = 1 // the program has errors, or something is not as it should be
	statusUsage    = 2 // the command line is wrong
	statusFailed   = 3 // the world is wrong: a file that can't be written
)

// Main runs the command with the arguments behind its name and gives its exit
// status. Results go to stdout; findings, progress and errors to stderr.
func Main(args []string, stdin, stdout, stderr *os.File) int {
	c := &command{in: stdin, out: stdout, err: stderr}
	if runtime.IsChild() {
		return interp.Main(c.app())
	}
	root := c.root()
	root.SetArgs(args)
	return c.report(root.ExecuteContext(context.Background()))
}

// A command is what verbs share: the streams they talk to.
type command struct {
	in, out, err *os.File
	json         bool // print findings as JSON
}

// A status is the error of a verb that has said all there is to say.
type status int

func (s status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// A failure is an error that is not about the command line.
type failure struct{ error }

func (f failure) Unwrap() error { return f.error }

// worldly makes an error a failure if a file is to blame.
func worldly(err error) error {
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return failure{err}
	}
	return err
}

// report prints what has not been said yet about an error and gives the exit
// status that goes with it.
func (c *command) report(err error) int {
	var s status
	var f failure
	switch {
	case err == nil:
		return statusDone
	case errors.As(err, &s):
		return int(s)
	case errors.As(err, &f):
		c.say(err)
		return statusFailed
	default:
		c.say(err)
		return statusUsage
	}
}

// say prints an error. It may hold what users typed and what other programs
// wrote.
func (c *command) say(err error) {
	lines := strings.Split(err.Error(), "\n")
	for i, line := range lines {
		lines[i] = printable.Text(line)
	}
	fmt.Fprintf(c.err, "error: %s\n", strings.Join(lines, "\n"))
}

const rootHelp = `opencore checks, compiles and runs .actors programs: graphs of actors that
talk over ZeroMQ, each a process of its own.

Start with a project that runs at once:

    opencore new hello
    cd hello
    opencore run

A verb without a file takes the one program in the current folder. Exit
statuses: 0 all is well, 1 the program has errors, 2 the command line is
wrong, 3 the run failed or messages were lost, 4 it was stopped and something
was left undone.`

func (c *command) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "opencore",
		Short:         "graphs of actors over ZeroMQ, checked, compiled and supervised",
		Long:          rootHelp,
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownVerb(cmd, args[0])
			}
			return cmd.Help()
		},
	}
	root.SetIn(c.in)
	root.SetOut(c.out)
	root.SetErr(c.err)
	root.SetFlagErrorFunc(unknownFlag)
	root.SetHelpTemplate(helpTemplate)
	root.SetHelpCommand(helpVerb())
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(c.newVerb(), c.checkVerb(), c.runVerb(), c.compileVerb(), c.fmtVerb(), c.explainVerb(), c.docVerb(), c.graphVerb(), c.doctorVerb(), c.lspVerb(), c.versionVerb(), c.completionVerb())
	return root
}

// jsonFlag gives a verb the flag --json.
func (c *command) jsonFlag(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&c.json, "json", false, "print findings as JSON, to stdout")
}
