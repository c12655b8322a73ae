package build

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/ilpomo/opencore/lang/diag"
)

// TestPages runs the example of each page about handlers: it must be good for
// the code that the page is about, and for nothing else.
func TestPages(t *testing.T) {
	tested := 0
	for _, code := range diag.Codes() {
		if !strings.HasPrefix(string(code), "OC5") {
			continue
		}
		tested++
		t.Run(string(code), func(t *testing.T) {
			page, _ := diag.Explain(code)
			writeFiles(t, exampleFiles(page))
			found := Check(load(t, "quakes.actors"), os.ReadFile)
			if code == codeGoCompiler {
				found = compile(t, found)
			}
			if len(found) == 0 {
				t.Fatal("nothing is found")
			}
			for _, d := range found {
				if d.Code != code {
					t.Errorf("%s: %s", d.Code, d.Message)
				}
			}
		})
	}
	if tested != 14 {
		t.Errorf("%d pages, one for each of 14 codes", tested)
	}
}

// exampleFiles gives the fenced blocks of a page as files.
func exampleFiles(page string) []txtar.File {
	var files []txtar.File
	for kind, name := range map[string]string{"actors": "quakes.actors", "go": "quakes.go"} {
		_, rest, ok := strings.Cut(page, "```"+kind+"\n")
		if text, _, closed := strings.Cut(rest, "```\n"); ok && closed {
			files = append(files, txtar.File{Name: name, Data: []byte(text)})
		}
	}
	return append(files, txtar.File{Name: "go.mod", Data: []byte("module example.com/quakes\n\ngo 1.26\n")})
}

// compile gives what the Go compiler finds in a program that Check finds
// nothing in.
func compile(t *testing.T, found diag.List) diag.List {
	if len(found) > 0 {
		t.Fatalf("check finds %v", found)
	}
	_, err := Binary(t.Context(), load(t, "quakes.actors"), Options{})
	broken, ok := errors.AsType[*GoError](err)
	if !ok {
		t.Fatalf("error %v", err)
	}
	return broken.Diagnostics
}
