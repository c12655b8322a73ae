package build

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	gobuild "go/build"
	"go/parser"
	"go/scanner"
	"go/token"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/ilpomo/opencore/lang/diag"
)

// A readFunc reads a file; an editor may have newer text than the disk.
type readFunc = func(path string) ([]byte, error)

// A goPackage is the author's Go of a program: the files of its folder that
// the go command would compile, without tests and without the program's generated files.
type goPackage struct {
	dir    string
	name   string // "" if there are no Go files
	fset   *token.FileSet
	files  []*ast.File
	texts  map[string][]byte // by path
	broken scanner.ErrorList // what does not parse
}

// readPackage parses the Go package of a folder, without the generated files
// whose names are own. Those of other programs are part of it, but alone they make
// no package.
func readPackage(dir string, own map[string]bool, read readFunc) (*goPackage, error) {
	pkg := &goPackage{dir: dir, fset: token.NewFileSet(), texts: map[string][]byte{}}
	entries, err := os.ReadDir(pkg.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return pkg, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking for handlers: %w", err)
	}
	match := matcher(read)
	written := false
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || own[name] {
			continue
		}
		if ok, err := match.MatchFile(pkg.dir, name); err != nil || !ok {
			continue // MatchFile fails on what does not parse as far as the imports; so does the compiler, if it looks
		}
		if err := pkg.parse(path.Join(pkg.dir, name), read); err != nil {
			return nil, err
		}
		written = written || !strings.HasSuffix(name, generatedSuffix)
	}
	if !written {
		pkg.name, pkg.files = "", nil
	}
	return pkg, nil
}

// matcher decides as the go command does whether a file counts, for the build
// that Binary makes: with cgo.
func matcher(read readFunc) *gobuild.Context {
	c := gobuild.Default
	c.CgoEnabled = true
	c.OpenFile = func(path string) (io.ReadCloser, error) {
		text, err := read(path)
		if err != nil {
			return nil, err
		}
		return io.NopCloser(bytes.NewReader(text)), nil
	}
	return &c
}

func (pkg *goPackage) parse(name string, read readFunc) error {
	text, err := read(name)
	if err != nil {
		return fmt.Errorf("reading a handler: %w", err)
	}
	pkg.texts[name] = text
	file, err := parser.ParseFile(pkg.fset, name, text, parser.SkipObjectResolution|parser.ParseComments)
	if list, ok := errors.AsType[scanner.ErrorList](err); ok {
		pkg.broken = append(pkg.broken, list...)
	}
	if file == nil || file.Name == nil {
		return nil
	}
	pkg.files = append(pkg.files, file)
	if pkg.name == "" {
		pkg.name = file.Name.Name
	}
	return nil
}

// has reports whether the package declares a name.
func (pkg *goPackage) has(name string) bool {
	for _, file := range pkg.files {
		for _, ident := range declared(file) {
			if ident.Name == name {
				return true
			}
		}
	}
	return false
}

// declared lists the names that a file declares for its package.
func declared(file *ast.File) []*ast.Ident {
	var names []*ast.Ident
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				names = append(names, d.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					names = append(names, s.Name)
				case *ast.ValueSpec:
					names = append(names, s.Names...)
				}
			}
		}
	}
	return names
}

// span gives the place of n bytes of Go from pos on, in the terms of
// diagnostics.
func (pkg *goPackage) span(pos token.Pos, n int) diag.Span {
	return pkg.spanAt(pkg.fset.Position(pos), n)
}

func (pkg *goPackage) spanAt(p token.Position, n int) diag.Span {
	if !p.IsValid() {
		return diag.Span{File: p.Filename}
	}
	text := pkg.texts[p.Filename]
	start := min(max(p.Offset, 0), len(text))
	end := min(start+n, len(text))
	line := bytes.LastIndexByte(text[:start], '\n') + 1
	column := utf8.RuneCount(text[line:start]) + 1
	return diag.Span{
		File:  p.Filename,
		Start: diag.Position{Line: p.Line, Column: column, Offset: start},
		End:   diag.Position{Line: p.Line, Column: column + utf8.RuneCount(text[start:end]), Offset: end},
	}
}
