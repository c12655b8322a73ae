package check

import (
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/syntax"
)

// unsupported refuses a part of the language that this release does not have.
func (c *checker) unsupported(at diag.Span, what string) {
	c.errorf(codeUnsupported, at, "%q is not in this release", what)
}

// unsupportedDecls refuses whole declarations. They are known by name all the
// same, so that their uses stay silent.
func (c *checker) unsupportedDecls() {
	for _, s := range c.scopes {
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *syntax.Import:
				s.imports = true
				c.unsupported(d.Span(), "import")
			case *syntax.Filter:
				if d.Name != nil {
					c.errorf(codeUnsupported, d.Name.Span(), "named filters like %q are not in this release", d.Name.Text)
				}
			case *syntax.Graph:
				if d.Name != nil && (d.Name.Text != "main" || s != c.own) {
					c.errorf(codeUnsupported, d.Name.Span(), "components like %q are not in this release: the only graph is main", d.Name.Text)
				}
			}
		}
	}
}
