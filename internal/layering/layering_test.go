// Package layering holds one table: which package may import which. The
// layout of the repository is a pipeline, and imports point only back along
// it; what goes against that fails here, with the row to look at. The test
// reads the source itself, every build tag included.
package layering

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/ilpomo/opencore"

// A row says what a package, and what lies in folders below it if the name
// ends in /..., may import: packages of ours by their folder, other modules by
// their path, both as prefixes when they end in /.... The standard library is
// open to all. Tests may import what their row adds to that.
type row struct {
	pkg   string
	may   string
	tests string
}

const (
	participle  = "github.com/alecthomas/participle/v2/..."
	expr        = "github.com/expr-lang/expr/..."
	libzmq      = "C"
	msgpack     = "github.com/vmihailenco/msgpack/v5/..."
	jx          = "github.com/go-faster/jx"
	fsnotify    = "github.com/fsnotify/fsnotify"
	cobra       = "github.com/spf13/cobra github.com/spf13/pflag"
	terminal    = "github.com/fatih/color github.com/schollz/progressbar/v3 golang.org/x/term"
	width       = "github.com/rivo/uniseg"
	unix        = "golang.org/x/sys/unix"
	d2          = "oss.terrastruct.com/d2/..."
	lspTypes    = "go.lsp.dev/jsonrpc2 go.lsp.dev/protocol go.lsp.dev/uri"
	goleak      = "go.uber.org/goleak"
	testscripts = "github.com/rogpeppe/go-internal/..."
)

// Each of participle, expr, libzmq (by cgo) and msgpack has one importer.
// Leaves, which anyone may use where their layer sees them, are
// internal/schema, internal/literal, internal/near, internal/printable, lang/diag,
// runtime/spec and runtime/actor.
var table = []row{
	// What everything else stands on.
	{"internal/schema", "", ""},
	{"internal/printable", "", ""},
	{"internal/literal", "", ""},
	{"internal/near", "", ""},
	{"lang/diag", "internal/near internal/printable " + width + " github.com/fatih/color", ""},
	{"runtime/spec", "internal/schema", ""},
	{"runtime/actor", "", ""},
	{"internal/filter", "internal/literal internal/near internal/schema " + expr, "runtime/message"},

	// The language: text -> checked program.
	{"lang/syntax", "internal/literal internal/near lang/diag " + participle + " " + width, "stdlib " + testscripts},
	{"lang/model", "internal/filter internal/schema lang/diag", ""},
	{"lang/prove", "internal/filter lang/diag lang/model", "internal/schema lang"},
	{"lang/check", "internal/filter internal/near internal/schema lang/diag lang/model lang/syntax", "stdlib lang"},
	{"lang", "lang/prove lang/...", "stdlib"},

	// One actor process.
	{"runtime/message", "internal/printable internal/schema runtime/actor " + msgpack + " " + jx, "internal/testbed"},
	{"runtime/zmq", libzmq + " " + unix, goleak},
	{"runtime/lane", "runtime/spec runtime/zmq " + unix, goleak},
	{"runtime/foreign", "internal/printable internal/schema runtime/actor runtime/lane runtime/message runtime/spec runtime/zmq " + unix, goleak},
	{"runtime/plain", "runtime/lane runtime/spec runtime/zmq", "internal/schema runtime/message " + goleak + " " + unix},
	{"runtime", "internal/filter internal/schema runtime/... " + unix, goleak},
	{"runtime/actortest", "runtime/actor", ""},
	{"stdlib", "internal/schema runtime/actor runtime/message " + unix + " " + fsnotify, "lang lang/... runtime/actortest " + goleak},

	// Checked program -> running processes.
	{"interp/plan", "internal/filter internal/printable internal/schema lang/diag lang/model runtime/spec", "lang stdlib"},
	{"interp/build", "internal/schema lang/diag lang/model", "internal/testbed interp/build/testdata/... lang lang/... runtime/actor stdlib " + testscripts},
	{"interp/build/hello", "runtime/actor", "runtime/actortest"},
	{"interp/supervise", "internal/schema runtime/spec golang.org/x/term " + unix, "interp/plan lang stdlib " + goleak},
	{"interp/display", "internal/printable interp/supervise runtime/spec " + terminal, ""},
	{"interp", "interp/... internal/literal internal/printable internal/schema lang/diag runtime runtime/actor runtime/message runtime/spec golang.org/x/term github.com/spf13/pflag " + unix, "lang stdlib " + goleak},

	// What people use. Only cli sees everything.
	{"internal/cli", "... golang.org/x/term github.com/rogpeppe/go-internal/diff " + cobra, testscripts},
	{"internal/draw", "lang/diag lang/model " + width, "internal/draw/elk lang stdlib"},
	{"internal/draw/elk", "internal/draw " + d2, ""},
	{"internal/reference", "internal/printable lang/diag lang/syntax github.com/fatih/color " + width, "lang stdlib"},
	{"internal/lsp", "interp/build internal/filter internal/schema lang lang/... " + lspTypes, "internal/testbed stdlib " + goleak},
	{"internal/doctor", "interp/supervise runtime/foreign runtime/spec runtime/zmq " + unix, "interp/plan lang stdlib"},
	{"internal/conformance/...", "...", unix},
	{"cmd/opencore", "internal/cli", ""},
	{"cmd/opencore-layout", "internal/draw internal/draw/elk", ""},
	{"examples/...", "runtime/actor", "runtime/actortest"},
	{"bench", "interp/plan interp/supervise", ""},
	{"bench/...", "runtime/actor", ""},
	{"internal/endtoend/...", "...", testscripts + " " + unix},
	{"internal/layering", "", ""},
	{"internal/testbed", "", ""},
}

func TestImportsFollowTheTable(t *testing.T) {
	root := filepath.Join("..", "..")
	used := map[string]bool{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != root && skipped(name, d.Name()):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go"):
			return nil
		}
		rel, err := filepath.Rel(root, name)
		if err == nil {
			checkFile(t, name, filepath.ToSlash(rel), used)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(used) == 0 {
		t.Error("no file was looked at")
	}
}

// skipped reports whether a folder holds nothing of this module's packages.
func skipped(name, base string) bool {
	if strings.HasPrefix(base, ".") || base == "testdata" {
		return true
	}
	_, err := os.Stat(filepath.Join(name, "go.mod"))
	return err == nil
}

func checkFile(t *testing.T, name, rel string, used map[string]bool) {
	t.Helper()
	r, ok := rowOf(path.Dir(rel))
	if !ok {
		t.Errorf("%s: package %s has no row in the table", rel, path.Dir(rel))
		return
	}
	used[r.pkg] = true
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, nil, parser.ImportsOnly)
	if err != nil {
		t.Error(err)
		return
	}
	may := strings.Fields(r.may)
	if strings.HasSuffix(rel, "_test.go") {
		may = append(may, strings.Fields(r.tests+" "+path.Dir(rel)+"/testdata/...")...)
	}
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Errorf("%s: %v", rel, err)
			continue
		}
		if !allowed(path.Dir(rel), imported, may) {
			t.Errorf("%s:%d: %s may not import %s", rel, fset.Position(spec.Pos()).Line, r.pkg, imported)
		}
	}
}

// rowOf finds the row of the package in dir; one that names it exactly wins.
func rowOf(dir string) (row, bool) {
	for _, r := range table {
		if r.pkg == dir {
			return r, true
		}
	}
	i := slices.IndexFunc(table, func(r row) bool { return strings.HasSuffix(r.pkg, "/...") && matches(r.pkg, dir) })
	if i < 0 {
		return row{}, false
	}
	return table[i], true
}

// allowed reports whether the package in dir may import imported.
func allowed(dir, imported string, may []string) bool {
	first, _, _ := strings.Cut(imported, "/")
	if !strings.Contains(first, ".") && imported != libzmq {
		return true // the standard library
	}
	imported = strings.TrimPrefix(imported, module+"/")
	return imported == dir || slices.ContainsFunc(may, func(pattern string) bool { return matches(pattern, imported) })
}

// matches reports whether name is what pattern names, or lies below it if the
// pattern ends in "...". The pattern "..." is every package of ours.
func matches(pattern, name string) bool {
	if pattern == "..." {
		first, _, _ := strings.Cut(name, "/")
		return !strings.Contains(first, ".")
	}
	prefix, below := strings.CutSuffix(pattern, "/...")
	return name == prefix || below && strings.HasPrefix(name, prefix+"/")
}

func TestRules(t *testing.T) {
	for _, c := range []struct {
		dir, imported string
		want          bool
	}{
		{"lang/check", module + "/internal/filter", true},
		{"lang/check", module + "/runtime", false},
		{"lang/check", module + "/runtime/spec", false},
		{"lang/syntax", "github.com/alecthomas/participle/v2/lexer", true},
		{"runtime/lane", "C", false},
		{"runtime/zmq", "C", true},
		{"runtime/actor", module + "/internal/schema", false},
		{"runtime/actor", "unsafe", true},
		{"internal/cli", module + "/lang/check", true},
		{"internal/cli", "github.com/expr-lang/expr", false},
		{"examples/quakes", module + "/runtime/actor", true},
		{"examples/quakes", module + "/runtime/lane", false},
	} {
		r, ok := rowOf(c.dir)
		if !ok {
			t.Errorf("%s has no row", c.dir)
		} else if got := allowed(c.dir, c.imported, strings.Fields(r.may)); got != c.want {
			t.Errorf("%s imports %s: %t, want %t", c.dir, c.imported, got, c.want)
		}
	}
}

// TestDependenciesHaveReasons demands that docs/dependencies.md has a line for
// each module that go.mod requires directly.
func TestDependenciesHaveReasons(t *testing.T) {
	root := filepath.Join("..", "..")
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	reasons, err := os.ReadFile(filepath.Join(root, "docs", "dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for line := range strings.Lines(string(mod)) {
		fields := strings.Fields(line)
		if len(fields) != 2 || !strings.HasPrefix(fields[1], "v") || !strings.HasPrefix(line, "\t") {
			continue
		}
		found++
		if !strings.Contains(string(reasons), fields[0]) {
			t.Errorf("docs/dependencies.md has no reason for %s", fields[0])
		}
	}
	if found == 0 {
		t.Error("go.mod requires nothing")
	}
}
