package reference

import (
	"bytes"
	"io/fs"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/lang"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/stdlib"
)

// TestExamples demands of each standard actor an example that uses it and
// checks.
func TestExamples(t *testing.T) {
	packages, err := fs.Glob(stdlib.Sources, "*.actors")
	if err != nil || len(packages) == 0 {
		t.Fatal(err, "no packages")
	}
	actors := 0
	for name := range stdlib.Actors() {
		actors++
		text, err := examples.ReadFile("examples/" + name + ".actors")
		if err != nil {
			t.Error(err)
			continue
		}
		if !strings.Contains(string(text), " = "+name) {
			t.Errorf("the example of %s does not use it", name)
		}
		_, texts, found := lang.Load("example.actors", func(string) ([]byte, error) { return text, nil }, stdlib.Sources)
		var out bytes.Buffer
		if err := diag.Render(&out, found, texts.Text, false); err != nil || len(found) > 0 {
			t.Errorf("%s: %v\n%s", name, err, &out)
		}
	}
	if all, err := examples.ReadDir("examples"); err != nil || len(all) != actors {
		t.Errorf("%d examples of %d actors, %v", len(all), actors, err)
	}
}

// TestTextIsNarrow demands that prose keeps to the width, and headings are bold
// if they should be.
func TestTextIsNarrow(t *testing.T) {
	s := Program("a.actors", []byte("/// "+strings.Repeat("word ", 100)+"\nmessage Quake { id string }\n"))
	page, ok := s.One("Quake")
	if !ok {
		t.Fatal("no Quake")
	}
	var out bytes.Buffer
	if err := page.Text(&out, 30, true); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out.String(), "\x1b[1mmessage Quake\x1b[") {
		t.Errorf("the heading is not bold: %q", out.String()[:40])
	}
	for line := range strings.Lines(out.String()) {
		if len(line) > 31 && !strings.Contains(line, "Quake") {
			t.Errorf("too wide: %q", line)
		}
	}
}

func TestSentence(t *testing.T) {
	for doc, want := range map[string]string{
		"Reads a file. And more.":       "Reads a file.",
		"Reads .gz, e.g. this. Then on": "Reads .gz, e.g. this.",
		"One\nline":                     "One line",
		"":                              "",
	} {
		if got := sentence(doc); got != want {
			t.Errorf("of %q: %q, want %q", doc, got, want)
		}
	}
}

// FuzzWhole demands that whatever is read gives a page, and that what is shown
// can't touch the terminal.
func FuzzWhole(f *testing.F) {
	f.Add("/// a\x1b[31m\nactor A<T>(x int =) { push a -> }")
	f.Add("graph main { a = ; a -> ; expose \n}")
	f.Fuzz(func(t *testing.T, text string) {
		s := Program("a.actors", []byte(text))
		var out bytes.Buffer
		for _, p := range []Page{Whole(s), List([]*Source{s})} {
			if err := p.Text(&out, 80, false); err != nil {
				t.Fatal(err)
			}
		}
		for _, name := range s.Names() {
			if _, ok := s.One(name); !ok {
				t.Errorf("no %q", name)
			}
		}
		if strings.ContainsAny(out.String(), "\x1b\r\x00") {
			t.Errorf("%q", out.String())
		}
	})
}
