package lsp_test

import (
	goruntime "runtime"
	"strings"
	"testing"

	"go.lsp.dev/protocol"
)

// TestBombs opens files made to hurt: there is a finding for each, every kind of
// request is answered, and what all of it allocates is bounded: some three times
// what is needed today, this test's own client included.
func TestBombs(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 100,000 errors")
	}
	const head = "message M { id int }\nactor A exec [\"a\"] { in from M, push to M }\ngraph main {\n"
	for name, bomb := range map[string]struct {
		text string
		most uint64 // MiB allocated
	}{
		"brackets":       {"const a = " + strings.Repeat("[", 1_000_000), 150},
		"type arguments": {"graph main { a = A" + strings.Repeat("<A", 1_000_000), 150},
		"a line":         {"const a = \"" + strings.Repeat("x", 50<<20) + "\"\n", 2500},
		"terms":          {head + "  a = A()\n  a -> a where id == 1" + strings.Repeat(" || id == 1", 100_000) + "\n}\n", 150},
		"errors":         {strings.Repeat("banana split\n", 100_000), 2000},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after goruntime.MemStats
			goruntime.ReadMemStats(&before)
			c := start(t, nil, protocol.ClientCapabilities{})
			c.open("a.actors", bomb.text)
			if found := c.diagnostics("a.actors"); len(found) == 0 {
				t.Error("nothing is found")
			}
			if err := c.ask(c.uri("a.actors"), protocol.Position{Line: 0, Character: 14}); err != nil {
				t.Error(err)
			}
			goruntime.ReadMemStats(&after)
			used := (after.TotalAlloc - before.TotalAlloc) >> 20
			t.Logf("%d MiB allocated", used)
			if used > bomb.most {
				t.Errorf("%d MiB allocated, want %d at most", used, bomb.most)
			}
		})
	}
}
