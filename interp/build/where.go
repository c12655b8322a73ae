package build

import (
	"go/ast"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
)

// Where finds the Go of an actor's handler: of its type or, if the name of one
// of its ports or parameters is given, of the method or field that is it. The
// zero span means that there is none. It looks at what parses and asks for no
// sound program; dir is the folder of the file that declares the actor.
func Where(dir, actor, member string, read readFunc) diag.Span {
	pkg, err := readPackage(dir, nil, read)
	if err != nil {
		return diag.Span{}
	}
	name := schema.GoName(actor)
	if member == "" {
		return pkg.typeAt(name)
	}
	for _, goName := range []string{schema.GoName(member), pairMethod + schema.GoName(member)} {
		if at := pkg.memberAt(name, goName); !at.IsZero() {
			return at
		}
	}
	return diag.Span{}
}

// typeAt gives the place of the name of a type.
func (pkg *goPackage) typeAt(name string) diag.Span {
	if t := pkg.typeSpec(name); t != nil {
		return pkg.span(t.Name.Pos(), len(name))
	}
	return diag.Span{}
}

func (pkg *goPackage) typeSpec(name string) *ast.TypeSpec {
	for _, file := range pkg.files {
		for _, decl := range file.Decls {
			d, ok := decl.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range d.Specs {
				if t, ok := spec.(*ast.TypeSpec); ok && t.Name.Name == name {
					return t
				}
			}
		}
	}
	return nil
}

// memberAt gives the place of the name of a method or of a field of a type.
func (pkg *goPackage) memberAt(owner, name string) diag.Span {
	for _, file := range pkg.files {
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Name.Name == name && receiver(f) == owner {
				return pkg.span(f.Name.Pos(), len(name))
			}
		}
	}
	t := pkg.typeSpec(owner)
	if t == nil {
		return diag.Span{}
	}
	s, ok := t.Type.(*ast.StructType)
	if !ok {
		return diag.Span{}
	}
	for _, field := range s.Fields.List {
		for _, ident := range field.Names {
			if ident.Name == name {
				return pkg.span(ident.Pos(), len(name))
			}
		}
	}
	return diag.Span{}
}

// receiver gives the name of the type that a method is one of; "" of a
// function.
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) != 1 {
		return ""
	}
	t := f.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	switch generic := t.(type) {
	case *ast.IndexExpr:
		t = generic.X
	case *ast.IndexListExpr:
		t = generic.X
	}
	if ident, ok := t.(*ast.Ident); ok {
		return ident.Name
	}
	return ""
}
