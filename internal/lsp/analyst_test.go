package lsp

import (
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
