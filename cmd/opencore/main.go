// The opencore command: checks, compiles and runs .actors programs. All of
// it is in package internal/cli.
package main

import (
	"os"

	"github.com/ilpomo/opencore/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
