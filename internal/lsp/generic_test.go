package lsp_test

import (
	"strings"
	"testing"

	"go.lsp.dev/protocol"
)

// clean is a component whose filters are about the messages that it is used
// for.
const clean = `const least = 2
graph Clean<T> {
  pull docs T
  push good T
  names = log.Print()
  docs -> good where amount > least && status == paid
  docs -> names where len(lower(name)) > least
}
`

// orders uses clean for one message, and twice.
const orders = `import "clean.actors"
enum Status { paid, open }
message Order { amount int, status Status, name string }
graph main {
  feed = file.Lines<Order>(path: "x.ndjson")
  clean = Clean()
  again = Clean()
  sink = log.Print<Order>()
  feed -> clean
  feed -> again
  clean.good -> sink
  again.good -> sink
}
`

// bills uses it for another message too.
const bills = `import "orders.actors"
message Bill { amount float, status Status, name string }
graph main {
  feed = file.Lines<Order>(path: "x.ndjson")
  post = file.Lines<Bill>(path: "y.ndjson")
  clean = Clean()
  other = Clean()
  sink = log.Print<Order>()
  bin = log.Print<Bill>()
  feed -> clean
  post -> other
  clean.good -> sink
  other.good -> bin
}
`

func generic(t *testing.T, more map[string]string) *client {
	files := map[string]string{"clean.actors": clean, "orders.actors": orders, "go.mod": "module x\n"}
	for name, text := range more {
		files[name] = text
	}
	c := start(t, files, protocol.ClientCapabilities{})
	c.open("orders.actors", orders)
	if found := said(c.diagnostics("orders.actors")); found != "" {
		t.Fatal(found)
	}
	return c
}

// marking puts the mark @ before the first place of a word behind another.
func marking(text, behind, word string) string {
	from := strings.Index(text, behind)
	at := from + strings.Index(text[from:], word)
	return text[:at] + "@" + text[at:]
}

// TestRenameReachesIntoComponents renames what the filters of a component name
// by the message that the component is used for.
func TestRenameReachesIntoComponents(t *testing.T) {
	c := generic(t, nil)
	for word, want := range map[string]string{"amount": "good where total > least", "status": "&& total == paid", "paid": "status == total", "name ": "lower(total)"} {
		edit, err := c.rename("orders.actors", marking(orders, "enum", word), "total")
		if err != nil {
			t.Errorf("%s: %v", word, err)
			continue
		}
		if got := applied(clean, edit.Changes[c.uri("clean.actors")]); !strings.Contains(got, want) {
			t.Errorf("%s: there is no %q in\n%s", word, want, got)
		}
	}
}

// TestRenameInSomeUsesOfAComponent refuses to rename in a filter of a component
// what only one of the messages that it is used for calls so then.
func TestRenameInSomeUsesOfAComponent(t *testing.T) {
	c := generic(t, map[string]string{"bills.actors": bills})
	c.open("bills.actors", bills)
	c.open("clean.actors", clean)
	for file, text := range map[string]string{"bills.actors": marking(bills, "Bill", "amount"), "orders.actors": marking(orders, "Order", "amount")} {
		edit, err := c.rename(file, text, "total")
		if want := `"amount" in line 6 of clean.actors is a field of message "Order" and of message "Bill"`; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v %v", file, edit, err)
		}
	}
	if _, err := c.rename("orders.actors", marking(orders, "enum", "paid"), "settled"); err != nil {
		t.Errorf("a value that both messages have: %v", err)
	}
}

// TestHoverInQuotedExpressions shows functions and values of enums in the
// expressions of arguments, and values that are arguments.
func TestHoverInQuotedExpressions(t *testing.T) {
	text := `enum Status { paid, open }
message Order { title string, status Status }
message Row { title string, state Status, size int }
actor Keep(kind Status = open, about string = "") { pull rows Row }
graph Part(kind Status = paid) { pull rows Row, all = log.Print(), rows -> all where state == kind }
graph main {
  feed = file.Lines<Order>(path: "x")
  map  = flow.Map<Order, Row>(fields: {title: "upper(title)", state: "status == paid ? status : open", size: "len(title) + 1"})
  same = flow.Map<Order, Row>(fields: {title: "title + ' trim(\\u0041)' + title", state: "paid", size: "2"})
  keep = Keep(kind: paid, about: "lower(title)")
  part = Part(kind: "paid")
  feed -> map -> keep
  feed -> same -> part
}
`
	c := start(t, map[string]string{"a.actors": text, "go.mod": "module x\n"}, protocol.ClientCapabilities{})
	c.open("a.actors", text)
	if found := said(c.diagnostics("a.actors")); strings.Contains(found, "OC4") {
		t.Error(found)
	}
	for _, test := range []struct{ behind, word, want string }{
		{"fields", "upper", "upper case"},
		{"fields", "paid", "value of enum `Status`"},
		{"fields", "open", "value of enum `Status`"},
		{"fields", "len", "characters"},
		{"same", "paid", "value of enum `Status`"},
		{"keep =", "paid", "value of enum `Status`"},
		{"part =", "paid", "value of enum `Status`"},
		{"same", "trim", ""}, // a text within the expression
		{"keep =", "lower", ""},
	} {
		_, where := at(t, marking(text, test.behind, test.word))
		got, err := c.Hover(c.ctx, &protocol.HoverParams{TextDocumentPositionParams: c.point("a.actors", where)})
		switch {
		case err != nil:
			t.Error(err)
		case test.want == "" && got != nil:
			t.Errorf("%s is %v", test.word, got.Contents)
		case test.want != "" && (got == nil || !strings.Contains(got.Contents.(*protocol.MarkupContent).Value, test.want)):
			t.Errorf("behind %s, %s is %v", test.behind, test.word, got)
		}
	}
}

// TestNamesInComponents finds and shows what filters of a component name.
func TestNamesInComponents(t *testing.T) {
	both := strings.Replace(orders, "import \"clean.actors\"\n", clean, 1)
	both = strings.Replace(both, "graph main {", "message Bill { amount float, status Status, name string }\ngraph main {\n  post = file.Lines<Bill>(path: \"y\")\n  third = Clean()\n  bin = log.Print<Bill>()\n  post -> third\n  third.good -> bin", 1)
	c := start(t, map[string]string{"both.actors": both, "go.mod": "module x\n"}, protocol.ClientCapabilities{})
	c.open("both.actors", both)
	if found := said(c.diagnostics("both.actors")); found != "" {
		t.Fatal(found)
	}
	for _, test := range []struct {
		word, about, declared string
		named                 int
	}{
		{"amount", "field of message `Bill`", "both.actors:message Bill { amount float, status Status, name string }|both.actors:message Order { amount int, status Status, name string }", 3},
		{"paid", "value of enum `Status`", "both.actors:enum Status { paid, open }", 2},
		{"lower", "lower case", "", 0},
		{"len", "characters", "", 0},
	} {
		_, where := at(t, marking(both, "where", test.word))
		p := c.point("both.actors", where)
		got, err := c.Hover(c.ctx, &protocol.HoverParams{TextDocumentPositionParams: p})
		if err != nil || got == nil || !strings.Contains(got.Contents.(*protocol.MarkupContent).Value, test.about) {
			t.Errorf("%s: %v %v", test.word, got, err)
		}
		list, err := c.Definition(c.ctx, &protocol.DefinitionParams{TextDocumentPositionParams: p})
		found, _ := list.(protocol.LocationSlice)
		if where := places(t, c, found); err != nil || where != test.declared {
			t.Errorf("%s is declared at %s, %v", test.word, where, err)
		}
		refs, err := c.References(c.ctx, &protocol.ReferenceParams{TextDocumentPositionParams: p, Context: protocol.ReferenceContext{IncludeDeclaration: true}})
		if err != nil || len(refs) != test.named {
			t.Errorf("%s is named at %s, %v", test.word, places(t, c, refs), err)
		}
		marks, err := c.DocumentHighlight(c.ctx, &protocol.DocumentHighlightParams{TextDocumentPositionParams: p})
		if err != nil || len(marks) != test.named {
			t.Errorf("%s is marked at %v, %v", test.word, marks, err)
		}
	}
}
