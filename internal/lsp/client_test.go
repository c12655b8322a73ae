package lsp_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
	"go.uber.org/goleak"

	"github.com/ilpomo/opencore/internal/lsp"
	"github.com/ilpomo/opencore/stdlib"
)

func TestMain(m *testing.M) {
	if os.Getenv(asServer) != "" {
		os.Exit(serve())
	}
	goleak.VerifyTestMain(m)
}

// patience is how long anything may take that has to happen.
const patience = 5 * time.Minute

// A client speaks with a server over pipes, as an editor does.
type client struct {
	protocol.Server // what it asks
	t               testing.TB
	ctx             context.Context
	conn            jsonrpc2.Conn
	folder          string
	log             *bytes.Buffer
	buggy           bool // the server is meant to log bugs
	result          *protocol.InitializeResult

	mu       sync.Mutex
	news     chan struct{} // closed when diagnostics come
	shown    map[uri.URI]*protocol.PublishDiagnosticsParams
	versions map[uri.URI]int32
	texts    map[uri.URI]string
}

type duplex struct {
	io.ReadCloser
	io.WriteCloser
}

func (d duplex) Close() error { return errors.Join(d.ReadCloser.Close(), d.WriteCloser.Close()) }

// start starts a server and a client that has these capabilities, in a folder
// with these files.
func start(t testing.TB, files map[string]string, capabilities protocol.ClientCapabilities) *client {
	t.Helper()
	return startWith(t, files, capabilities, stdlib.Sources)
}

// startWith starts a server with a standard library of its own.
func startWith(t testing.TB, files map[string]string, capabilities protocol.ClientCapabilities, std fs.FS) *client {
	t.Helper()
	c := &client{t: t, folder: t.TempDir(), log: &bytes.Buffer{}, news: make(chan struct{}),
		shown: map[uri.URI]*protocol.PublishDiagnosticsParams{}, versions: map[uri.URI]int32{}, texts: map[uri.URI]string{}}
	for name, text := range files {
		file := filepath.Join(c.folder, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	toServer, fromClient := io.Pipe()
	toClient, fromServer := io.Pipe()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	c.ctx = ctx
	ended := make(chan error, 1)
	go func() {
		ended <- lsp.Serve(ctx, toServer, fromServer, lsp.Options{
			Standard: std, Cache: filepath.Join(c.folder, ".cache"), Version: "test", Log: slog.New(slog.NewTextHandler(c.log, nil)),
		})
	}()
	_, c.conn, c.Server = protocol.NewClient(ctx, listener{c: c}, jsonrpc2.NewStream(duplex{toClient, fromClient}))
	t.Cleanup(func() {
		if err := c.Shutdown(ctx); err != nil {
			t.Errorf("shutdown: %v", err)
		}
		_ = c.Exit(ctx) // the server may be gone before it is written
		if err := <-ended; err != nil {
			t.Errorf("the server ended with %v", err)
		}
		_ = c.conn.Close()
		cancel()
		if c.log.Len() > 0 && !c.buggy {
			t.Errorf("the server logged:\n%s", c.log)
		}
	})
	p := &protocol.InitializeParams{Capabilities: capabilities}
	p.WorkspaceFolders = protocol.NewNullable([]protocol.WorkspaceFolder{{URI: uri.File(c.folder), Name: "test"}})
	var err error
	c.result, err = c.Initialize(ctx, p)
	if err == nil {
		err = c.Initialized(ctx, &protocol.InitializedParams{})
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A listener is what the server tells a client.
type listener struct {
	protocol.UnimplementedClient
	c *client
}

// PublishDiagnostics takes what the server found.
func (l listener) PublishDiagnostics(_ context.Context, p *protocol.PublishDiagnosticsParams) error {
	c := l.c
	c.mu.Lock()
	defer c.mu.Unlock()
	kept := *p
	c.shown[uri.URI(strings.Clone(string(p.URI)))] = &kept
	close(c.news)
	c.news = make(chan struct{})
	return nil
}

func (c *client) uri(name string) uri.URI { return uri.File(filepath.Join(c.folder, name)) }

// open opens a file with a text.
func (c *client) open(name, text string) {
	c.t.Helper()
	u := c.uri(name)
	c.set(u, 1, text)
	if err := c.DidOpen(c.ctx, &protocol.DidOpenTextDocumentParams{TextDocument: protocol.TextDocumentItem{URI: u, LanguageID: "actors", Version: 1, Text: text}}); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) set(u uri.URI, version int32, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.versions[u], c.texts[u] = version, text
}

// change replaces a part of a text that occurs once, incrementally.
func (c *client) change(name, old, new string) {
	c.t.Helper()
	u := c.uri(name)
	text := c.texts[u]
	i := strings.Index(text, old)
	if i < 0 {
		c.t.Fatalf("there is no %q to change", old)
	}
	edit := &protocol.TextDocumentContentChangePartial{Range: protocol.Range{Start: position(text, i), End: position(text, i+len(old))}, Text: new}
	version := c.versions[u] + 1
	c.set(u, version, text[:i]+new+text[i+len(old):])
	p := &protocol.DidChangeTextDocumentParams{ContentChanges: []protocol.TextDocumentContentChangeEvent{edit}}
	p.TextDocument.URI, p.TextDocument.Version = u, version
	if err := c.DidChange(c.ctx, p); err != nil {
		c.t.Fatal(err)
	}
}

// position counts as clients do that know nothing else: in UTF-16.
func position(text string, offset int) protocol.Position {
	before := text[:offset]
	line := before[strings.LastIndexByte(before, '\n')+1:]
	return protocol.Position{Line: uint32(strings.Count(before, "\n")), Character: uint32(len(utf16.Encode([]rune(line))))}
}

// diagnostics waits for those of the text as it is now.
func (c *client) diagnostics(name string) []protocol.Diagnostic {
	c.t.Helper()
	u := c.uri(name)
	for {
		c.mu.Lock()
		p, news, want := c.shown[u], c.news, c.versions[u]
		c.mu.Unlock()
		if p != nil {
			if v, _ := p.Version.Get(); v == want {
				return p.Diagnostics
			}
		}
		select {
		case <-news:
		case <-c.ctx.Done():
			c.t.Fatalf("no diagnostics of %s came; the server logged:\n%s", name, c.log)
		}
	}
}

// said spells diagnostics, one a line.
func said(list []protocol.Diagnostic) string {
	var lines []string
	for _, d := range list {
		message, _, _ := strings.Cut(string(d.Message.(protocol.String)), "\n")
		lines = append(lines, fmt.Sprintf("%d:%d %v %s", d.Range.Start.Line, d.Range.Start.Character, d.Code, message))
	}
	return strings.Join(lines, "\n")
}

// at gives where the mark @ stood in a text, and the text without it.
func at(t testing.TB, marked string) (text string, where protocol.Position) {
	t.Helper()
	i := strings.IndexByte(marked, '@')
	if i < 0 {
		t.Fatal("no @ in the text")
	}
	text = marked[:i] + marked[i+1:]
	return text, position(text, i)
}

func (c *client) point(name string, where protocol.Position) protocol.TextDocumentPositionParams {
	return protocol.TextDocumentPositionParams{TextDocument: protocol.TextDocumentIdentifier{URI: c.uri(name)}, Position: where}
}

// await waits until the diagnostics of a document are as they should be.
func (c *client) await(u uri.URI, enough func([]protocol.Diagnostic) bool) {
	c.t.Helper()
	for {
		c.mu.Lock()
		p, news := c.shown[u], c.news
		c.mu.Unlock()
		if p != nil && enough(p.Diagnostics) {
			return
		}
		select {
		case <-news:
		case <-c.ctx.Done():
			c.t.Fatalf("the diagnostics of %s are %v; the server logged:\n%s", u, p, c.log)
		}
	}
}
