package build

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"
)

// pythonTemplate is the project that [NewPython] makes; it is run and tested
// as it stands.
//
//go:embed hellopy/hello.actors hellopy/hello_actors.py hellopy/greeter.py hellopy/test_greeter.py hellopy/people.txt hellopy/README.md
var pythonTemplate embed.FS

// NewPython makes a project in dir: a program, its actor in Python, a test of
// it, and a list of what to install. dir may exist, but must be empty.
func NewPython(dir, name string) error {
	if !goodPythonName.MatchString(name) {
		return fmt.Errorf("%q can't be the name of a program in Python: it has small letters, digits and underscores only, and begins with a letter", name)
	}
	files, err := templateFiles(pythonTemplate, "hellopy", name)
	if err != nil {
		return err
	}
	files["requirements.txt"] = fmt.Appendf(nil, "%s\npytest\n", clientRequirement(ownOrigin()))
	files[".gitignore"] = fmt.Appendf(nil, "/.venv/\n__pycache__/\n.pytest_cache/\n# what \"opencore compile\" writes\n/%s.plan.json\n", name)
	return writeProject(dir, files)
}

var goodPythonName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// clientRequirement spells for pip where clients/python is: in the source that
// this program was built from, if it is there, else in the repository.
func clientRequirement(from origin) string {
	if from.dir != "" {
		place := url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Join(from.dir, "clients", "python"))}
		return "opencore @ " + place.String()
	}
	revision := ""
	if from.version != "latest" {
		revision = "@" + from.version
	}
	return "opencore @ git+https://" + modulePath + ".git" + revision + "#subdirectory=clients/python"
}

// HasPythonClient reports whether the python3 of the shell has what actors in
// Python import.
func HasPythonClient(ctx context.Context) bool {
	return exec.CommandContext(ctx, "python3", "-c", "import opencore").Run() == nil
}

// ErrNoPython says that there is no python3.
var ErrNoPython = errors.New("there is no python3, which the actor needs: install Python 3.10 or newer")

// InstallPython makes .venv in a project that [NewPython] has made, with what
// it needs. What goes wrong comes with the commands to try again.
func InstallPython(ctx context.Context, dir string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	if _, err := exec.LookPath("python3"); err != nil {
		return ErrNoPython
	}
	for _, args := range [][]string{
		{"python3", "-m", "venv", ".venv"},
		{filepath.Join(".venv", "bin", "python3"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"},
	} {
		cmd := exec.CommandContext(ctx, args[0], args[1:]...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s is made, but what it needs could not be installed: %w\n%s\nto try again:\n\n    cd %s\n    python3 -m venv .venv\n    .venv/bin/python3 -m pip install -r requirements.txt", dir, err, lastOf(out), dir)
		}
	}
	return nil
}

// lastOf gives the end of what a command printed.
func lastOf(out []byte) []byte {
	const most = 2_000
	return out[max(0, len(out)-most):]
}
