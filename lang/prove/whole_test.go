package prove_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/lang"
	"github.com/ilpomo/opencore/lang/diag"
)

// findings gives what is found with a code in a program.
func findings(t *testing.T, code diag.Code, text string) diag.List {
	t.Helper()
	read := func(string) ([]byte, error) { return []byte(text), nil }
	_, _, all := lang.Load("test.actors", read, os.DirFS("../../stdlib"))
	var found diag.List
	for _, d := range all {
		if d.Code == code {
			found = append(found, d)
		}
	}
	return found
}

// A timeout on any request of a circle breaks it, and one can be written where a
// wire takes settings.
func TestTimeoutsThatBreakCircles(t *testing.T) {
	const head = "message N { n int }\nactor A exec [\"a\"] { in in N, rep asked N -> N, req ask N -> N }\nactor B exec [\"b\"] { rep asked N -> N, req ask N -> N }\ngraph main {\n  s = gen.Messages<N>(), a = A(), b = B()\n  s -> a.in\n"
	for wires, fixes := range map[string]int{
		"  a -> b\n  b.ask -> a.asked where n > 1\n}\n":        2,
		"  a -> b timeout never\n  b -> a.asked queue 10\n}\n": 1,
		"  a.ask -> b -> a.asked\n}\n":                         0,
	} {
		text := head + wires
		found := findings(t, "OC330", text)
		if len(found) != 1 || len(found[0].Fixes) != fixes {
			t.Errorf("%s: %+v", wires, found)
			continue
		}
		for _, f := range found[0].Fixes {
			mended, err := diag.Apply("test.actors", []byte(text), f.Edits)
			if left := findings(t, "OC330", string(mended)); err != nil || len(left) > 0 || f.Sure {
				t.Errorf("%s: %v, %+v", mended, err, left)
			}
		}
	}
}

// Each who replaces a file is told of, with each who reads it.
func TestAllFilesThatAreReplaced(t *testing.T) {
	const text = `message N { n int }
graph main {
  a = file.Lines<N>(path: "x"), b = file.Lines<N>(path: "x"), c = file.Lines<N>(path: "y")
  v = file.Write(path: "x"), w = file.Write(path: "x"), y = file.Write(path: "z")
  a -> v, b -> w, c -> y
}
`
	found := findings(t, "OC357", text)
	if len(found) != 2 || len(found[0].Notes) != 2 || len(found[1].Notes) != 2 {
		t.Errorf("%+v", found)
	}
}

// Topics are compared with those that they may take, once, not with all that come
// to a subscriber.
func TestManyTopics(t *testing.T) {
	var b strings.Builder
	b.WriteString("enum E { last")
	for n := range 250 {
		fmt.Fprintf(&b, ", v%03d", n)
	}
	b.WriteString(", las }\nmessage N { n int, e E }\nactor Ear external { sub in N connect \"tcp://10.0.0.9:5\" }\n")
	const actors = 400
	for n := range actors {
		fmt.Fprintf(&b, "actor Desk%d() { pub said N topic string(e) }\n", n)
	}
	b.WriteString("graph main {\n  ear = Ear()\n")
	for n := range actors {
		fmt.Fprintf(&b, "  d%d = Desk%d()\n  d%d -> ear\n", n, n, n)
	}
	b.WriteString("}\n")
	if found := findings(t, "OC355", b.String()); len(found) != 1 || !strings.Contains(found[0].Message, `"las" here gets "last"`) {
		t.Errorf("%+v", found)
	}
}

// A filter that is never true says why, and where the names in it come from.
func TestWhyNoMessagePasses(t *testing.T) {
	const head = "message N { n int, name string }\nfilter Never on N = n > 3 && n < 2\ngraph main {\n  s = gen.Messages<N>(), o = log.Print()\n  s -> o where "
	for where, want := range map[string]struct {
		hint  string
		notes int
	}{
		"n > 3 && n < 2":        {"its conditions exclude each other", 0},
		"n in 5..3":             {"no number is in 5..3: the smaller end stands first", 0},
		"Never":                 {"its conditions exclude each other", 1},
		"Never && Never":        {"its conditions exclude each other", 1},
		`lower(name) == "EU"`:   {"lower gives no capital letters", 0},
		"n != n || n % 2 == 99": {"", 0},
	} {
		found := findings(t, "OC334", head+where+"\n}\n")
		if len(found) != 1 || found[0].Hint != want.hint || len(found[0].Notes) != want.notes {
			t.Errorf("%s: %+v", where, found)
			continue
		}
		if want.notes > 0 && found[0].Notes[0].Span.Start.Line != 2 {
			t.Errorf("%s: %+v", where, found[0].Notes)
		}
	}
}
