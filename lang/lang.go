// Package lang is the compiler's front in one call: [Load] reads a program
// and the standard library, parses and checks them, and gives the checked
// program with all that is wrong with it. It does no more than put
// lang/syntax, lang/check and lang/prove together; what a program means is said there.
package lang

import (
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/ilpomo/opencore/lang/check"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/prove"
	"github.com/ilpomo/opencore/lang/syntax"
)

// Extension is how the names of source files end.
const Extension = ".actors"

// standardFolder stands before the names of the standard library's files in
// diagnostics: they lie in no folder of the user's.
const standardFolder = "stdlib/"

// Sources holds the texts that a program was made of, for showing lines of
// them.
type Sources struct{ texts map[string][]byte }

// Text gives the text of a file by its name in spans; nil if there is none.
func (s *Sources) Text(file string) []byte { return s.texts[file] }

// The codes of files. The first is the one finding that is not about a text.
const (
	codeUnreadable diag.Code = "OC200"
	codeImport     diag.Code = "OC232" // an import that leads nowhere
)

// Load reads the program in file, the files that it imports, and the standard
// library, NAME.actors at the root of std, and checks them. read gives the bytes
// of a file, as os.ReadFile does; the folder of an import that leads nowhere is
// looked into for what may have been meant. Whatever is wrong, that a file can't be read
// included, is in the list, which is sorted; the program is nil if one of the
// findings is an error.
func Load(file string, read func(path string) ([]byte, error), std fs.FS) (*model.Program, *Sources, diag.List) {
	return load(file, read, std, prove.Program)
}

// LoadForced is [Load] with the errors that are proved of a program as warnings, so
// that it can be run all the same.
func LoadForced(file string, read func(path string) ([]byte, error), std fs.FS) (*model.Program, *Sources, diag.List) {
	return load(file, read, std, func(p *model.Program) diag.List {
		found := prove.Program(p)
		for i := range found {
			found[i].Severity = diag.Warning
		}
		return found
	})
}

// LoadToShow is [Load] for who looks at a program rather than runs it: there is one
// also where an error was proved of it. It is nil if the program isn't well formed.
func LoadToShow(file string, read func(path string) ([]byte, error), std fs.FS) (*model.Program, *Sources, diag.List) {
	s := inspect(file, read, std, prove.Program)
	return s.formed, s.Sources, s.Found
}

func load(file string, read func(path string) ([]byte, error), std fs.FS, proofs func(*model.Program) diag.List) (*model.Program, *Sources, diag.List) {
	s := inspect(file, read, std, proofs)
	return s.Program, s.Sources, s.Found
}

// Runs reports whether a text declares a graph main. A file without one has
// definitions for others to import.
func Runs(file string, text []byte) bool {
	tree, _ := syntax.Parse(file, text)
	return slices.ContainsFunc(tree.Decls, func(d syntax.Decl) bool {
		g, ok := d.(*syntax.Graph)
		return ok && g.Name != nil && g.Name.Text == "main"
	})
}

type loader struct {
	sources *Sources
	found   diag.List
}

// read parses the file at path and keeps its text; name is what diagnostics
// call it.
func (l *loader) read(path, name string, read func(path string) ([]byte, error)) (file *syntax.File, ok bool) {
	text, err := read(path)
	if err != nil {
		l.found.Errorf(codeUnreadable, diag.Span{File: name}, "the file can't be read: %s", reason(err))
		return nil, false
	}
	return l.parse(name, text), true
}

// parse parses a file and keeps its text.
func (l *loader) parse(name string, text []byte) *syntax.File {
	l.sources.texts[name] = text
	file, found := syntax.Parse(name, text)
	l.found = append(l.found, found...)
	return file
}

// reason says what is wrong with a file without its name.
func reason(err error) string {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		return at.Err.Error()
	}
	return err.Error()
}

// standard parses the standard library, in the order of its names.
func (l *loader) standard(std fs.FS) []check.Standard {
	names, err := fs.Glob(std, "*"+Extension)
	if err != nil {
		panic("bug: the pattern is wrong: " + err.Error())
	}
	var packages []check.Standard
	for _, name := range names {
		read := func(path string) ([]byte, error) { return fs.ReadFile(std, path) }
		if file, ok := l.read(name, standardFolder+name, read); ok {
			packages = append(packages, check.Standard{Name: strings.TrimSuffix(name, Extension), File: file})
		}
	}
	return packages
}
