package check_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/lang"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
)

var update = flag.Bool("update", false, "write the findings into the files of testdata")

// standard is the library that the tests' programs see. It stands beside them
// so that they don't change with the real one.
var standard = os.DirFS("testdata/std")

// load checks one text.
func load(name, text string) (*model.Program, diag.List) {
	read := func(file string) ([]byte, error) {
		if file == name {
			return []byte(text), nil
		}
		return os.ReadFile("testdata/imports/" + file)
	}
	program, _, found := lang.Load(name, read, standard)
	return program, found
}

// In the files of testdata what is found stands in a comment on its line:
//
//	clock.tik -> out // error OC203 ^tik^ actor "Clock" has no port "tik" | note 3: … | help: did you mean "tick"?
//
// with the words that it is about between the carets. "go test -update" writes
// the comments; read the difference before you commit it.
var comment = regexp.MustCompile(`\s*// (error|warning) OC\d{3} .*$`)

func TestCorpus(t *testing.T) {
	for _, file := range corpus(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, found := load(filepath.Base(file), string(text))
			want := annotate(filepath.Base(file), string(text), found)
			if want == string(text) {
				return
			}
			if *update {
				if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			t.Error(difference(string(text), want))
		})
	}
}

func corpus(t *testing.T) []string {
	files, err := filepath.Glob("testdata/*.actors")
	if err != nil || len(files) == 0 {
		t.Fatal("testdata has no programs", err)
	}
	return files
}

// annotate gives the text with the findings, and no others, in comments.
func annotate(name, text string, found diag.List) string {
	byLine := map[int]diag.List{}
	for _, d := range found {
		if d.Span.File == name {
			byLine[d.Span.Start.Line] = append(byLine[d.Span.Start.Line], d)
		}
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		line = comment.ReplaceAllString(line, "")
		list := byLine[i+1]
		slices.SortStableFunc(list, func(a, b diag.Diagnostic) int {
			return cmp.Compare(a.Span.Start.Offset, b.Span.Start.Offset)
		})
		for _, d := range list {
			line += " // " + spell(text, d)
		}
		lines[i] = line
	}
	return strings.Join(lines, "\n")
}

// spell writes a finding in one line.
func spell(text string, d diag.Diagnostic) string {
	words, rest, more := strings.Cut(text[d.Span.Start.Offset:d.Span.End.Offset], "\n")
	if more && rest != "" {
		words += "…"
	}
	s := fmt.Sprintf("%s %s ^%s^ %s", d.Severity, d.Code, comment.ReplaceAllString(words, ""), d.Message)
	for _, n := range d.Notes {
		s += " | note"
		if n.Span.File != d.Span.File && n.Span.File != "" {
			s += " " + n.Span.File
		}
		if n.Span.Start.Line > 0 {
			s += fmt.Sprintf(" %d", n.Span.Start.Line)
		}
		s += ": " + n.Message
	}
	if d.Hint != "" {
		s += " | help: " + d.Hint
	}
	return s
}

func difference(got, want string) string {
	var b strings.Builder
	a, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range a {
		if a[i] != w[i] {
			fmt.Fprintf(&b, "line %d says\n\t%s\nbut found was\n\t%s\n", i+1, strings.TrimSpace(a[i]), strings.TrimSpace(w[i]))
		}
	}
	return b.String()
}
