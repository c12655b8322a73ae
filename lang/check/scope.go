package check

import (
	"iter"
	"maps"
	"slices"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// A kind is what a declared name is one of, in words.
type kind string

const (
	kindEnum      kind = "an enum"
	kindMessage   kind = "a message"
	kindActor     kind = "an actor"
	kindConst     kind = "a const"
	kindFilter    kind = "a named filter"
	kindComponent kind = "a component"
)

// A decl is what a name of a package stands for. The field that its kind says
// is set.
type decl struct {
	kind     kind
	name     string // as programs say it: "Quake", "timer.Tick"
	span     diag.Span
	enum     *model.Enum
	message  *model.Message
	actor    *model.Actor
	constant *constant
	filter   *namedFilter
	part     *component
}

// A scope holds the names of one package: the program's, or one of the
// standard library.
type scope struct {
	prefix  string // "" or "file."
	files   []File
	names   map[string]*decl
	partial bool // a file that is imported could not be read

	// Declarations that can be used, in the order written.
	enumNodes    []declared[*syntax.Enum]
	messageNodes []declared[*syntax.Message]
	constNodes   []declared[*syntax.Const]
	actorNodes   []declared[*syntax.Actor]
	filters      []*namedFilter
	components   []*component
}

// declared is a declaration with what its name stands for.
type declared[N any] struct {
	node N
	decl *decl
}

func newScope(pkg string, files ...File) *scope {
	s := &scope{files: files, names: map[string]*decl{}}
	if pkg != "" {
		s.prefix = pkg + "."
	}
	return s
}

// home is the file that the scope is about: all others are imported.
func (s *scope) home() File { return s.files[len(s.files)-1] }

// isStandard reports whether the scope is one of the standard library.
func (s *scope) isStandard() bool { return s.prefix != "" }

// builtins are known everywhere without a package.
var builtins = map[string]*decl{
	schema.Rejected.Name: {
		kind: kindMessage, name: schema.Rejected.Name,
		message: &model.Message{Message: schema.Rejected, Standard: true},
	},
}

// find gives what a path means in the scope; nil if nothing.
func (c *checker) find(s *scope, path *syntax.Path) *decl {
	switch len(path.Names) {
	case 1:
		if d := s.names[path.Names[0].Text]; d != nil {
			return d
		}
		return builtins[path.Names[0].Text]
	case 2:
		if pkg := c.standard[path.Names[0].Text]; pkg != nil {
			return pkg.names[path.Names[1].Text]
		}
	}
	return nil
}

// readable reports whether a path has all its parts.
func readable(path *syntax.Path) bool {
	return path != nil && len(path.Names) > 0 && !slices.Contains(path.Names, nil)
}

// incomplete reports whether names may be declared that the checker doesn't
// see: in a declaration that could not be read, or in a file that could not.
// What is not found then is no finding.
func (s *scope) incomplete() bool {
	return s.partial || s.lost()
}

// lost reports whether a declaration in the files of the scope could not be
// read.
func (s *scope) lost() bool {
	return slices.ContainsFunc(s.files, func(f File) bool { return f.Lost })
}

// broken reports whether something in the files of the scope could not be
// read.
func (s *scope) broken() bool {
	return slices.ContainsFunc(s.files, func(f File) bool { return f.Broken })
}

// unseen reports whether what a path means may be declared where the checker
// doesn't see it. Of a package of the standard library that depends on that
// package alone: programs can't add to it.
func (c *checker) unseen(s *scope, path *syntax.Path) bool {
	if len(path.Names) == 1 {
		return s.incomplete()
	}
	pkg := c.standard[path.Names[0].Text]
	return pkg != nil && pkg.incomplete()
}

// notFound reports a path that means nothing, with the nearest of the names
// of the kinds that could stand there.
func (c *checker) notFound(code diag.Code, s *scope, path *syntax.Path, what string, kinds ...kind) {
	if c.unseen(s, path) {
		return
	}
	last := path.Names[len(path.Names)-1].Text
	qualified := len(path.Names) > 1
	pkg := c.standard[path.Names[0].Text]
	if qualified && pkg == nil {
		c.noPackage(code, path, kinds)
		return
	}
	d := c.errorf(code, path.Span(), "there is no %s %q", what, path.Text())
	if qualified {
		m := diag.Meant{Word: last, At: path.Span(), Write: func(name string) string { return pkg.prefix + name }}
		if near := c.meant(d, m, pkg.candidates(kinds)); near != "" {
			d.Help("did you mean %q?", pkg.prefix+near)
			return
		}
	}
	if meant := c.unqualified(last, kinds); len(meant) > 0 {
		d.Help("did you mean %q?", meant[0])
		for _, name := range meant {
			d.Fixes = append(d.Fixes, diag.Fix{
				Title: "write " + quote(name), Sure: len(meant) == 1, Edits: []diag.Edit{write(path.Span(), name)},
			})
		}
	} else if !qualified {
		c.suggest(d, path.Span(), last, s.candidates(kinds))
	} else if all := slices.Sorted(pkg.candidates(kinds)); len(all) > 0 {
		d.Help("%s has %s", path.Names[0].Text, listing(all))
	}
}

// noPackage reports a path into a package that isn't there.
func (c *checker) noPackage(code diag.Code, path *syntax.Path, kinds []kind) {
	first := path.Names[0]
	has := func(pkg string) bool {
		d := c.standard[pkg].names[path.Names[1].Text]
		return len(path.Names) == 2 && d != nil && slices.Contains(kinds, d.kind)
	}
	d := c.errorf(code, first.Span(), "there is no package %q in the standard library", first.Text)
	m := diag.Meant{Word: first.Text, At: first.Span(), Right: has}
	c.suggestOne(d, m, "its packages", slices.Values(slices.Sorted(maps.Keys(c.standard))))
}

// unqualified finds what packages of the standard library call name.
func (c *checker) unqualified(name string, kinds []kind) []string {
	var found []string
	for _, pkg := range slices.Sorted(maps.Keys(c.standard)) {
		if d := c.standard[pkg].names[name]; d != nil && slices.Contains(kinds, d.kind) {
			found = append(found, d.name)
		}
	}
	return found
}

// candidates yields the names of some kinds that the scope declares.
func (s *scope) candidates(kinds []kind) iter.Seq[string] {
	return func(yield func(string) bool) {
		for name, d := range s.names {
			if slices.Contains(kinds, d.kind) && !yield(name) {
				return
			}
		}
	}
}
