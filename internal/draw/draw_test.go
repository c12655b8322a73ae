package draw_test

import (
	"context"
	"encoding/xml"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/internal/draw"
	"github.com/ilpomo/opencore/internal/draw/elk"
	"github.com/ilpomo/opencore/lang"
	"github.com/ilpomo/opencore/stdlib"
)

var update = flag.Bool("update", false, "write the pictures of testdata")

// pictures are the ways to draw, by the extension of their files.
var pictures = map[string]func(*draw.Picture, io.Writer) error{
	".txt": func(p *draw.Picture, w io.Writer) error { return p.Text(context.Background(), w, elk.Layout) },
	".dot": (*draw.Picture).DOT,
	".mmd": (*draw.Picture).Mermaid,
}

func picture(t *testing.T, file string) *draw.Picture {
	program, _, found := lang.Load(file, os.ReadFile, stdlib.Sources)
	if program == nil {
		t.Fatal(found)
	}
	return draw.Of(program, found)
}

// What is drawn stands in testdata; look at it before you commit it.
func TestPictures(t *testing.T) {
	files, err := filepath.Glob("testdata/*.actors")
	if err != nil || len(files) == 0 {
		t.Fatal("testdata has no programs", err)
	}
	for _, file := range files {
		pic := picture(t, file)
		for extension, paint := range pictures {
			var b strings.Builder
			if err := paint(pic, &b); err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(file, ".actors") + extension
			if *update {
				if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want, err := os.ReadFile(golden); err != nil || string(want) != b.String() {
				t.Errorf("%s (%v) differs from\n%s", golden, err, b.String())
			}
		}
	}
}

// An SVG is XML with every name in it, also those that XML reads as its own.
func TestSVG(t *testing.T) {
	pic := picture(t, "testdata/all.actors")
	pic.Nodes[0].Name = `<&">`
	var b strings.Builder
	if err := pic.SVG(context.Background(), &b, elk.Layout); err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for d := xml.NewDecoder(strings.NewReader(b.String())); ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if words, ok := token.(xml.CharData); ok {
			text.Write(words)
		}
	}
	for _, n := range pic.Nodes {
		if !strings.Contains(text.String(), n.Name) {
			t.Errorf("%q is not in the picture", n.Name)
		}
	}
}

func TestEmpty(t *testing.T) {
	pic := &draw.Picture{Title: "nothing"}
	for extension, paint := range pictures {
		if err := paint(pic, io.Discard); err != nil {
			t.Errorf("%s: %v", extension, err)
		}
	}
}
