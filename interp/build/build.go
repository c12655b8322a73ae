// Package build takes care of handlers written in Go: it says whether they fit
// their actors ([Check]), writes the messages as Go types with their codecs
// ([Generate]), and builds the binary that runs them ([Binary]). Check and
// Generate need no Go toolchain; Binary runs "go build".
//
// The handlers of a program are the Go package of the folder that its .actors
// file stands in, and those of what it imports the packages of the folders of
// these files; see unit. What a handler must look like is package actor's to say.
// Read [Check] first; generate.go, binary.go and new.go stand alone.
package build

import (
	"cmp"
	"path"
	"slices"
	"strconv"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
)

// generatedSuffix ends the names of generated files: quakes.actors.go.
const generatedSuffix = ".actors.go"

// The import paths of ours that handlers and generated code use.
const (
	modulePath = "github.com/ilpomo/opencore"
	actorPath  = modulePath + "/runtime/actor"
)

// folder gives the folder of the program's handlers, as the user would write
// it.
func folder(p *model.Program) string { return path.Dir(p.File) }

// generatedFile gives the name of the program's generated file within its
// folder.
func generatedFile(p *model.Program) string { return p.Name + generatedSuffix }

// handlers lists the actors of the program whose code is in Go.
func handlers(p *model.Program) []*model.Actor {
	return slices.DeleteFunc(slices.Clone(p.Actors), func(a *model.Actor) bool { return !a.InGo() })
}

// A declaration is something of the program that becomes a Go type.
type declaration struct {
	name    string           // in Go
	what    string           // `message "Quake"`
	span    diag.Span        // zero if the program doesn't declare it
	enum    *schema.EnumType // this,
	message *schema.Message  // or this
	builtin bool             // not of the program: of the standard library, or Rejected
}

// declarations lists the Go types that the program's generated file holds: its
// enums, those written in place, its messages, and what else its actors'
// ports carry.
func declarations(p *model.Program) []declaration { return declarationsOf(p, handlers(p)) }

// declarationsOf is declarations with other actors in the place of those in
// Go.
func declarationsOf(p *model.Program, actors []*model.Actor) []declaration {
	var list []declaration
	for _, e := range p.Enums {
		list = append(list, declaration{name: schema.GoName(e.Name), what: "enum " + strconv.Quote(e.Name), span: e.Span, enum: e.EnumType})
	}
	own := map[string]bool{}
	for _, m := range p.Messages {
		if m.Standard {
			continue
		}
		own[m.Name] = true
		list = append(list, declaration{name: schema.GoName(m.Name), what: "message " + strconv.Quote(m.Name), span: m.Span, message: m.Message})
		list = append(list, messageEnums(m.Message, m)...)
	}
	for _, a := range actors {
		list = append(list, paramEnums(a)...)
	}
	for _, m := range borrowed(p, actors, own) {
		list = append(list, declaration{name: schema.GoName(m.Name), what: "message " + strconv.Quote(m.Name), message: m, builtin: true})
		list = append(list, messageEnums(m, nil)...)
	}
	return list
}

// messageEnums lists the enums that are written in place in a message. at says
// where it is declared, nil if not in the program.
func messageEnums(m *schema.Message, at *model.Message) []declaration {
	var list []declaration
	for i, f := range m.Fields {
		e := enumInPlace(f.Type)
		if e == nil {
			continue
		}
		d := declaration{name: placeName(m.Name, f.Name), what: "the enum of field " + strconv.Quote(f.Name), enum: e, builtin: at == nil}
		if at != nil {
			d.span = at.FieldSpans[i]
		}
		list = append(list, d)
	}
	return list
}

// paramEnums lists the enums that are written in place in an actor's head.
func paramEnums(a *model.Actor) []declaration {
	var list []declaration
	for _, p := range a.Params {
		if e := enumInPlace(p.Type.Type); e != nil {
			list = append(list, declaration{name: placeName(a.Name, p.Name), what: "the enum of parameter " + strconv.Quote(p.Name), span: p.Span, enum: e})
		}
	}
	return list
}

// placeName is the Go type of an enum without a name: that of whose field or
// parameter it is, and that of the field or parameter.
func placeName(owner, name string) string { return schema.GoName(owner) + schema.GoName(name) }

// enumInPlace finds the enum without a name in a type; nil if there is none.
func enumInPlace(t *schema.Type) *schema.EnumType {
	for ; t != nil; t = t.Elem {
		if t.Kind == schema.Enum && t.Enum.Name == "" {
			return t.Enum
		}
	}
	return nil
}

// borrowed lists the messages that the ports of actors carry without the
// program declaring them, and those within them, by name.
func borrowed(p *model.Program, actors []*model.Actor, own map[string]bool) []*schema.Message {
	set := schema.Set{}
	for _, a := range actors {
		for _, port := range a.Ports {
			for _, t := range []model.PortType{port.Message, port.Reply} {
				if t.Message != nil {
					set.Add(t.Message)
				}
			}
		}
	}
	for _, types := range instantiations(p) {
		if !slices.Contains(actors, types.actor) {
			continue
		}
		for _, m := range types.messages {
			set.Add(m)
		}
	}
	var list []*schema.Message
	for name, m := range set {
		if !own[name] {
			list = append(list, m)
		}
	}
	slices.SortFunc(list, func(a, b *schema.Message) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// An instantiation is what the type parameters of an actor stand for.
type instantiation struct {
	actor    *model.Actor
	messages []*schema.Message // one for each type parameter
}

// instantiations lists, each once, what the graph makes of the program's
// generic actors.
func instantiations(p *model.Program) []instantiation {
	var list []instantiation
	if p.Graph == nil {
		return nil
	}
	for _, i := range p.Graph.Instances {
		if !i.Actor.InGo() || len(i.Actor.TypeParams) == 0 {
			continue
		}
		made := instantiation{actor: i.Actor}
		for _, name := range i.Actor.TypeParams {
			made.messages = append(made.messages, i.Types[name])
		}
		if !slices.ContainsFunc(list, made.same) {
			list = append(list, made)
		}
	}
	return list
}

func (i instantiation) same(other instantiation) bool {
	return i.actor == other.actor && slices.Equal(i.messages, other.messages)
}

// goType spells the Go type of a value of type t. place is the Go name of an
// enum without a name in it, see placeName; pkg stands before generated types, "" or "pkg.".
func goType(t *schema.Type, place, pkg string) string {
	s := bareGoType(t, place, pkg)
	if t.Optional {
		s = "*" + s
	}
	return s
}

var goScalars = map[schema.Kind]string{
	schema.String: "string", schema.Bool: "bool", schema.Int: "int64", schema.Float: "float64", schema.Bytes: "[]byte",
	schema.Time: "time.Time", schema.Duration: "time.Duration", schema.Any: "any",
}

func bareGoType(t *schema.Type, place, pkg string) string {
	switch t.Kind {
	case schema.Enum:
		if t.Enum.Name == "" {
			return pkg + place
		}
		return pkg + schema.GoName(t.Enum.Name)
	case schema.List:
		return "[]" + goType(t.Elem, place, pkg)
	case schema.Map:
		return "map[string]" + goType(t.Elem, place, pkg)
	case schema.Record:
		return pkg + schema.GoName(t.Message.Name)
	default:
		return goScalars[t.Kind]
	}
}
