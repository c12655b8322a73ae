package check

import (
	"github.com/ilpomo/opencore/internal/filter"
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// messages resolves the fields of all messages. Their defaults wait for the
// consts: see fieldDefaults.
func (c *checker) messages() {
	for _, s := range c.scopes {
		for _, m := range s.messageNodes {
			c.message(s, m)
			if !s.isStandard() {
				c.program.Messages = append(c.program.Messages, m.decl.message)
			}
		}
	}
}

func (c *checker) message(s *scope, m declared[*syntax.Message]) {
	names := map[string]diag.Span{}
	outside := map[string]diag.Span{}
	for _, f := range m.node.Fields.Items {
		if f == nil || f.Name == nil {
			continue
		}
		if first, ok := names[f.Name.Text]; ok {
			c.taken(f.Name.Span(), f.Name.Text, "a field", first)
			continue
		}
		names[f.Name.Text] = f.Name.Span()
		c.field(s, m.decl.message, f, outside)
	}
}

func (c *checker) field(s *scope, m *model.Message, f *syntax.Field, outside map[string]diag.Span) {
	name := f.Name.Text
	if why := reservedWord(name); why != "" {
		c.errorf(codeReserved, f.Name.Span(), "%q can't be the name of a field: %s", name, why).
			Help("give it another name, and the one it has in the data with as: %s_ %s as %q", name, sourceOf(f.Type), name)
	}
	field := schema.Field{Name: name, Doc: f.Doc, Type: c.typeOf(s, f.Type)}
	at := f.Name.Span()
	if f.As != nil {
		field.As, at = f.As.Value, f.As.Span()
	}
	if first, ok := outside[field.Outside()]; ok {
		c.errorf(codeTaken, at, "the outside name %q is taken", field.Outside()).
			Note(first, "another field is called so here")
	}
	outside[field.Outside()] = at
	if field.Type == nil {
		field.Type = &schema.Type{} // fits everything: see unknownType
	}
	m.Fields = append(m.Fields, field)
	m.FieldSpans = append(m.FieldSpans, f.Name.Span())
}

// reservedWord says why a name can't stand in an expression; "" if it can.
func reservedWord(name string) string {
	if filter.ReservedWord(name) {
		return "expressions read it as a word of their own"
	}
	return ""
}

// sourceOf gives the words of a type as they were written.
func sourceOf(t *syntax.Type) string {
	if t == nil {
		return "string"
	}
	text := ""
	for _, token := range t.Tokens {
		text += token.Value
	}
	return text
}

// fieldDefaults checks the defaults of all fields.
func (c *checker) fieldDefaults() {
	for _, s := range c.scopes {
		for _, m := range s.messageNodes {
			for _, f := range m.node.Fields.Items {
				if f != nil && f.Name != nil && f.Default != nil {
					c.fieldDefault(s, m.decl.message, f)
				}
			}
		}
	}
}

func (c *checker) fieldDefault(s *scope, m *model.Message, f *syntax.Field) {
	field, ok := m.Field(f.Name.Text)
	if !ok || field.Type.Kind == schema.Invalid {
		return
	}
	if c.endlessDefault(f, field) {
		return
	}
	names := &names{scope: s, constant: "the default of a field"}
	v, ok := c.value(f.Default, field.Type, place{what: quote(field.Name), names: names})
	if ok && v != nil {
		field.Default = string(model.Outside(field.Type, v))
	}
}
