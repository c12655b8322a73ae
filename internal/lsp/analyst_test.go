package lsp

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ilpomo/opencore/lang"
	"github.com/ilpomo/opencore/lang/check"
)

// TestMeaningsOfABug asks twice for what a bug keeps from being known: both
// times the bug is the answer, not what has gone missing by it.
func TestMeaningsOfABug(t *testing.T) {
	a := newAnalysis(&view{}, "/x/a.actors")
	a.Inspection = &lang.Inspection{Files: []check.File{{}}} // a file that was never parsed
	ask := func() (cause any) {
		defer func() { cause = recover() }()
		a.meanings()
		return nil
	}
	if first, second := ask(), ask(); first == nil || second != first {
		t.Errorf("first %v, then %v", first, second)
	}
}

// TestSearchEnds tells whether a search has seen all that there is.
func TestSearchEnds(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"a.actors", "b.actors", "c.txt"} {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		programs, entries, found int
		ended                    bool
	}{{2, 4, 2, false}, {1, 4, 1, true}, {2, 3, 2, true}, {2, 2, 1, true}} {
		s := &search{programs: test.programs, entries: test.entries, seen: map[string]bool{}}
		if s.walk(folder); len(s.list) != test.found || s.ended != test.ended {
			t.Errorf("%+v: found %v, ended %v", test, s.list, s.ended)
		}
	}
}
