package draw_test

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/internal/draw"
	"github.com/ilpomo/opencore/internal/draw/elk"
	"github.com/ilpomo/opencore/lang"
	"github.com/ilpomo/opencore/stdlib"
)

var update = flag.Bool("update", false, "write the pictures of testdata")

// pictures are the ways to draw, by the extension of their files.
func pictures(t *testing.T, file string) map[string]func(*draw.Picture, io.Writer) error {
	return map[string]func(*draw.Picture, io.Writer) error{
		".txt": func(p *draw.Picture, w io.Writer) error { return p.Text(t.Context(), w, kept(file+".json")) },
		".dot": (*draw.Picture).DOT,
		".mmd": (*draw.Picture).Mermaid,
	}
}

// A layout is one that was asked for, and what it was.
type layout struct {
	Shape *draw.Shape
	Plan  *draw.Plan
}

// kept gives a layout that stands in a file: the engine takes its time. With
// -update it is asked again.
func kept(file string) draw.Layout {
	return func(ctx context.Context, s *draw.Shape) (*draw.Plan, error) {
		if *update {
			p, err := elk.Layout(ctx, s)
			if err != nil {
				return nil, err
			}
			data, err := json.MarshalIndent(layout{s, p}, "", " ")
			if err != nil {
				return nil, err
			}
			return p, os.WriteFile(file, data, 0o644)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var l layout
		if err := json.Unmarshal(data, &l); err != nil {
			return nil, err
		}
		if !reflect.DeepEqual(l.Shape, s) {
			return nil, fmt.Errorf("%s is of another shape: go test -update asks again", file)
		}
		return l.Plan, nil
	}
}

func picture(t *testing.T, file string) *draw.Picture {
	program, _, found := lang.LoadToShow(file, os.ReadFile, stdlib.Sources)
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
		name := strings.TrimSuffix(file, ".actors")
		for extension, paint := range pictures(t, name) {
			var b strings.Builder
			if err := paint(pic, &b); err != nil {
				t.Fatal(err)
			}
			golden := name + extension
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
	if err := pic.SVG(t.Context(), &b, kept("testdata/all.svg.json")); err != nil {
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
	if err := pic.Text(t.Context(), io.Discard, elk.Layout); err != nil {
		t.Error(err)
	}
	if err := pic.SVG(t.Context(), io.Discard, elk.Layout); err != nil {
		t.Error(err)
	}
}
