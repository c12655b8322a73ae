package build

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

func TestFileUnchanged(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.go")
	noted := time.Now()
	old := noted.Add(-time.Hour)
	write := func(text string, at time.Time) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, at, at); err != nil {
			t.Fatal(err)
		}
	}
	note := func() *fileState {
		var s state
		s.add(name)
		return &s.Files[0]
	}
	write("abc", old)
	for _, test := range []struct {
		why         string
		text        string
		at          time.Time
		same, again bool
	}{
		{"untouched", "abc", old, true, false},
		{"touched", "abc", old.Add(time.Minute), true, true},
		{"another length", "abcd", old, false, false},
		{"another text", "abd", old.Add(time.Minute), false, false},
	} {
		f := note()
		write(test.text, test.at)
		if same, again := f.unchanged(noted); same != test.same || again != test.again {
			t.Errorf("%s: same %v, read %v", test.why, same, again)
		}
		write("abc", old)
	}

	// Changed right after it was noted, too fast for the clock of the file system.
	write("abc", noted)
	f := note()
	write("abd", noted)
	if same, _ := f.unchanged(noted); same {
		t.Error("a change within the same moment is overlooked")
	}

	missing := fileState{Path: name + ".none", Size: -1}
	if same, _ := missing.unchanged(noted); !same {
		t.Error("what is still missing has changed")
	}
	missing.Path = name
	if same, _ := missing.unchanged(noted); same {
		t.Error("what was missing and is there has not changed")
	}
}

// A file whose time alone has changed is read once.
func TestTouchedFileIsReadOnce(t *testing.T) {
	dir := t.TempDir()
	b := &builder{dir: dir, out: dir, binary: filepath.Join(dir, "p"), root: dir}
	source := filepath.Join(dir, "p.go")
	for _, name := range []string{b.binary, source} {
		if err := os.WriteFile(name, []byte("package p\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	noted := b.ownState()
	noted.Work, noted.Taken = findWork(dir), time.Now().Add(-2*time.Hour)
	noted.add(source)
	noted.Files[0].Time = noted.Taken.Add(-time.Hour) // it was touched since
	if err := noted.save(b.stateFile()); err != nil {
		t.Fatal(err)
	}
	if !b.fresh() {
		t.Fatal("a file that was touched makes a binary stale")
	}
	text, err := os.ReadFile(b.stateFile())
	if err != nil {
		t.Fatal(err)
	}
	var now state
	if err := json.Unmarshal(text, &now); err != nil {
		t.Fatal(err)
	}
	if f := now.Files[0]; f.Time.Equal(noted.Files[0].Time) || !f.Time.Before(now.Taken) {
		t.Errorf("it is read again: its time is %v, and was looked at %v", f.Time, now.Taken)
	}
}

func TestGoVariables(t *testing.T) {
	got := goVariables([]string{"HOME=/x", "GOFLAGS=-v", "CC=tcc", "CGO_CFLAGS=-O3", "PKG_CONFIG_PATH=/p", "OLDPWD=/y", "LOGO=z"})
	if want := []string{"CC=tcc", "CGO_CFLAGS=-O3", "GOFLAGS=-v", "PKG_CONFIG_PATH=/p"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestFindWork(t *testing.T) {
	t.Setenv("GOWORK", "")
	root := t.TempDir()
	dir := filepath.Join(root, "a", "b")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if got := findWork(dir); got != "" {
		t.Errorf("found %q", got)
	}
	work := filepath.Join(root, "go.work")
	if err := os.WriteFile(work, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if got := findWork(dir); got != work {
		t.Errorf("found %q, want %q", got, work)
	}
	t.Setenv("GOWORK", "off")
	if got := findWork(dir); got != "" {
		t.Errorf("switched off, found %q", got)
	}
}

func TestFindings(t *testing.T) {
	writeFiles(t, []txtar.File{
		{Name: "in/p.actors", Data: []byte("message M { id string }\n\nactor Gärd() { in from M }\n")},
		{Name: "in/p.go", Data: []byte("package p\n\nvar ä = undefined + 1\n")},
		{Name: "go.mod", Data: []byte("module example.com/p\n")},
	})
	b, err := newBuilder(load(t, "in/p.actors"))
	if err != nil {
		t.Fatal(err)
	}
	found := b.findings("# example.com/p\n./p.go:3:10: undefined: undefined\n.opencore/p/../../p.actors:3:9: cannot use x\n\thave (int)\n\twant (string)\n" +
		b.dir + "/p.go:1:1: too far\nother/o.go:99:7: not there\n/else/where.go:1:1: not ours\nnote: module requires Go 1.99\n")
	want := []struct{ place, end, message string }{
		{"in/p.go:3:9", "3:18", "the Go compiler says: undefined: undefined"},
		{"in/p.actors:3:7", "3:11", "the Go compiler says: cannot use x have (int) want (string)"},
		{"in/p.go:1:1", "1:8", "the Go compiler says: too far"},
		{"in/other/o.go:99:7", "99:7", "the Go compiler says: not there"},
		{"/else/where.go:1:1", "1:1", "the Go compiler says: not ours"},
	}
	if len(found) != len(want) {
		t.Fatalf("%d findings: %v", len(found), found)
	}
	for i, w := range want {
		end := fmt.Sprintf("%d:%d", found[i].Span.End.Line, found[i].Span.End.Column)
		if got := found[i]; got.Span.String() != w.place || end != w.end || got.Message != w.message || got.Code != codeGoCompiler {
			t.Errorf("%s to %s: %s, want %s to %s: %s", got.Span, end, got.Message, w.place, w.end, w.message)
		}
	}
}
