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
