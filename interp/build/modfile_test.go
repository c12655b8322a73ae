package build

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// project writes a program in a module of its own, in the folder "app".
func project(t *testing.T, more ...txtar.File) {
	t.Helper()
	writeFiles(t, append(more,
		txtar.File{Name: "app/go.mod", Data: []byte("module example.com/app\n\ngo 1.26\n\nrequire " + modulePath + " v0.1.0\n\nreplace " + modulePath + " => ../old\n")},
		txtar.File{Name: "app/p.actors", Data: []byte("message M { id string }\nactor Guard() { in from M }\n")},
	))
}

// flagsOf gives the flags to build the program of project with, and its
// go.mod for it.
func flagsOf(t *testing.T) (b *builder, flags []string, mod string) {
	t.Helper()
	b, err := newBuilder(load(t, filepath.Join("app", "p.actors")))
	if err != nil {
		t.Fatal(err)
	}
	unlock, err := b.lock()
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	env, err := b.environment(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	flags, err = b.flags(t.Context(), env)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(filepath.Join(b.out, "build.mod")) // none in a workspace
	return b, flags, string(text)
}

func TestFlags(t *testing.T) {
	project(t)
	b, flags, mod := flagsOf(t)
	if len(flags) != 2 || flags[0] != "-modfile="+filepath.Join(b.out, "build.mod") || flags[1] != "-mod=mod" {
		t.Errorf("flags %q", flags)
	}
	if !strings.Contains(mod, modulePath+" => "+b.origin.dir) || strings.Contains(mod, "../old") {
		t.Errorf("build.mod does not take this module from its source alone:\n%s", mod)
	}
	own, err := os.ReadFile(filepath.Join("app", "go.mod"))
	if err != nil || !strings.Contains(string(own), "../old") {
		t.Errorf("the user's go.mod is touched: %v\n%s", err, own)
	}
}

func TestFlagsInWorkspace(t *testing.T) {
	project(t, txtar.File{Name: "go.work", Data: []byte("go 1.26\n\nuse ./app\n")})
	if b, flags, _ := flagsOf(t); len(flags) != 0 || b.alone {
		t.Errorf("in its workspace: flags %q, alone %v", flags, b.alone)
	}
	project(t,
		txtar.File{Name: "go.work", Data: []byte("go 1.26\n\nuse ./other\n")},
		txtar.File{Name: "other/go.mod", Data: []byte("module example.com/other\n\ngo 1.26\n")},
	)
	if b, flags, _ := flagsOf(t); len(flags) != 2 || !b.alone {
		t.Errorf("in another's workspace: flags %q, alone %v", flags, b.alone)
	}
}

func TestFlagsWithinThisModule(t *testing.T) {
	b, err := newBuilder(load(t, filepath.Join("hello", "hello.actors")))
	if err != nil {
		t.Fatal(err)
	}
	flags, err := b.flags(t.Context(), &goEnv{})
	if err != nil || len(flags) != 0 {
		t.Errorf("flags %q, %v", flags, err)
	}
	if !strings.Contains(string(b.main), `handlers "`+modulePath+`/interp/build/hello"`) {
		t.Errorf("main imports the handlers by another path:\n%s", b.main)
	}
}
