package check

import (
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/syntax"
)

// enums fills in the values of the declared enums.
func (c *checker) enums() {
	for _, s := range c.scopes {
		for _, e := range s.enumNodes {
			c.enum(s, e)
		}
	}
}

func (c *checker) enum(s *scope, e declared[*syntax.Enum]) {
	var names []*syntax.Name
	for _, v := range e.node.Values.Items {
		if v != nil {
			names = append(names, v.Name)
		}
	}
	enum := e.decl.enum
	enum.Values, enum.ValueSpans = c.enumValues(e.decl.span, names)
	if e.node.Values.Broken {
		c.openEnums[enum.EnumType] = true
	}
	if len(enum.Values) == 0 && !e.node.Values.Broken {
		c.errorf(codeValue, e.decl.span, "enum %q has no values", e.node.Name.Text)
	}
	if !s.isStandard() {
		c.program.Enums = append(c.program.Enums, enum)
	}
}

// enumValues checks the values of an enum; those that stand twice count once.
func (c *checker) enumValues(at diag.Span, names []*syntax.Name) ([]string, []diag.Span) {
	var values []string
	var spans []diag.Span
	seen := make(map[string]diag.Span, len(names))
	for _, n := range names {
		if n == nil {
			continue
		}
		if first, ok := seen[n.Text]; ok {
			c.taken(n.Span(), n.Text, "a value", first)
			continue
		}
		seen[n.Text] = n.Span()
		values, spans = append(values, n.Text), append(spans, n.Span())
	}
	if len(values) > schema.MaxEnumValues {
		c.errorf(codeBigEnum, at, "an enum has at most %d values, this one has %d", schema.MaxEnumValues, len(values))
	}
	return values, spans
}

// enumInPlace resolves enum(a, b).
func (c *checker) enumInPlace(e *syntax.EnumType) *schema.Type {
	values, _ := c.enumValues(e.Span(), e.Values)
	if len(values) == 0 {
		return nil
	}
	return &schema.Type{Kind: schema.Enum, Enum: &schema.EnumType{Values: values}}
}
