package cli

import (
	"os"
	goruntime "runtime"
	"strings"
	"testing"
)

// bombs are files made to hurt who reads them, each with the most that a verb
// may allocate for it. The bounds are some three times what is needed today; what
// grows with the square of a file goes far beyond them.
func bombs() map[string]bomb {
	const head = "message M { id int }\nactor A exec [\"a\"] { in from M, push to M }\ngraph main {\n"
	return map[string]bomb{
		"brackets":          {"const a = " + strings.Repeat("[", 1_000_000), 100 << 20},
		"types":             {"message M { a " + strings.Repeat("[", 1_000_000), 100 << 20},
		"type arguments":    {"graph main { a = A" + strings.Repeat("<A", 1_000_000), 100 << 20},
		"one line of 50 MB": {"const a = \"" + strings.Repeat("x", 50<<20) + "\"\n", 500 << 20},
		"terms": {
			head + "  feed = file.Lines<M>(path: \"x\"), a = A(), b = log.Print()\n  feed -> a where id == 1" +
				strings.Repeat(" || id == 1", 100_000) + "\n  a -> b\n}\n",
			500 << 20,
		},
		"errors of syntax": {strings.Repeat("banana split\n", 100_000), 1 << 30},
		"errors of names":  {head + strings.Repeat("  x = B()\n", 20_000) + "}\n", 500 << 20},
	}
}

type bomb struct {
	text string
	most uint64 // bytes allocated, in all
}

// TestBombs has every verb that reads a program read those. What says whether
// a program is right refuses them with a finding; fmt takes what parses, and doc
// shows what does.
func TestBombs(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 100,000 errors five times")
	}
	t.Chdir(t.TempDir())
	for name, b := range bombs() {
		file := strings.ReplaceAll(name, " ", "_") + ".actors"
		for _, verb := range []string{"check", "fmt", "graph", "explain", "doc"} {
			if err := os.WriteFile(file, []byte(b.text), 0o666); err != nil { // fmt has written it
				t.Fatal(err)
			}
			status, said, allocated := measure(t, verb, file)
			t.Logf("%s %s: status %d, %d MiB allocated, %d bytes said", verb, name, status, allocated>>20, len(said))
			if allocated > b.most {
				t.Errorf("%s %s: %d MiB allocated, want %d at most", verb, name, allocated>>20, b.most>>20)
			}
			parses := name == "terms" || name == "errors of names"
			refused := status == 1 && strings.Contains(said, "error[OC")
			if want := verb != "doc" && !(verb == "fmt" && parses); refused != want {
				t.Errorf("%s %s: status %d, refused: %v\n%.1000s", verb, name, status, refused, said)
			}
			if refused && len(said) > 1<<20 {
				t.Errorf("%s %s: the findings are %d bytes", verb, name, len(said))
			}
		}
	}
}

// measure runs a verb on a file, and gives what it says of it and how many
// bytes it allocated.
func measure(t *testing.T, verb, file string) (status int, said string, allocated uint64) {
	t.Helper()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	findings, err := os.Create("findings")
	if err != nil {
		t.Fatal(err)
	}
	defer findings.Close()
	var before, after goruntime.MemStats
	goruntime.ReadMemStats(&before)
	status = Main([]string{verb, file}, null, null, findings)
	goruntime.ReadMemStats(&after)
	text, err := os.ReadFile("findings")
	if err != nil {
		t.Fatal(err)
	}
	return status, string(text), after.TotalAlloc - before.TotalAlloc
}
