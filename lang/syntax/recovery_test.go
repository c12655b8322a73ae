package syntax

import (
	"bytes"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/alecthomas/participle/v2/lexer"
)

// TestDeletedTokens leaves out each token of valid files in turn. Most of the
// times that must give exactly one problem, and hardly ever many.
func TestDeletedTokens(t *testing.T) {
	var deleted, none, one, many int
	for _, file := range []string{"testdata/quakes.actors", "testdata/everything.actors"} {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, token := range scan(file, src).tokens {
			if token.EOF() || token.Type == tokenEOL {
				continue
			}
			deleted++
			_, problems := Parse(file, without(src, token))
			switch n := len(problems); {
			case n == 0:
				none++
			case n == 1:
				one++
			case n > 3:
				many++
			}
			if testing.Verbose() && len(problems) > 1 {
				t.Logf("%s:%d: without %q", file, token.Pos.Line, token.Value)
				for _, p := range problems {
					t.Logf("    %s %s %s", p.Span, p.Code, p.Message)
				}
			}
		}
	}
	t.Logf("%d tokens: %d %% give no problem, %d %% one, %d %% more than three", deleted, 100*none/deleted, 100*one/deleted, 100*many/deleted)
	if broken := deleted - none; one*100 < 90*broken || many*100 > 2*broken {
		t.Errorf("of %d deletions that break something %d give one problem and %d more than three", broken, one, many)
	}
}

func without(src []byte, t lexer.Token) []byte {
	return append(bytes.Clone(src[:t.Pos.Offset]), src[t.Pos.Offset+len(t.Value):]...)
}

// worked gives the processor time that this process has taken so far: what a
// file costs, however busy the machine is.
func worked(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestBombs demands that files made to hurt are refused soon.
func TestBombs(t *testing.T) {
	deep := func(open string) string { return strings.Repeat(open, 1_000_000) }
	for name, source := range map[string]string{
		"parentheses":        "graph main { a = A(x: " + deep("("),
		"lists":              "const a = " + deep("["),
		"maps":               "const a = " + deep("{a:"),
		"types":              "message M { a " + deep("["),
		"type arguments":     "graph main { a = A" + deep("<A"),
		"filters":            "graph main { a -> b where " + deep("("),
		"one line of 50 MB":  "const a = \"" + strings.Repeat("x", 50<<20) + "\"",
		"errors":             strings.Repeat("banana split\n", 100_000),
		"errors on a line":   "message M { " + strings.Repeat("a b c,", 10_000),
		"unclosed strings":   strings.Repeat("\"\n", 200_000),
		"lines of operators": strings.Repeat("&&\n", 200_000),
		"stray brackets":     strings.Repeat("}\n", 200_000),
		"open bodies":        strings.Repeat("message M {\n", 100_000),
		"open heads":         strings.Repeat("message M\n", 100_000),
		"open arguments":     "graph main {\n" + strings.Repeat("a = A(\n", 100_000),
		"open expressions":   "graph main {\n" + strings.Repeat("a -> b where (\n", 100_000),
		"doc comments":       strings.Repeat("/// x\n", 100_000),
		"comments":           "graph main { a -> b where x" + strings.Repeat("//\n", 200_000),
		"commas":             strings.Repeat(",", 1<<18),
		"wide runes":         strings.Repeat("日", 1<<18),
		"bad bytes":          strings.Repeat("\xff", 1<<18),
		"line ends":          strings.Repeat("\n", 1<<20),
		"one long name":      strings.Repeat("a", 1<<20),
		"one long path":      "graph main {" + strings.Repeat("a.", 1<<18),
		"one long number":    "const a = " + strings.Repeat("1", 1<<18),
		"a chain":            "graph main { a" + strings.Repeat(" -> a", 20_000) + " }",
		"optionals":          "message M { a int" + strings.Repeat("?", 1<<18),
	} {
		start := worked(t)
		_, problems := Parse(name, []byte(source))
		took := worked(t) - start
		if len(problems) == 0 && name != "a chain" && name != "comments" && name != "line ends" {
			t.Errorf("%s: no problem", name)
		}
		if len(problems) > maxProblems+1 {
			t.Errorf("%s: %d problems", name, len(problems))
		}
		t.Logf("%s: %v, %d problems", name, took, len(problems))
		if took > 10*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}
