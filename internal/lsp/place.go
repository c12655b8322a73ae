package lsp

import (
	"context"
	"path"
	"slices"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/ilpomo/opencore/interp/build"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/syntax"
)

// A place is where a request points, in a program that is known.
type place struct {
	*analysis
	file   string // as spans call it
	text   *text
	offset int
}

// nowhere is the root of the program that is looked at where there is none,
// for the standard library alone.
const nowhere = "untitled:nowhere.actors"

// program gives what is known of the file of a request; nil of one that is
// none of ours.
func (r *request) program(ctx context.Context, u uri.URI) (*place, error) {
	name := pathOf(u)
	if !isProgram(name) {
		return nil, nil
	}
	root := name
	if r.laidDown(name) {
		root = nowhere
	}
	a, err := r.analysis(ctx, r.view, root)
	if err != nil {
		return nil, err
	}
	p := &place{analysis: a, file: r.spanFile(name)}
	if p.text = a.texts[p.file]; p.text == nil {
		return nil, nil
	}
	return p, nil
}

// place gives where a request points; nil if that is in no file of ours.
func (r *request) place(ctx context.Context, u uri.URI, at protocol.Position) (*place, error) {
	p, err := r.program(ctx, u)
	if p == nil {
		return nil, err
	}
	p.offset = p.text.offset(at)
	return p, nil
}

// named gives what is named at the place.
func (p *place) named() (use, bool) { return p.meanings().at(p.file, p.offset) }

// allNamed gives all that is named at the place.
func (p *place) allNamed() []use { return p.meanings().allAt(p.file, p.offset) }

// before gives what is named just before a use, with a dot between: the
// instance of a port.
func (p *place) before(u use) *symbol {
	start := u.span.Start.Offset
	if start < 2 || p.text.src[start-1] != '.' {
		return nil
	}
	if prev, ok := p.meanings().at(p.file, start-1); ok && prev.span.End.Offset == start-1 {
		return prev.symbol
	}
	return nil
}

// Definition finds where what a name means is declared. The code of an actor
// is one of its places if it is in Go; at the declaration itself it is the one
// that people look for.
func (r *request) Definition(ctx context.Context, p *protocol.DefinitionParams) (protocol.DefinitionResult, error) {
	at, err := r.place(ctx, p.TextDocument.URI, p.Position)
	if at == nil {
		return protocol.LocationSlice{}, err
	}
	if list, ok := r.imported(at); ok {
		return list, nil
	}
	list := protocol.LocationSlice{}
	for _, u := range at.allNamed() {
		list = append(list, r.defined(at, u)...)
	}
	return list, nil
}

func (r *request) defined(at *place, u use) (list protocol.LocationSlice) {
	if !u.declares {
		list = r.declared(at, u.symbol)
	}
	if code, ok := r.location(r.view, at.analysis, r.inGo(u.symbol)); ok {
		list = append(list, code)
	}
	if len(list) == 0 {
		list = r.declared(at, u.symbol)
	}
	return list
}

func (r *request) declared(at *place, s *symbol) protocol.LocationSlice {
	span := s.span
	if span.IsZero() {
		span = s.whole
	}
	if l, ok := r.location(r.view, at.analysis, span); ok {
		return protocol.LocationSlice{l}
	}
	return protocol.LocationSlice{}
}

// Implementation finds the Go of an actor, of a port or of a parameter.
func (r *request) Implementation(ctx context.Context, p *protocol.ImplementationParams) (protocol.DefinitionResult, error) {
	at, err := r.place(ctx, p.TextDocument.URI, p.Position)
	if at == nil {
		return protocol.LocationSlice{}, err
	}
	if u, ok := at.named(); ok {
		if code, ok := r.location(r.view, at.analysis, r.inGo(u.symbol)); ok {
			return protocol.LocationSlice{code}, nil
		}
	}
	return protocol.LocationSlice{}, nil
}

// inGo gives the place of the Go that a symbol is; the zero span if it is
// none.
func (r *request) inGo(s *symbol) diag.Span {
	actor, member := s, ""
	if s.kind == aPort || s.kind == aParam {
		actor, member = s.owner, s.name
	}
	if actor == nil || actor.kind != anActor || actor.pack != "" {
		return diag.Span{}
	}
	if node, ok := actor.node.(*syntax.Actor); !ok || elsewhere(node) || !isFile(actor.whole.File) {
		return diag.Span{}
	}
	return build.Where(path.Dir(actor.whole.File), actor.name, member, r.view.read)
}

// elsewhere reports whether an actor's code is no Go of its folder.
func elsewhere(a *syntax.Actor) bool {
	return slices.ContainsFunc(a.Settings.Items, func(s syntax.ActorSetting) bool {
		_, endless := s.(*syntax.Endless)
		return !endless
	})
}

// imported gives the file that an import at the place brings in.
func (r *request) imported(at *place) (protocol.LocationSlice, bool) {
	for _, f := range at.Files {
		if f.File.Name != at.file {
			continue
		}
		for _, d := range f.Decls {
			d, ok := d.(*syntax.Import)
			if !ok || d.Path == nil || !within(d.Path.Span(), at.offset) {
				continue
			}
			name := path.Join(f.Dir, d.Path.Value)
			if at.texts[name] == nil {
				return protocol.LocationSlice{}, true
			}
			return protocol.LocationSlice{{URI: r.view.uri(name)}}, true
		}
	}
	return nil, false
}

func within(s diag.Span, offset int) bool {
	return !s.IsZero() && s.Start.Offset <= offset && offset <= s.End.Offset
}

// References finds all places that name what is named at a place: in the
// program at hand, in those that are open, and in those of the folders that
// people work in.
func (r *request) References(ctx context.Context, p *protocol.ReferenceParams) ([]protocol.Location, error) {
	list := []protocol.Location{}
	_, err := r.mentions(ctx, p.TextDocument.URI, p.Position, func(a *analysis, u use) {
		if u.declares && !p.Context.IncludeDeclaration {
			return
		}
		if l, ok := r.location(r.view, a, u.span); ok && !slices.Contains(list, l) {
			list = append(list, l)
		}
	})
	return list, err
}

// mentions yields each place that names what is named at one, maybe more than
// once. It is not all if there may be more of them.
func (r *request) mentions(ctx context.Context, u uri.URI, pos protocol.Position, yield func(a *analysis, u use)) (all bool, err error) {
	at, err := r.place(ctx, u, pos)
	if at == nil {
		return true, err
	}
	all = true
	for _, target := range at.allNamed() {
		seen, err := r.mentionsOf(ctx, at, target.symbol, yield)
		if err != nil {
			return false, err
		}
		all = all && seen
	}
	return all, nil
}

// mentionsOf is mentions of a symbol that is named at a place.
func (r *request) mentionsOf(ctx context.Context, at *place, s *symbol, yield func(a *analysis, u use)) (all bool, err error) {
	at.mentions(s, yield)
	if s.kind == anInstance || s.kind == aTypeParam { // named where it is declared, and nowhere else
		return true, nil
	}
	users, all := r.users(at, s)
	for _, root := range users {
		other, err := r.analysis(ctx, r.view, root)
		if err != nil {
			return false, err
		}
		if other != at.analysis {
			other.mentions(s, yield)
		}
	}
	return all, nil
}

// mentions yields the places of a program that name a symbol, which may be one
// of another analysis: it is known by where it is declared.
func (a *analysis) mentions(s *symbol, yield func(a *analysis, u use)) {
	for file, list := range a.meanings().uses {
		for _, u := range list {
			if (u.symbol == s || u.symbol.span == s.span && !s.span.IsZero()) && (a.texts[file] != nil) {
				yield(a, u)
			}
		}
	}
}

// users gives the programs that may name a symbol besides the one at hand:
// those that read the file which declares it. They are not all if there may be
// more.
func (r *request) users(at *place, s *symbol) (list []string, all bool) {
	programs, all := r.everyProgram()
	for _, root := range programs {
		if root == at.root {
			continue
		}
		if s.pack != "" || s.owner != nil && s.owner.pack != "" || r.reads(root, s.span.File) {
			list = append(list, root)
		}
	}
	return list, all
}

// DocumentHighlight finds the places of the file that name what is named at
// one.
func (r *request) DocumentHighlight(ctx context.Context, p *protocol.DocumentHighlightParams) ([]protocol.DocumentHighlight, error) {
	list := []protocol.DocumentHighlight{}
	at, err := r.place(ctx, p.TextDocument.URI, p.Position)
	if at == nil {
		return list, err
	}
	targets := at.allNamed()
	last := diag.Span{}
	for _, u := range at.meanings().uses[at.file] {
		if u.span != last && slices.ContainsFunc(targets, func(t use) bool { return t.symbol == u.symbol }) {
			last = u.span
			kind := protocol.DocumentHighlightKindRead
			if u.declares {
				kind = protocol.DocumentHighlightKindWrite
			}
			list = append(list, protocol.DocumentHighlight{Range: at.text.span(u.span), Kind: kind})
		}
	}
	return list, nil
}
