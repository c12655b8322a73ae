package lsp_test

import (
	"os"
	"slices"
	"strings"
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
	for _, u := range []uri.URI{"untitled:/new/unsaved.actors", "vscode-vfs://github/x/unsaved.actors"} {
		c.unsaved(u)
	}
}

func (c *client) unsaved(u uri.URI) {
	c.t.Helper()
	if err := c.DidOpen(c.ctx, &protocol.DidOpenTextDocumentParams{TextDocument: protocol.TextDocumentItem{URI: u, LanguageID: "actors", Version: 1, Text: "message M { a it }\n"}}); err != nil {
		c.t.Fatal(err)
	}
	c.await(u, func(list []protocol.Diagnostic) bool { return strings.Contains(said(list), "OC204") })
	if err := c.DidClose(c.ctx, &protocol.DidCloseTextDocumentParams{TextDocument: protocol.TextDocumentIdentifier{URI: u}}); err != nil {
		c.t.Fatal(err)
	}
	c.await(u, func(list []protocol.Diagnostic) bool { return len(list) == 0 })
}

// TestUnsavedHandler has an actor in a text that is no file yet: its handler is
// looked for nowhere, not in the folder that the server works in either, and
// neither is what it imports.
func TestUnsavedHandler(t *testing.T) {
	c := start(t, nil, protocol.ClientCapabilities{})
	t.Chdir(c.folder)
	for name, text := range map[string]string{"a.go": "package a\n\ntype A struct{}\n", "other.actors": "message M { a int }\n"} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text := "message M { a int }\nactor A { pull from M }\n"
	open := func(name, text string) uri.URI {
		u := uri.URI("untitled:" + name)
		if err := c.DidOpen(c.ctx, &protocol.DidOpenTextDocumentParams{TextDocument: protocol.TextDocumentItem{URI: u, LanguageID: "actors", Version: 1, Text: text}}); err != nil {
			t.Fatal(err)
		}
		return u
	}
	c.await(open("x.actors", text), func(list []protocol.Diagnostic) bool {
		if len(list) > 0 {
			t.Errorf("it has %s", said(list))
		}
		return true
	})
	p := protocol.TextDocumentPositionParams{TextDocument: protocol.TextDocumentIdentifier{URI: "untitled:x.actors"}, Position: protocol.Position{Line: 1, Character: 6}}
	got, err := c.Implementation(c.ctx, &protocol.ImplementationParams{TextDocumentPositionParams: p})
	if list, _ := got.(protocol.LocationSlice); err != nil || len(list) > 0 {
		t.Errorf("its handler is at %v %v", got, err)
	}
	c.await(open("y.actors", "import \"other.actors\"\n"), func(list []protocol.Diagnostic) bool { return strings.Contains(said(list), "OC232") })
}

// TestOpenHandler changes a handler that is open: what it has come to is said of
// the program that stands as it was.
func TestOpenHandler(t *testing.T) {
	c := start(t, project(), protocol.ClientCapabilities{})
	c.open("quakes.actors", quakes)
	c.open("tally.go", handler)
	c.await(c.uri("quakes.actors"), func(list []protocol.Diagnostic) bool { return len(list) == 0 })
	c.change("tally.go", "Quakes(", "Shocks(")
	c.await(c.uri("quakes.actors"), func(list []protocol.Diagnostic) bool { return len(list) > 0 })
}
