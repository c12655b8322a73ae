package build

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/internal/schema"
)

// TestRandomTypes generates the codecs of random message types, compiles them
// and compares what they do with the oracle.
func TestRandomTypes(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a program")
	}
	p := programOf(t, "generated.actors", randomMessages(rand.New(rand.NewPCG(7, 8)), 30))
	set := schema.Set{}
	makers := ""
	for _, m := range p.Messages {
		set.Add(m.Message)
		makers += fmt.Sprintf("\t%q: func() oracle.Codec { return new(%s) },\n", m.Name, schema.GoName(m.Name))
	}
	types, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	out := runOverlaid(t, "./testdata/property", map[string]string{
		"generated.go": string(generate(p, "main", func(string) bool { return false })),
		"types.go": fmt.Sprintf("package main\n\nimport %q\n\nconst types = `%s`\n\nvar made = map[string]func() oracle.Codec{\n%s}\n",
			modulePath+"/interp/build/testdata/oracle", types, makers),
	})
	if want := fmt.Sprintf("checked %d messages", 200*len(p.Messages)); !strings.Contains(out, want) {
		t.Errorf("%s, want %s", out, want)
	}
}

// runOverlaid runs a command of this module with files that it doesn't have on
// disk.
func runOverlaid(t *testing.T, command string, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	replace := map[string]string{}
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		target, err := filepath.Abs(filepath.Join(command, name))
		if err != nil {
			t.Fatal(err)
		}
		replace[target] = file
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, overlay, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "go", "run", "-overlay", file, command).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

// randomMessages makes n messages, of which each may use the first few. Those
// are small, lest messages within lists within messages grow without bound.
func randomMessages(r *rand.Rand, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "M%d:", i)
		fields := r.IntN(20)
		if i < usable {
			fields = 1 + r.IntN(3)
		}
		for j := range fields {
			fmt.Fprintf(&b, " f%d %s;", j, randomType(r, min(i, usable), 2))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// usable is how many messages others may use.
const usable = 3

func randomType(r *rand.Rand, messages, depth int) string {
	simple := []string{"string", "bool", "int", "float", "bytes", "time", "duration", "any", "enum Alert(green, red)", "enum(a, b, c)"}
	t := ""
	switch n := r.IntN(len(simple) + 6); {
	case n < len(simple):
		t = simple[n]
	case n < len(simple)+2 && depth > 0:
		t = "[" + randomType(r, messages, depth-1) + "]"
	case n < len(simple)+4 && depth > 0:
		t = "{string: " + randomType(r, messages, depth-1) + "}"
	case messages > 0:
		t = fmt.Sprintf("M%d", r.IntN(messages))
	default:
		t = "string"
	}
	if r.IntN(3) == 0 {
		t += "?"
	}
	return t
}
