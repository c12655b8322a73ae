package lsp_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

const quakes = `enum Alert { green, red }
/// A shock.
message Quake {
  /// How strong it was.
  mag   float
  place string
  net   string
  felt  int?
  alert Alert?
}
message Region { network string, count int }
const least = 2.5
filter Strong on Quake = mag > least
/// Keeps a tally.
actor Tally(every duration = 1s) {
  /// What is counted.
  pull quakes Quake key net
  pub regions Region topic network
}
graph main {
  feed  = file.Lines(path: "quakes.ndjson", format: csv)
  tally = Tally(every: 500ms) replicas 2
  table = file.Write(path: "regions.csv", format: csv)
  alarm = log.Print(prefix: "é𐐀")
  feed -> tally where mag >= 2.5
  feed -> alarm where Strong && alert == red || place contains "x"
  tally.regions -> table
}
`

const handler = `package quakes

import (
	"context"
	"time"

	"github.com/ilpomo/opencore/runtime/actor"
)

type Tally struct {
	Every   time.Duration
	Regions actor.Out[Region]
}

func (t *Tally) Quakes(ctx context.Context, q Quake) error { return nil }
`

func project() map[string]string {
	return map[string]string{"quakes.actors": quakes, "tally.go": handler, "go.mod": "module quakes\n\ngo 1.26\n"}
}

// marked is quakes with a mark before a word that occurs once.
func marked(t *testing.T, before string) (string, protocol.Position) {
	t.Helper()
	plain := strings.Replace(before, "|", "", 1)
	if strings.Count(quakes, plain) != 1 {
		t.Fatalf("%q occurs %d times", plain, strings.Count(quakes, plain))
	}
	return at(t, strings.Replace(quakes, plain, strings.Replace(before, "|", "@", 1), 1))
}

func TestDiagnostics(t *testing.T) {
	c := start(t, project(), protocol.ClientCapabilities{})
	c.open("quakes.actors", quakes)
	if got := said(c.diagnostics("quakes.actors")); got != "" {
		t.Errorf("a sound program has\n%s", got)
	}
	c.change("quakes.actors", "mag >= 2.5", "magg >= 2.5")
	if got, want := said(c.diagnostics("quakes.actors")), `24:22 OC402 message "Quake" has no field "magg"`; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	c.change("quakes.actors", "magg >= 2.5", "mag >= 2.5")
	if got := said(c.diagnostics("quakes.actors")); got != "" {
		t.Errorf("it is mended, and has\n%s", got)
	}
	c.change("quakes.actors", "pull quakes Quake", "pull shocks Quake")
	if got := said(c.diagnostics("quakes.actors")); !strings.Contains(got, "16:7") {
		t.Errorf("a handler that does not fit: got %s", got)
	}
}

func TestDiagnosticsBehindWideCharacters(t *testing.T) {
	c := start(t, project(), protocol.ClientCapabilities{})
	c.open("quakes.actors", strings.Replace(quakes, `prefix: "é𐐀")`, `prefix: "é𐐀", x: 1)`, 1))
	if got := said(c.diagnostics("quakes.actors")); !strings.HasPrefix(got, "23:35 ") {
		t.Errorf("got %s", got)
	}
	u := start(t, project(), protocol.ClientCapabilities{General: &protocol.GeneralClientCapabilities{PositionEncodings: []protocol.PositionEncodingKind{"utf-8", "utf-16"}}})
	if u.result.Capabilities.PositionEncoding != "utf-8" {
		t.Error("utf-8 is not chosen")
	}
	u.open("quakes.actors", strings.Replace(quakes, `prefix: "é𐐀")`, `prefix: "é𐐀", x: 1)`, 1))
	if got := said(u.diagnostics("quakes.actors")); !strings.HasPrefix(got, "23:38 ") {
		t.Errorf("in utf-8 got %s", got)
	}
}

func TestDiagnosticsOfImportedFiles(t *testing.T) {
	files := map[string]string{"main.actors": "import \"common.actors\"\ngraph main {\n  feed = timer.Every()\n  out = log.Print<Rov>()\n}\n", "common.actors": "message Row { id it }\n"}
	c := start(t, files, protocol.ClientCapabilities{})
	c.open("main.actors", files["main.actors"])
	if got := said(c.diagnostics("main.actors")); !strings.Contains(got, "Rov") {
		t.Errorf("main has\n%s", got)
	}
	c.open("common.actors", files["common.actors"])
	if got := said(c.diagnostics("common.actors")); strings.Count(got, "OC204") != 1 {
		t.Errorf("common has\n%s", got)
	}
	c.change("common.actors", "Row { id it", "Rov { id int")
	if got := said(c.diagnostics("common.actors")); got != "" {
		t.Errorf("common has\n%s", got)
	}
	c.change("main.actors", "Rov", "Rov")
	if got := said(c.diagnostics("main.actors")); strings.Contains(got, `"Rov"`) {
		t.Errorf("main has\n%s", got)
	}
}

func TestHover(t *testing.T) {
	c := start(t, project(), protocol.ClientCapabilities{})
	c.open("quakes.actors", quakes)
	for before, want := range map[string]string{
		"|feed -> tally where":                   "feed  = file.Lines(path",
		"feed -> tally where |mag >":             "mag   float",
		"where |Strong":                          "filter Strong on Quake",
		"alert == |red":                          "value of enum `Alert`",
		"tally.|regions ->":                      "message Region {",
		"= |Tally(every":                         "Keeps a tally.",
		"Tally(|every: 500ms":                    "every duration = 1s",
		"log.|Print(":                            "actor log.Print",
		"format: csv)\n  |tally":                 "Tally(every: 500ms)",
		"|pull quakes":                           "share the messages",
		"quakes Quake |key":                      "same replica",
		"500ms) |replicas":                       "copies",
		"place |contains":                        "contains that on the right",
		"key |net\n":                             "net   string",
		"topic |network":                         "network string",
		"/// How strong it was.\n  |mag   float": "How strong it was.",
		"place |string\n":                        "UTF-8",
	} {
		_, where := marked(t, before)
		got, err := c.Hover(c.ctx, &protocol.HoverParams{TextDocumentPositionParams: c.point("quakes.actors", where)})
		if err != nil || got == nil {
			t.Errorf("%s: %v %v", before, got, err)
			continue
		}
		if text := got.Contents.(*protocol.MarkupContent).Value; !strings.Contains(text, want) {
			t.Errorf("%s: got\n%s\nwant %q in it", before, text, want)
		}
	}
}

func places(t *testing.T, c *client, list []protocol.Location) string {
	t.Helper()
	var words []string
	for _, l := range list {
		name := filepath.Base(l.URI.FsPath())
		data, err := os.ReadFile(l.URI.FsPath())
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		if open, ok := c.texts[l.URI]; ok {
			text = open
		}
		words = append(words, name+":"+lineOf(text, l.Range.Start.Line))
	}
	sort.Strings(words)
	return strings.Join(words, "|")
}

func lineOf(text string, n uint32) string { return strings.TrimSpace(strings.Split(text, "\n")[n]) }

func TestDefinition(t *testing.T) {
	c := start(t, project(), protocol.ClientCapabilities{})
	c.open("quakes.actors", quakes)
	for before, want := range map[string]string{
		"|feed -> tally where": `quakes.actors:feed  = file.Lines(path: "quakes.ndjson", format: csv)`,
		"where |mag >":         "quakes.actors:mag   float",
		"alert == |red":        "quakes.actors:enum Alert { green, red }",
		"= |Tally(every":       "quakes.actors:actor Tally(every duration = 1s) {|tally.go:type Tally struct {",
		"tally.|regions ->":    "quakes.actors:pub regions Region topic network|tally.go:Regions actor.Out[Region]",
		"pull |quakes Quake":   "tally.go:func (t *Tally) Quakes(ctx context.Context, q Quake) error { return nil }",
		"log.|Print(":          "log.actors:actor Print<T>(",
		"Tally(|every: 500ms":  "quakes.actors:actor Tally(every duration = 1s) {|tally.go:Every   time.Duration",
		"mag > |least":         "quakes.actors:const least = 2.5",
	} {
		_, where := marked(t, before)
		got, err := c.Definition(c.ctx, &protocol.DefinitionParams{TextDocumentPositionParams: c.point("quakes.actors", where)})
		if err != nil {
			t.Errorf("%s: %v", before, err)
			continue
		}
		list, _ := got.(protocol.LocationSlice)
		if got := places(t, c, list); got != want {
			t.Errorf("%s:\n got %s\nwant %s", before, got, want)
		}
	}
}

func TestTheStandardLibraryCanBeLookedAt(t *testing.T) {
	c := start(t, project(), protocol.ClientCapabilities{})
	c.open("quakes.actors", quakes)
	_, where := marked(t, "log.|Print(")
	got, err := c.Definition(c.ctx, &protocol.DefinitionParams{TextDocumentPositionParams: c.point("quakes.actors", where)})
	list, _ := got.(protocol.LocationSlice)
	if err != nil || len(list) != 1 {
		t.Fatal(got, err)
	}
	file := list[0].URI.FsPath()
	if err := errors.Join(os.Remove(file), os.WriteFile(file, []byte("an older one"), 0o444)); err != nil {
		t.Fatal(err)
	}
	if _, err = c.Definition(c.ctx, &protocol.DefinitionParams{TextDocumentPositionParams: c.point("quakes.actors", where)}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil || string(data) == "an older one" {
		t.Fatalf("%s %v", data, err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".new-*")); left != nil {
		t.Errorf("these are left: %v", left)
	}
	name, err := filepath.Rel(c.folder, list[0].URI.FsPath())
	if err != nil {
		t.Fatal(err)
	}
	c.open(name, string(data))
	if got := said(c.diagnostics(name)); got != "" {
		t.Errorf("it has findings: %s", got)
	}
	h, err := c.Hover(c.ctx, &protocol.HoverParams{TextDocumentPositionParams: protocol.TextDocumentPositionParams{
		TextDocument: protocol.TextDocumentIdentifier{URI: list[0].URI}, Position: list[0].Range.Start}})
	if err != nil || h == nil || !strings.Contains(h.Contents.(*protocol.MarkupContent).Value, "log.Print") {
		t.Errorf("%v %v", h, err)
	}
}

func TestReferencesAndRename(t *testing.T) {
	files := map[string]string{
		"common.actors":    "message Row { id int, kind string }\nactor Keep exec [\"cat\"] lines { in rows Row, push kept Row }\n",
		"main.actors":      "import \"common.actors\"\nfilter Odd on Row = id % 2 == 1\ngraph main {\n  a = Keep()\n  b = Keep()\n  a -> b where id > 3\n}\n",
		"sub/other.actors": "import \"../common.actors\"\ngraph main {\n  k = Keep()\n  l = Keep()\n  k.kept -> l.rows where Row == 1 && id == 2\n}\n",
		"go.mod":           "module x\n",
		"stranger.actors":  "message Row { id int }\nfilter Odd on Row = id % 2 == 1\n",
	}
	c := start(t, files, protocol.ClientCapabilities{})
	c.open("common.actors", files["common.actors"])
	p := &protocol.ReferenceParams{TextDocumentPositionParams: c.point("common.actors", position(files["common.actors"], strings.Index(files["common.actors"], "id")))}
	p.Context.IncludeDeclaration = true
	got, err := c.References(c.ctx, p)
	if err != nil {
		t.Fatal(err)
	}
	want := "common.actors:message Row { id int, kind string }|main.actors:a -> b where id > 3|main.actors:filter Odd on Row = id % 2 == 1|other.actors:k.kept -> l.rows where Row == 1 && id == 2"
	if got := places(t, c, got); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	edit, err := c.Rename(c.ctx, &protocol.RenameParams{TextDocumentPositionParams: p.TextDocumentPositionParams, NewName: "number"})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, list := range edit.Changes {
		n += len(list)
	}
	if len(edit.Changes) != 3 || n != 4 {
		t.Errorf("renaming changes %v", edit.Changes)
	}
	for _, name := range []string{"1x", "", "a b", "a.b", "x-y"} {
		if _, err := c.Rename(c.ctx, &protocol.RenameParams{TextDocumentPositionParams: p.TextDocumentPositionParams, NewName: name}); err == nil {
			t.Errorf("%q is a name", name)
		}
	}
}

func TestRenameOfAPort(t *testing.T) {
	c := start(t, project(), protocol.ClientCapabilities{})
	c.open("quakes.actors", quakes)
	_, where := marked(t, "tally.|regions ->")
	ready, err := c.PrepareRename(c.ctx, &protocol.PrepareRenameParams{TextDocumentPositionParams: c.point("quakes.actors", where)})
	if err != nil || ready.(*protocol.PrepareRenamePlaceholder).Placeholder != "regions" {
		t.Fatalf("%v %v", ready, err)
	}
	edit, err := c.Rename(c.ctx, &protocol.RenameParams{TextDocumentPositionParams: c.point("quakes.actors", where), NewName: "areas"})
	if err != nil {
		t.Fatal(err)
	}
	text := applied(quakes, edit.Changes[c.uri("quakes.actors")])
	if want := strings.NewReplacer("pub regions", "pub areas", "tally.regions", "tally.areas").Replace(quakes); text != want {
		t.Errorf("got\n%s", text)
	}
	for _, before := range []string{"log.|Print(", "graph |main"} {
		_, where := marked(t, before)
		if ready, err := c.PrepareRename(c.ctx, &protocol.PrepareRenameParams{TextDocumentPositionParams: c.point("quakes.actors", where)}); err == nil {
			t.Errorf("%s: %v can be renamed", before, ready)
		}
	}
}

// applied is a text behind edits of it.
func applied(text string, edits []protocol.TextEdit) string {
	slices.SortFunc(edits, func(a, b protocol.TextEdit) int {
		return int(b.Range.Start.Line)*10000 + int(b.Range.Start.Character) - int(a.Range.Start.Line)*10000 - int(a.Range.Start.Character)
	})
	for _, e := range edits {
		start, end := offset(text, e.Range.Start), offset(text, e.Range.End)
		text = text[:start] + e.NewText + text[end:]
	}
	return text
}

func offset(text string, p protocol.Position) int {
	for i := range len(text) + 1 {
		if position(text, i) == p {
			return i
		}
	}
	return len(text)
}

func TestCompletion(t *testing.T) {
	c := start(t, project(), protocol.ClientCapabilities{})
	c.open("quakes.actors", quakes)
	c.diagnostics("quakes.actors")
	for i, test := range []struct{ line, want, not string }{
		{"  x = |", "Tally file log timer", "Quake"},
		{"  x = fi|", "Tally file", "Quake"},
		{"  x = file.|", "Lines Write", "Tally"},
		{"  x = file.Lines(|", "path format follow", "prefix"},
		{"  x = file.Lines(path: \"a\", for|", "path format follow", "prefix"},
		{"  x = file.Lines(format: |", "auto csv ndjson", "path"},
		{"  x = Tally() |", "replicas restart env process", "where"},
		{"  x = Tally() restart |", "always on_failure never", "where"},
		{"  feed -> |", "tally table alarm", "feed"},
		{"  feed.|", "lines rejected", "rows"},
		{"  tally -> table.|", "rows", "lines rejected"},
		{"  feed -> tally |", "where else queue timeout", "replicas"},
		{"  feed -> tally queue 5 |", "block drop_oldest", "replicas"},
		{"  feed -> tally where |", "mag place alert least Strong len", "network"},
		{"  feed -> tally where mag > 1 && al|", "alert mag", "network"},
		{"  feed -> tally where alert == |", "green red", "network"},
		{"  feed -> tally where place |", "contains startsWith ==", "mag"},
		{"  tally.regions -> table where |", "network count topic", "mag"},
		{"  |", "feed tally expose deliver", "Tally"},
		{"  feed -> tally where place == \"|", "", "mag feed"},
		{"  // fee|", "", "feed"},
		{"}\nactor B {\n  |", "pull pub router", "feed"},
		{"}\nactor B {\n  pull in |", "Quake Region timer Rejected", "string feed"},
		{"}\nactor B {\n  pull in Quake |", "key topic", "feed"},
		{"}\nactor B {\n  pull in Quake key |", "mag net", "feed"},
		{"}\nactor B {\n  pub out Region topic |", "network count", "mag"},
		{"}\nactor B(x |", "int string Alert expr", "feed"},
		{"}\nmessage B { x |", "int string Alert Quake", "expr"},
		{"}\nmessage B { x [|", "int string Alert Quake", "feed"},
		{"}\nmessage B { x Alert = |", "green red", "Quake"},
		{"}\n|", "message actor graph enum const filter import", "feed"},
		{"}\nfilter F on |", "Quake Region timer", "Tally"},
		{"}\nfilter F on Quake = |", "mag Strong", "network"},
		{"}\nimport \"|", "quakes.actors", "feed"},
	} {
		whole := strings.TrimSuffix(quakes, "}\n") + strings.Replace(test.line, "|", "@", 1)
		text, where := at(t, whole)
		name := "quakes.actors"
		c.replace(name, text+"\n")
		got, err := c.Completion(c.ctx, &protocol.CompletionParams{TextDocumentPositionParams: c.point(name, where)})
		if err != nil {
			t.Errorf("%d %s: %v", i, test.line, err)
			continue
		}
		items, _ := got.(protocol.CompletionItemSlice)
		has := func(word string) bool {
			return slices.ContainsFunc(items, func(i protocol.CompletionItem) bool { return i.Label == word })
		}
		for _, word := range strings.Fields(test.want) {
			if !has(word) {
				t.Errorf("%s: no %q in %v", test.line, word, labels(items))
			}
		}
		for _, word := range strings.Fields(test.not) {
			if has(word) {
				t.Errorf("%s: %q in %v", test.line, word, labels(items))
			}
		}
	}
}

func labels(items protocol.CompletionItemSlice) []string {
	var list []string
	for _, i := range items {
		list = append(list, i.Label)
	}
	return list
}

// replace replaces the whole of a text.
func (c *client) replace(name, text string) {
	c.t.Helper()
	u := c.uri(name)
	version := c.versions[u] + 1
	c.set(u, version, text)
	p := &protocol.DidChangeTextDocumentParams{ContentChanges: []protocol.TextDocumentContentChangeEvent{&protocol.TextDocumentContentChangeWholeDocument{Text: text}}}
	p.TextDocument.URI, p.TextDocument.Version = u, version
	if err := c.DidChange(c.ctx, p); err != nil {
		c.t.Fatal(err)
	}
}

func TestOutlineTokensFoldingAndFormat(t *testing.T) {
	c := start(t, project(), protocol.ClientCapabilities{})
	c.open("quakes.actors", strings.Replace(quakes, "feed -> tally where", "feed  ->  tally where", 1))
	id := protocol.TextDocumentIdentifier{URI: c.uri("quakes.actors")}
	outline, err := c.DocumentSymbol(c.ctx, &protocol.DocumentSymbolParams{TextDocument: id})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range outline.(protocol.DocumentSymbolSlice) {
		names = append(names, s.Name)
	}
	if got, want := strings.Join(names, " "), "Alert Quake Region least Strong Tally main"; got != want {
		t.Errorf("the outline is %s, want %s", got, want)
	}
	tokens, err := c.SemanticTokensFull(c.ctx, &protocol.SemanticTokensParams{TextDocument: id})
	if err != nil || len(tokens.Data) < 5*40 || len(tokens.Data)%5 != 0 {
		t.Errorf("%v %v", tokens, err)
	}
	folds, err := c.FoldingRanges(c.ctx, &protocol.FoldingRangeParams{TextDocument: id})
	if err != nil || len(folds) < 3 {
		t.Errorf("%v %v", folds, err)
	}
	edits, err := c.Formatting(c.ctx, &protocol.DocumentFormattingParams{TextDocument: id})
	if err != nil || len(edits) != 1 {
		t.Fatalf("%v %v", edits, err)
	}
	if text := applied(c.texts[id.URI], edits); !strings.Contains(text, "feed -> tally where") {
		t.Errorf("it is formatted as\n%s", text)
	}
	found, err := c.Symbols(c.ctx, &protocol.WorkspaceSymbolParams{Query: "tal"})
	if list, _ := found.(protocol.SymbolInformationSlice); err != nil || len(list) != 1 || list[0].Name != "Tally" {
		t.Errorf("%v %v", found, err)
	}
}

func TestWhatIsNoneOfOurs(t *testing.T) {
	c := start(t, project(), protocol.ClientCapabilities{})
	c.open("tally.go", handler)
	got, err := c.Hover(c.ctx, &protocol.HoverParams{TextDocumentPositionParams: c.point("tally.go", protocol.Position{})})
	if got != nil || err != nil {
		t.Errorf("%v %v", got, err)
	}
	other := protocol.TextDocumentPositionParams{TextDocument: protocol.TextDocumentIdentifier{URI: uri.URI("untitled:Untitled-1")}}
	if got, err := c.Hover(c.ctx, &protocol.HoverParams{TextDocumentPositionParams: other}); got != nil || err != nil {
		t.Errorf("%v %v", got, err)
	}
	if _, err := c.SignatureHelp(c.ctx, &protocol.SignatureHelpParams{}); err == nil {
		t.Error("what is not done is answered")
	}
}
