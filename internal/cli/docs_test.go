package cli

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/lang"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/stdlib"
)

// A block is a fenced piece of a page: "actors", an info behind it, the text.
type block struct {
	page, kind, info, text string
	line                   int
}

var fence = regexp.MustCompile("(?ms)^```([a-z]+)(?: +([^\n]+))?\n(.*?)^```$")

// TestDocs runs what the documentation shows. An actors block must be without
// findings, or have those of the output block behind it. A go block names the
// file that it is taken from. An actors block with the name of a file is what
// the others of its page may import.
func TestDocs(t *testing.T) {
	root := filepath.Join("..", "..")
	seen := map[string]int{}
	for _, page := range pagesOf(t, root) {
		blocks := blocksOf(t, page)
		imports := map[string]string{}
		for _, b := range blocks {
			if b.kind == "actors" && b.info != "" {
				imports[b.info] = b.text
			}
		}
		for i, b := range blocks {
			seen[b.kind]++
			var next block
			if i+1 < len(blocks) {
				next = blocks[i+1]
			}
			testBlock(t, root, b, next, imports)
		}
	}
	for _, kind := range []string{"actors", "console", "go", "output"} {
		if seen[kind] == 0 {
			t.Errorf("no page has a block of %s", kind)
		}
	}
}

func blocksOf(t *testing.T, page string) []block {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var list []block
	for _, m := range fence.FindAllSubmatchIndex(text, -1) {
		b := block{page: page, kind: string(text[m[2]:m[3]]), text: string(text[m[6]:m[7]])}
		if m[4] >= 0 {
			b.info = string(text[m[4]:m[5]])
		}
		b.line = bytes.Count(text[:m[0]], []byte("\n")) + 1
		list = append(list, b)
	}
	return list
}

func testBlock(t *testing.T, root string, b, next block, imports map[string]string) {
	t.Helper()
	switch b.kind {
	case "actors":
		want := ""
		if next.kind == "output" {
			want = next.text
		}
		if got := findingsOf(b.text, imports); got != want {
			t.Errorf("%s:%d: the example gives\n%s\nwant\n%s", b.page, b.line, got, want)
		}
	case "console":
		addUp(t, b)
	case "go":
		source, err := os.ReadFile(filepath.Join(root, b.info))
		if err != nil {
			t.Errorf("%s:%d: %v", b.page, b.line, err)
		} else if !strings.Contains(string(source), b.text) {
			t.Errorf("%s:%d: %s does not say this any more", b.page, b.line, b.info)
		}
	}
}

var account = regexp.MustCompile(`(?m)^\S+ -> \S+ +([0-9,]+) +([0-9,]+) +([0-9,]+) +([0-9,]+) +([0-9,]+) +([0-9,]+)$`)

// addUp demands that what a page shows of wires is an account: offered is the
// sum of all else.
func addUp(t *testing.T, b block) {
	t.Helper()
	for _, m := range account.FindAllStringSubmatch(b.text, -1) {
		sum := 0
		for i, cell := range m[1:] {
			n, err := strconv.Atoi(strings.ReplaceAll(cell, ",", ""))
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				n = -n
			}
			sum += n
		}
		if sum != 0 {
			t.Errorf("%s:%d: this does not add up: %s", b.page, b.line, m[0])
		}
	}
}

var programName = regexp.MustCompile(`^// ([a-z]+\.actors):`)

// findingsOf gives what is to be said about a program, as check prints it.
func findingsOf(text string, imports map[string]string) string {
	file := "example.actors"
	if m := programName.FindStringSubmatch(text); m != nil {
		file = m[1]
	}
	read := func(name string) ([]byte, error) {
		if name == file {
			return []byte(text), nil
		}
		if imported, ok := imports[name]; ok {
			return []byte(imported), nil
		}
		return nil, fs.ErrNotExist
	}
	_, texts, findings := lang.Load(file, read, stdlib.Sources)
	var out bytes.Buffer
	if err := diag.Render(&out, findings, texts.Text, false); err != nil {
		return err.Error()
	}
	return out.String()
}
