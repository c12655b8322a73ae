package build

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestGlueGolden pins the main package of a program with ports of every
// pattern and parameters of every shape.
func TestGlueGolden(t *testing.T) {
	for _, name := range []string{"fits", "generic"} {
		golden, err := filepath.Abs(filepath.Join("testdata", "glue", name+".go"))
		if err != nil {
			t.Fatal(err)
		}
		archive, err := txtar.ParseFile(filepath.Join("testdata", "check", name+".txtar"))
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) {
			writeFiles(t, archive.Files)
			compareGolden(t, golden, mainOf(t))
		})
	}
}

// mainOf gives the main package of p.actors.
func mainOf(t *testing.T) []byte {
	t.Helper()
	text, err := glue(load(t, "p.actors"), func(dir string) (string, error) { return joinImport("example.com/p", dir), nil })
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// A change of wires, or of anything else above or between actors, must build
// nothing anew.
func TestGlueDependsOnActorsAlone(t *testing.T) {
	const actors = "message M { id string }\nactor Guard(limit float) { in from M, push to M }\nactor Feed() { push to M }\nactor Sink() { in from M }\n"
	text := func(program string) []byte {
		writeFiles(t, []txtar.File{{Name: "p.actors", Data: []byte(program)}})
		return withoutPlaces(mainOf(t))
	}
	one := text(actors + "graph main {\n feed = Feed()\n guard = Guard(limit: 1.0)\n sink = Sink()\n feed -> guard\n guard.to -> sink\n}\n")
	other := text("// a comment\n\n" + actors + "graph main {\n feed = Feed()\n sink = Sink() replicas 3\n feed -> sink where id != \"\"\n}\n")
	if !bytes.Equal(one, other) {
		t.Errorf("another graph gives another main:\n%s\n%s", one, other)
	}
	changed := text(strings.Replace(actors, "limit", "bound", 1))
	if bytes.Equal(one, changed) {
		t.Error("another parameter gives the same main")
	}
}
