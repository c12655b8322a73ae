package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A bench has what is measured, built, in its folder.
type bench struct {
	ctx    context.Context
	folder string
	rounds int
	scale  float64
	commit string
	built  map[string]error // what need was asked for
}

func (b *bench) path(name string) string { return filepath.Join(b.folder, name) }

// build builds the opencore command.
func (b *bench) build() error {
	commit, err := b.output("git", "rev-parse", "--short", "HEAD")
	if err != nil {
		return err
	}
	changed, err := b.output("git", "status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs")
	if err != nil {
		return err
	}
	b.commit = commit
	if changed != "" {
		b.commit += " with changes"
	}
	_, err = b.output("go", "build", "-o", b.path("opencore"), "./cmd/opencore")
	return err
}

// need builds a program of a contender, or looks whether it is there: a C
// program of bench/c, a Go program of bench/peers, a program with handlers in
// Go, "plot", "jq", or a module of Python. It is done once.
func (b *bench) need(name string) error {
	err, done := b.built[name]
	if !done {
		err = b.make(name)
		b.built[name] = err
	}
	return err
}

func (b *bench) make(name string) error {
	switch kind, base, _ := strings.Cut(name, ":"); kind {
	case "c":
		return b.makeC(base)
	case "peer":
		return b.makeGo(filepath.Join("bench", "peers"), "./"+base, base+".peer")
	case "plot":
		return b.makeGo(filepath.Join("bench", "plot"), ".", "plot")
	case "actors":
		_, err := b.output(b.path("opencore"), "compile", filepath.Join("bench", base+".actors"), "-o", b.folder)
		return err
	case "python":
		if _, err := b.output(b.peerPython(), "-c", "import "+base); err != nil {
			return fmt.Errorf("%w: Python has no module %s", errAbsent, base)
		}
		return nil
	default:
		if _, err := exec.LookPath(name); err != nil {
			return fmt.Errorf("%w: %w", errAbsent, err)
		}
		return nil
	}
}

func (b *bench) makeC(name string) error {
	flags, err := b.output("pkg-config", "--cflags", "--libs", "libzmq")
	if err != nil {
		return err
	}
	args := append([]string{"-O2", "-o", b.path(name + ".c"), filepath.Join("bench", "c", name+".c")}, strings.Fields(flags)...)
	_, err = b.output("cc", args...)
	return err
}

// makeGo builds a program of a module of its own.
func (b *bench) makeGo(module, pkg, name string) error {
	if _, err := b.output("go", "-C", module, "build", "-o", b.path(name), pkg); err != nil {
		return fmt.Errorf("%w: it does not build: %w", errAbsent, err)
	}
	return nil
}

// python is the Python with our client, and peerPython the one with what is
// compared with it; tools/deps.sh has set up both.
func (b *bench) python() string     { return filepath.Join(".venv", "bin", "python3") }
func (b *bench) peerPython() string { return filepath.Join(".venv-bench", "bin", "python3") }

// patience is how long a run may take; what needs longer hangs.
const patience = 15 * time.Minute

// command is a command that is ended with all that it has started. release is
// to be called when it has ended: it ends what it has left behind.
func (b *bench) command(name string, args ...string) (cmd *exec.Cmd, release func()) {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	cmd = exec.CommandContext(ctx, name, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second // what it has left behind may hold its stdout
	return cmd, func() {
		cancel()
		if cmd.Process != nil {
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		}
	}
}

// output runs a command and gives what it printed; if it fails, the error
// says what it printed to stderr.
func (b *bench) output(name string, args ...string) (string, error) {
	var stderr bytes.Buffer
	cmd, release := b.command(name, args...)
	defer release()
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimSpace(string(out)), nil
}

// numbers gives the numbers that a program prints.
func (b *bench) numbers(name string, args ...string) ([]float64, error) {
	out, err := b.output(name, args...)
	if err != nil {
		return nil, err
	}
	var list []float64
	for _, word := range strings.Fields(out) {
		x, err := strconv.ParseFloat(word, 64)
		if err != nil {
			return nil, err
		}
		list = append(list, x)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s printed no number", name)
	}
	return list, nil
}

// A record is a line of a run's log.
type record struct {
	Msg   string         `json:"msg"`
	Attrs map[string]any `json:"attrs"`
}

// records runs a program of ours to its end and gives its log.
func (b *bench) records(name string, args ...string) ([]record, error) {
	cmd, release := b.command(name, append(args, "--log", "json")...)
	defer release()
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	list, text, err := readLog(stderr)
	if err := errors.Join(err, cmd.Wait()); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, text)
	}
	return list, nil
}

func readLog(log io.Reader) (list []record, text string, err error) {
	var all strings.Builder
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		all.Write(append(lines.Bytes(), '\n'))
		var r record
		if json.Unmarshal(lines.Bytes(), &r) == nil {
			list = append(list, r)
		}
	}
	return list, all.String(), lines.Err()
}

// figures runs a program of ours and gives what one of its actors logged with
// this message, the last time it did.
func (b *bench) figures(message string, attrs []string, name string, args ...string) ([]float64, error) {
	list, err := b.records(name, args...)
	if err != nil {
		return nil, err
	}
	var found []float64
	for _, r := range list {
		if r.Msg != message {
			continue
		}
		found = nil
		for _, attr := range attrs {
			x, ok := r.Attrs[attr].(float64)
			if !ok {
				return nil, fmt.Errorf("the record %q has no number %q", message, attr)
			}
			found = append(found, x)
		}
	}
	if found == nil {
		return nil, fmt.Errorf("the log of %s has no record %q", name, message)
	}
	return found, nil
}

// run is how a program of ours without handlers in Go is run.
func (b *bench) run(args ...string) ([]record, error) {
	return b.records(b.path("opencore"), append([]string{"run"}, args...)...)
}

// exists reports whether there is such a file.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
