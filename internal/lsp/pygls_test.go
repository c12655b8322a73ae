package lsp_test

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/ilpomo/opencore/internal/lsp"
	"github.com/ilpomo/opencore/internal/testbed"
	"github.com/ilpomo/opencore/stdlib"
)

// asServer makes the test's own binary a server, for clients that start one.
const asServer = "OPENCORE_TEST_LSP"

// serve is the server of clients that start one. It gives the exit status.
func serve() int {
	err := lsp.Serve(context.Background(), os.Stdin, os.Stdout, lsp.Options{
		Standard: stdlib.Sources, Cache: os.Getenv(asServer), Version: "test", Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	if err != nil {
		slog.Error("the server ended", "error", err)
		return 1
	}
	return 0
}

// TestPygls has an editor that isn't ours ask about a program.
func TestPygls(t *testing.T) {
	python := testbed.Python(t)
	if out, err := exec.Command(python, "-c", "import pygls").CombinedOutput(); err != nil {
		t.Fatalf("%s has no package pygls: run \"make deps-test\": %v\n%s", python, err, out)
	}
	folder := t.TempDir()
	for name, text := range project() {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "testdata/client.py", folder, self)
	cmd.Env = append(os.Environ(), asServer+"="+filepath.Join(folder, ".cache"), "PYTHONWARNINGS=error")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	const want = `server opencore utf-16
findings none
hover mag   float
definition mag   float
references 3
completion alert felt mag
rename 3
outline Alert Quake Region least Strong Tally main
tokens True 0
folds True
findings 24:24 OC402 message "Quake" has no field "nix"
format 1
`
	if string(out) != want {
		t.Errorf("it was told\n%s\nwant\n%s", out, want)
	}
}
