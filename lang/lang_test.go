package lang_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ilpomo/opencore/lang"
	"github.com/ilpomo/opencore/lang/diag"
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

// disk reads files of a map.
func disk(files map[string]string) func(string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		if text, ok := files[name]; ok {
			return []byte(text), nil
		}
		return nil, fs.ErrNotExist
	}
}

const imported = "message Row { id int }\nactor Keep exec [\"cat\"] lines { in rows Row, push kept Row }\ngraph main { nobody = None() }\n"

func TestImports(t *testing.T) {
	files := map[string]string{
		"a/b/main.actors":  `import "left.actors", import "./right.actors"` + "\ngraph main {\n  out = log.Print()\n  keep = Keep()\n  feed = timer.Every()\n  feed -> out\n}\n",
		"a/b/left.actors":  "import \"../common.actors\"\nimport \"main.actors\"\nmessage L { row Row, odd Odd }\n",
		"a/b/right.actors": "import \"../common.actors\"\nimport \"left.actors\"\nmessage R { l L, row Rov }\n",
		"a/common.actors":  imported,
		"a/go.mod":         "module a\n",
	}
	_, sources, found := lang.Load("a/b/main.actors", disk(files), std)
	var list []string
	for _, d := range found {
		list = append(list, fmt.Sprintf("%s:%d %s", d.Span.File, d.Span.Start.Line, d.Code))
	}
	want := "a/b/left.actors:3 OC204, a/b/main.actors:4 OC305, a/b/main.actors:4 OC305, a/b/right.actors:3 OC204"
	if got := strings.Join(list, ", "); got != want {
		t.Errorf("found %s, want %s", got, want)
	}
	if string(sources.Text("a/common.actors")) != imported {
		t.Error("the text of an imported file is missing")
	}
	delete(files, "a/go.mod")
	_, _, found = lang.Load("a/b/main.actors", disk(files), std)
	if !strings.Contains(fmt.Sprint(found), `"../common.actors" leads out of the project`) {
		t.Error(found)
	}
}

func TestImportsHaveABound(t *testing.T) {
	files := map[string]string{"m.actors": "import \"f0.actors\"\n"}
	for n := range 30 {
		files[fmt.Sprintf("f%d.actors", n)] = fmt.Sprintf("import \"f%d.actors\"\n", n+1)
	}
	_, _, found := lang.Load("m.actors", disk(files), std)
	if len(found) != 1 || found[0].Code != "OC232" || found[0].Span.File != "f15.actors" {
		t.Error(found)
	}
}

func TestFilesThatImportTheProgram(t *testing.T) {
	files := map[string]string{
		"../x/m.actors": "import \"n.actors\"\ngraph main {\n  feed = timer.Every()\n  out = log.Print()\n  feed -> out where Odd\n}\n",
		"../x/n.actors": "import \"../x/m.actors\"\nfilter Odd on timer.Tick = n % 2 == 1\n",
	}
	p, _, found := lang.Load("../x/m.actors", disk(files), std)
	if len(found) > 0 {
		t.Fatal(found)
	}
	if w := p.Graph.Wires[0].Where; w.Source != "(n % 2 == 1)" || w.Written != "Odd" {
		t.Errorf("the filter is %+v", w)
	}
}

// What stands at a wire is kept as it was written, also where components make
// more of it.
func TestFiltersAsWritten(t *testing.T) {
	const text = `filter Odd on timer.Tick = n % 2 == 1
graph Half() {
  in ticks timer.Tick
  low = log.Print(), high = log.Print()
  ticks -> low where n < 9 || n > 99
  ticks -> high else
}
graph main {
  clock = timer.Every()
  half = Half(), out = log.Print()
  clock -> half where Odd
  clock -> out else
}
`
	p, _, found := lang.Load("half.actors", reader(text), std)
	if p == nil {
		t.Fatal(found)
	}
	var got []string
	for _, w := range p.Graph.Wires {
		got = append(got, w.To.Instance.Name+": "+w.Where.Written)
	}
	slices.Sort(got)
	if want := []string{"half.high: Odd && else", "half.low: Odd && (n < 9 || n > 99)", "out: else"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// What is proved of a program takes it from those who would run it, not from
// those who look at it.
func TestLoadToShow(t *testing.T) {
	const graph = `graph main {
  a = A(), clock = timer.Every()
  clock -> a.ticks
  a.ask -> a.asked
}
`
	const circle = "actor A { in ticks timer.Tick, req ask timer.Tick -> timer.Tick, rep asked timer.Tick -> timer.Tick }\n" + graph
	if p, _, found := lang.Load("a.actors", reader(circle), std); p != nil || !found.HasErrors() {
		t.Errorf("to run, there is a program: %v", found)
	}
	if p, _, found := lang.LoadToShow("a.actors", reader(circle), std); p == nil || !found.HasErrors() {
		t.Errorf("to look at, there is no program, or no error: %v", found)
	}
	if p, _, _ := lang.LoadToShow("a.actors", reader(graph), std); p != nil {
		t.Error("there is a program without its actor")
	}
}

// An import that is nearly right is read as what was meant, so that the rest of
// the program is looked at too.
func TestImportOfWhatIsNearlyThere(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"quakes.actors": "message Quake { id string }\n",
		"orders.actors": "message Order { id string }\n",
		"main.actors":   "import \"quaks.actors\"\nimport \"./ordres.actors\"\nimport \"maim.actors\"\nmessage A { a Quake, b Order, c Quak }\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	main := filepath.ToSlash(filepath.Join(folder, "main.actors"))
	_, _, found := lang.Load(main, os.ReadFile, std)
	var got []string
	for _, d := range found {
		got = append(got, string(d.Code)+" "+d.Hint)
	}
	want := []string{`OC232 did you mean "quakes.actors"?`, `OC232 did you mean "./orders.actors"?`, "OC232 "}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	text, err := os.ReadFile(main)
	if err != nil {
		t.Fatal(err)
	}
	mended, err := diag.Apply(main, text, append(found[0].Fixes[0].Edits, found[1].Fixes[0].Edits...))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(mended), "import \"quakes.actors\"\nimport \"./orders.actors\"\n") {
		t.Errorf("%s", mended)
	}
}
