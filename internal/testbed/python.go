// Package testbed has what tests of whole programs share: the Python that they
// find, the commands that they make, and what these say.
package testbed

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Python gives the path of a Python that has clients/python and what it needs:
// that in the environment variable OPENCORE_PYTHON, else that of .venv at the
// repository's root, which "make deps-test" makes.
func Python(t testing.TB) string {
	t.Helper()
	python := os.Getenv("OPENCORE_PYTHON")
	if python == "" {
		python = filepath.Join(root(t), ".venv", "bin", "python3")
	}
	if out, err := exec.Command(python, "-c", "import opencore").CombinedOutput(); err != nil {
		t.Fatalf("%s has no package opencore: run \"make deps-test\", or set OPENCORE_PYTHON: %v\n%s", python, err, out)
	}
	return python
}

// PythonPath gives a PATH on which python3 is [Python].
func PythonPath(t testing.TB) string {
	t.Helper()
	return filepath.Dir(Python(t)) + string(filepath.ListSeparator) + os.Getenv("PATH")
}

// root finds the folder of this module.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			if _, err := os.Stat(filepath.Join(dir, "clients", "python")); err == nil {
				return dir
			}
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("this is not a folder of the repository")
		}
		dir = up
	}
}
