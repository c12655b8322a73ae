package cli

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/ilpomo/opencore/interp/build"
)

const newHelp = `New makes a folder with a project that runs at once: a graph, an actor in Go,
a test of it, and a go.mod that resolves. With --python the actor is in Python;
what it imports is installed into .venv there, unless the shell's python3 has
it.`

func (c *command) newVerb() *cobra.Command {
	var python bool
	cmd := &cobra.Command{
		Use:     "new NAME",
		Short:   "start a project that runs at once",
		Long:    newHelp,
		Example: "  opencore new hello\n  cd hello\n  opencore run",
		Args:    oneName,
		RunE: func(cmd *cobra.Command, args []string) error {
			folder := filepath.Clean(args[0])
			if python {
				return c.newPython(cmd.Context(), folder)
			}
			if err := build.New(folder, filepath.Base(folder)); err != nil {
				return worldly(err)
			}
			c.sayMade(folder, "go test ./...")
			return nil
		},
	}
	cmd.Flags().BoolVar(&python, "python", false, "with an actor in Python")
	return cmd
}

func (c *command) newPython(ctx context.Context, folder string) error {
	if err := build.NewPython(folder, filepath.Base(folder)); err != nil {
		return worldly(err)
	}
	python := "python3"
	if !build.HasPythonClient(ctx) {
		fmt.Fprintf(c.err, "installing opencore's Python package, pyzmq, msgspec and pytest into %s\n", filepath.Join(folder, ".venv"))
		if err := build.InstallPython(ctx, folder); err != nil {
			return failure{err}
		}
		python = ".venv/bin/python3"
	}
	c.sayMade(folder, python+" -m pytest")
	return nil
}

func (c *command) sayMade(folder, test string) {
	fmt.Fprintf(c.out, "%s is made. Now:\n\n    cd %s\n    opencore run\n    %s\n", folder, folder, test)
}

func oneName(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("%s needs one name: opencore new hello", cmd.Name())
	}
	return nil
}
