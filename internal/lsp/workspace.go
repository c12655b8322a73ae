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
// that people work in.
func (r *request) everyProgram() []string {
	list := r.roots(r.view)
	seen := map[string]bool{}
	for _, name := range list {
		seen[name] = true
	}
	for _, folder := range r.view.folders {
		entries := 0
		// What can't be read is left out: the rest is still of use.
		_ = filepath.WalkDir(filepath.FromSlash(folder), func(name string, d fs.DirEntry, err error) error {
			entries++
			switch {
			case len(list) >= maxPrograms || entries > maxEntries:
				return fs.SkipAll
			case err != nil:
				return nil
			case d.IsDir() && name != filepath.FromSlash(folder) && skipped(d.Name()):
				return fs.SkipDir
			case d.Type().IsRegular() && isProgram(name) && !seen[filepath.ToSlash(name)]:
				seen[filepath.ToSlash(name)] = true
				list = append(list, filepath.ToSlash(name))
			}
			return nil
		})
	}
	return list
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
