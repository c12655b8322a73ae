package build

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A program may be called what no Go package may.
const (
	programName = "hallo, schöne Welt"
	programFile = programName + ".actors"
)

// TestBinary builds a new project, and then changes what does and what does
// not need another build.
func TestBinary(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs with cgo")
	}
	t.Chdir(t.TempDir())
	if err := New("hello", "hello"); err != nil {
		t.Fatal(err)
	}
	t.Chdir("hello")
	if err := errors.Join(os.Rename("hello.actors", programFile), os.Remove("hello.actors.go")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // a slow machine with a cold cache
	defer cancel()
	binary := expectBuild(ctx, t, "the first time", true)

	out, err := exec.CommandContext(ctx, binary).CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 2 || !strings.Contains(string(out), "plan") {
		t.Errorf("the binary without a plan: %v, %s", err, out)
	}
	expectBuild(ctx, t, "nothing changed", false)
	edit(t, programFile, `where name != ""`, `where name != "Ada"`)
	expectBuild(ctx, t, "a filter changed", false)
	edit(t, programFile, "message Person", "\n// A comment.\n\nmessage Person")
	expectBuild(ctx, t, "all stands three lines further down", false)
	touch(t, "hello.go")
	expectBuild(ctx, t, "a file was touched", false)
	expectBuild(ctx, t, "nothing changed since", false)
	for _, name := range []string{"go.mod", "go.sum"} {
		if _, err := os.Stat(filepath.Join(hidden, programName, name)); err == nil {
			t.Errorf("there is a %s in %s, which makes a module of its own", name, hidden)
		}
	}

	if err := os.WriteFile("more.go", []byte("package hello\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	expectStale(t, "a file more")
	if err := os.Remove("more.go"); err != nil {
		t.Fatal(err)
	}
	expectBuild(ctx, t, "the file is gone", false)
	expectEmbedding(ctx, t)
	edit(t, programFile, "Greeter(word string)", "Greeter(word string, mark string = \"!\")")
	expectStale(t, "the actor has a new parameter")

	edit(t, "hello.go", `+ "!"`, "+ g.Nark")
	edit(t, "hello.go", "Word ", "Mark string\n\tWord ")
	_, err = Binary(ctx, load(t, programFile), Options{})
	broken, ok := errors.AsType[*GoError](err)
	if !ok || len(broken.Diagnostics) != 1 || broken.Diagnostics[0].Span.File != "hello.go" || !strings.Contains(err.Error(), "g.Nark undefined") {
		t.Errorf("a handler that doesn't compile: %v", err)
	}
	edit(t, "hello.go", "g.Nark", "g.Mark")
	expectBuild(ctx, t, "the handler is mended", true)
}

// expectEmbedding has the handlers embed a folder, and puts files into it.
func expectEmbedding(ctx context.Context, t *testing.T) {
	t.Helper()
	write := func(name, text string) {
		t.Helper()
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	write("texts.go", "package hello\n\nimport \"embed\"\n\n//go:embed texts\nvar texts embed.FS\n")
	write("texts/en/hello.txt", "Hello")
	expectBuild(ctx, t, "texts are embedded", true)
	write("out.csv", "a,b\n")
	expectBuild(ctx, t, "a file that is not embedded", false)
	write("texts/en/bye.txt", "Bye")
	expectStale(t, "an embedded file more")
	if err := os.Remove("texts/en/bye.txt"); err != nil {
		t.Fatal(err)
	}
	write("texts/de/hello.txt", "Hallo")
	expectStale(t, "a folder more with an embedded file")
}

// expectStale demands that the binary would be built.
func expectStale(t *testing.T, why string) {
	t.Helper()
	b, err := newBuilder(load(t, programFile))
	if err != nil {
		t.Fatal(err)
	}
	if b.fresh() {
		t.Errorf("%s, and nothing would be built", why)
	}
}

// expectBuild asks for the binary, and compares whether it was built with
// whether it should have been.
func expectBuild(ctx context.Context, t *testing.T, why string, want bool) string {
	t.Helper()
	built := false
	start := time.Now()
	path, err := Binary(ctx, load(t, programFile), Options{Building: func() { built = true }})
	if err != nil {
		t.Fatalf("%s: %v", why, err)
	}
	if built != want {
		t.Errorf("%s: built %v", why, built)
	}
	t.Logf("%s: %v", why, time.Since(start))
	return path
}

func edit(t *testing.T, file, old, now string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(text), old) {
		t.Fatalf("%s has no %q: %v", file, old, err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), old, now, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

func touch(t *testing.T, file string) {
	t.Helper()
	now := time.Now()
	if err := os.Chtimes(file, now, now); err != nil {
		t.Fatal(err)
	}
}

// Without a Go toolchain, or without a module, the
// error says what to do.
func TestBinaryNeeds(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := New("hello", "hello"); err != nil {
		t.Fatal(err)
	}
	t.Chdir("hello")
	t.Setenv("PATH", t.TempDir())
	if _, err := Binary(t.Context(), load(t, "hello.actors"), Options{}); err == nil || !strings.Contains(err.Error(), "https://go.dev/dl") {
		t.Errorf("without go: %v", err)
	}
	if err := os.Remove("go.mod"); err != nil {
		t.Fatal(err)
	}
	if _, err := Binary(t.Context(), load(t, "hello.actors"), Options{}); err == nil || !strings.Contains(err.Error(), "go mod init") {
		t.Errorf("without a module: %v", err)
	}
}
