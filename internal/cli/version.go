package cli

import (
	"fmt"
	goruntime "runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/ilpomo/opencore/runtime/zmq"
)

func (c *command) versionVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "print the versions of opencore, Go and libzmq",
		Long:  "Version prints the versions of opencore, of the Go it was built with, and of the libzmq it runs with.",
		Args:  atMost(0),
		RunE: func(*cobra.Command, []string) error {
			fmt.Fprintf(c.out, "opencore %s\n%s %s/%s\nlibzmq %s\n",
				ownVersion(), goruntime.Version(), goruntime.GOOS, goruntime.GOARCH, zmqVersion())
			return nil
		},
	}
}

// ownVersion is the version of the module that this binary was built from:
// a release, or "devel" with the commit where it is known.
func ownVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}

func zmqVersion() string {
	if v := zmq.Version(); v != "" {
		return v
	}
	return "none: this opencore was built without cgo; it checks, formats and explains, but can't run"
}
