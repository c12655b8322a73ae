package build

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/internal/testbed"
	"github.com/ilpomo/opencore/lang/syntax"
)

func TestPythonTemplateGolden(t *testing.T) {
	file := filepath.Join("hellopy", "hello.actors")
	p := load(t, file)
	python, text := Python(p)
	compareGolden(t, python, text)
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	formatted, found := syntax.Format(file, source)
	if len(found) > 0 {
		t.Fatal(render(found, readText))
	}
	compareGolden(t, file, formatted)
}

// A new project passes its own test.
func TestNewPython(t *testing.T) {
	python := testbed.Python(t)
	dir := filepath.Join(t.TempDir(), "sub", "good_morning")
	if err := NewPython(dir, "good_morning"); err != nil {
		t.Fatal(err)
	}
	load(t, filepath.Join(dir, "good_morning.actors"))
	cmd := exec.Command(python, "-m", "pytest", "-q", "-p", "no:cacheprovider")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "1 passed") {
		t.Errorf("pytest: %v\n%s", err, out)
	}
}

func TestNewPythonRefuses(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.MkdirAll("full/x", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ dir, name, want string }{
		{"full", "full", "not empty"}, {"x", "", "small letters"}, {"x", "my-app", "small letters"}, {"x", "Hello", "small letters"},
	} {
		if err := NewPython(test.dir, test.name); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("NewPython(%q, %q): %v", test.dir, test.name, err)
		}
	}
}

func TestClientRequirement(t *testing.T) {
	for _, test := range []struct {
		from origin
		want string
	}{
		{origin{"v1.2.3", ""}, "opencore @ git+https://github.com/ilpomo/opencore.git@v1.2.3#subdirectory=clients/python"},
		{origin{"latest", ""}, "opencore @ git+https://github.com/ilpomo/opencore.git#subdirectory=clients/python"},
		{origin{unreleased, "/src/open core"}, "opencore @ file:///src/open%20core/clients/python"},
	} {
		if got := clientRequirement(test.from); got != test.want {
			t.Errorf("%v: %s, want %s", test.from, got, test.want)
		}
	}
}

// The environment is made; what can't be installed is said together with the
// commands to try again.
func TestInstallPython(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a virtual environment")
	}
	dir := t.TempDir()
	requirements := filepath.Join(dir, "requirements.txt")
	if err := os.WriteFile(requirements, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := InstallPython(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, ".venv", "bin", "python3")); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(requirements, []byte("nothing @ file:///nowhere/at-all\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	err := InstallPython(t.Context(), dir)
	if err == nil || !strings.Contains(err.Error(), "/nowhere/at-all") || !strings.Contains(err.Error(), "-m pip install -r requirements.txt") {
		t.Errorf("what is not there was installed: %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if err := InstallPython(t.Context(), dir); err != ErrNoPython {
		t.Errorf("without python3: %v", err)
	}
}
