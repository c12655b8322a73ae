package lsp

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/ilpomo/opencore/lang/syntax"
)

// PrepareRename tells whether what stands at a place can be renamed, and what
// exactly it is.
func (r *request) PrepareRename(ctx context.Context, p *protocol.PrepareRenameParams) (protocol.PrepareRenameResult, error) {
	at, err := r.place(ctx, p.TextDocument.URI, p.Position)
	if at == nil {
		return nil, err
	}
	u, ok := at.named()
	if !ok {
		return nil, nil
	}
	if why := fixed(u.symbol); why != "" {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%s", why)
	}
	return &protocol.PrepareRenamePlaceholder{Range: at.text.span(u.span), Placeholder: u.symbol.name}, nil
}

// fixed says why a symbol can't be renamed; "" if it can.
func fixed(s *symbol) string {
	top := s
	for top.owner != nil {
		top = top.owner
	}
	switch {
	case s.span.IsZero() || top.pack != "":
		return s.name + " is not the program's own"
	case s.kind == aGraph && s.name == "main":
		return "main is the graph that runs"
	}
	return ""
}

// Rename gives a symbol another name wherever it is named, in all files that
// are open or in the folders that people work in; where it can't look at them
// all it does nothing. Handlers keep the names that they have: that is theirs to
// say, and what no longer fits is a diagnostic.
func (r *request) Rename(ctx context.Context, p *protocol.RenameParams) (*protocol.WorkspaceEdit, error) {
	if !syntax.IsName(p.NewName) {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%q is no name", p.NewName)
	}
	edit := &protocol.WorkspaceEdit{Changes: map[uri.URI][]protocol.TextEdit{}}
	refused := ""
	all, err := r.mentions(ctx, p.TextDocument.URI, p.Position, func(a *analysis, u use) {
		if refused == "" {
			refused = cmp.Or(fixed(u.symbol), a.meanings().taken(u, p.NewName), a.meanings().shared(u))
		}
		l, ok := r.location(r.view, a, u.span)
		if !ok {
			return
		}
		one := protocol.TextEdit{Range: l.Range, NewText: p.NewName}
		if !slices.Contains(edit.Changes[l.URI], one) {
			edit.Changes[l.URI] = append(edit.Changes[l.URI], one)
		}
	})
	switch {
	case err != nil:
		return nil, err
	case refused != "":
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%s", refused)
	case !all:
		return nil, jsonrpc2.Errorf(jsonrpc2.Code(protocol.LSPErrorCodesRequestFailed),
			"there is more in the folders that are open than is looked at, %d programs or %d files: the name would change in some of them and stay in others. Open the folder of the program alone",
			maxPrograms, maxEntries)
	}
	return edit, nil
}

// shared says what else a name in a component means, for another message that the
// component is used for: its name would be another then, or both have to change;
// "" if it is one thing alone.
func (n *names) shared(u use) string {
	all := n.allAt(u.span.File, u.span.Start.Offset)
	if len(all) < 2 || all[0].symbol.owner == nil || all[1].symbol.owner == nil {
		return ""
	}
	return fmt.Sprintf("%q in line %d of %s is a %s of %s and of %s, for which its component is used: no name but one that all have fits there",
		u.symbol.name, u.span.Start.Line, path.Base(u.span.File), kindWords[u.symbol.kind], all[0].symbol.owner.called(), all[1].symbol.owner.called())
}

// called is what messages call a declaration.
func (s *symbol) called() string { return fmt.Sprintf("%s %q", kindWords[s.kind], s.qualified()) }

// rivals are the kinds of which nothing in an actor, graph, message or enum may
// have the name of something of a kind.
var rivals = map[symbolKind][]symbolKind{
	aField: {aField}, aValue: {aValue}, aTypeParam: {aTypeParam},
	aParam: {aParam, aPort}, aPort: {aPort, aParam, anInstance}, anInstance: {anInstance, aPort},
}

// taken says what has a name that the symbol of a declaration is to get; "" if
// nothing has.
func (n *names) taken(u use, name string) string {
	if !u.declares || u.symbol.name == name {
		return ""
	}
	s, space := u.symbol, n.spaceOf(u.symbol.span.File)
	other := space.decls[name]
	if s.owner == nil {
		for _, d := range space.list {
			other = cmp.Or(other, hiding(d, s.kind, name))
		}
	} else {
		if other != nil && hiding(s.owner, other.kind, s.name) != s {
			other = nil
		}
		for _, kind := range rivals[s.kind] {
			other = cmp.Or(other, s.owner.part(kind, name))
		}
	}
	switch {
	case other != nil:
		return fmt.Sprintf("the name %q is taken, by the %s in line %d of %s", name, kindWords[other.kind], other.span.Start.Line, path.Base(other.span.File))
	case s.kind == aGraph && name == "main":
		return "main is the graph that runs"
	}
	return ""
}

// hiding finds the part of an actor or graph that would hide a declaration of a
// kind and name from it, which may not be; nil if there is none.
func hiding(d *symbol, kind symbolKind, name string) *symbol {
	switch kind {
	case aMessage, anEnum:
		return d.part(aTypeParam, name)
	case aConst, aFilter:
		if d.kind == aGraph {
			return d.part(aParam, name)
		}
	}
	return nil
}
