package lsp

import (
	"context"
	"maps"
	"slices"
	"strings"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/syntax"
)

// fixAll is the kind of the action that mends all that is sure.
const fixAll protocol.CodeActionKind = "source.fixAll.opencore"

// CodeAction offers what mends the findings in a range, and what mends all
// that is sure.
func (r *request) CodeAction(ctx context.Context, p *protocol.CodeActionParams) ([]protocol.CommandOrCodeAction, error) {
	list := []protocol.CommandOrCodeAction{}
	at, err := r.program(ctx, p.TextDocument.URI)
	if at == nil {
		return list, err
	}
	if wants(p.Context.Only, fixAll) && len(p.Context.Only) > 0 {
		return append(list, r.sure(at)...), nil
	}
	if !wants(p.Context.Only, protocol.CodeActionKindQuickFix) {
		return list, nil
	}
	start, end := at.text.offset(p.Range.Start), at.text.offset(p.Range.End)
	for _, d := range at.Found {
		if d.Span.File != at.file || d.Span.End.Offset < start || d.Span.Start.Offset > end {
			continue
		}
		for _, f := range d.Fixes {
			list = append(list, r.action(at, d, f))
		}
	}
	return list, nil
}

// wants reports whether a client that names kinds wants one: a kind stands for
// those that begin with it.
func wants(only []protocol.CodeActionKind, kind protocol.CodeActionKind) bool {
	return len(only) == 0 || slices.ContainsFunc(only, func(k protocol.CodeActionKind) bool {
		return k == protocol.CodeActionKindEmpty || k == kind || strings.HasPrefix(string(kind), string(k)+".")
	})
}

// sure offers the action that mends all that is sure in a file, none if
// nothing is. Of fixes that are in each other's way the first counts.
func (r *request) sure(at *place) []protocol.CommandOrCodeAction {
	var edits []diag.Edit
	for _, d := range at.Found {
		for _, f := range d.Fixes {
			if f.Sure && d.Span.File == at.file && apart(edits, f.Edits) {
				edits = append(edits, f.Edits...)
			}
		}
	}
	if edits == nil {
		return nil
	}
	kind := fixAll
	return []protocol.CommandOrCodeAction{&protocol.CodeAction{Title: "mend all that is sure", Kind: &kind, Edit: r.edit(at, edits)}}
}

// apart reports whether no edit of one list touches one of the other.
func apart(list, more []diag.Edit) bool {
	for _, a := range list {
		for _, b := range more {
			if a.Span.File == b.Span.File && a.Span.Start.Offset <= b.Span.End.Offset && b.Span.Start.Offset <= a.Span.End.Offset {
				return false
			}
		}
	}
	return true
}

func (r *request) action(at *place, d diag.Diagnostic, f diag.Fix) *protocol.CodeAction {
	kind := protocol.CodeActionKindQuickFix
	return &protocol.CodeAction{
		Title: f.Title, Kind: &kind, IsPreferred: new(f.Sure),
		Diagnostics: []protocol.Diagnostic{r.diagnostic(r.view, at.analysis, d)}, Edit: r.edit(at, f.Edits),
	}
}

// edit makes the client's form of edits. Where a file has to be made, they are
// told as operations one after the other, which not all clients know.
func (r *request) edit(at *place, edits []diag.Edit) *protocol.WorkspaceEdit {
	changes := map[uri.URI][]protocol.TextEdit{}
	var made []protocol.DocumentChange
	for _, e := range edits {
		file := r.shownAs(e.Span.File)
		u := r.view.uri(file)
		one := protocol.TextEdit{Range: r.rangeOf(r.view, at.analysis, e.Span), NewText: e.New}
		if e.Span.Start.Line == 0 {
			made = append(made, &protocol.CreateFile{Kind: "create", URI: u})
		}
		changes[u] = append(changes[u], one)
	}
	if made == nil {
		return &protocol.WorkspaceEdit{Changes: changes}
	}
	for _, u := range slices.Sorted(maps.Keys(changes)) {
		change := &protocol.TextDocumentEdit{TextDocument: protocol.OptionalVersionedTextDocumentIdentifier{TextDocumentIdentifier: protocol.TextDocumentIdentifier{URI: u}}}
		for _, e := range changes[u] {
			change.Edits = append(change.Edits, &e)
		}
		made = append(made, change)
	}
	return &protocol.WorkspaceEdit{DocumentChanges: made}
}

// Formatting lays a file out as "opencore fmt" does. One with errors stays as
// it is.
func (r *request) Formatting(_ context.Context, p *protocol.DocumentFormattingParams) ([]protocol.TextEdit, error) {
	list := []protocol.TextEdit{}
	name := pathOf(p.TextDocument.URI)
	d := r.view.open[name]
	if d == nil || !isProgram(name) || r.laidDown(name) {
		return list, nil
	}
	out := r.laidOut(d)
	if out == nil || string(out) == d.text.src {
		return list, nil
	}
	return append(list, difference(d.text, string(out))), nil
}

// laidOut gives the text of a file as it should be; nil if it has errors.
func (r *request) laidOut(d *document) []byte {
	src := []byte(d.text.src)
	if a := r.last(d.path); a != nil && a.texts[d.path] == d.text {
		for _, f := range a.Files {
			if f.Name == d.path {
				return f.Format(src)
			}
		}
	}
	out, _ := syntax.Format(d.path, src)
	return out
}

// difference gives the edit that makes another text of one: of the lines from
// the first to the last that differ.
func difference(t *text, want string) protocol.TextEdit {
	have := strings.SplitAfter(t.src, "\n")
	lines := strings.SplitAfter(want, "\n")
	start, end := 0, 0
	for len(have) > 0 && len(lines) > 0 && have[0] == lines[0] {
		start += len(have[0])
		have, lines = have[1:], lines[1:]
	}
	for len(have) > 0 && len(lines) > 0 && have[len(have)-1] == lines[len(lines)-1] {
		end += len(have[len(have)-1])
		have, lines = have[:len(have)-1], lines[:len(lines)-1]
	}
	return protocol.TextEdit{Range: t.between(start, len(t.src)-end), NewText: strings.Join(lines, "")}
}
