package lsp

import (
	"context"
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
// are open or in the folders that people work in. Handlers keep the names that
// they have: that is theirs to say, and what no longer fits is a diagnostic.
func (r *request) Rename(ctx context.Context, p *protocol.RenameParams) (*protocol.WorkspaceEdit, error) {
	if !syntax.IsName(p.NewName) {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%q is no name", p.NewName)
	}
	edit := &protocol.WorkspaceEdit{Changes: map[uri.URI][]protocol.TextEdit{}}
	refused := ""
	err := r.mentions(ctx, p.TextDocument.URI, p.Position, func(a *analysis, u use) {
		if refused = fixed(u.symbol); refused != "" {
			return
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
	}
	return edit, nil
}
