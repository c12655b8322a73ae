package lsp_test

import (
	"strings"
	"testing"

	"go.lsp.dev/protocol"
)

func TestCodeActions(t *testing.T) {
	c := start(t, project(), protocol.ClientCapabilities{})
	c.open("quakes.actors", strings.Replace(quakes, "count int }", "count integer }", 1))
	found := c.diagnostics("quakes.actors")
	if len(found) == 0 {
		t.Fatal("there are no findings")
	}
	u := c.uri("quakes.actors")
	list, err := c.CodeAction(c.ctx, &protocol.CodeActionParams{TextDocument: protocol.TextDocumentIdentifier{URI: u}, Range: found[0].Range})
	if err != nil || len(list) != 1 {
		t.Fatalf("%v %v", list, err)
	}
	action := list[0].(*protocol.CodeAction)
	if got := applied(c.texts[u], action.Edit.Changes[u]); got != quakes {
		t.Errorf("%s makes\n%s", action.Title, got)
	}
}
