package check_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// doubling has components that hold two of the one before.
func doubling(n int) string {
	var b strings.Builder
	b.WriteString("message Doc { id int }\ngraph C0 { pull docs Doc, a = flow.Count(), docs -> a }\n")
	for i := 1; i < n; i++ {
		fmt.Fprintf(&b, "graph C%d { pull docs Doc, a = C%d(), b = C%[2]d(), docs -> a where id > 3 && id < 9, docs -> b else }\n", i, i-1)
	}
	fmt.Fprintf(&b, "graph main { feed = file.Lines<Doc>(path: \"x\"), c = C%d(), feed -> c }\n", n-1)
	return b.String()
}

// fanning has wires that meet and part again at components without instances.
func fanning(n int) string {
	var b strings.Builder
	b.WriteString("message Doc { id int }\ngraph P { pull a Doc, push b Doc")
	for i := range 10 {
		fmt.Fprintf(&b, ", a -> b where id > %d", i)
	}
	b.WriteString(" }\ngraph main {\n  feed = file.Lines<Doc>(path: \"x\"), out = flow.Count()\n  feed -> p0\n")
	for i := range n {
		fmt.Fprintf(&b, "  p%d = P()\n", i)
		if i > 0 {
			fmt.Fprintf(&b, "  p%d.b -> p%d\n", i-1, i)
		}
	}
	fmt.Fprintf(&b, "  p%d.b -> out\n}\n", n-1)
	return b.String()
}

// TestComponentsAreBounded holds that a few lines that mean billions are refused
// in a moment.
func TestComponentsAreBounded(t *testing.T) {
	for name, text := range map[string]string{"doubling": doubling(60), "fanning": fanning(12)} {
		begun := time.Now()
		_, found := load(name+".actors", text)
		if len(found) != 1 || found[0].Code != "OC211" || !strings.Contains(found[0].Message, "the graph has more than") {
			t.Errorf("%s: %.500v", name, found)
		}
		if took := time.Since(begun); took > 30*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}
