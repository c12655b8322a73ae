package check

import (
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// declare enters all names of all packages, so that declarations may use each
// other in any order.
func (c *checker) declare() {
	for _, s := range c.scopes {
		for _, f := range s.files {
			for _, d := range f.Decls {
				c.declareOne(s, f, d)
			}
		}
	}
}

func (c *checker) declareOne(s *scope, file File, node syntax.Decl) {
	switch node := node.(type) {
	case *syntax.Enum:
		d := &decl{kind: kindEnum}
		if c.enter(s, node.Name, d) {
			d.enum = &model.Enum{EnumType: &schema.EnumType{Name: d.name, Doc: node.Doc}, Span: d.span}
			s.enumNodes = append(s.enumNodes, declared[*syntax.Enum]{node, d})
		}
	case *syntax.Message:
		d := &decl{kind: kindMessage}
		if c.enter(s, node.Name, d) {
			d.message = &model.Message{
				Message: &schema.Message{Name: d.name, Doc: node.Doc}, Span: d.span, Standard: s.isStandard(),
			}
			s.messageNodes = append(s.messageNodes, declared[*syntax.Message]{node, d})
		}
	case *syntax.Const:
		d := &decl{kind: kindConst}
		if c.enter(s, node.Name, d) {
			d.constant = &constant{name: d.name, span: d.span, node: node, scope: s}
			s.constNodes = append(s.constNodes, declared[*syntax.Const]{node, d})
		}
	case *syntax.Actor:
		d := &decl{kind: kindActor}
		if c.enter(s, node.Name, d) {
			d.actor = &model.Actor{Name: d.name, Doc: node.Doc, Span: d.span, Standard: s.isStandard(), Dir: file.Dir}
			s.actorNodes = append(s.actorNodes, declared[*syntax.Actor]{node, d})
		}
	case *syntax.Filter:
		d := &decl{kind: kindFilter}
		if c.enter(s, node.Name, d) {
			d.filter = &namedFilter{decl: d, node: node, scope: s}
			s.filters = append(s.filters, d.filter)
		}
	case *syntax.Graph:
		c.declareGraph(s, file, node)
	}
}

// declareGraph enters a component, or notes graph main.
func (c *checker) declareGraph(s *scope, file File, node *syntax.Graph) {
	switch {
	case node.Name == nil:
	case node.Name.Text != "main":
		d := &decl{kind: kindComponent}
		if c.enter(s, node.Name, d) {
			d.part = &component{node: node, scope: s, actor: &model.Actor{Name: d.name, Doc: node.Doc, Span: d.span, Standard: true}}
			s.components = append(s.components, d.part)
		}
	case file.File != c.own.home().File: // what is imported runs elsewhere
	case c.main != nil:
		c.errorf(codeTaken, node.Name.Span(), "there are two graphs %q", "main").
			Note(c.main.Name.Span(), "the first one is here")
	default:
		c.main = node
	}
}

// enter gives d the name in the scope. It reports false if that can't be, for
// a reason that has been reported.
func (c *checker) enter(s *scope, name *syntax.Name, d *decl) bool {
	if name == nil {
		return false
	}
	d.name, d.span = s.prefix+name.Text, name.Span()
	if other := s.names[name.Text]; other != nil {
		c.taken(d.span, name.Text, string(other.kind), other.span)
		return false
	}
	if why := reservedDecl(d.kind, name.Text); why != "" {
		c.errorf(codeReserved, d.span, "%q can't be the name of %s: %s", name.Text, d.kind, why)
		return false
	}
	s.names[name.Text] = d
	return true
}

// reservedDecl says why a declaration can't have a name; "" if it can.
func reservedDecl(k kind, name string) string {
	_, scalar := schema.Scalar(name)
	switch {
	case k == kindConst || k == kindFilter:
		return reservedWord(name)
	case scalar, name == exprType, name == "enum":
		return "it is a type of the language"
	case builtins[name] != nil:
		return "every program has a message of that name"
	}
	return ""
}

// taken reports a name that something has already. Around a bracket that is
// missing the parser may read one thing twice; that is no finding.
func (c *checker) taken(span diag.Span, name, what string, first diag.Span) {
	if span == first {
		return
	}
	c.errorf(codeTaken, span, "the name %q is taken", name).Note(first, "%s of this name is declared here", what)
}
