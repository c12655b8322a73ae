package syntax

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/ilpomo/opencore/lang/diag"
)

func TestValid(t *testing.T) {
	files, err := filepath.Glob("testdata/*.actors")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, problems := Parse(file, src); len(problems) > 0 {
			for _, p := range problems {
				t.Errorf("%s: %s: %s (%s)", p.Code, p.Span, p.Message, p.Hint)
			}
		}
	}
}

var update = flag.Bool("update", false, "write golden files anew")

// TestProblems reads sources and what is said of them from
// testdata/problems.txt.
func TestProblems(t *testing.T) {
	const file = "testdata/problems.txt"
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range archive.Files {
		source, want, _ := strings.Cut(string(f.Data), "----\n")
		got := transcript(source)
		if got != want && !*update {
			t.Errorf("%s: got\n%swant\n%s", f.Name, got, want)
		}
		archive.Files[i].Data = []byte(source + "----\n" + got)
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// transcript gives one line for each problem of a source.
func transcript(source string) string {
	var b strings.Builder
	_, problems := Parse("", []byte(source))
	for _, p := range problems {
		start, end := p.Span.Start, p.Span.End
		fmt.Fprintf(&b, "%s %d:%d %q %s", p.Code, start.Line, start.Column, source[start.Offset:end.Offset], p.Message)
		if p.Hint != "" {
			fmt.Fprintf(&b, " | %s", p.Hint)
		}
		for _, fix := range p.Fixes {
			mended, err := diag.Apply("", []byte(source), fix.Edits)
			if err != nil {
				return err.Error()
			}
			fmt.Fprintf(&b, " | fix, sure %t: %s: %q", fix.Sure, fix.Title, changed(source, string(mended)))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// changed gives the lines of a text that another one has not, without what is
// equal before and behind them.
func changed(old, now string) string {
	a, b := strings.Split(old, "\n"), strings.Split(now, "\n")
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return strings.Join(b, "\n")
}
