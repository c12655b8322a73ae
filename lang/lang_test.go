package lang_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ilpomo/opencore/lang"
)

var std = fstest.MapFS{
	"log.actors":   {Data: []byte("actor Print<T>() { in messages T }\n")},
	"timer.actors": {Data: []byte("message Tick { n int }\nactor Every() endless { push ticks Tick }\n")},
	"README.md":    {Data: []byte("no actors here")},
}

const clock = `graph main {
  clock = timer.Every()
  out   = log.Print()
  clock -> out
}
`

func reader(text string) func(string) ([]byte, error) {
	return func(string) ([]byte, error) { return []byte(text), nil }
}

func TestLoad(t *testing.T) {
	p, sources, found := lang.Load("dir/clock.actors", reader(clock), std)
	if len(found) > 0 {
		t.Fatal(found)
	}
	if p.Name != "clock" || p.File != "dir/clock.actors" || len(p.Graph.Wires) != 1 {
		t.Errorf("the program is %+v", p)
	}
	if got := string(sources.Text("dir/clock.actors")); got != clock {
		t.Errorf("the text is %q", got)
	}
	if sources.Text("stdlib/log.actors") == nil || sources.Text("other") != nil {
		t.Error("the sources are not those that were read")
	}
}

func TestLoadGivesNoProgramWithErrors(t *testing.T) {
	text := strings.Replace(clock, "clock -> out", "clock -> oud", 1)
	p, _, found := lang.Load("clock.actors", reader(text), std)
	if p != nil || !found.HasErrors() {
		t.Errorf("%v, %v", p, found)
	}
}

func TestLoadReportsAllPartsInOrder(t *testing.T) {
	text := "message A { id flot }\nmessage B { = }\n" + strings.Replace(clock, "timer.Every", "timer.Evry", 1)
	_, _, found := lang.Load("clock.actors", reader(text), std)
	var codes []string
	for _, d := range found {
		codes = append(codes, fmt.Sprintf("%d:%s", d.Span.Start.Line, d.Code))
	}
	if got, want := strings.Join(codes, " "), "1:OC204 2:OC101 4:OC202"; got != want {
		t.Errorf("found %s, want %s", got, want)
	}
}

func TestLoadOfWhatIsNotThere(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing.actors")
	_, sources, found := lang.Load(missing, os.ReadFile, std)
	if len(found) != 1 || found[0].Code != "OC200" || found[0].Span.File != missing {
		t.Fatal(found)
	}
	if got, want := found[0].Message, "the file can't be read: no such file or directory"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if sources.Text(missing) != nil {
		t.Error("there is a text of a file that is not there")
	}
}

func TestLoadOfAStandardFileThatCannotBeRead(t *testing.T) {
	_, _, found := lang.Load("clock.actors", reader(clock), broken{std})
	for _, d := range found {
		if d.Code == "OC200" && d.Span.File == "stdlib/timer.actors" {
			return
		}
	}
	t.Error(found)
}

// broken is a library whose timer can't be read.
type broken struct{ fstest.MapFS }

func (b broken) ReadFile(name string) ([]byte, error) {
	if name == "timer.actors" {
		return nil, errors.New("the disk is gone")
	}
	return fs.ReadFile(b.MapFS, name)
}
