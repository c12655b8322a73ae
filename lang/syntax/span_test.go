package syntax

import "testing"

// A bracket that the scanner had to put in is no part of the source.
func TestSpanOfWhatIsNotClosed(t *testing.T) {
	src := "graph main {\n  m = flow.Map(fields: {title: 1"
	f, _ := Parse("x.actors", []byte(src))
	g, ok := f.Decls[0].(*Graph)
	if !ok {
		t.Fatalf("%T", f.Decls[0])
	}
	for _, s := range g.Statements.Items {
		if end := s.Span().End.Offset; end > len(src) {
			t.Errorf("the span of a statement ends at %d of %d bytes", end, len(src))
		}
	}
	if end := g.Span().End.Offset; end > len(src) {
		t.Errorf("the span of the graph ends at %d of %d bytes", end, len(src))
	}
}

// Parts of a string have places of their own, unless escapes are in the way.
func TestPartOfAString(t *testing.T) {
	src := "const a = `x\nü > y`\nconst b = \"\\\"x\\\" > y\"\n"
	f, found := Parse("x.actors", []byte(src))
	if len(found) > 0 {
		t.Fatal(found)
	}
	for i, want := range []string{"y", `"\"x\" > y"`} {
		s, ok := f.Decls[i].(*Const).Value.(*String)
		if !ok {
			t.Fatalf("%T", f.Decls[i])
		}
		at := len(s.Value) - 1
		span := s.At(at, at+1)
		if got := src[span.Start.Offset:span.End.Offset]; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if i == 0 && (span.Start.Line != 2 || span.Start.Column != 5) {
			t.Errorf("its place is %v", span.Start)
		}
	}
}
