package lsp

import (
	"slices"
	"sort"
	"strings"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/check"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/syntax"
)

// A symbol is something that is declared: its name means it wherever it is
// used.
type symbol struct {
	kind  symbolKind
	name  string
	pack  string    // what stands before the name outside of the package: "file."; "" of the program's own
	span  diag.Span // of the name; zero if no file has it
	whole diag.Span // of all that declares it
	doc   string
	node  any     // the declaration; nil if no file has it
	owner *symbol // of which it is a part; nil of what stands alone
	parts []*symbol
	named map[partKey]*symbol // the first part of each kind and name
}

type partKey struct {
	kind symbolKind
	name string
}

// add adds a part.
func (s *symbol) add(p *symbol) {
	p.owner = s
	s.parts = append(s.parts, p)
	if s.named == nil {
		s.named = map[partKey]*symbol{}
	}
	if key := (partKey{p.kind, p.name}); s.named[key] == nil {
		s.named[key] = p
	}
}

type symbolKind int

const (
	aMessage symbolKind = iota
	aField
	anEnum
	aValue
	aConst
	aFilter
	anActor
	aGraph
	aParam
	aPort
	aTypeParam
	anInstance
	aPackage
)

// kindWords are what kinds are called.
var kindWords = [...]string{"message", "field", "enum", "value", "const", "filter", "actor", "graph", "parameter", "port", "type parameter", "instance", "package"}

// part finds a part by kind and name; nil if there is none.
func (s *symbol) part(kind symbolKind, name string) *symbol {
	if s == nil {
		return nil
	}
	return s.named[partKey{kind, name}]
}

// all gives the parts of a kind.
func (s *symbol) all(kind symbolKind) []*symbol {
	if s == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(s.parts), func(p *symbol) bool { return p.kind != kind })
}

// qualified is how other files call it.
func (s *symbol) qualified() string { return s.pack + s.name }

// A use is a place where a symbol is named.
type use struct {
	span     diag.Span
	symbol   *symbol
	declares bool // it is its declaration
}

// A space holds the declarations that see each other by their bare names: of
// the program, or of a package of the standard library.
type space struct {
	prefix string
	decls  map[string]*symbol
	list   []*symbol // in the order written
	files  []*syntax.File
}

// names is what all names of a program mean.
type names struct {
	own         *space
	packs       map[string]*space
	index       *check.Index
	uses        map[string][]use     // by file, in the order of their places
	homes       map[any]*symbol      // symbols by what declares them
	quotedWords map[diag.Span]string // functions and operators of expressions in quotes
	bound       *check.Use           // what the type parameters of the component at hand stand for; nil for its first use
}

// boundTo gives the same names, seen in a use of a component.
func (n *names) boundTo(u *check.Use) *names {
	seen := *n
	seen.bound = u
	return &seen
}

// usesOf gives what a component with type parameters is used for.
func (n *names) usesOf(graph *symbol) []*check.Use {
	if graph == nil || n.index == nil {
		return nil
	}
	node, _ := graph.node.(*syntax.Graph)
	return n.index.Uses(node)
}

// rejected is the port that every instance has, and its message.
var (
	rejectedMessage = builtinMessage(schema.Rejected)
	rejectedPort    = &symbol{kind: aPort, name: "rejected",
		doc: "Every instance has this port: what its actor could not deal with, lines or messages, goes there. Where it is not wired, that is logged and counted."}
)

func builtinMessage(m *schema.Message) *symbol {
	s := &symbol{kind: aMessage, name: m.Name, doc: m.Doc}
	for _, f := range m.Fields {
		s.add(&symbol{kind: aField, name: f.Name, doc: f.Doc})
	}
	return s
}

// nameAll finds out what all names of an analysis mean.
func nameAll(a *analysis) *names {
	n := &names{own: newSpace(""), packs: map[string]*space{}, index: a.Index, uses: map[string][]use{}, homes: map[any]*symbol{}, quotedWords: map[diag.Span]string{}}
	for _, f := range a.Files {
		n.declareFile(n.own, f.File)
	}
	for _, p := range a.Standard {
		n.packs[p.Name] = newSpace(p.Name + ".")
		n.declareFile(n.packs[p.Name], p.File)
	}
	w := &walker{names: n}
	for _, s := range n.spaces() {
		for _, f := range s.files {
			w.file(s, f)
		}
	}
	for file, list := range n.uses {
		sort.SliceStable(list, func(i, j int) bool { return list[i].span.Start.Offset < list[j].span.Start.Offset })
		n.uses[file] = onceEach(list)
	}
	return n
}

// onceEach drops uses that are in a sorted list already: each use of a component
// finds those of its names again that mean the same in all.
func onceEach(list []use) []use {
	kept := list[:0]
	for _, u := range list {
		same := len(kept)
		for same > 0 && kept[same-1].span == u.span {
			same--
		}
		if !slices.Contains(kept[same:], u) {
			kept = append(kept, u)
		}
	}
	return kept
}

func newSpace(prefix string) *space { return &space{prefix: prefix, decls: map[string]*symbol{}} }

func (n *names) spaces() []*space {
	list := []*space{n.own}
	for _, p := range n.packs {
		list = append(list, p)
	}
	return list
}

// spaceOf gives the space that a file belongs to; the program's own for one
// that is not known.
func (n *names) spaceOf(file string) *space {
	if pack, ok := strings.CutPrefix(file, standardFolder); ok {
		if s := n.packs[strings.TrimSuffix(pack, ".actors")]; s != nil {
			return s
		}
	}
	return n.own
}

// at gives what is named at an offset of a file; the end of a name belongs to
// it. In a component of which it is several things in turn it is the first.
func (n *names) at(file string, offset int) (use, bool) {
	if all := n.allAt(file, offset); len(all) > 0 {
		return all[0], true
	}
	return use{}, false
}

// allAt gives all that is named at an offset of a file: a name in a component is
// something for each message that the component is used for.
func (n *names) allAt(file string, offset int) []use {
	list := n.uses[file]
	end := sort.Search(len(list), func(i int) bool { return list[i].span.Start.Offset > offset })
	if end == 0 || list[end-1].span.End.Offset < offset {
		return nil
	}
	first := end - 1
	for first > 0 && list[first-1].span == list[end-1].span {
		first--
	}
	return list[first:end]
}

// find gives what a path means in a space; nil if nothing.
func (n *names) find(s *space, path *syntax.Path) *symbol {
	switch {
	case path == nil || slices.Contains(path.Names, nil):
		return nil
	case len(path.Names) == 1:
		return s.find(path.Names[0].Text)
	case len(path.Names) == 2 && n.packs[path.Names[0].Text] != nil:
		return n.packs[path.Names[0].Text].decls[path.Names[1].Text]
	}
	return nil
}

func (s *space) find(name string) *symbol {
	if d := s.decls[name]; d != nil {
		return d
	}
	if name == rejectedMessage.name {
		return rejectedMessage
	}
	return nil
}

// message finds the symbol of a message by its name.
func (n *names) message(m *schema.Message) *symbol {
	if m == nil {
		return nil
	}
	if pack, name, ok := strings.Cut(m.Name, "."); ok {
		if p := n.packs[pack]; p != nil {
			return p.decls[name]
		}
		return nil
	}
	return n.own.find(m.Name)
}

// enum finds the symbol of an enum by its name.
func (n *names) enum(e *schema.EnumType) *symbol {
	return n.message(&schema.Message{Name: e.Name})
}

// declareFile makes the symbols of a file.
func (n *names) declareFile(s *space, f *syntax.File) {
	s.files = append(s.files, f)
	for _, d := range f.Decls {
		n.declare(s, d)
	}
}

func (n *names) declare(s *space, d syntax.Decl) {
	switch d := d.(type) {
	case *syntax.Enum:
		e := n.top(s, anEnum, d.Name, d, d.Doc)
		for _, v := range d.Values.Items {
			if v != nil {
				n.inside(e, aValue, v.Name, v, v.Doc)
			}
		}
	case *syntax.Message:
		m := n.top(s, aMessage, d.Name, d, d.Doc)
		for _, f := range d.Fields.Items {
			if f != nil {
				n.inside(m, aField, f.Name, f, f.Doc)
			}
		}
	case *syntax.Const:
		n.top(s, aConst, d.Name, d, d.Doc)
	case *syntax.Filter:
		n.top(s, aFilter, d.Name, d, d.Doc)
	case *syntax.Actor:
		n.declareActor(s, d)
	case *syntax.Graph:
		n.declareGraph(s, d)
	}
}

func (n *names) declareActor(s *space, d *syntax.Actor) {
	a := n.top(s, anActor, d.Name, d, d.Doc)
	n.head(a, d.TypeParams, d.Params)
	for _, p := range d.Ports.Items {
		if p != nil {
			n.inside(a, aPort, p.Name, p, p.Doc)
		}
	}
}

func (n *names) declareGraph(s *space, d *syntax.Graph) {
	g := n.top(s, aGraph, d.Name, d, d.Doc)
	n.head(g, d.TypeParams, d.Params)
	for _, st := range d.Statements.Items {
		switch st := st.(type) {
		case *syntax.Port:
			n.inside(g, aPort, st.Name, st, st.Doc)
		case *syntax.Instance:
			n.inside(g, anInstance, st.Name, st, st.Doc)
		}
	}
}

func (n *names) head(s *symbol, types []*syntax.Name, params *syntax.Body[*syntax.Param]) {
	for _, t := range types {
		n.inside(s, aTypeParam, t, t, "")
	}
	if params == nil {
		return
	}
	for _, p := range params.Items {
		if p != nil {
			n.inside(s, aParam, p.Name, p, p.Doc)
		}
	}
}

// A spanned is a node of the tree.
type spanned interface{ Span() diag.Span }

// top makes the symbol of a declaration. One whose name is missing has no
// name, and one whose name is taken can't be found by it.
func (n *names) top(s *space, kind symbolKind, name *syntax.Name, node spanned, doc string) *symbol {
	d := n.symbol(kind, name, node, doc)
	d.pack = s.prefix
	s.list = append(s.list, d)
	if d.name != "" && s.decls[d.name] == nil && !(kind == aGraph && d.name == "main") {
		s.decls[d.name] = d
	}
	return d
}

func (n *names) inside(owner *symbol, kind symbolKind, name *syntax.Name, node spanned, doc string) {
	owner.add(n.symbol(kind, name, node, doc))
}

func (n *names) symbol(kind symbolKind, name *syntax.Name, node spanned, doc string) *symbol {
	s := &symbol{kind: kind, doc: doc, node: node, whole: node.Span()}
	if name != nil {
		s.name, s.span = name.Text, name.Span()
		n.use(s.span, s, true)
	}
	n.homes[node] = s
	return s
}

// use notes that a symbol is named at a place.
func (n *names) use(at diag.Span, s *symbol, declares bool) {
	if s != nil && !at.IsZero() {
		n.uses[at.File] = append(n.uses[at.File], use{at, s, declares})
	}
}
