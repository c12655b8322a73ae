// Package endtoend tests whole programs over real processes and sockets, each
// with a deadline. The actors of package ledger tell the tests what they do;
// what a run says about itself is compared with that. With OPENCORE_STORM=1
// the tests that count and kill take their time.
package endtoend

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/ilpomo/opencore/internal/cli"
	"github.com/ilpomo/opencore/internal/testbed"
)

// storm says that tests are to run in their long form.
var storm = os.Getenv("OPENCORE_STORM") != ""

// rounds is how often a test is repeated: short as part of all tests, long in
// a storm.
func rounds(short, long int) int {
	if storm {
		return long
	}
	return short
}

// TestMain lets the test binary be the opencore command too: under that name,
// in a folder of its own.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "opencore" {
		os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(withFolder(m.Run))
}

// built holds the binaries that the tests run.
var built string

func withFolder(run func() int) int {
	var err error
	if built, err = os.MkdirTemp("", "endtoend"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(built)
	return run()
}

// opencoreOnce makes the opencore command: a copy of this test binary.
var opencoreOnce = sync.OnceValues(func() (string, error) {
	path := filepath.Join(built, "opencore")
	return path, testbed.CopySelf(path)
})

func opencore(t *testing.T) string {
	t.Helper()
	path, err := opencoreOnce()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// ledgerOnce compiles package ledger as a user would, under the race detector
// if the tests are.
var ledgerOnce = sync.OnceValues(func() (string, error) {
	command, err := opencoreOnce()
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*deadline)
	defer cancel()
	cmd := exec.CommandContext(ctx, command, "compile", filepath.Join("ledger", "ledger.actors"), "-o", built)
	cmd.Env = testbed.Environ()
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return filepath.Join(built, "ledger"), nil
})

func ledgerBinary(t *testing.T) string {
	t.Helper()
	path, err := ledgerOnce()
	if err != nil {
		t.Fatal(err)
	}
	return path
}
