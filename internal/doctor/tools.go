package doctor

import (
	"context"
	"fmt"
	"go/version"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// leastGo is what go.mod asks for.
const leastGo = "go1.26"

// patience is how long a program that we ask something may take to answer.
const patience = 20 * time.Second

// tools looks for what building handlers in Go needs.
func (x *examination) tools() {
	needed := x.Plan != nil && x.Plan.Handlers
	dir := "."
	if x.Plan != nil {
		dir = filepath.Dir(filepath.FromSlash(x.Plan.File))
	}
	cc := x.goToolchain(needed, dir)
	x.compiler(needed, cc)
	x.headers(needed)
	if needed && unix.Access(dir, unix.W_OK) != nil {
		x.missing(true, "folder for binaries", fmt.Sprintf("%s can't be written", filepath.Join(dir, ".opencore")), "binaries of handlers are kept there: make its folder writable")
	}
}

// goToolchain looks at Go and gives the C compiler that it would call.
func (x *examination) goToolchain(needed bool, dir string) (cc string) {
	const help = "handlers in Go need Go 1.26 or newer: https://go.dev/dl"
	if _, err := exec.LookPath("go"); err != nil {
		x.missing(needed, "Go", "there is no \"go\" in PATH", help)
		return "cc"
	}
	out, err := x.ask(dir, "go", "env", "GOVERSION", "CC")
	if err != nil {
		x.missing(needed, "Go", err.Error(), help)
		return "cc"
	}
	have, cc, _ := strings.Cut(out, "\n")
	if version.Compare(have, leastGo) < 0 {
		x.missing(needed, "Go", have+" is too old", help)
		return cc
	}
	x.ok("Go", strings.TrimPrefix(have, "go"))
	return cc
}

func (x *examination) compiler(needed bool, cc string) {
	name, _, _ := strings.Cut(strings.TrimSpace(cc), " ")
	if _, err := exec.LookPath(name); err != nil {
		x.missing(needed, "C compiler", fmt.Sprintf("there is no %q in PATH", name), "handlers are linked with libzmq: Debian's gcc and libc6-dev")
		return
	}
	x.ok("C compiler", name)
}

func (x *examination) headers(needed bool) {
	const help = "handlers are linked with libzmq: Debian's libzmq3-dev and pkg-config"
	if _, err := exec.LookPath("pkg-config"); err != nil {
		x.missing(needed, "libzmq's headers", "there is no \"pkg-config\" in PATH", help)
		return
	}
	out, err := x.ask(".", "pkg-config", "--modversion", "libzmq >= 4.3.3")
	if err != nil {
		x.missing(needed, "libzmq's headers", err.Error(), help)
		return
	}
	x.ok("libzmq's headers", out)
}

// ask runs a program in a folder and gives what it prints.
func (x *examination) ask(dir, name string, args ...string) (string, error) {
	return x.askIn(dir, nil, name, args...)
}

// askIn is ask with an environment; nil is ours.
func (x *examination) askIn(dir string, env []string, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(x.ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = dir, env
	cmd.WaitDelay = time.Second // a child of it may hold the pipe
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		first, _, _ := strings.Cut(strings.TrimSpace(stderr.String()), "\n")
		return "", fmt.Errorf("%s %s: %w: %s", name, args[0], err, first)
	}
	return strings.TrimSpace(string(out)), nil
}
