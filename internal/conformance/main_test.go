// Package conformance tests plain wires with peers that are not ours: pyzmq,
// and C on the system's libzmq. Our side is a run of a small program with
// external actors and exposed ports; the other side is a process that does
// what the test tells it, peers/peer.py or peers/peer.c. What came of it is a
// table, docs/conformance.md, which `go test ./internal/conformance -update`
// writes. Nothing here sleeps: everything waits for what it wants to see, until
// a deadline.
package conformance

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/ilpomo/opencore/internal/cli"
	"github.com/ilpomo/opencore/internal/testbed"
)

var update = flag.Bool("update", false, "write docs/conformance.md")

// deadline is how long one case may take.
const deadline = 30 * time.Second

// TestMain lets the test binary be the opencore command too: under that name,
// in a folder of its own.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "opencore" {
		os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	flag.Parse()
	if err := flag.Set("test.parallel", "6"); err != nil { // most of a case is waiting for processes
		panic("bug: " + err.Error())
	}
	os.Exit(withFolder(m.Run))
}

// built holds the binaries that the tests run.
var built string

// builtBefore names the folder of binaries to a copy of this test that runs in
// a network of its own.
const builtBefore = "OPENCORE_CONFORMANCE_BUILT"

func withFolder(run func() int) int {
	if built = os.Getenv(builtBefore); built != "" {
		return run()
	}
	var err error
	if built, err = os.MkdirTemp("", "conformance"); err != nil {
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

// castOnce compiles package cast as a user would.
var castOnce = sync.OnceValues(func() (string, error) {
	path := filepath.Join(built, "cast")
	if os.Getenv(builtBefore) != "" {
		return path, nil
	}
	command, err := opencoreOnce()
	if err != nil {
		return "", err
	}
	return path, run(command, "compile", filepath.Join("cast", "cast.actors"), "-o", built)
})

// cPeerOnce compiles the peer in C against the system's libzmq.
var cPeerOnce = sync.OnceValues(func() (string, error) {
	path := filepath.Join(built, "peer")
	if os.Getenv(builtBefore) != "" {
		return path, nil
	}
	return path, run("cc", "-O2", "-Wall", "-Werror", "-o", path, filepath.Join("peers", "peer.c"), "-lzmq")
})

func run(name string, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*deadline)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = testbed.Environ()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return nil
}

var (
	pythonOnce sync.Once
	pythonPath string
)

// python is a Python with pyzmq and msgspec.
func python(t *testing.T) string {
	t.Helper()
	pythonOnce.Do(func() { pythonPath = testbed.Python(t) })
	if pythonPath == "" {
		t.Fatal("there is no Python: another test says why")
	}
	return pythonPath
}

// must gives what a once has made.
func must(t *testing.T, once func() (string, error)) string {
	t.Helper()
	path, err := once()
	if err != nil {
		t.Fatal(err)
	}
	return path
}
