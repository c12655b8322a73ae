package filter

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what the tests get to testdata")

// TestProblems checks the expressions of testdata/problems.txt, each of which
// stands above what is wrong with it.
func TestProblems(t *testing.T) {
	const file = "testdata/problems.txt"
	pinned, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for line := range strings.Lines(string(pinned)) {
		switch {
		case strings.HasPrefix(line, "    "):
			continue
		case strings.HasPrefix(line, "// ") || line == "\n":
			got.WriteString(line)
		default:
			got.WriteString(line + transcript(t, strings.TrimSuffix(line, "\n")))
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want := strings.Split(string(pinned), "\n")
	for i, line := range strings.Split(got.String(), "\n") {
		if i >= len(want) || line != want[i] {
			t.Fatalf("%s:%d: got\n%s", file, i+1, line)
		}
	}
}

// transcript says what is wrong with a source, as people read it.
func transcript(t *testing.T, source string) string {
	e, problems := Check(strings.ReplaceAll(source, "⏎", "\n"), quakeScope, typeBool)
	if len(problems) == 0 || e != nil {
		t.Errorf("%s: %d problems", source, len(problems))
	}
	var b strings.Builder
	for _, p := range problems {
		checkPlace(t, source, p)
		fmt.Fprintf(&b, "    %s%s\n", strings.Repeat(" ", len([]rune(source[:p.Start]))), strings.Repeat("^", max(1, len([]rune(source[p.Start:p.End])))))
		fmt.Fprintf(&b, "    %s: %s\n", p.Kind, p.Message)
		if p.Hint != "" {
			fmt.Fprintf(&b, "    help: %s\n", p.Hint)
		}
	}
	return b.String()
}

// checkPlace demands that a problem is about something in the source.
func checkPlace(t *testing.T, source string, p Problem) {
	t.Helper()
	if p.Start < 0 || p.End < p.Start || p.End > len(source) || p.Start == p.End && source != "" {
		t.Fatalf("%q: %q stands at %d to %d", source, p.Message, p.Start, p.End)
	}
	if p.Message == "" || strings.HasSuffix(p.Message, ".") || strings.Contains(p.Message, "unexpected token") || strings.Contains(p.Message, "schema") {
		t.Errorf("%q: message %q", source, p.Message)
	}
}
