package build

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"strings"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
)

// Check says where the program's handlers in Go don't fit their actors. It
// types the declarations of the Go package in memory, together with the messages as
// they would be generated now, so it needs neither a Go toolchain nor the
// packages that handlers import; what is wrong within functions the Go
// compiler says when the program is built. read gives the text of a Go file, which an
// editor may have newer than the disk.
func Check(p *model.Program, read func(path string) ([]byte, error)) diag.List {
	var list diag.List
	for _, u := range units(p) {
		var found diag.List
		if u.program != p {
			u.checkModule(p, &found)
		}
		if len(found) == 0 {
			u.check(p, read, &found)
		}
		list = append(list, found...)
	}
	list.Sort()
	return list
}

// check compares the handlers of one package with their actors. p is the whole
// program.
func (u *unit) check(p *model.Program, read readFunc, list *diag.List) {
	pkg, err := readPackage(folder(u.program), generatedNames(u.program), read)
	if err != nil {
		list.Errorf(codeNoPackage, u.actors[0].Span, "the Go of actor %q can't be read: %v", u.actors[0].Name, err)
		return
	}
	if checkPackage(u.program, pkg, u.actors[0], list); len(*list) > 0 {
		return
	}
	checkDeclared(u.program, pkg, list)
	text := outline(u.program, pkg.name, pkg.has)
	name := path.Join(pkg.dir, generatedFile(u.program))
	generated, err := parser.ParseFile(pkg.fset, name, text, parser.SkipObjectResolution)
	if err != nil {
		panic(fmt.Sprintf("bug: the generated Go does not parse: %v", err))
	}
	pkg.texts[name] = text
	t := typeCheck(pkg, generated, read)
	t.knows = u.knows
	for _, a := range u.actors {
		checkActor(p, t, a, list)
	}
}

// checkPackage looks for what is wrong with the package as a whole.
func checkPackage(p *model.Program, pkg *goPackage, first *model.Actor, list *diag.List) {
	for _, e := range pkg.broken {
		list.Errorf(codeGoSyntax, pkg.spanAt(e.Pos, 0), "this is not Go: %s", e.Msg)
	}
	if len(*list) > 0 {
		return
	}
	if pkg.name == "" {
		list.Errorf(codeNoPackage, first.Span, "actor %q has no code: there is no Go package beside %s", first.Name, path.Base(p.File)).
			Help("write its Go type in a file in the same folder: %s", skeleton(first))
		return
	}
	for _, file := range pkg.files {
		span := pkg.span(file.Name.Pos(), len(file.Name.Name))
		switch {
		case pkg.name == "main":
			list.Errorf(codeMain, span, "handlers can't live in package main, which nothing can import").
				Note(first.Span, "actor %q is declared here", first.Name).
				Help("call it %q", packageNameFor(p))
			return
		case file.Name.Name != pkg.name:
			list.Errorf(codeMain, span, "this is package %q, other files of the folder are package %q", file.Name.Name, pkg.name)
		}
	}
}

// packageNameFor suggests a name for the package of a program's handlers.
func packageNameFor(p *model.Program) string {
	name := strings.ToLower(strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == '.' {
			return -1
		}
		return r
	}, p.Name))
	if !token.IsIdentifier(name) || name == "main" {
		return "handlers"
	}
	return name
}

// checkDeclared looks for Go names of the program that the author's Go, or
// the generated Go of another program in the folder, declares too.
func checkDeclared(p *model.Program, pkg *goPackage, list *diag.List) {
	byHand := map[string]*ast.Ident{}
	for _, file := range pkg.files {
		for _, ident := range declared(file) {
			byHand[ident.Name] = ident
		}
	}
	seen := map[string]declaration{}
	claim := func(d declaration, name string) {
		if ident := byHand[name]; ident != nil && !d.builtin {
			clash(d, pkg.span(ident.Pos(), len(name)), name, list)
		}
		if other, ok := seen[name]; ok {
			list.Errorf(codeDeclared, d.span, "%s and %s are both %q in Go", d.what, other.what, name).
				Note(other.span, "%s is here", other.what)
		}
		seen[name] = d
	}
	for _, d := range declarations(p) {
		claim(d, d.name)
		if d.enum == nil {
			continue
		}
		for _, v := range d.enum.Values {
			claim(d, d.valueName(v))
		}
	}
}

// clash reports a name of the generated file that is declared elsewhere too.
func clash(d declaration, span diag.Span, name string, list *diag.List) {
	if strings.HasSuffix(span.File, generatedSuffix) {
		list.Errorf(codeDeclared, d.span, "another program in this folder declares %s in Go too", d.what).
			Note(span, "it is generated here").
			Help("programs that share a folder share a Go package: rename one, or move one program to a folder of its own")
		return
	}
	list.Errorf(codeDeclared, span, "%q is generated for %s and can't be declared by hand", name, d.what).
		Note(d.span, "%s is declared here", d.what).
		Help("leave it out: opencore writes it into NAME%s", generatedSuffix)
}

// skeleton spells the Go that an actor needs, in one line.
func skeleton(a *model.Actor) string {
	name := schema.GoName(a.Name)
	var fields, methods []string
	for _, m := range membersOf(a, nil) {
		if m.field {
			fields = append(fields, m.declaration(name))
		} else {
			methods = append(methods, m.declaration(name))
		}
	}
	text := fmt.Sprintf("type %s struct { %s }", name, strings.Join(fields, "; "))
	if len(methods) > 0 {
		text += ", with " + strings.Join(methods, ", ")
	}
	return strings.ReplaceAll(text, "{  }", "{}")
}
