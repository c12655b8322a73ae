package stdlib

import (
	"maps"
	"slices"
	"testing"

	"github.com/ilpomo/opencore/lang"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// everything uses each standard actor, with all its parameters.
const everything = `
message Line { text string }
message Title { text string, length int }

actor Far external { rep lines Line -> Title connect "tcp://127.0.0.1:7001" }

graph main {
  lines  = file.Lines<Line>(path: "in.txt", format: text, follow: false, max_line: 64KiB)
  made   = gen.Messages<Line>(count: 10, rate: 2.5, size: 64)
  clock  = timer.Every(every: 1s)
  titles = flow.Map<Line, Title>(fields: {length: "len(text)"})
  count  = flow.Count()
  shown  = log.Print(prefix: "NEW")
  ticks  = log.Print()
  pass   = proxy.Pass()
  queue  = proxy.Queue()
  passed = log.Print()
  far    = Far()
  kept   = file.Write(path: "out.csv.gz", format: csv, append: true)

  lines -> titles
  lines -> pass -> passed
  queue -> far
  expose queue.clients "tcp://127.0.0.1:7000"
  made -> titles
  titles -> count
  titles -> shown
  titles -> kept
  clock -> ticks
}
`

func TestDeclarationsAndFactoriesAgree(t *testing.T) {
	program, _, problems := lang.Load("all.actors", func(string) ([]byte, error) { return []byte(everything), nil }, Sources)
	for _, p := range problems {
		t.Errorf("%+v", p)
	}
	if program == nil {
		t.Fatal("no program")
	}
	used := map[string]bool{}
	for _, i := range program.Graph.Instances {
		if !i.Actor.Standard {
			continue
		}
		used[i.Actor.Name] = true
		documented(t, i.Actor)
	}
	if have := slices.Sorted(maps.Keys(Actors())); !slices.Equal(slices.Sorted(maps.Keys(used)), have) {
		t.Errorf("declared and used: %v, implemented: %v", used, have)
	}
}

func documented(t *testing.T, a *model.Actor) {
	t.Helper()
	if a.Doc == "" {
		t.Errorf("%s has no doc", a.Name)
	}
	for _, p := range a.Params {
		if p.Doc == "" {
			t.Errorf("parameter %s of %s has no doc", p.Name, a.Name)
		}
	}
	for _, p := range a.Ports {
		if p.Doc == "" {
			t.Errorf("port %s of %s has no doc", p.Name, a.Name)
		}
	}
}

func TestDeclarationsAreFormatted(t *testing.T) {
	entries, err := Sources.ReadDir(".")
	if err != nil || len(entries) == 0 {
		t.Fatal(entries, err)
	}
	for _, e := range entries {
		source, err := Sources.ReadFile(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		formatted, problems := syntax.Format(e.Name(), source)
		if len(problems) > 0 || string(formatted) != string(source) {
			t.Errorf("%s: %v, the formatter makes this of it:\n%s", e.Name(), problems, formatted)
		}
	}
}
