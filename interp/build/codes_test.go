package build

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/lang/diag"
)

// TestEveryCodeIsProvoked demands each code of what TestCheck runs, besides of
// the example on its page, which TestPages runs. What the Go compiler says has
// tests of its own: it is not found by Check.
func TestEveryCodeIsProvoked(t *testing.T) {
	files, err := filepath.Glob("testdata/check/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	said := ""
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, want, _ := strings.Cut(string(text), "-- want --\n")
		said += want
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
		if code := strings.Trim(lit.Value, `"`); diag.Code(code) != codeGoCompiler && !strings.Contains(said, "["+code+"]") {
			t.Errorf("testdata/check provokes %s nowhere", code)
		}
		return true
	})
	if declared < 14 {
		t.Errorf("codes.go declares %d codes", declared)
	}
}
