package cli

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	link      = regexp.MustCompile(`\]\(([^)#]+)\)`)
	mentioned = regexp.MustCompile("`([A-Za-z0-9_/.-]+\\.(?:go|md|actors|sh|ebnf))`")
)

// TestDocsNameWhatIsThere demands that links lead somewhere, and that files
// that pages mention exist: by their path, or by their name somewhere.
func TestDocsNameWhatIsThere(t *testing.T) {
	root := filepath.Join("..", "..")
	names := fileNames(t, root)
	for _, page := range pagesOf(t, root) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil && !strings.Contains(m[1], "://") {
				t.Errorf("%s: the link to %s leads nowhere", page, m[1])
			}
		}
		if filepath.Base(page) != "tour.md" {
			continue // other pages also talk of files that a user has
		}
		for _, m := range mentioned.FindAllStringSubmatch(string(text), -1) {
			_, err := os.Stat(filepath.Join(root, m[1]))
			if err != nil && (strings.Contains(m[1], "/") || !names[m[1]]) {
				t.Errorf("%s: there is no %s", page, m[1])
			}
		}
	}
}

// pagesOf lists the pages of documentation.
func pagesOf(t *testing.T, root string) []string {
	t.Helper()
	pages := []string{filepath.Join(root, "README.md"), filepath.Join(root, "CHANGELOG.md")}
	for _, pattern := range []string{"docs/*.md", "examples/*/README.md", "bench/README.md"} {
		found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, found...)
	}
	return pages
}

// fileNames gives the names of all files of the project, without their
// folders.
func fileNames(t *testing.T, root string) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && name != "." && strings.HasPrefix(d.Name(), ".") {
			return fs.SkipDir
		}
		names[path.Base(name)] = true
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
