package lsp_test

import (
	"slices"
	"testing"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// TestMainOfAnImportedFile completes in a program whose import has a main too:
// the instances of that one are none of the program's.
func TestMainOfAnImportedFile(t *testing.T) {
	other := "message Row { id int }\ngraph main {\n  theirs = timer.Every()\n}\n"
	text, where := at(t, "import \"other.actors\"\ngraph main {\n  ours = timer.Every()\n  @\n}\n")
	c := start(t, map[string]string{"main.actors": text, "other.actors": other}, protocol.ClientCapabilities{})
	c.open("main.actors", text)
	got, err := c.Completion(c.ctx, &protocol.CompletionParams{TextDocumentPositionParams: c.point("main.actors", where)})
	items, _ := got.(protocol.CompletionItemSlice)
	if words := labels(items); err != nil || !slices.Contains(words, "ours") || slices.Contains(words, "theirs") {
		t.Errorf("%v %v", words, err)
	}
}

// TestUnsaved closes a text that is no file yet: what was wrong with it is taken
// back under the name that the client has for it.
func TestUnsaved(t *testing.T) {
	c := start(t, nil, protocol.ClientCapabilities{})
	u := uri.URI("untitled:/new/unsaved.actors")
	if err := c.DidOpen(c.ctx, &protocol.DidOpenTextDocumentParams{TextDocument: protocol.TextDocumentItem{URI: u, LanguageID: "actors", Version: 1, Text: "message M { a it }\n"}}); err != nil {
		t.Fatal(err)
	}
	c.await(u, func(list []protocol.Diagnostic) bool { return len(list) > 0 })
	if err := c.DidClose(c.ctx, &protocol.DidCloseTextDocumentParams{TextDocument: protocol.TextDocumentIdentifier{URI: u}}); err != nil {
		t.Fatal(err)
	}
	c.await(u, func(list []protocol.Diagnostic) bool { return len(list) == 0 })
}
