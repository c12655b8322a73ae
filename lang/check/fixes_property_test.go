package check_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/lang/diag"
)

// mend makes all sure fixes of a text that do not overlap, as check --fix does,
// until there are none. It gives up after some passes.
func mend(t *testing.T, name, text string) (mended string, found diag.List) {
	t.Helper()
	const most = 10
	for range most {
		_, found = load(name, text)
		edits := sureEdits(name, found)
		if len(edits) == 0 {
			return text, found
		}
		out, err := diag.Apply(name, []byte(text), edits)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		text = string(out)
	}
	t.Errorf("%s is still being mended after %d passes", name, most)
	return text, found
}

func sureEdits(name string, found diag.List) []diag.Edit {
	var taken []diag.Edit
	for _, d := range found {
		i := slices.IndexFunc(d.Fixes, func(f diag.Fix) bool { return f.Sure })
		if i < 0 || slices.ContainsFunc(d.Fixes[i].Edits, func(e diag.Edit) bool { return e.Span.File != name || meets(taken, e) }) {
			continue
		}
		taken = append(taken, d.Fixes[i].Edits...)
	}
	return taken
}

func meets(taken []diag.Edit, e diag.Edit) bool {
	return slices.ContainsFunc(taken, func(t diag.Edit) bool {
		return t.Span.Start.Offset <= e.Span.End.Offset && e.Span.Start.Offset <= t.Span.End.Offset
	})
}

func errors(found diag.List) int {
	n := 0
	for _, d := range found {
		if d.Severity == diag.Error {
			n++
		}
	}
	return n
}

// TestFixes makes all sure fixes of what is wrong on purpose: there are never
// more errors then, and nothing is left to mend.
func TestFixes(t *testing.T) {
	files, err := filepath.Glob("testdata/bad_*.actors")
	if err != nil || len(files) == 0 {
		t.Fatal("there is nothing to mend", err)
	}
	mended := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(file)
		_, before := load(name, string(text))
		if len(sureEdits(name, before)) == 0 {
			continue
		}
		mended++
		_, after := mend(t, name, string(text))
		if errors(after) > errors(before) {
			t.Errorf("%s had %d errors, and has %d when it is mended", file, errors(before), errors(after))
		}
	}
	if mended == 0 {
		t.Error("no file has anything that is sure")
	}
}

var longName = regexp.MustCompile(`\b[A-Za-z]{5,}\b`)

// TestMisspelt misspells one word of a right program after the other, by
// swapping two letters. What is sure never makes more errors, and gives back the
// program as it was for a good part of the words. For the others several words
// are near, or none, or it is a declaration that all its uses follow.
func TestMisspelt(t *testing.T) {
	files, err := filepath.Glob("testdata/good_*.actors")
	if err != nil {
		t.Fatal(err)
	}
	const every = 3 // words; each takes a check or two
	wrong, back := 0, 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name, text := filepath.Base(file), string(data)
		for i, at := range longName.FindAllStringIndex(text, -1) {
			if i%every != 0 {
				continue
			}
			misspelt := swap(text, at[0]+1)
			_, found := load(name, misspelt)
			if errors(found) == 0 {
				continue
			}
			wrong++
			mended, left := mend(t, name, misspelt)
			switch {
			case mended == text:
				back++
			case errors(left) > errors(found):
				t.Errorf("%s: %q misspelt as %q has %d errors, and %d when it is mended", name, text[at[0]:at[1]], misspelt[at[0]:at[1]], errors(found), errors(left))
			}
		}
	}
	t.Logf("of %d misspelt words that are errors %d are mended", wrong, back)
	if back*4 < wrong {
		t.Errorf("of %d misspelt words only %d are mended", wrong, back)
	}
}

// swap swaps two letters of a text.
func swap(text string, i int) string {
	return strings.Join([]string{text[:i], text[i+1 : i+2], text[i : i+1], text[i+2:]}, "")
}
