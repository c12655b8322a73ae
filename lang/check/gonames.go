package check

import (
	"go/token"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
)

// goNames finds names that differ here and are one in Go, where handlers are
// written. Only the program's own are looked at: the standard library is
// compiled.
func (c *checker) goNames() {
	pkg := c.goScope("")
	pkg.enter(schema.Rejected.Name, schema.Rejected.Name, diag.Span{})
	for _, s := range c.scopes[1:] {
		for _, m := range s.messageNodes {
			pkg.names[schema.GoName(m.decl.name)] = goName{m.decl.name, m.decl.span}
		}
	}
	for _, e := range c.own.enumNodes {
		pkg.enter(e.decl.name, schema.GoName(e.decl.name), e.decl.span)
		for i, v := range e.decl.enum.Values {
			pkg.enter(e.decl.name+"."+v, schema.GoName(e.decl.name)+schema.GoName(v), e.decl.enum.ValueSpans[i])
		}
	}
	for _, m := range c.own.messageNodes {
		pkg.enter(m.decl.name, schema.GoName(m.decl.name), m.decl.span)
		c.goFields(m.decl.message)
	}
	for _, a := range c.own.actorNodes {
		if !a.decl.actor.InGo() {
			continue
		}
		pkg.enter(a.decl.name, schema.GoName(a.decl.name), a.decl.span)
		c.goMembers(a.decl.actor)
	}
}

// messageMethods are the methods that generated messages have.
var messageMethods = []string{"AppendMessage", "DecodeMessage"}

func (c *checker) goFields(m *model.Message) {
	fields := c.goScope("a method of generated messages")
	for _, method := range messageMethods {
		fields.enter(method, method, diag.Span{})
	}
	for i := range m.Fields {
		fields.enter(m.Fields[i].Name, schema.GoName(m.Fields[i].Name), m.FieldSpans[i])
	}
}

func (c *checker) goMembers(a *model.Actor) {
	members := c.goScope("")
	for _, p := range a.Params {
		members.enter(p.Name, schema.GoName(p.Name), p.Span)
	}
	for _, p := range a.Ports {
		members.enter(p.Name, schema.GoName(p.Name), p.Span)
		if p.Pattern == model.Pair { // a field to send, a method to receive
			members.enter(p.Name, "Handle"+schema.GoName(p.Name), p.Span)
		}
	}
}

// A goScope is what may not have two names that are one in Go: a package, or
// the members of a type.
type goScope struct {
	checker *checker
	builtin string // what those names are that stand nowhere in the source
	names   map[string]goName
}

// A goName is who has a name in Go.
type goName struct {
	name string
	span diag.Span
}

func (c *checker) goScope(builtin string) *goScope {
	return &goScope{checker: c, builtin: builtin, names: map[string]goName{}}
}

// enter claims a name in Go for one of ours.
func (s *goScope) enter(name, inGo string, at diag.Span) {
	if !token.IsExported(inGo) || !token.IsIdentifier(inGo) {
		s.checker.errorf(codeGoName, at, "%q has no exported name in Go: it would be %q", name, inGo)
		return
	}
	first, ok := s.names[inGo]
	if !ok {
		s.names[inGo] = goName{name, at}
		return
	}
	d := s.checker.errorf(codeGoName, at, "%q and %q are both %s in Go", first.name, name, inGo)
	if first.span.IsZero() {
		d.Note(diag.Span{}, "%s is %s", inGo, s.builtin)
		return
	}
	d.Note(first.span, "%q is declared here", first.name)
}
