package syntax

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ilpomo/opencore/lang/diag"
)

// FuzzParse demands that nothing panics, that problems are in our own words,
// bounded in number and at places that exist.
func FuzzParse(f *testing.F) {
	addSeeds(f)
	f.Fuzz(checkParse)
}

func checkParse(t *testing.T, source string) {
	t.Helper()
	file, problems := Parse("a", []byte(source))
	if file.Broken != problems.HasErrors() {
		t.Errorf("broken is %v with %v of %q", file.Broken, problems, source)
	}
	if len(problems) > maxProblems+1 {
		t.Errorf("%d problems", len(problems))
	}
	for _, p := range problems {
		if strings.Contains(p.Message+p.Hint, "expected") && !strings.Contains(source, "expected") {
			t.Errorf("the parser's words: %s, %s", p.Message, p.Hint)
		}
		checkSpan(t, source, p.Span)
		for _, fix := range p.Fixes {
			for _, e := range fix.Edits {
				checkSpan(t, source, e.Span)
			}
			if _, err := diag.Apply("a", []byte(source), fix.Edits); err != nil {
				t.Errorf("%q: %v", source, err)
			}
		}
	}
}

// checkSpan demands that line and column of a place agree with its offset.
func checkSpan(t *testing.T, source string, span diag.Span) {
	t.Helper()
	for _, p := range []diag.Position{span.Start, span.End} {
		if p.Offset < 0 || p.Offset > len(source) {
			t.Fatalf("offset %d of %d bytes", p.Offset, len(source))
		}
		before := source[:p.Offset]
		line := before[strings.LastIndexByte(before, '\n')+1:]
		if strings.Count(before, "\n")+1 != p.Line {
			t.Errorf("offset %d is on line %d, not %d", p.Offset, strings.Count(before, "\n")+1, p.Line)
		}
		if column := utf8.RuneCountInString(strings.TrimPrefix(line, byteOrderMark)) + 1; column != p.Column && p.Line > 1 {
			t.Errorf("offset %d is in column %d, not %d", p.Offset, column, p.Column)
		}
	}
	if span.End.Offset < span.Start.Offset {
		t.Errorf("the place ends before it starts: %v", span)
	}
}
