// Package check turns the syntax tree of a program into the checked program,
// lang/model, and finds everything that is wrong with it in one run: names,
// types, values, patterns, wires, expressions. It does not look at Go
// handlers, and it decides nothing about how the program runs.
//
// The passes run in the order in which [Check] lists them, one file each. A
// pass reports what it finds and goes on; what is broken is left out of the
// model or marked, and whoever uses it later stays silent about it, so that a
// finding is never the mere consequence of another one. Read [Check] first, then
// scope for what names mean, net for the graph and frame for its components.
package check

import (
	"iter"
	"slices"
	"strconv"

	"github.com/ilpomo/opencore/internal/filter"
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// A Standard is a package of the standard library: what it declares is known
// to programs as Name.Something.
type Standard struct {
	Name string
	File *syntax.File
}

// A Program is what is to be checked.
type Program struct {
	Name    string
	Files   []File // what it imports, then its own
	Partial bool   // a file that it imports could not be read
}

// A File is one file of a program.
type File struct {
	*syntax.File
	Dir     string   // its folder, slashes
	Imports []string // the names of the files that it imports
}

// Check makes the model of a program. The model is fit for use only if the
// list holds no errors. Findings that the parser made are not repeated.
func Check(program Program, standard []Standard) (*model.Program, diag.List) {
	return newChecker(program, standard).run()
}

func (c *checker) run() (*model.Program, diag.List) {
	c.declare()
	c.enums()
	c.messages()
	c.recursion()
	c.extents()
	c.soundness()
	c.consts()
	c.fieldDefaults()
	c.mainParams()
	c.filters()
	c.actors()
	c.componentHeads()
	c.goNames()
	c.components()
	if c.main != nil {
		c.graph()
		c.elsewhere()
		c.unused()
	} else {
		c.addresses(c.params)
	}
	c.found.Sort()
	return c.program, slices.CompactFunc(c.found, same)
}

// same reports whether two findings are one: the middle of a chain is looked
// at once for each of its wires.
func same(a, b diag.Diagnostic) bool {
	return a.Code == b.Code && a.Span == b.Span && a.Message == b.Message
}

// A checker is the state of one run.
type checker struct {
	program *model.Program
	found   diag.List

	own      *scope            // of the program
	standard map[string]*scope // of the packages of the standard library
	scopes   []*scope          // all of them, the program's first
	main     *syntax.Graph     // nil if there is none
	params   *names            // of graph main

	partial   map[*model.Actor]bool     // actors with ports that could not be read
	openHeads map[*model.Actor]bool     // actors with parameters that could not be read
	unsound   map[*schema.Message]bool  // messages of which something is not known
	openEnums map[*schema.EnumType]bool // enums with values that could not be read
	exprs     map[exprKey]checked
	mainNames map[string]filter.Name      // what expressions of graph main see besides the message
	fitted    map[fitKey]fitted           // consts as values of a type
	pending   []pendingAddress            // of external actors
	topics    map[*model.Port]bool        // ports with a topic, right or wrong
	heads     map[*model.Actor]*component // those of components
	nets      []*net                      // all graphs that were looked at, main's last
	at        *frame                      // the graph that is being looked at; nil if none is
	reported  map[reportKey]bool          // what has been found
	quiet     int                         // of those that look without reporting
	hints     int                         // suggestions looked for so far
}

func newChecker(program Program, standard []Standard) *checker {
	c := &checker{
		program:   &model.Program{File: program.Files[len(program.Files)-1].Name, Name: program.Name},
		own:       newScope("", program.Files...),
		standard:  make(map[string]*scope, len(standard)),
		partial:   map[*model.Actor]bool{},
		openHeads: map[*model.Actor]bool{},
		unsound:   map[*schema.Message]bool{},
		openEnums: map[*schema.EnumType]bool{},
		exprs:     map[exprKey]checked{},
		fitted:    map[fitKey]fitted{},
		topics:    map[*model.Port]bool{},
		heads:     map[*model.Actor]*component{},
		reported:  map[reportKey]bool{},
	}
	c.own.partial = program.Partial
	c.scopes = append(c.scopes, c.own)
	for _, s := range standard {
		scope := newScope(s.Name, File{File: s.File})
		c.standard[s.Name] = scope
		c.scopes = append(c.scopes, scope)
	}
	return c
}

// errorf reports an error. The result takes notes and a hint at once: it is
// valid until the next finding. What has no place is part of an item that the
// parser could not read and has reported, so it is not reported again.
func (c *checker) errorf(code diag.Code, span diag.Span, format string, args ...any) *diag.Diagnostic {
	if span.IsZero() {
		return &diag.Diagnostic{}
	}
	if c.again(code, span) {
		return &diag.Diagnostic{}
	}
	return c.within(c.found.Errorf(code, span, format, args...))
}

// warnf reports a warning; see errorf.
func (c *checker) warnf(code diag.Code, span diag.Span, format string, args ...any) *diag.Diagnostic {
	if c.again(code, span) {
		return &diag.Diagnostic{}
	}
	return c.within(c.found.Warnf(code, span, format, args...))
}

// A reportKey is what a finding is about.
type reportKey struct {
	code diag.Code
	span diag.Span
}

// again reports whether something has been found already at its place, where
// that is within a component: what is wrong with it is said once.
func (c *checker) again(code diag.Code, span diag.Span) bool {
	key := reportKey{code, span}
	if c.at != nil && c.at.up != nil && c.reported[key] {
		return true
	}
	if c.quiet == 0 {
		c.reported[key] = true
	}
	return false
}

// maxWithin bounds how many uses of components are shown, one around the other.
const maxWithin = 3

// within shows where the component is used that a finding is in.
func (c *checker) within(d *diag.Diagnostic) *diag.Diagnostic {
	for f, n := c.at, 0; f != nil && f.up != nil && n < maxWithin; f, n = f.up, n+1 {
		d.Note(f.part.Span, "this is within %q", f.part.Name)
	}
	return d
}

// maxHints bounds how often a near name is looked for: each costs a walk
// over all names, and nobody reads more.
const maxHints = 200

// suggest adds "did you mean" to d where a candidate is near word, the words at
// a place, and gives that candidate; see [diag.Meant].
func (c *checker) suggest(d *diag.Diagnostic, at diag.Span, word string, candidates ...iter.Seq[string]) string {
	return c.meant(d, diag.Meant{Word: word, At: at}, candidates...)
}

// meant is suggest where more is to be said of the candidates. They are not
// asked for once there are enough hints.
func (c *checker) meant(d *diag.Diagnostic, m diag.Meant, candidates ...iter.Seq[string]) string {
	if c.hints++; c.hints > maxHints {
		return ""
	}
	for _, list := range candidates {
		m.Candidates = slices.AppendSeq(m.Candidates, list)
	}
	slices.Sort(m.Candidates) // of those equally near always the same is meant
	return d.Meant(m)
}

// maxNamed is how many names a hint lists.
const maxNamed = 12

// suggestOne is meant where all there are may be said: head, like "its ports",
// and their names stand in the hint if no candidate is near. Where m has no
// candidates, all are.
func (c *checker) suggestOne(d *diag.Diagnostic, m diag.Meant, head string, all iter.Seq[string]) {
	candidates := all
	if m.Candidates != nil {
		candidates = slices.Values(m.Candidates)
		m.Candidates = nil
	}
	if c.meant(d, m, candidates) != "" || c.hints > maxHints {
		return
	}
	names := slices.Collect(all)
	if more := len(names) - maxNamed; more > 1 {
		names = append(names[:maxNamed], strconv.Itoa(more)+" more")
	}
	if len(names) > 0 {
		d.Help("%s: %s", head, listing(names))
	}
}
