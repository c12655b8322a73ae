package lang

import (
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/ilpomo/opencore/lang/check"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/syntax"
)

// Bounds of imports. Files that import each other are fine; a chain of more
// than maxImports is a slip, or someone's joke.
const (
	maxImports = 16 // in a chain
	maxFolders = 64 // between the program and the root of its project
)

// An importer follows the imports of a program, each file once.
type importer struct {
	*loader
	read    func(path string) ([]byte, error)
	home    string // the folder of the program
	seen    map[string]bool
	files   []check.File
	partial bool // a file could not be read

	root  int  // how many folders above home the project begins; see project
	known bool // root is
}

// add adds a file behind what it imports. It is called name in places, and the
// depth-th in its chain.
func (i *importer) add(file *syntax.File, name string, depth int) {
	dir := path.Dir(name)
	var imports []string
	for _, d := range file.Decls {
		if d, ok := d.(*syntax.Import); ok && d.Path != nil {
			i.follow(d, dir, depth+1)
			imports = append(imports, path.Join(dir, d.Path.Value))
		}
	}
	i.files = append(i.files, check.File{File: file, Dir: dir, Imports: imports})
}

// follow reads an imported file that has not been read.
func (i *importer) follow(d *syntax.Import, dir string, depth int) {
	name := path.Join(dir, d.Path.Value)
	if !i.allowed(d, name) {
		i.partial = true
		return
	}
	if i.seen[name] {
		return
	}
	i.seen[name] = true
	if depth > maxImports {
		i.partial = true
		i.found.Errorf(codeImport, d.Path.Span(), "more than %d files import each other in a chain that ends here", maxImports)
		return
	}
	text, err := i.read(name)
	if err != nil {
		f := i.found.Errorf(codeImport, d.Path.Span(), "%q can't be read: %s", name, reason(err))
		if name = i.meant(f, d.Path, name); name == "" {
			i.partial = true
			return
		}
		i.seen[name] = true
		if text, err = i.read(name); err != nil {
			panic("bug: it has been read: " + err.Error())
		}
	}
	file := i.parse(name, text)
	i.add(file, name, depth)
}

// meant finds the file of the folder that the name of one that isn't there was
// meant to be, and gives it where no other can have been meant: then the program
// is read as if it said so.
func (i *importer) meant(f *diag.Diagnostic, written *syntax.String, name string) string {
	dir, base := path.Split(name)
	entries, err := os.ReadDir(filepath.FromSlash(path.Dir(name)))
	if err != nil {
		return "" // the folder isn't there either
	}
	var stems []string
	for _, e := range entries {
		stem, ours := strings.CutSuffix(e.Name(), Extension)
		if ours && !i.seen[dir+e.Name()] {
			stems = append(stems, stem)
		}
	}
	full := func(stem string) string { return strings.TrimSuffix(written.Value, base) + stem + Extension }
	stem := f.Meant(diag.Meant{
		Word: strings.TrimSuffix(base, Extension), At: written.Span(), Candidates: stems,
		Write: func(stem string) string { return strconv.Quote(full(stem)) },
	})
	if stem == "" {
		return ""
	}
	f.Help("did you mean %q?", full(stem))
	if _, err := i.read(dir + stem + Extension); err != nil || !f.Fixes[0].Sure {
		return ""
	}
	return dir + stem + Extension
}

// allowed reports whether a program may import the file of a name: one of its
// project.
func (i *importer) allowed(d *syntax.Import, name string) bool {
	at := d.Path.Span()
	switch written := d.Path.Value; {
	case path.IsAbs(written):
		i.found.Errorf(codeImport, at, "%q is no path from this file: it begins at the root of the system", written)
	case !strings.HasSuffix(written, Extension) || path.Base(written) == Extension:
		f := i.found.Errorf(codeImport, at, "%q is no file of ours: those end in %s", written, Extension)
		if written != "" && path.Ext(written) == "" && !strings.HasSuffix(written, "/") {
			f.Help("did you mean %q?", written+Extension)
		}
	case i.above(name) > 0 && i.above(name) > i.project():
		i.outside(at, written)
	default:
		return true
	}
	return false
}

func (i *importer) outside(at diag.Span, written string) {
	i.found.Errorf(codeImport, at, "%q leads out of the project", written).
		Help("a project is the folder of the program, or of the nearest go.mod above it")
}

// above tells how many folders above the program's a file is.
func (i *importer) above(name string) int {
	way, err := filepath.Rel(i.home, name)
	if err != nil { // it is not known how the folder of the program is called
		return maxFolders
	}
	return strings.Count(filepath.ToSlash(way), "../")
}

// project finds how many folders above the program's the project begins: at
// the nearest go.mod, else there.
func (i *importer) project() int {
	if i.known {
		return i.root
	}
	i.known = true
	for n := range maxFolders {
		if _, err := i.read(path.Join(i.home, strings.Repeat("../", n), "go.mod")); err == nil {
			i.root = n
			break
		}
	}
	return i.root
}
