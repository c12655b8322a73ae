package lsp

import (
	"context"
	"log/slog"
	"testing"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/stdlib"
)

// TestActionsOfFixes offers what a diagnostic proposes, whatever proposes it:
// edits of the file, and of one that has to be made.
func TestActionsOfFixes(t *testing.T) {
	const path = "/x/a.actors"
	d := &document{path: path, uri: uri.File(path), version: 1, text: newText("message É { a it }\n", utf16Units)}
	v := &view{enc: utf16Units, open: map[string]*document{path: d}}
	s := newServer(Options{Standard: stdlib.Sources, Log: slog.New(slog.DiscardHandler)}, nil, nil)
	s.view = v
	a, err := s.analysis(context.Background(), v, path)
	if err != nil {
		t.Fatal(err)
	}
	at := diag.Span{File: path, Start: diag.Position{Line: 1, Column: 15, Offset: 15}, End: diag.Position{Line: 1, Column: 17, Offset: 17}}
	a.Found = diag.List{{Code: "OC204", Span: at, Message: "there is no type", Fixes: []diag.Fix{
		{Title: `write "int"`, Sure: true, Edits: []diag.Edit{{Span: at, New: "int"}}},
		{Title: "make a file", Edits: []diag.Edit{{Span: diag.Span{File: "/x/b.go"}, New: "package b\n"}}},
	}}}
	r := &request{server: s, view: v}
	ask := func(only ...protocol.CodeActionKind) []protocol.CommandOrCodeAction {
		p := &protocol.CodeActionParams{TextDocument: protocol.TextDocumentIdentifier{URI: d.uri}, Range: d.text.span(at)}
		p.Context.Only = only
		list, err := r.CodeAction(context.Background(), p)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	list := ask()
	if len(list) != 2 {
		t.Fatalf("%d actions", len(list))
	}
	first, second := list[0].(*protocol.CodeAction), list[1].(*protocol.CodeAction)
	want := protocol.TextEdit{Range: protocol.Range{Start: protocol.Position{Character: 14}, End: protocol.Position{Character: 16}}, NewText: "int"}
	if got := first.Edit.Changes[d.uri]; !*first.IsPreferred || len(got) != 1 || got[0] != want {
		t.Errorf("the first is %+v", got)
	}
	if got := second.Edit.DocumentChanges; *second.IsPreferred || len(got) != 2 || got[0].(*protocol.CreateFile).URI != uri.File("/x/b.go") {
		t.Errorf("the second is %+v", got)
	}
	if all := ask(fixAll); len(all) != 1 || len(all[0].(*protocol.CodeAction).Edit.Changes[d.uri]) != 1 {
		t.Errorf("all that is sure is %+v", all)
	}
	if none := ask(protocol.CodeActionKindRefactor); len(none) != 0 {
		t.Errorf("what was not asked for is offered: %v", none)
	}
}
