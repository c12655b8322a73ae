package check_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/lang"
	"github.com/ilpomo/opencore/lang/diag"
)

// declaredCodes reads the codes that a source file declares.
func declaredCodes(t *testing.T, file string) []diag.Code {
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var codes []diag.Code
	ast.Inspect(tree, func(n ast.Node) bool {
		lit, ok := n.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return true
		}
		if text, err := strconv.Unquote(lit.Value); err == nil && isCode.MatchString(text) {
			codes = append(codes, diag.Code(text))
		}
		return true
	})
	return codes
}

var isCode = regexp.MustCompile(`^OC\d{3}$`)

// ownCodes are those of this package, of package lang, and of what lang calls
// when this package has found no error.
func ownCodes(t *testing.T) []diag.Code {
	return slices.Concat(declaredCodes(t, "codes.go"), declaredCodes(t, "../prove/codes.go"), declaredCodes(t, "../lang.go"))
}

// TestCorpusProvokesEveryCode demands each code twice of testdata. OC200 is about
// files that can't be read, which testdata can't have: package lang tests it, and
// OC232 too. The codes of packages syntax and build are provoked there.
func TestCorpusProvokesEveryCode(t *testing.T) {
	times := map[diag.Code]int{}
	for _, file := range corpus(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, found := load(file, string(text))
		for _, d := range found {
			times[d.Code]++
		}
	}
	for _, code := range slices.Concat(declaredCodes(t, "codes.go"), declaredCodes(t, "../prove/codes.go")) {
		if times[code] < 2 {
			t.Errorf("testdata provokes %s %d times, want twice at least", code, times[code])
		}
	}
}

func TestEveryCodeHasAPage(t *testing.T) {
	pages := diag.Codes()
	for _, code := range slices.Concat(ownCodes(t), declaredCodes(t, "../syntax/codes.go")) {
		if !slices.Contains(pages, code) {
			t.Errorf("%s is reported and has no page", code)
		}
	}
}

func TestEveryPageHasACode(t *testing.T) {
	known := slices.Concat(ownCodes(t), declaredCodes(t, "../syntax/codes.go"))
	for _, code := range diag.Codes() {
		if code < "OC500" && !slices.Contains(known, code) {
			t.Errorf("there is a page for %s, and nothing reports it", code)
		}
	}
}

// example finds the program on a page.
var example = regexp.MustCompile("(?s)\n```actors\n(.*?)\n```\n")

func TestPagesProvokeTheirCodes(t *testing.T) {
	for _, code := range diag.Codes() {
		if code >= "OC500" {
			continue // about Go handlers: interp/build runs those
		}
		t.Run(string(code), func(t *testing.T) {
			page, _ := diag.Explain(code)
			if !strings.HasPrefix(page, "# "+string(code)+": ") {
				t.Errorf("the page begins with %.40q", page)
			}
			found := findingsOfPage(t, page)
			if !slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Code == code }) {
				t.Errorf("its example gives %v", found)
			}
			for _, d := range found {
				if d.Code != code && code >= "OC200" { // the parser's codes break what stands around
					t.Errorf("its example also gives %s %s: %s", d.Span, d.Code, d.Message)
				}
			}
		})
	}
}

// findingsOfPage checks the example on a page. A page without one is about a
// file that can't be read.
func findingsOfPage(t *testing.T, page string) diag.List {
	m := example.FindStringSubmatch(page)
	if m == nil {
		read := func(string) ([]byte, error) { return nil, os.ErrPermission }
		_, _, found := lang.Load("example.actors", read, standard)
		return found
	}
	_, found := load("example.actors", m[1]+"\n")
	return found
}
