package check_test

import (
	"fmt"
	goruntime "runtime"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/lang/check"
	"github.com/ilpomo/opencore/lang/syntax"
)

// bigProgram has 1,000 instances and 5,000 wires, each with a filter of its
// own: 10 layers of 100, each instance wired to six of the next layer, or to five
// in the lower half.
func bigProgram() string {
	var b strings.Builder
	b.WriteString("message Quake { id string, mag float, place string, at time, net string, depth float, felt int? }\n")
	b.WriteString("actor Source() { push out Quake }\nactor Step() { in from Quake, push out Quake }\nactor Sink() { in from Quake }\n")
	b.WriteString("graph main {\n")
	const layers, width = 10, 100
	for l := range layers {
		actor := "Step"
		switch l {
		case 0:
			actor = "Source"
		case layers - 1:
			actor = "Sink"
		}
		for i := range width {
			fmt.Fprintf(&b, "  n%d_%d = %s()\n", l, i, actor)
		}
	}
	wires := 0
	for l := range layers - 1 {
		for i := range width {
			for k := range 6 {
				if k < 5 || l < 5 {
					fmt.Fprintf(&b, "  n%d_%d -> n%d_%d where mag >= %d.5 && felt > %d || place contains \"x%d\"\n", l, i, l+1, (i+k)%width, wires%9, wires, wires%97)
					wires++
				}
			}
		}
	}
	b.WriteString("}\n")
	return b.String()
}

// BenchmarkLoad checks that program with all proofs; then one that promises at
// each wire, and one whose replicas are chosen by key, where those have the most
// to look at.
func BenchmarkLoad(b *testing.B) {
	text := bigProgram()
	keys := strings.NewReplacer("message Quake", "enum Net { eu, us, as, af }\nmessage Quake", "net string", "net Net", "in from Quake,", "in from Quake key net,", "= Step()", "= Step() replicas 4")
	for _, c := range []struct{ name, text string }{
		{"filters", text},
		{"promises", strings.ReplaceAll(text, " where", " deliver at_least_once where")},
		{"keys", keys.Replace(text)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(c.text)))
			for b.Loop() {
				if _, found := load("big.actors", c.text); len(found) > 0 {
					b.Fatal(found)
				}
			}
		})
	}
}

// wrongProgram has n instances, and as many wires to instances that there are
// not.
func wrongProgram(n int) string {
	var b strings.Builder
	b.WriteString("message M { n int }\nactor A { pub out M }\ngraph main {\n")
	for i := range n {
		fmt.Fprintf(&b, "  a%d = A()\n  a%[1]d -> b%[1]d\n", i)
	}
	b.WriteString("}\n")
	return b.String()
}

// TestManyFindings holds that a finding costs the same however many there are:
// what is looked for around one must not grow with the program.
func TestManyFindings(t *testing.T) {
	cost := func(n int) float64 {
		var before, after goruntime.MemStats
		goruntime.ReadMemStats(&before)
		if _, found := load("wrong.actors", wrongProgram(n)); len(found) < n {
			t.Fatalf("%d findings of %d", len(found), n)
		}
		goruntime.ReadMemStats(&after)
		return float64(after.TotalAlloc - before.TotalAlloc)
	}
	cost(500) // the parser is built
	if few, many := cost(500), cost(4000); many > 10*few {
		t.Errorf("8 times as many findings take %.1f times the memory", many/few)
	}
}

func BenchmarkCheck(b *testing.B) {
	file, found := syntax.Parse("big.actors", []byte(bigProgram()))
	if len(found) > 0 {
		b.Fatal(found)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, found := check.Check(check.Program{Name: "big", Files: []check.File{{File: file, Dir: "."}}}, nil); len(found) > 0 {
			b.Fatal(found)
		}
	}
}
