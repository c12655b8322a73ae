package check_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ilpomo/opencore/lang"
	"github.com/ilpomo/opencore/lang/diag"
)

// FuzzCheck asserts that no text upsets the checker, that every place is one
// of its files, and that a program is given if and only if there is no error.
func FuzzCheck(f *testing.F) {
	for _, pattern := range []string{"testdata/*.actors", "testdata/std/*.actors"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(text))
		}
	}
	for _, code := range diag.Codes() {
		page, _ := diag.Explain(code)
		if m := example.FindStringSubmatch(page); m != nil {
			f.Add(m[1])
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		read := func(string) ([]byte, error) { return []byte(text), nil }
		program, sources, found := lang.Load("fuzz.actors", read, standard)
		if (program == nil) != found.HasErrors() {
			t.Errorf("program %v, findings %v", program, found)
		}
		for _, d := range found {
			inside(t, sources, d.Span, d.Message)
			for _, n := range d.Notes {
				if !n.Span.IsZero() {
					inside(t, sources, n.Span, n.Message)
				}
			}
		}
	})
}

// inside checks that a span is one of its file.
func inside(t *testing.T, sources *lang.Sources, s diag.Span, message string) {
	t.Helper()
	size := len(sources.Text(s.File))
	if sources.Text(s.File) == nil || s.Start.Line < 1 || s.Start.Column < 1 || s.Start.Offset < 0 || s.Start.Offset > s.End.Offset || s.End.Offset > size {
		t.Errorf("%q is said of %v, and the file has %d bytes", message, s, size)
	}
}
