package build

import (
	"bytes"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/ilpomo/opencore/lang"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/stdlib"
)

// load reads a program that must be right but for its Go.
func load(t testing.TB, file string) *model.Program {
	t.Helper()
	p, sources, found := lang.Load(file, os.ReadFile, stdlib.Sources)
	if p == nil {
		t.Fatal(render(found, sources.Text))
	}
	return p
}

func render(list diag.List, text func(file string) []byte) string {
	var b bytes.Buffer
	if err := diag.Render(&b, list, text, false); err != nil {
		return err.Error()
	}
	return b.String()
}

// writeFiles writes the files of an archive into a fresh folder, and makes it
// the current one.
func writeFiles(t testing.TB, files []txtar.File) {
	t.Helper()
	t.Chdir(t.TempDir())
	for _, f := range files {
		name := filepath.FromSlash(f.Name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCheck checks each program of testdata/check. The last file of an
// archive, want, is what is to be said about it.
func TestCheck(t *testing.T) {
	files, err := filepath.Glob("testdata/check/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no archives", err)
	}
	for _, file := range files {
		name, err := filepath.Abs(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { testArchive(t, name) })
	}
}

func testArchive(t *testing.T, name string) {
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	last := &archive.Files[len(archive.Files)-1]
	if last.Name != "want" {
		t.Fatalf("the last file is %s", last.Name)
	}
	writeFiles(t, archive.Files[:len(archive.Files)-1])
	got := render(Check(load(t, "p.actors"), os.ReadFile), readText)
	if *update {
		last.Data = []byte(got)
		if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != string(last.Data) {
		t.Errorf("said:\n%s\nwant:\n%s", got, last.Data)
	}
}

func readText(file string) []byte {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	return text
}

// The stub of package actor must say of its types what the package says.
func TestStubIsTrue(t *testing.T) {
	in := &importer{fset: token.NewFileSet(), read: os.ReadFile, packages: map[string]*types.Package{}}
	stub, err := in.Import(actorPath)
	if err != nil {
		t.Fatal(err)
	}
	real := in.check("real", in.folder("../../runtime/actor"))
	for _, name := range stub.Scope().Names() {
		want, got := real.Scope().Lookup(name), stub.Scope().Lookup(name)
		if want == nil {
			t.Errorf("package actor has no %s", name)
			continue
		}
		if w, g := shape(want), shape(got); w != g {
			t.Errorf("%s is %s, in the stub %s", name, w, g)
		}
	}
}

// shape spells a type's parameters, and what it is if it is an interface.
func shape(obj types.Object) string {
	named := obj.Type().(*types.Named)
	s := ""
	for p := range named.TypeParams().TypeParams() {
		s += p.Obj().Name() + " " + types.TypeString(p.Constraint(), func(*types.Package) string { return "" }) + " "
	}
	if types.IsInterface(named) {
		s += named.Underlying().String()
	}
	return s
}

func BenchmarkCheck(b *testing.B) {
	archive, err := txtar.ParseFile("testdata/check/fits.txtar")
	if err != nil {
		b.Fatal(err)
	}
	writeFiles(b, archive.Files)
	p := load(b, "p.actors")
	for b.Loop() {
		if found := Check(p, os.ReadFile); len(found) > 0 {
			b.Fatal(found)
		}
	}
}
