package syntax

import (
	"fmt"
	"strings"
	"testing"
)

// manyStatements gives a graph of n statements, one instance to five wires
// with filters.
func manyStatements(n int) []byte {
	var b strings.Builder
	b.WriteString("graph main {\n")
	for i := range n / 6 {
		fmt.Fprintf(&b, "  worker%d = flow.Worker(limit: %d, name: \"worker %d\") replicas 2\n", i, i, i)
		for j := range 5 {
			fmt.Fprintf(&b, "  worker%d.out%d -> worker%d.in queue 10_000 where mag >= %d && place contains \"x%d\"\n", i, j, (i+j)%(n/6), j, j)
		}
	}
	b.WriteString("}\n")
	return []byte(b.String())
}

func BenchmarkParse(b *testing.B) {
	src := manyStatements(6000)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, problems := Parse("many.actors", src); len(problems) > 0 {
			b.Fatal(problems[0].Message)
		}
	}
}

func BenchmarkScan(b *testing.B) {
	src := manyStatements(6000)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if s := scan("many.actors", src); len(s.problems) > 0 {
			b.Fatal(s.problems[0].Message)
		}
	}
}

func BenchmarkFormat(b *testing.B) {
	src := manyStatements(6000)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, problems := Format("many.actors", src); len(problems) > 0 {
			b.Fatal(problems[0].Message)
		}
	}
}
