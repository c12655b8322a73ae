package lsp

import (
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ilpomo/opencore/lang/syntax"
)

// maxPrograms bounds how many programs of the folders are looked at, and
// maxEntries how many names are read to find them: somebody may open the root
// of a disk.
const (
	maxPrograms = 500
	maxEntries  = 50_000
)

// everyProgram lists the programs that are open, and those in the folders
// that people work in. It is not all if there may be more.
func (r *request) everyProgram() (list []string, all bool) {
	s := &search{programs: maxPrograms, entries: maxEntries, seen: map[string]bool{}}
	for _, name := range r.roots(r.view) {
		s.add(name)
	}
	for _, folder := range r.view.folders {
		s.walk(filepath.FromSlash(folder))
	}
	return s.list, !s.ended
}

// A search looks for programs in folders, as far as it may.
type search struct {
	programs, entries int // how many may still be found, and names be read
	list              []string
	seen              map[string]bool
	ended             bool // before its end
}

func (s *search) add(name string) {
	if s.seen[name] {
		return
	}
	if s.programs == 0 {
		s.ended = true
		return
	}
	s.programs--
	s.seen[name] = true
	s.list = append(s.list, name)
}

func (s *search) walk(folder string) {
	// What can't be read is left out: the rest is still of use.
	_ = filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		if s.entries == 0 {
			s.ended = true
		}
		s.entries--
		switch {
		case s.ended:
			return fs.SkipAll
		case err != nil:
			return nil
		case d.IsDir() && name != folder && skipped(d.Name()):
			return fs.SkipDir
		case d.Type().IsRegular() && isProgram(name):
			s.add(filepath.ToSlash(name))
		}
		return nil
	})
}

// skipped reports whether nobody writes programs in a folder of that name.
func skipped(name string) bool {
	return strings.HasPrefix(name, ".") || name == "node_modules" || name == "vendor"
}

// reads reports whether a program reads a file, itself or through what it
// imports. It parses no more than it has to.
func (r *request) reads(root, file string) bool {
	if a := r.last(root); a.fits(r.view) {
		return a.texts[file] != nil
	}
	seen := map[string]bool{}
	var look func(name string) bool
	look = func(name string) bool {
		if name == file {
			return true
		}
		if seen[name] {
			return false
		}
		seen[name] = true
		data, err := r.view.read(name)
		if err != nil || !strings.Contains(string(data), "import") {
			return false
		}
		tree, _ := syntax.Parse(name, data)
		return slices.ContainsFunc(tree.Decls, func(d syntax.Decl) bool {
			i, ok := d.(*syntax.Import)
			return ok && i.Path != nil && look(path.Join(path.Dir(name), i.Path.Value))
		})
	}
	return look(root)
}
