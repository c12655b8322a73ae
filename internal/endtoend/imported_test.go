package endtoend

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/ilpomo/opencore/internal/testbed"
)

// Two programs have handlers in Go in the folder of a file that they import,
// one of them beside its own and for a message that this folder doesn't know. A
// parameter is of a message that contains itself.
// The folder's package has types of its own for what it knows, and one binary
// has both packages.
func TestHandlersOfImportedFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs with cgo")
	}
	folder := t.TempDir()
	archive, err := txtar.ParseFile(filepath.Join("testdata", "imported.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		name := filepath.Join(folder, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	runImporter(t, filepath.Join(folder, "app"), "app.actors")
	want := "square 0.5 18 true\ndot 0.5 0 false\n"
	if got := read(t, folder, "app", "out.csv"); strings.ReplaceAll(got, ",", " ") != "name scale area big\n"+want {
		t.Errorf("the program with handlers of its own wrote\n%s", got)
	}
	generated := read(t, folder, "shapes", "shapes.actors.go")
	if !strings.Contains(generated, "type Area struct") || strings.Contains(generated, "Labelled") {
		t.Errorf("beside the imported file is\n%s", generated)
	}
	runImporter(t, filepath.Join(folder, "bare"), "bare.actors")
	if got := read(t, folder, "bare", "out.csv"); got != "note\n\"1: 36, \"\n\"1: 0, \"\n" {
		t.Errorf("the program without handlers of its own wrote\n%s", got)
	}
	if now := read(t, folder, "shapes", "shapes.actors.go"); now != generated {
		t.Errorf("another program has other types in the package that both share:\n%s", now)
	}
}

func runImporter(t *testing.T, folder, program string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // a slow machine with a cold cache
	defer cancel()
	cmd := exec.CommandContext(ctx, opencore(t), "run", program)
	cmd.Dir = folder
	cmd.Env = testbed.Environ()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out.String())
	}
}
