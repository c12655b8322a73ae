package lsp_test

import (
	"fmt"
	"strings"
	"testing"

	"go.lsp.dev/protocol"
)

// rename renames what stands at the mark @ in a text of a file that is open.
func (c *client) rename(name, marked, newName string) (*protocol.WorkspaceEdit, error) {
	c.t.Helper()
	text, where := at(c.t, marked)
	if have := c.texts[c.uri(name)]; text != have {
		c.t.Fatalf("%s is not\n%s", name, text)
	}
	return c.Rename(c.ctx, &protocol.RenameParams{TextDocumentPositionParams: c.point(name, where), NewName: newName})
}

// TestRenameInALargeFolder does not rename in some programs of a folder and
// leave others as they are, out of what it looks at. What only one file can name
// it renames.
func TestRenameInALargeFolder(t *testing.T) {
	text := "message Row { id int }\ngraph main {\n  ticks = timer.Every()\n}\n"
	files := map[string]string{"common.actors": text, "go.mod": "module x\n"}
	for i := range 501 {
		files[fmt.Sprintf("far/%03d.actors", i)] = "import \"../common.actors\"\nfilter Odd on Row = id == 1\n"
	}
	c := start(t, files, protocol.ClientCapabilities{})
	c.open("common.actors", text)
	edit, err := c.rename("common.actors", strings.Replace(text, "id", "@id", 1), "number")
	if err == nil || !strings.Contains(err.Error(), "500 programs") {
		t.Errorf("%d files are changed, %v", len(edit.Changes), err)
	}
	edit, err = c.rename("common.actors", strings.Replace(text, "ticks", "@ticks", 1), "beats")
	if err != nil || len(edit.Changes[c.uri("common.actors")]) != 1 {
		t.Errorf("an instance: %v %v", edit, err)
	}
}

// TestRenameToATakenName gives nothing a name that something else has where it
// is declared, seen from any program.
func TestRenameToATakenName(t *testing.T) {
	text := `enum Kind { red, blue }
message Row { id int, kind Kind }
const least = 1
filter Odd on Row = id == least
actor Keep<T>(path string = "") exec ["cat"] lines { in rows T, push kept T }
graph Part(most int) {
  in entry Row
  first = Keep(path: "a")
  entry -> first where id < most
}
`
	importer := "import \"common.actors\"\nmessage Far { id int }\n"
	c := start(t, map[string]string{"common.actors": text, "main.actors": importer, "go.mod": "module x\n"}, protocol.ClientCapabilities{})
	c.open("common.actors", text)
	for _, test := range []struct{ before, name, taken string }{
		{"@red", "blue", "value"},
		{"@id int", "kind", "field"},
		{"@least = 1", "Odd", "filter"},
		{"enum @Kind", "Row", "message"},
		{"message @Row", "Far", "message"}, // of another file, which imports this one
		{"rows @T,", "Row", "message"},
		{"@path string", "kept", "port"},
		{"push @kept", "rows", "port"},
		{"in @entry", "first", "instance"},
		{"@first = Keep", "entry", "port"},
		{"@most int", "least", "const"},
		{"const @least", "most", "parameter"},
		{"message @Row", "T", "type parameter"},
		{"graph @Part", "main", ""},
	} {
		plain := strings.Replace(test.before, "@", "", 1)
		edit, err := c.rename("common.actors", strings.Replace(text, plain, test.before, 1), test.name)
		want := fmt.Sprintf("the name %q is taken, by the %s in line ", test.name, test.taken)
		if test.taken == "" {
			want = "main is the graph that runs"
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s to %s: %v %v", test.before, test.name, edit, err)
		}
	}
	for _, test := range [][2]string{{"@red", "kind"}, {"@id int", "id"}, {"@id int", "least"}, {"@first = Keep", "most"}, {"@path string", "least"}} {
		plain := strings.Replace(test[0], "@", "", 1)
		edit, err := c.rename("common.actors", strings.Replace(text, plain, test[0], 1), test[1])
		if err != nil || len(edit.Changes) == 0 {
			t.Errorf("%s to %s: %v %v", test[0], test[1], edit, err)
		}
	}
}
