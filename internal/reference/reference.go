// Package reference makes the reference of actors, messages and graphs out of
// their declarations and doc comments, for the terminal and as Markdown. It
// works on what parses: a program with errors has a reference too. It is not
// for what a run would do, which is interp/plan's. Read [Source] and [Page].
package reference

import (
	"bytes"
	"embed"
	"slices"
	"strings"

	"github.com/ilpomo/opencore/lang/syntax"
)

// examples are programs that show one standard actor each: file.Lines.actors.
//
//go:embed examples/*.actors
var examples embed.FS

// A Source is one file of declarations: a package of the standard library, or
// a program.
type Source struct {
	name string // as pages call it: "file", "quakes.actors"
	pack string // what stands before the names of a package, "file."; else ""
	text []byte
	tree *syntax.File
}

// Package reads a package of the standard library.
func Package(name string, text []byte) *Source {
	s := Program(name, text)
	s.pack = name + "."
	return s
}

// Program reads a file of a user's; name is its path.
func Program(name string, text []byte) *Source {
	tree, _ := syntax.Parse(name, text) // what is wrong is for "check" to say
	return &Source{name: name, text: text, tree: tree}
}

// Names gives what the file declares and programs can name, in its order.
func (s *Source) Names() []string {
	var names []string
	for _, d := range s.tree.Decls {
		if name := declared(d); name != "" {
			names = append(names, s.pack+name)
		}
	}
	return names
}

// declared gives the name of a declaration; "" for an import, and for one whose
// name could not be read.
func declared(d syntax.Decl) string {
	var name *syntax.Name
	switch d := d.(type) {
	case *syntax.Const:
		name = d.Name
	case *syntax.Filter:
		name = d.Name
	case *syntax.Enum:
		name = d.Name
	case *syntax.Message:
		name = d.Name
	case *syntax.Actor:
		name = d.Name
	case *syntax.Graph:
		name = d.Name
	}
	if name == nil {
		return ""
	}
	return name.Text
}

// summary gives what the file's first comment says it is about, as in
// "// quakes.actors: who shakes, and how often".
func (s *Source) summary() string {
	line, _, _ := bytes.Cut(s.text, []byte("\n"))
	comment, ok := strings.CutPrefix(string(line), "// ")
	if !ok {
		return ""
	}
	if name, about, ok := strings.Cut(comment, ": "); ok && strings.HasSuffix(name, ".actors") {
		return strings.TrimSpace(about)
	}
	return strings.TrimSpace(comment)
}

// List makes the page that names all that some files declare, each with the
// first sentence about it.
func List(sources []*Source) Page {
	var p Page
	for _, s := range sources {
		p.heading(1, s.title())
		for _, d := range s.tree.Decls {
			if name := declared(d); name != "" && listed(d) {
				p.entry(s.pack+name, sentence(docOf(d)))
			}
		}
	}
	return p
}

// listed reports whether a declaration is one of those that people look for.
func listed(d syntax.Decl) bool {
	switch d.(type) {
	case *syntax.Actor, *syntax.Graph, *syntax.Message:
		return true
	default:
		return false
	}
}

func (s *Source) title() string {
	if about := s.summary(); about != "" {
		return s.name + ": " + about
	}
	return s.name
}

// Whole makes the page of all that files declare.
func Whole(sources ...*Source) Page {
	var p Page
	for _, s := range sources {
		p.heading(1, s.title())
		for _, d := range s.tree.Decls {
			s.declaration(&p, d, 2)
		}
	}
	return p
}

// One makes the page of the declaration called name, of an actor with a use of
// it where the file has one; false if nothing is called so.
func (s *Source) One(name string) (Page, bool) {
	i := slices.IndexFunc(s.tree.Decls, func(d syntax.Decl) bool {
		declared := declared(d)
		return declared != "" && s.pack+declared == name
	})
	if i < 0 {
		return nil, false
	}
	var p Page
	s.declaration(&p, s.tree.Decls[i], 1)
	return p, true
}
