package check_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/lang"
	"github.com/ilpomo/opencore/stdlib"
)

// real are where the programs stand that people start from or that we measure:
// nothing may be found in any of them.
var real = []string{"examples", "bench", "clients", "stdlib", "interp/build/hello", "interp/build/hellopy", "internal/reference/examples"}

// TestRealProgramsAreSound holds that nobody who wrote a program that runs well
// is told of anything.
func TestRealProgramsAreSound(t *testing.T) {
	seen := 0
	for _, folder := range real {
		root := filepath.Join("..", "..", folder)
		err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && strings.HasSuffix(file, lang.Extension) {
				seen++
				_, _, found := lang.Load(file, os.ReadFile, stdlib.Sources)
				for _, d := range found {
					t.Errorf("%s: %s %s: %s", d.Span, d.Severity, d.Code, d.Message)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen < 25 {
		t.Errorf("only %d programs were found", seen)
	}
}

// TestGoodCorpusIsSound holds that the files of testdata that are called good
// are, whatever comments -update writes into them.
func TestGoodCorpusIsSound(t *testing.T) {
	files, err := filepath.Glob("testdata/good_*.actors")
	if err != nil || len(files) == 0 {
		t.Fatal("testdata has no good programs", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, found := load(filepath.Base(file), string(text)); len(found) > 0 {
			t.Errorf("%s: %v", file, found)
		}
	}
}

// page finds the programs on a page of the documentation: the name under which
// others of the page import it, the text, and what is behind it.
var page = regexp.MustCompile("(?ms)^```actors(?: +([^\n]+))?\n(.*?)^```\n(\n*(?:```output)?)")

// TestDocumentedProgramsAreSound holds the same of what the documentation
// shows, but for the programs that are there for their findings, which an output
// follows.
func TestDocumentedProgramsAreSound(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, name := range append(pages, "../../README.md") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files := map[string]string{}
		for _, m := range page.FindAllStringSubmatch(string(text), -1) {
			if m[1] != "" {
				files[m[1]] = m[2]
			}
			if strings.Contains(m[3], "output") {
				continue
			}
			seen++
			files["example.actors"] = m[2]
			read := func(file string) ([]byte, error) {
				if text, ok := files[file]; ok {
					return []byte(text), nil
				}
				return nil, fs.ErrNotExist
			}
			_, _, found := lang.Load("example.actors", read, stdlib.Sources)
			for _, d := range found {
				t.Errorf("%s, %.60q: %s %s: %s", name, m[2], d.Span, d.Code, d.Message)
			}
		}
	}
	if seen < 15 {
		t.Errorf("only %d programs were found", seen)
	}
}
