package build

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/ilpomo/opencore/lang/model"
)

// hidden is the folder beside a program that holds what is built from it. Go
// ignores folders whose names begin with a dot unless they are named.
const hidden = ".opencore"

// Options says how to build a binary.
type Options struct {
	// Building is called before something is built, which takes seconds; nil
	// if nobody wants to know. An unchanged program builds nothing.
	Building func()
}

// Binary gives the path of the binary that runs the program: its handlers,
// the runtime and the supervisor in one. It is built by "go build" into
// .opencore/NAME beside the program unless nothing that it depends on has changed,
// which looking at the files tells. The generated file beside the program is
// brought up to date first.
//
// What the Go compiler finds wrong is a [*GoError]; all else, like a missing
// toolchain, is the world's.
func Binary(ctx context.Context, p *model.Program, opts Options) (string, error) {
	b, err := newBuilder(p)
	if err != nil {
		return "", err
	}
	if err := b.writeGenerated(p); err != nil {
		return "", err
	}
	if b.fresh() {
		return b.binary, nil
	}
	unlock, err := b.lock()
	if err != nil {
		return "", err
	}
	defer unlock()
	if b.fresh() { // somebody else has built it meanwhile
		return b.binary, nil
	}
	if opts.Building != nil {
		opts.Building()
	}
	if err := b.build(ctx); err != nil {
		return "", err
	}
	return b.binary, nil
}

// A builder builds the binary of one program. Its paths are absolute.
type builder struct {
	program *model.Program
	dir     string // of the program
	out     string // .opencore/NAME
	binary  string // NAME in there; the names of all other files have a dot
	root    string // of the module
	module  string // its path
	main    []byte // the text of main.go
	origin  origin
	goTool  string // path of the go command; "" if there is none
	alone   bool   // the workspace around the module is not its own
}

func newBuilder(p *model.Program) (*builder, error) {
	dir, err := filepath.Abs(filepath.FromSlash(folder(p)))
	if err != nil {
		return nil, fmt.Errorf("building the handlers of %s: %w", p.File, err)
	}
	root, module := findModule(dir)
	if module == "" {
		return nil, fmt.Errorf("the handlers of %s are in no Go module; \"go mod init NAME\" in their folder makes one", p.File)
	}
	b := &builder{program: p, dir: dir, out: filepath.Join(dir, hidden, p.Name), root: root, module: module, origin: ownOrigin()}
	b.binary = filepath.Join(b.out, p.Name)
	if b.main, err = glue(p, b.importPath); err != nil {
		return nil, fmt.Errorf("building the handlers of %s: %w", p.File, err)
	}
	b.goTool, _ = exec.LookPath("go") // build says if it is missing
	return b, nil
}

// importPath gives the import path of the Go package of a folder.
func (b *builder) importPath(dir string) (string, error) {
	dir, err := filepath.Abs(filepath.FromSlash(dir))
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(b.root, dir)
	if err != nil {
		return "", err
	}
	return joinImport(b.module, filepath.ToSlash(rel)), nil
}

func joinImport(module, rel string) string {
	if rel == "." {
		return module
	}
	return module + "/" + rel
}

// writeGenerated brings the generated file up to date.
func (b *builder) writeGenerated(p *model.Program) error {
	files, err := Generate(p)
	for name, text := range files {
		if err == nil {
			err = writeChanged(filepath.FromSlash(name), text)
		}
	}
	return err
}

// writeChanged writes a file unless it holds the text already.
func writeChanged(name string, text []byte) error {
	if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, text) {
		return nil
	}
	return replaceFile(name, text)
}

// replaceFile writes a file whole or not at all: another build may be reading
// it.
func replaceFile(name string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".opencore-*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// lock waits until nobody else builds this binary.
func (b *builder) lock() (unlock func(), err error) {
	if err := os.MkdirAll(b.out, 0o777); err != nil {
		return nil, fmt.Errorf("making a folder for what is built: %w", err)
	}
	if err := writeChanged(filepath.Join(filepath.Dir(b.out), ".gitignore"), []byte("*\n")); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(b.out, "build.lock"), os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		_ = f.Close() // the lock's error says it all
		return nil, fmt.Errorf("locking %s: %w", f.Name(), err)
	}
	return func() { _ = f.Close() }, nil // closing unlocks; nothing was written
}

// build runs go build, and notes what the binary depends on.
func (b *builder) build(ctx context.Context) error {
	if b.goTool == "" {
		return errors.New("building handlers in Go needs the Go toolchain, and there is no \"go\" in PATH; https://go.dev/dl has it")
	}
	if err := writeChanged(filepath.Join(b.out, "main.go"), b.main); err != nil {
		return err
	}
	env, err := b.environment(ctx)
	if err != nil {
		return err
	}
	flags, err := b.flags(ctx, env)
	if err != nil {
		return err
	}
	// What is looked at before the build is what a change is measured by:
	// whatever changes while it runs is built again next time.
	inputs, err := b.inputs(ctx, env, flags)
	if err != nil {
		return err
	}
	made := b.binary + ".new"
	args := append([]string{"build", "-buildvcs=false", "-o", made}, flags...)
	if out, err := b.goCommand(ctx, append(args, b.mainFile())...); err != nil {
		return b.explain(out, err)
	}
	if err := os.Rename(made, b.binary); err != nil {
		return err
	}
	return inputs.save(b.stateFile())
}

// mainFile names what to build to the go command: a file, since the name of
// the program, which is that of its folder, need not do in an import path.
func (b *builder) mainFile() string { return "./" + hidden + "/" + b.program.Name + "/main.go" }

// goCommand runs go in the program's folder. out is what it wrote to stdout,
// or if it failed to stderr.
func (b *builder) goCommand(ctx context.Context, args ...string) (out []byte, err error) {
	cmd := exec.CommandContext(ctx, b.goTool, args...)
	cmd.Dir = b.dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1", "PWD="+b.dir)
	if b.alone {
		cmd.Env = append(cmd.Env, "GOWORK=off")
	}
	cmd.WaitDelay = time.Second // a compiler of go's may hold the pipe when go is killed
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return stderr.Bytes(), err
	}
	return stdout.Bytes(), nil
}
