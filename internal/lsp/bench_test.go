package lsp_test

import (
	"fmt"
	"strings"
	"testing"

	"go.lsp.dev/protocol"
)

// bigProgram has 1,000 instances and 5,000 wires, each with a filter of its
// own, as the benchmark of lang/check has.
func bigProgram() string {
	var b strings.Builder
	b.WriteString("message Quake { id string, mag float, place string, at time, net string, depth float, felt int? }\n")
	b.WriteString("actor Source exec [\"source\"] { push out Quake }\nactor Step exec [\"step\"] { in from Quake, push out Quake }\nactor Sink exec [\"sink\"] { in from Quake }\n")
	b.WriteString("graph main {\n")
	const layers, width = 10, 100
	for l := range layers {
		actor := "Step"
		switch l {
		case 0:
			actor = "Source"
		case layers - 1:
			actor = "Sink"
		}
		for i := range width {
			fmt.Fprintf(&b, "  n%d_%d = %s()\n", l, i, actor)
		}
	}
	wires := 0
	for l := range layers - 1 {
		each := 5
		if l < 5 {
			each = 6
		}
		for n := range width * each {
			i, k := n/each, n%each
			fmt.Fprintf(&b, "  n%d_%d -> n%d_%d where mag >= %d.5 && felt > %d || place contains \"x%d\"\n", l, i, l+1, (i+k)%width, wires%9, wires, wires%97)
			wires++
		}
	}
	b.WriteString("}\n")
	return b.String()
}

func openBig(b *testing.B) *client {
	c := start(b, nil, protocol.ClientCapabilities{})
	c.open("big.actors", bigProgram())
	if found := said(c.diagnostics("big.actors")); found != "" {
		b.Fatal(found)
	}
	return c
}

// BenchmarkDiagnostics is the time from a change to what is wrong with it, and
// from mending it to nothing, half of each.
func BenchmarkDiagnostics(b *testing.B) {
	c := openBig(b)
	texts := [2]string{"n0_0 -> n1_0 where mag >= 0.5", "n0_0 -> n1_0 where mag <= 0.5"}
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		c.change("big.actors", texts[n%2], texts[(n+1)%2])
		c.diagnostics("big.actors")
		n++
	}
}

// BenchmarkRequests asks about a text that has been looked at.
func BenchmarkRequests(b *testing.B) {
	c := openBig(b)
	u := c.uri("big.actors")
	id := protocol.TextDocumentIdentifier{URI: u}
	text := c.texts[u]
	at := c.point("big.actors", position(text, strings.LastIndex(text, "mag")))
	requests := []struct {
		name string
		ask  func() error
	}{
		{"hover", func() error {
			_, err := c.Hover(c.ctx, &protocol.HoverParams{TextDocumentPositionParams: at})
			return err
		}},
		{"definition", func() error {
			_, err := c.Definition(c.ctx, &protocol.DefinitionParams{TextDocumentPositionParams: at})
			return err
		}},
		{"references", func() error {
			_, err := c.References(c.ctx, &protocol.ReferenceParams{TextDocumentPositionParams: at})
			return err
		}},
		{"rename", func() error {
			_, err := c.Rename(c.ctx, &protocol.RenameParams{TextDocumentPositionParams: at, NewName: "size"})
			return err
		}},
		{"completion", func() error {
			_, err := c.Completion(c.ctx, &protocol.CompletionParams{TextDocumentPositionParams: at})
			return err
		}},
		{"actions", func() error {
			_, err := c.CodeAction(c.ctx, &protocol.CodeActionParams{TextDocument: id, Range: protocol.Range{End: at.Position}})
			return err
		}},
		{"outline", func() error {
			_, err := c.DocumentSymbol(c.ctx, &protocol.DocumentSymbolParams{TextDocument: id})
			return err
		}},
		{"tokens", func() error {
			_, err := c.SemanticTokensFull(c.ctx, &protocol.SemanticTokensParams{TextDocument: id})
			return err
		}},
		{"folding", func() error {
			_, err := c.FoldingRanges(c.ctx, &protocol.FoldingRangeParams{TextDocument: id})
			return err
		}},
		{"format", func() error {
			_, err := c.Formatting(c.ctx, &protocol.DocumentFormattingParams{TextDocument: id})
			return err
		}},
		{"symbols", func() error { _, err := c.Symbols(c.ctx, &protocol.WorkspaceSymbolParams{Query: "s"}); return err }},
	}
	for _, r := range requests {
		b.Run(r.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := r.ask(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCompletionBehindAChange asks for completion while the change that
// went before is still to be looked at, as it is with every letter.
func BenchmarkCompletionBehindAChange(b *testing.B) {
	c := openBig(b)
	texts := [2]string{"n0_0 -> n1_0 where mag >= 0.5", "n0_0 -> n1_0 where mag <= 0.5"}
	at := c.point("big.actors", position(c.texts[c.uri("big.actors")], strings.LastIndex(c.texts[c.uri("big.actors")], "mag")))
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		c.change("big.actors", texts[n%2], texts[(n+1)%2])
		if _, err := c.Completion(c.ctx, &protocol.CompletionParams{TextDocumentPositionParams: at}); err != nil {
			b.Fatal(err)
		}
		n++
	}
}
