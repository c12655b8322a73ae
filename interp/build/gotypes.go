package build

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/ilpomo/opencore/internal/schema"
)

// stubs is what the types of handlers need to be known of the packages that
// they import. Bodies of functions are never looked at, so the rest of
// context, time and package actor doesn't matter. A test compares them with
// the real ones.
var stubs = map[string]string{
	"context": `package context
type Context interface { Deadline() (int, bool); Done() <-chan struct{}; Err() error; Value(any) any }`,
	"time": `package time
type Time struct { ns int64 }
type Duration int64`,
	actorPath: `package actor
type Message interface { AppendMessage(b []byte) []byte }
type Out[T Message] struct { value T }
type Ask[A, B Message] struct { a A; b B }
type Reply[T Message] struct { value T }
type Raw []byte
func (r Raw) AppendMessage(b []byte) []byte`,
}

// A typed is a Go package whose declarations have been typed.
type typed struct {
	*goPackage
	scope *types.Scope
	in    *importer
	knows map[string]bool // the messages that the package has types for
}

// typeCheck types the declarations of the package together with the generated
// file. What is wrong with them the Go compiler will say: here only the members of
// handlers count, and types that can't be known are taken for right.
func typeCheck(pkg *goPackage, generated *ast.File, read readFunc) *typed {
	root, module := findModule(pkg.dir)
	in := &importer{fset: pkg.fset, read: read, root: root, module: module, packages: map[string]*types.Package{}}
	made := in.check("handlers", append(pkg.files[:len(pkg.files):len(pkg.files)], generated))
	return &typed{goPackage: pkg, scope: made.Scope(), in: in}
}

// An importer gives the packages that handlers import: stubs of those whose
// types matter, those of the same module from their source, of all others
// nothing but the name.
type importer struct {
	fset     *token.FileSet
	read     readFunc
	root     string // of the module; "" if there is none
	module   string
	packages map[string]*types.Package
}

// Import implements [types.Importer].
func (in *importer) Import(name string) (*types.Package, error) {
	if pkg := in.packages[name]; pkg != nil {
		return pkg, nil
	}
	empty := types.NewPackage(name, packageName(name))
	empty.MarkComplete()
	in.packages[name] = empty // also what an import cycle finds
	if files := in.source(name); len(files) > 0 {
		in.packages[name] = in.check(name, files)
	}
	return in.packages[name], nil
}

// packageName guesses a package's name from its path.
func packageName(name string) string {
	base := path.Base(name)
	if len(base) > 1 && base[0] == 'v' && base[1] >= '0' && base[1] <= '9' {
		base = path.Base(path.Dir(name))
	}
	return strings.NewReplacer("-", "_", ".", "_").Replace(base)
}

// source parses the package of that path, if it is one that matters.
func (in *importer) source(name string) []*ast.File {
	if text, ok := stubs[name]; ok {
		file, err := parser.ParseFile(in.fset, "", text, parser.SkipObjectResolution)
		if err != nil {
			panic("bug: a stub does not parse: " + err.Error())
		}
		return []*ast.File{file}
	}
	rel, ok := strings.CutPrefix(name, in.module)
	if in.module == "" || !ok || rel != "" && rel[0] != '/' {
		return nil
	}
	return in.folder(filepath.Join(in.root, filepath.FromSlash(rel)))
}

// folder parses the Go package of a folder, as far as it parses.
func (in *importer) folder(dir string) []*ast.File {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // the compiler will say that it is not there
	}
	match := matcher(in.read)
	var files []*ast.File
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		if ok, err := match.MatchFile(dir, name); err != nil || !ok {
			continue
		}
		text, err := in.read(filepath.Join(dir, name))
		if err != nil {
			continue
		}
		if file, _ := parser.ParseFile(in.fset, filepath.Join(dir, name), text, parser.SkipObjectResolution); file != nil {
			files = append(files, file)
		}
	}
	return files
}

func (in *importer) check(name string, files []*ast.File) *types.Package {
	conf := types.Config{
		IgnoreFuncBodies: true,
		FakeImportC:      true,
		Importer:         in,
		Error:            func(error) {}, // see typeCheck
	}
	pkg, _ := conf.Check(name, in.fset, files, nil) // errors went to conf.Error
	return pkg
}

// findModule looks for the module that a folder is in: its folder and path,
// "" if there is none.
func findModule(dir string) (root, module string) {
	dir, err := filepath.Abs(dir)
	for err == nil {
		if text, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil {
			return dir, moduleLine(string(text))
		}
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	return "", ""
}

// moduleLine finds the module's path in a go.mod.
func moduleLine(text string) string {
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "//")
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "module"); ok && strings.TrimSpace(name) != "" {
			name = strings.TrimSpace(name)
			if unquoted, err := strconv.Unquote(name); err == nil {
				return unquoted
			}
			return name
		}
	}
	return ""
}

// lookup gives a type that a package of ours or of Go's declares.
func (t *typed) lookup(pkg, name string) types.Type {
	made, _ := t.in.Import(pkg) // never fails
	return made.Scope().Lookup(name).Type()
}

// message gives the generated type of a message. One that the package doesn't
// know, which a generic handler may have, can't be known here.
func (t *typed) message(m *schema.Message) types.Type {
	if !t.knows[m.Name] {
		return types.Typ[types.Invalid]
	}
	return t.generated(schema.GoName(m.Name))
}

// generated gives a type that the generated file declares. Where the author
// declares another thing of the name, that is reported elsewhere.
func (t *typed) generated(name string) types.Type {
	if obj, ok := t.scope.Lookup(name).(*types.TypeName); ok {
		return obj.Type()
	}
	return types.Typ[types.Invalid]
}

// valueType is goType as a type.
func (t *typed) valueType(of *schema.Type, place string) types.Type {
	typ := t.bareValueType(of, place)
	if of.Optional {
		return types.NewPointer(typ)
	}
	return typ
}

func (t *typed) bareValueType(of *schema.Type, place string) types.Type {
	switch of.Kind {
	case schema.String:
		return types.Typ[types.String]
	case schema.Bool:
		return types.Typ[types.Bool]
	case schema.Int:
		return types.Typ[types.Int64]
	case schema.Float:
		return types.Typ[types.Float64]
	case schema.Bytes:
		return types.NewSlice(types.Typ[types.Byte])
	case schema.Time, schema.Duration:
		return t.lookup("time", map[schema.Kind]string{schema.Time: "Time", schema.Duration: "Duration"}[of.Kind])
	case schema.Any:
		return types.Universe.Lookup("any").Type()
	case schema.List:
		return types.NewSlice(t.valueType(of.Elem, place))
	case schema.Map:
		return types.NewMap(types.Typ[types.String], t.valueType(of.Elem, place))
	case schema.Record:
		return t.message(of.Message)
	default: // an enum
		return t.generated(bareGoType(of, place, ""))
	}
}

// apply gives a generic type of package actor for messages.
func (t *typed) apply(name string, messages ...types.Type) types.Type {
	made, err := types.Instantiate(nil, t.lookup(actorPath, name), messages, false)
	if err != nil {
		panic("bug: package actor's " + name + ": " + err.Error())
	}
	return made
}

// generic reports which of package actor's types for ports typ is: "Out",
// "Ask", or "" if it is neither.
func (t *typed) generic(typ types.Type) string {
	named, ok := types.Unalias(typ).(*types.Named)
	if !ok {
		return ""
	}
	for _, name := range []string{"Out", "Ask"} {
		if types.Identical(named.Origin(), t.lookup(actorPath, name)) {
			return name
		}
	}
	return ""
}

// spell writes a type as the author would.
func (t *typed) spell(typ types.Type) string {
	return types.TypeString(typ, func(pkg *types.Package) string {
		if pkg.Scope() == t.scope {
			return ""
		}
		return pkg.Name()
	})
}
