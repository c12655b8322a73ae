package lsp_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/ilpomo/opencore/stdlib"
)

// ask asks everything that can be asked about a place. An answer may be that
// the text has changed since; none may be a bug.
func (c *client) ask(u uri.URI, where protocol.Position) error {
	id := protocol.TextDocumentIdentifier{URI: u}
	at := protocol.TextDocumentPositionParams{TextDocument: id, Position: where}
	full := protocol.Range{End: where}
	refs := &protocol.ReferenceParams{TextDocumentPositionParams: at}
	refs.Context.IncludeDeclaration = true
	asks := map[string]func() error{
		"hover": func() error {
			_, err := c.Hover(c.ctx, &protocol.HoverParams{TextDocumentPositionParams: at})
			return err
		},
		"completion": func() error {
			_, err := c.Completion(c.ctx, &protocol.CompletionParams{TextDocumentPositionParams: at})
			return err
		},
		"definition": func() error {
			_, err := c.Definition(c.ctx, &protocol.DefinitionParams{TextDocumentPositionParams: at})
			return err
		},
		"implementation": func() error {
			_, err := c.Implementation(c.ctx, &protocol.ImplementationParams{TextDocumentPositionParams: at})
			return err
		},
		"references": func() error { _, err := c.References(c.ctx, refs); return err },
		"highlight": func() error {
			_, err := c.DocumentHighlight(c.ctx, &protocol.DocumentHighlightParams{TextDocumentPositionParams: at})
			return err
		},
		"prepare rename": func() error {
			_, err := c.PrepareRename(c.ctx, &protocol.PrepareRenameParams{TextDocumentPositionParams: at})
			return err
		},
		"rename": func() error {
			_, err := c.Rename(c.ctx, &protocol.RenameParams{TextDocumentPositionParams: at, NewName: "other"})
			return err
		},
		"actions": func() error {
			_, err := c.CodeAction(c.ctx, &protocol.CodeActionParams{TextDocument: id, Range: full})
			return err
		},
		"format": func() error {
			_, err := c.Formatting(c.ctx, &protocol.DocumentFormattingParams{TextDocument: id})
			return err
		},
		"outline": func() error {
			_, err := c.DocumentSymbol(c.ctx, &protocol.DocumentSymbolParams{TextDocument: id})
			return err
		},
		"tokens": func() error {
			_, err := c.SemanticTokensFull(c.ctx, &protocol.SemanticTokensParams{TextDocument: id})
			return err
		},
		"tokens in range": func() error {
			_, err := c.SemanticTokensRange(c.ctx, &protocol.SemanticTokensRangeParams{TextDocument: id, Range: full})
			return err
		},
		"folding": func() error {
			_, err := c.FoldingRanges(c.ctx, &protocol.FoldingRangeParams{TextDocument: id})
			return err
		},
		"symbols": func() error { _, err := c.Symbols(c.ctx, &protocol.WorkspaceSymbolParams{Query: "a"}); return err },
	}
	var answers sync.WaitGroup
	errs := make(chan error, len(asks))
	for what, ask := range asks {
		answers.Go(func() {
			if err := ask(); err != nil && !harmless(err) {
				errs <- fmt.Errorf("%s at %v: %w", what, where, err)
			}
		})
	}
	answers.Wait()
	close(errs)
	return <-errs
}

// harmless reports whether an error is one that clients expect.
func harmless(err error) bool {
	e, ok := err.(*jsonrpc2.Error)
	return ok && (e.Code == protocol.CodeContentModified || e.Code == jsonrpc2.InvalidParams)
}

// TestHalfWritten types examples from their beginning, and takes words and signs
// out of them, and asks everything at a random place of each such text: of some
// that are chosen at random or, with OPENCORE_STORM, of all that there are.
func TestHalfWritten(t *testing.T) {
	examples, err := filepath.Glob("../../examples/*/*.actors")
	if err != nil || len(examples) == 0 {
		t.Fatal("there are no examples", err)
	}
	examples = append(examples, "../../lang/check/testdata/good_components.actors", "../../lang/check/testdata/bad_clash.actors")
	random := rand.New(rand.NewPCG(1, 2))
	steps := 50
	if os.Getenv("OPENCORE_STORM") != "" {
		steps = 0
	}
	for _, example := range examples {
		data, err := os.ReadFile(example)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.ReplaceAll(example, "../", ""), func(t *testing.T) {
			name := filepath.Base(example)
			c := start(t, map[string]string{name: string(data)}, protocol.ClientCapabilities{})
			c.open(name, string(data))
			for _, text := range mutants(string(data), random, steps) {
				c.replace(name, text)
				if err := c.ask(c.uri(name), position(text, border(text, random.IntN(len(text)+1)))); err != nil {
					t.Fatalf("%v\nin the text\n%s", err, text)
				}
			}
			c.diagnostics(name)
		})
	}
}

// mutants are n prefixes of a text and as many of it without one word or sign;
// all that there are if n is 0.
func mutants(text string, random *rand.Rand, n int) []string {
	places := random.Perm(len(text))
	if n > 0 {
		places = places[:min(n, len(places))]
	}
	var list []string
	for _, at := range places {
		start := border(text, at)
		end := min(start+1, len(text))
		for end < len(text) && isLetter(text[end]) && isLetter(text[start]) {
			end++
		}
		list = append(list, text[:start], text[:start]+text[border(text, end):])
	}
	return list
}

func isLetter(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// border moves an offset to the beginning of a character.
func border(text string, at int) int {
	for at < len(text) && text[at]&0xC0 == 0x80 {
		at++
	}
	return at
}

// TestFloodOfChanges changes a text faster than it can be looked at. The last
// findings that come are of the last text.
func TestFloodOfChanges(t *testing.T) {
	c := start(t, project(), protocol.ClientCapabilities{})
	c.open("quakes.actors", quakes)
	for range 300 {
		c.change("quakes.actors", "mag >= 2.5", "magg >= 2.5")
		c.change("quakes.actors", "magg >= 2.5", "mag >= 2.5")
	}
	c.change("quakes.actors", "mag >= 2.5", "mag >= 2.5 && nix")
	if got := said(c.diagnostics("quakes.actors")); !strings.Contains(got, `no field "nix"`) {
		t.Errorf("got %s", got)
	}
}

// TestEditsAtRandom changes a text in parts and holds that the server has the
// text that the client has: laid out it is the same.
func TestEditsAtRandom(t *testing.T) {
	c := start(t, project(), protocol.ClientCapabilities{})
	c.open("quakes.actors", quakes)
	random := rand.New(rand.NewPCG(3, 4))
	u := c.uri("quakes.actors")
	pieces := []string{"x", "", "\n", "é", "𐐀", " // 𐐀 é\n", "\r\n", "mag"}
	for range 200 {
		text := c.texts[u]
		start := border(text, random.IntN(len(text)))
		end := border(text, min(len(text), start+random.IntN(6)))
		p := &protocol.DidChangeTextDocumentParams{ContentChanges: []protocol.TextDocumentContentChangeEvent{&protocol.TextDocumentContentChangePartial{
			Range: protocol.Range{Start: position(text, start), End: position(text, end)}, Text: pieces[random.IntN(len(pieces))],
		}}}
		change := p.ContentChanges[0].(*protocol.TextDocumentContentChangePartial)
		if strings.HasSuffix(text[:start], "\r") || strings.HasPrefix(text[end:], "\n") && strings.HasSuffix(text[:end], "\r") {
			continue // no position is between the two
		}
		version := c.versions[u] + 1
		c.set(u, version, text[:start]+change.Text+text[end:])
		p.TextDocument.URI, p.TextDocument.Version = u, version
		if err := c.DidChange(c.ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	c.change("quakes.actors", c.texts[u], "// "+strings.ReplaceAll(strings.ReplaceAll(c.texts[u], "\r", ""), "\n", " ")+"\nmessage  M  {  a  int  }\n")
	edits, err := c.Formatting(c.ctx, &protocol.DocumentFormattingParams{TextDocument: protocol.TextDocumentIdentifier{URI: u}})
	if err != nil || len(edits) == 0 {
		t.Fatalf("%v %v", edits, err)
	}
	if got := applied(c.texts[u], edits); !strings.HasSuffix(got, "\nmessage M { a int }\n") {
		t.Errorf("the server has another text: laid out it is\n%s", got)
	}
}

// A gate is a file system that lets nobody through until it is opened.
type gate struct {
	fs.FS
	opened chan struct{}
}

func (g gate) Open(name string) (fs.File, error) {
	<-g.opened
	return g.FS.Open(name)
}

// TestCancel lets go of a request that waits for its turn, which never comes: of
// two at least one waits, and the other may be what it waits for.
func TestCancel(t *testing.T) {
	g := gate{stdlib.Sources, make(chan struct{})}
	c := startWith(t, project(), protocol.ClientCapabilities{}, g)
	defer close(g.opened)
	c.open("quakes.actors", quakes)
	_, where := marked(t, "= |Tally(every")
	answer := make(chan error, 2)
	for range cap(answer) {
		go func() {
			_, err := c.Hover(c.ctx, &protocol.HoverParams{TextDocumentPositionParams: c.point("quakes.actors", where)})
			answer <- err
		}()
	}
	for id := int32(0); ; id = (id + 1) % 10 {
		if err := c.conn.Notify(c.ctx, protocol.MethodCancelRequest, &protocol.CancelParams{ID: protocol.Integer(id)}); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-answer:
			if e, ok := err.(*jsonrpc2.Error); !ok || e.Code != protocol.CodeRequestCancelled {
				t.Errorf("it is answered with %v", err)
			}
			return
		default:
		}
	}
}

// A bomb is a file system that panics while it is armed.
type bomb struct {
	fs.FS
	armed *atomic.Bool
}

func (b bomb) Open(name string) (fs.File, error) {
	if b.armed.Load() {
		panic("boom")
	}
	return b.FS.Open(name)
}

// TestBug has a bug in the midst of looking at a program: what parses is still
// known, and the server goes on.
func TestBug(t *testing.T) {
	armed := &atomic.Bool{}
	armed.Store(true)
	c := startWith(t, project(), protocol.ClientCapabilities{}, bomb{stdlib.Sources, armed})
	c.buggy = true
	c.open("quakes.actors", quakes)
	c.diagnostics("quakes.actors")
	_, where := marked(t, "mag > |least")
	h, err := c.Hover(c.ctx, &protocol.HoverParams{TextDocumentPositionParams: c.point("quakes.actors", where)})
	if err != nil || h == nil || !strings.Contains(h.Contents.(*protocol.MarkupContent).Value, "const least = 2.5") {
		t.Errorf("%v %v", h, err)
	}
	armed.Store(false)
	c.change("quakes.actors", "mag >= 2.5", "magg >= 2.5")
	if got, want := said(c.diagnostics("quakes.actors")), `24:22 OC402 message "Quake" has no field "magg"`; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
