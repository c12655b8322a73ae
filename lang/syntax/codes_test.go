package syntax

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/lang/diag"
)

// TestProblemsProvokeEveryCode demands each code twice of testdata/problems.txt,
// but for the one about limits: what goes beyond those is made by TestLimits.
func TestProblemsProvokeEveryCode(t *testing.T) {
	text, err := os.ReadFile("testdata/problems.txt")
	if err != nil {
		t.Fatal(err)
	}
	times := map[string]int{}
	for _, code := range regexp.MustCompile(`(?m)^OC\d{3}`).FindAllString(string(text), -1) {
		times[code]++
	}
	tree, err := parser.ParseFile(token.NewFileSet(), "codes.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	declared := 0
	ast.Inspect(tree, func(n ast.Node) bool {
		lit, ok := n.(*ast.BasicLit)
		if !ok || !strings.HasPrefix(lit.Value, `"OC`) {
			return true
		}
		declared++
		if code := strings.Trim(lit.Value, `"`); times[code] < 2 && code != string(codeLimit) {
			t.Errorf("problems.txt provokes %s %d times, want twice at least", code, times[code])
		}
		return true
	})
	if declared < 10 {
		t.Errorf("codes.go declares %d codes", declared)
	}
}

// TestLimits demands that what reaches a limit passes, and that what goes
// beyond is refused by name.
func TestLimits(t *testing.T) {
	for name, c := range map[string]struct{ within, beyond string }{
		"bytes":    {strings.Repeat(" ", maxFile), strings.Repeat(" ", maxFile+1)},
		"brackets": {"const a = " + nested("[", "]", maxDepth), "const a = " + nested("[", "]", maxDepth+1)},
		"filters":  {filtered(maxDepth), filtered(maxDepth + 1)},
		"problems": {strings.Repeat("banana\n", maxProblems), strings.Repeat("banana\n", maxProblems+1)},
	} {
		if limit(c.within) {
			t.Errorf("%s: what reaches the limit is beyond it", name)
		}
		if !limit(c.beyond) {
			t.Errorf("%s: what is beyond the limit passes", name)
		}
	}
}

func nested(open, shut string, n int) string {
	return strings.Repeat(open, n) + strings.Repeat(shut, n)
}

func filtered(n int) string {
	return "graph main { a -> b where " + strings.Repeat("(", n) + "true" + strings.Repeat(")", n) + " }"
}

// limit reports whether a source is said to go beyond a limit.
func limit(source string) bool {
	_, problems := Parse("", []byte(source))
	return slices.ContainsFunc(problems, func(d diag.Diagnostic) bool { return d.Code == codeLimit })
}
