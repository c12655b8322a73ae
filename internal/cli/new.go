package cli

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/ilpomo/opencore/interp/build"
)

const newHelp = `New makes a folder with a project that runs at once: a graph, an actor in Go,
a test of it, and a go.mod that resolves.`

func (c *command) newVerb() *cobra.Command {
	return &cobra.Command{
		Use:     "new NAME",
		Short:   "start a project that runs at once",
		Long:    newHelp,
		Example: "  opencore new hello\n  cd hello\n  opencore run",
		Args:    oneName,
		RunE: func(_ *cobra.Command, args []string) error {
			folder := filepath.Clean(args[0])
			if err := build.New(folder, filepath.Base(folder)); err != nil {
				return worldly(err)
			}
			fmt.Fprintf(c.out, "%s is made. Now:\n\n    cd %s\n    opencore run\n    go test ./...\n", folder, folder)
			return nil
		},
	}
}

func oneName(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("%s needs one name: opencore new hello", cmd.Name())
	}
	return nil
}
