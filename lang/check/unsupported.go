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
		for _, f := range s.files {
			for _, d := range f.Decls {
				if d, ok := d.(*syntax.Graph); ok && d.Name != nil && d.Name.Text != "main" {
					c.errorf(codeUnsupported, d.Name.Span(), "components like %q are not in this release: the only graph is main", d.Name.Text)
				}
			}
		}
	}
}
