package build

import (
	"slices"
	"strconv"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
)

// A unit is what a program has in one Go package: its own folder's, or that of a
// folder from which it imports actors. Each package has generated types for the
// messages that it knows, also where another one has them too: handlers pass
// each other bytes, not values.
type unit struct {
	program *model.Program // what the package knows
	actors  []*model.Actor // whose handlers are asked for
	alias   string         // of the package, in the generated main
	knows   map[string]bool
}

// units lists the Go packages of a program, its own first, each with at least
// one handler. Of its own folder every actor has one; of others those that the
// graph uses.
func units(p *model.Program) []*unit {
	var list []*unit
	if actors := handlers(p); len(actors) > 0 {
		list = append(list, newUnit(p, actors, handlersName))
	}
	aliases := map[string]string{} // by folder
	for _, other := range p.Elsewhere {
		dir := folder(other)
		if aliases[dir] == "" {
			aliases[dir] = handlersName + strconv.Itoa(len(aliases)+2)
		}
		used := func(a *model.Actor) bool { return a.Span.File == other.File && inUse(p, a) }
		list = append(list, newUnit(other, slices.DeleteFunc(handlers(other), func(a *model.Actor) bool { return !used(a) }), aliases[dir]))
	}
	return list
}

func newUnit(p *model.Program, actors []*model.Actor, alias string) *unit {
	u := &unit{program: p, actors: actors, alias: alias, knows: map[string]bool{}}
	for _, d := range declarations(p) {
		if d.message != nil {
			u.knows[d.message.Name] = true
		}
	}
	return u
}

// inUse reports whether the graph has an instance of an actor.
func inUse(p *model.Program, a *model.Actor) bool { return firstOf(p, a) != nil }

func firstOf(p *model.Program, a *model.Actor) *model.Instance {
	for _, i := range p.Graph.Instances {
		if i.Actor == a {
			return i
		}
	}
	return nil
}

// checkModule reports handlers that are in another Go module than the program:
// one binary has them all, and it is built in the program's.
func (u *unit) checkModule(p *model.Program, list *diag.List) {
	own, module := findModule(folder(p))
	root, other := findModule(folder(u.program))
	if module == "" || root == own {
		return
	}
	a := u.actors[0]
	list.Errorf(codeMain, firstOf(p, a).Span, "the handler of %q is in Go module %q, and the program in %q", a.Name, other, module).
		Note(a.Span, "actor %q is declared here", a.Name).
		Help("make them one module, with one go.mod above both")
}

// place gives the package of an actor.
func place(list []*unit, a *model.Actor) *unit {
	return list[slices.IndexFunc(list, func(u *unit) bool { return slices.Contains(u.actors, a) })]
}

// namedEnums lists the enums with names that messages have in them.
func namedEnums(messages []*schema.Message) []declaration {
	var list []declaration
	for _, m := range messages {
		for _, f := range m.Fields {
			t := f.Type
			for t.Elem != nil {
				t = t.Elem
			}
			if t.Kind == schema.Enum && t.Enum.Name != "" && !slices.ContainsFunc(list, func(d declaration) bool { return d.enum == t.Enum }) {
				list = append(list, declaration{name: schema.GoName(t.Enum.Name), what: "enum " + strconv.Quote(t.Enum.Name), enum: t.Enum})
			}
		}
	}
	return list
}
