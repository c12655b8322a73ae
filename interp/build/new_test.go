package build

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/lang/syntax"
)

// The template is a package of this module; its generated file must be what
// is generated for it now.
func TestTemplateGolden(t *testing.T) {
	p := load(t, filepath.Join("hello", "hello.actors"))
	compareGolden(t, filepath.Join("hello", "hello.actors.go"), generate(p, "hello", func(string) bool { return false }))
}

// A new project is what opencore itself would make of it, fits its graph, and
// passes go vet and go test as it is.
func TestNew(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := New("sub/greetings", "greetings"); err != nil {
		t.Fatal(err)
	}
	t.Chdir("sub/greetings")
	p := load(t, "greetings.actors")
	if found := Check(p, os.ReadFile); len(found) > 0 {
		t.Error(render(found, readText))
	}
	files, err := Generate(p)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("greetings.actors.go")
	if err != nil || !bytes.Equal(text, files["greetings.actors.go"]) {
		t.Errorf("the generated file is not what is generated: %v", err)
	}
	if testing.Short() {
		t.Skip("runs go")
	}
	for _, args := range [][]string{{"vet", "./..."}, {"test", "./..."}, {"mod", "verify"}} {
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOPROXY=off")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.MkdirAll("full/x", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("file", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ dir, name, want string }{
		{"full", "full", "not empty"}, {"file", "file", "is a file"}, {"x", "", "small letters"}, {"x", "my-app", "small letters"},
		{"x", "Hello", "small letters"}, {"x", "x_linux", "small letters"}, {"x", "7up", "small letters"}, {"x", "func", "meaning in Go"}, {"x", "main", "meaning in Go"},
	} {
		if err := New(test.dir, test.name); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("New(%q, %q): %v", test.dir, test.name, err)
		}
	}
	if _, err := os.Stat("x"); err == nil {
		t.Error("a folder is made for a name that is refused")
	}
	if err := os.Mkdir("empty", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := New("empty", "empty"); err != nil {
		t.Errorf("an empty folder: %v", err)
	}
}

func TestGoVersionIsOurOwn(t *testing.T) {
	text, err := os.ReadFile("../../go.mod")
	if err != nil || !strings.Contains(string(text), "\ngo "+goVersion+"\n") {
		t.Errorf("go.mod does not say go %s: %v", goVersion, err)
	}
}

func TestOriginOf(t *testing.T) {
	dir := t.TempDir()
	source, released, other := filepath.Join(dir, "source"), filepath.Join(dir, "opencore@v1.2.3"), filepath.Join(dir, "other")
	for folder, module := range map[string]string{source: modulePath, released: modulePath, other: "example.com/fork"} {
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "go.mod"), []byte("module "+module+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		version, dir string
		want         origin
	}{
		{"v0.0.1-pseudo", source, origin{unreleased, source}},
		{"v1.2.3", released, origin{"v1.2.3", ""}},
		{"v1.2.3", "github.com/ilpomo/opencore", origin{"v1.2.3", ""}}, // of -trimpath
		{"(devel)", other, origin{"latest", ""}},
	} {
		if got := originOf(test.version, test.dir); got != test.want {
			t.Errorf("%s in %s is %v", test.version, test.dir, got)
		}
	}
}

// What a project starts with is formatted as opencore would.
func TestTemplateIsFormatted(t *testing.T) {
	file := filepath.Join("hello", "hello.actors")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	formatted, found := syntax.Format(file, text)
	if len(found) > 0 {
		t.Fatal(render(found, readText))
	}
	compareGolden(t, file, formatted)
}
