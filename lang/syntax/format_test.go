package syntax

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestFormat lays out the sources of testdata/format.txt; each is followed by
// what is to come of it.
func TestFormat(t *testing.T) {
	const file = "testdata/format.txt"
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range archive.Files {
		source, want, _ := strings.Cut(string(f.Data), "----\n")
		got, problems := Format(f.Name, []byte(source))
		if len(problems) > 0 {
			t.Errorf("%s: %v", f.Name, problems)
		}
		if string(got) != want && !*update {
			t.Errorf("%s: got\n%swant\n%s", f.Name, got, want)
		}
		checkFormat(t, source)
		archive.Files[i].Data = []byte(source + "----\n" + string(got))
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFormatKeeps demands that well laid out files stay as they are.
func TestFormatKeeps(t *testing.T) {
	src, err := os.ReadFile("testdata/quakes.actors")
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := Format("quakes.actors", src); !bytes.Equal(got, src) {
		t.Errorf("got\n%s", got)
	}
}

func TestFormatRefuses(t *testing.T) {
	got, problems := Format("a.actors", []byte("message {"))
	if got != nil || !problems.HasErrors() {
		t.Errorf("got %q and %v", got, problems)
	}
}

// checkFormat demands of any source that can be formatted that its tree and
// its comments stay as they were, and that formatting again changes nothing.
func checkFormat(t *testing.T, source string) {
	t.Helper()
	tree, problems := Parse("a", []byte(source))
	once, refused := Format("a", []byte(source))
	if problems.HasErrors() != refused.HasErrors() {
		t.Fatalf("Parse says %v, Format %v of %q", problems, refused, source)
	}
	if refused.HasErrors() {
		return
	}
	again, problems := Format("a", once)
	if problems.HasErrors() {
		t.Fatalf("%q became %q, which has %v", source, once, problems)
	}
	if !bytes.Equal(once, again) {
		t.Fatalf("%q became %q and then %q", source, once, again)
	}
	formatted, _ := Parse("a", once)
	if a, b := dump(tree), dump(formatted); a != b {
		t.Fatalf("%q became %q, the tree\n%s became\n%s", source, once, a, b)
	}
	if a, b := comments(source), comments(string(once)); a != b {
		t.Fatalf("%q became %q, comments %q became %q", source, once, a, b)
	}
}

// comments gives the text of all comments but those in expressions, which the
// tree has.
func comments(source string) string {
	var b strings.Builder
	for _, c := range scan("a", []byte(source)).comments {
		fmt.Fprintln(&b, c.text)
	}
	return b.String()
}

// dump writes a tree without places.
func dump(f *File) string {
	var b strings.Builder
	dumpValue(&b, reflect.ValueOf(f.Decls), "")
	return b.String()
}

func dumpValue(b *strings.Builder, v reflect.Value, indent string) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			fmt.Fprintln(b, "nil")
			return
		}
		dumpValue(b, v.Elem(), indent)
	case reflect.Slice:
		fmt.Fprintln(b)
		for i := range v.Len() {
			fmt.Fprintf(b, "%s- ", indent)
			dumpValue(b, v.Index(i), indent+"  ")
		}
	case reflect.Struct:
		dumpStruct(b, v, indent)
	case reflect.String:
		fmt.Fprintf(b, "%q\n", v.String())
	default:
		fmt.Fprintf(b, "%v\n", v)
	}
}

func dumpStruct(b *strings.Builder, v reflect.Value, indent string) {
	fmt.Fprintln(b, v.Type().Name())
	if e, ok := v.Interface().(Expr); ok {
		fmt.Fprintf(b, "%s%q\n", indent, indentExpr(e.Source, ""))
		return
	}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if field.Type == reflect.TypeFor[Node]() || field.Type == reflect.TypeFor[[]lexer.Token]() || !field.IsExported() {
			continue
		}
		fmt.Fprintf(b, "%s%s: ", indent, field.Name)
		dumpValue(b, v.Field(i), indent+"  ")
	}
}

func FuzzFormat(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, source string) { checkFormat(t, source) })
}

// addSeeds adds the files and transcripts of testdata.
func addSeeds(f *testing.F) {
	files, err := filepath.Glob("testdata/*.actors")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src))
	}
	for _, file := range []string{"testdata/problems.txt", "testdata/format.txt"} {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, a := range archive.Files {
			source, _, _ := strings.Cut(string(a.Data), "----\n")
			f.Add(source)
		}
	}
}
