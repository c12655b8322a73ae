package build_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ilpomo/opencore/interp/build"
)

func TestWhere(t *testing.T) {
	dir := t.TempDir()
	const text = `package p

type MyActor[T any] struct {
	Every int
	Out   actor.Out[T]
}

func (a *MyActor[T]) InPort(ctx context.Context, m T) error { return nil }
func (a *MyActor[T]) HandleMoves(ctx context.Context, m T) error { return nil }
func (b Other) InPort() {}
`
	if err := os.WriteFile(filepath.Join(dir, "p.go"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	for member, want := range map[string]int{"": 3, "every": 4, "out": 5, "in_port": 8, "moves": 9, "nothing": 0} {
		if at := build.Where(dir, "MyActor", member, os.ReadFile); at.Start.Line != want {
			t.Errorf("%q is at %v, want line %d", member, at, want)
		}
	}
	if at := build.Where(dir, "Nobody", "", os.ReadFile); !at.IsZero() {
		t.Errorf("a type that there is not is at %v", at)
	}
	if at := build.Where(filepath.Join(dir, "none"), "MyActor", "", os.ReadFile); !at.IsZero() {
		t.Errorf("in a folder that there is not it is at %v", at)
	}
}
