package check

import (
	"path"
	"slices"
	"strings"

	"github.com/ilpomo/opencore/lang/model"
)

// elsewhere gives the program the files in other folders that declare actors
// which the graph uses and whose code is in Go: it is in the package of that
// folder, which knows what that file declares and imports, and nothing else of
// the program.
func (c *checker) elsewhere() {
	seen := map[string]bool{}
	for _, i := range c.program.Graph.Instances {
		a := i.Actor
		if a == nil || a.Standard || c.ownHandler(a) || seen[a.Span.File] {
			continue
		}
		seen[a.Span.File] = true
		c.program.Elsewhere = append(c.program.Elsewhere, c.definitions(a.Span.File, a.Dir))
	}
}

// definitions is what a file in dir declares and imports.
func (c *checker) definitions(file, dir string) *model.Program {
	known := map[string]bool{}
	c.imported(file, known)
	p := &model.Program{File: file, Name: strings.TrimSuffix(path.Base(file), path.Ext(file))}
	for _, e := range c.program.Enums {
		if known[e.Span.File] {
			p.Enums = append(p.Enums, e)
		}
	}
	for _, m := range c.program.Messages {
		if known[m.Span.File] {
			p.Messages = append(p.Messages, m)
		}
	}
	for _, d := range c.own.actorNodes {
		if a := d.decl.actor; known[a.Span.File] && (!a.InGo() || a.Dir == dir) {
			p.Actors = append(p.Actors, a)
		}
	}
	return p
}

// imported collects the names of a file and of all that it imports.
func (c *checker) imported(file string, known map[string]bool) {
	known[file] = true
	at := slices.IndexFunc(c.own.files, func(f File) bool { return f.Name == file })
	if at < 0 {
		return
	}
	for _, name := range c.own.files[at].Imports {
		if !known[name] {
			c.imported(name, known)
		}
	}
}
