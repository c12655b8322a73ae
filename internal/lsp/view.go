package lsp

import (
	"context"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/ilpomo/opencore/lang"
)

// A view is all that the client has told of its files at one moment. It does
// not change.
type view struct {
	enc     encoding
	open    map[string]*document // by path
	disk    int                  // grows when files are said to have changed on the disk
	folders []string             // that people work in
}

// A document is a file that the client has open; it does not change.
type document struct {
	path    string // as diagnostics call it
	uri     uri.URI
	version int32
	text    *text
}

// read gives the text of a file as the client sees it. What is no file lies in
// no folder, not in the one that the server happens to work in either.
func (v *view) read(path string) ([]byte, error) {
	if d := v.open[cleaned(path)]; d != nil {
		return []byte(d.text.src), nil
	}
	if !isFile(path) {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	return os.ReadFile(filepath.FromSlash(path))
}

// isFile reports whether a path is one of a file, which the disk may have, and
// not the URI of a text that is none.
func isFile(path string) bool { return filepath.IsAbs(filepath.FromSlash(path)) }

// cleaned gives the one path that a file has in views; a URI is as it is.
func cleaned(path string) string {
	if !isFile(path) {
		return path
	}
	return filepath.ToSlash(filepath.Clean(path))
}

// uri gives what the client calls a document, from its path: see pathOf.
func (v *view) uri(path string) uri.URI {
	if d := v.open[path]; d != nil {
		return d.uri
	}
	if !isFile(path) {
		return uri.URI(path) // it is no file
	}
	return uri.File(path)
}

// pathOf gives the path of a document; of one that is no file, its URI.
func pathOf(u uri.URI) string {
	if !u.IsFile() {
		return strings.Clone(u.String())
	}
	return cleaned(strings.Clone(u.FsPath()))
}

// isProgram reports whether a document is one of ours.
func isProgram(path string) bool { return strings.HasSuffix(path, lang.Extension) }

// update makes a new view of the newest one and lets it be looked at.
func (s *server) update(change func(v *view)) {
	s.mu.Lock()
	next := *s.view
	next.open = maps.Clone(s.view.open)
	if next.open == nil {
		next.open = map[string]*document{}
	}
	change(&next)
	s.view = &next
	s.mu.Unlock()
	s.look()
}

// newest gives the newest view.
func (s *server) newest() *view {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.view
}

// Initialize answers what the server can do, and learns what the client can.
func (s *server) Initialize(_ context.Context, p *protocol.InitializeParams) (*protocol.InitializeResult, error) {
	enc := utf16Units
	if g := p.Capabilities.General; g != nil && slices.Contains(g.PositionEncodings, protocol.PositionEncodingKindUTF8) {
		enc = utf8Units
	}
	if w := p.Capabilities.Workspace; w != nil && w.DidChangeWatchedFiles != nil {
		s.watches = yes(w.DidChangeWatchedFiles.DynamicRegistration)
	}
	s.update(func(v *view) { v.enc, v.folders = enc, foldersOf(p) })
	return &protocol.InitializeResult{
		Capabilities: capabilities(enc),
		ServerInfo:   protocol.ServerInfo{Name: "opencore", Version: protocol.NewOptional(s.Version)},
	}, nil
}

// foldersOf gives the folders that people work in.
func foldersOf(p *protocol.InitializeParams) []string {
	var folders []string
	list, ok := p.WorkspaceFolders.Get()
	for _, f := range list {
		folders = append(folders, pathOf(f.URI))
	}
	//lint:ignore SA1019 clients that know no folders name the root alone
	if root := p.RootURI; !ok && root != nil {
		folders = append(folders, pathOf(*root))
	}
	return folders
}

func yes(b *bool) bool { return b != nil && *b }

func capabilities(enc encoding) protocol.ServerCapabilities {
	incremental := protocol.TextDocumentSyncKindIncremental
	return protocol.ServerCapabilities{
		PositionEncoding:   protocol.PositionEncodingKind(enc),
		TextDocumentSync:   &protocol.TextDocumentSyncOptions{OpenClose: new(true), Change: &incremental, Save: protocol.Boolean(true)},
		DefinitionProvider: protocol.Boolean(true), ImplementationProvider: protocol.Boolean(true),
		CodeActionProvider:         &protocol.CodeActionOptions{CodeActionKinds: []protocol.CodeActionKind{protocol.CodeActionKindQuickFix, fixAll}},
		DocumentFormattingProvider: protocol.Boolean(true), DocumentSymbolProvider: protocol.Boolean(true),
		WorkspaceSymbolProvider: protocol.Boolean(true), FoldingRangeProvider: protocol.Boolean(true),
		SemanticTokensProvider: &protocol.SemanticTokensOptions{
			Legend: protocol.SemanticTokensLegend{TokenTypes: tokenTypes, TokenModifiers: tokenModifiers},
			Full:   protocol.Boolean(true), Range: protocol.Boolean(true),
		},
		CompletionProvider: &protocol.CompletionOptions{TriggerCharacters: []string{".", ">", "(", ":"}},
		HoverProvider:      protocol.Boolean(true), RenameProvider: &protocol.RenameOptions{PrepareProvider: new(true)},
		ReferencesProvider: protocol.Boolean(true), DocumentHighlightProvider: protocol.Boolean(true),
	}
}

// watched are the files whose changes matter: programs, handlers, and what
// says where a project ends.
var watched = []string{"**/*.actors", "**/*.go", "**/go.mod"}

// Initialized asks the client to tell of files that change on the disk.
func (s *server) Initialized(ctx context.Context, _ *protocol.InitializedParams) error {
	if !s.watches {
		return nil
	}
	var o protocol.DidChangeWatchedFilesRegistrationOptions
	for _, glob := range watched {
		o.Watchers = append(o.Watchers, protocol.FileSystemWatcher{GlobPattern: protocol.Pattern(glob)})
	}
	options, err := json.Marshal(o)
	if err != nil {
		panic("bug: " + err.Error())
	}
	s.aside(func() {
		err := s.client.RegisterCapability(ctx, &protocol.RegistrationParams{Registrations: []protocol.Registration{
			{ID: "files", Method: protocol.MethodWorkspaceDidChangeWatchedFiles, RegisterOptions: options},
		}})
		if err != nil && ctx.Err() == nil {
			s.Log.Warn("the editor does not tell of changed files", "error", err)
		}
	})
	return nil
}

// Shutdown ends the work; the client may only say exit then.
func (s *server) Shutdown(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shut = true
	return nil
}

// Exit ends the server.
func (s *server) Exit(context.Context) error {
	s.exit()
	return nil
}

// DidOpen learns the text of a file.
func (s *server) DidOpen(_ context.Context, p *protocol.DidOpenTextDocumentParams) error {
	t := p.TextDocument
	path := pathOf(t.URI)
	s.update(func(v *view) {
		v.open[path] = &document{path: path, uri: uri.URI(strings.Clone(string(t.URI))), version: t.Version, text: newText(strings.Clone(t.Text), v.enc)}
	})
	return nil
}

// DidChange changes the text of a file.
func (s *server) DidChange(_ context.Context, p *protocol.DidChangeTextDocumentParams) error {
	path := pathOf(p.TextDocument.URI)
	s.update(func(v *view) {
		d := v.open[path]
		if d == nil {
			return
		}
		next := *d
		next.version = p.TextDocument.Version
		for _, change := range p.ContentChanges {
			next.text = next.text.apply(change)
		}
		v.open[path] = &next
	})
	return nil
}

// DidSave looks at everything again: what programs import and their handlers
// may be what was saved.
func (s *server) DidSave(context.Context, *protocol.DidSaveTextDocumentParams) error {
	s.update(func(v *view) { v.disk++ })
	return nil
}

// DidClose forgets the text of a file: from now on it is what the disk has.
func (s *server) DidClose(_ context.Context, p *protocol.DidCloseTextDocumentParams) error {
	path := pathOf(p.TextDocument.URI)
	s.update(func(v *view) { delete(v.open, path) })
	return nil
}

// DidChangeWatchedFiles looks at everything again.
func (s *server) DidChangeWatchedFiles(context.Context, *protocol.DidChangeWatchedFilesParams) error {
	s.update(func(v *view) { v.disk++ })
	return nil
}

// DidChangeWorkspaceFolders learns in which folders people work.
func (s *server) DidChangeWorkspaceFolders(_ context.Context, p *protocol.DidChangeWorkspaceFoldersParams) error {
	s.update(func(v *view) {
		v.folders = slices.Clone(v.folders)
		for _, f := range p.Event.Removed {
			v.folders = slices.DeleteFunc(v.folders, func(path string) bool { return path == pathOf(f.URI) })
		}
		for _, f := range p.Event.Added {
			v.folders = append(v.folders, pathOf(f.URI))
		}
	})
	return nil
}
