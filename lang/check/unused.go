package check

import (
	"iter"

	"github.com/ilpomo/opencore/lang/syntax"
)

// unused warns of parameters of graph main, and of consts beside it, whose names
// stand nowhere else. Whoever imports a file may use what it doesn't, so this is
// about the program's own file alone.
func (c *checker) unused() {
	if c.found.HasErrors() || c.own.broken() || c.own.partial {
		return // it may be what was misspelt
	}
	used := map[string]bool{}
	for _, f := range c.own.files {
		for _, d := range f.Decls {
			useDecl(used, d)
		}
	}
	for _, p := range c.program.Graph.Params {
		if !used[p.Name] {
			c.warnf(codeUnused, p.Span, "nothing uses the parameter %q", p.Name)
		}
	}
	for _, d := range c.own.constNodes {
		if k := d.decl.constant; k.span.File == c.program.File && !used[k.name] {
			c.warnf(codeUnused, k.span, "nothing uses the const %q", k.name)
		}
	}
}

// useDecl notes what stands for values in a declaration, where that is not the
// name that is declared.
func useDecl(used map[string]bool, d syntax.Decl) {
	switch d := d.(type) {
	case *syntax.Graph:
		use(used, d.Statements.Names())
		if d.Params != nil {
			useDefaults(used, d.Params.Items)
		}
	case *syntax.Const:
		useValue(used, d.Value)
	case *syntax.Actor:
		use(used, d.Names())
	case *syntax.Message:
		use(used, d.Names())
	case *syntax.Filter:
		use(used, d.Names())
	}
}

func use(used map[string]bool, names iter.Seq[string]) {
	for name := range names {
		used[name] = true
	}
}

func useDefaults(used map[string]bool, params []*syntax.Param) {
	for _, p := range params {
		if p != nil {
			useValue(used, p.Default)
		}
	}
}

func useValue(used map[string]bool, v syntax.Value) {
	if n, ok := v.(interface{ Names() iter.Seq[string] }); ok {
		use(used, n.Names())
	}
}
