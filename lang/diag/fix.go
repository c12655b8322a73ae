package diag

import (
	"cmp"
	"fmt"
	"slices"
)

// A Fix is a change of the sources that mends what a diagnostic is about. Its
// edits belong together: all of them or none.
type Fix struct {
	// Title says what is done, as an order: `write "tick"`.
	Title string `json:"title"`

	// Sure says that nobody needs to be asked: nothing else can have been
	// meant, and the result is right in this place.
	Sure bool `json:"sure"`

	// Edits do not overlap. They may be in several files, and in ones that do
	// not exist yet.
	Edits []Edit `json:"edits"`
}

// An Edit puts New in the place of what Span covers. An empty span inserts;
// an empty New deletes. A span without lines but with a file is that of a file
// that does not exist yet: New is all its text.
type Edit struct {
	Span Span   `json:"span"`
	New  string `json:"new"`
}

// Before gives the empty span at the start of s, where an edit inserts.
func (s Span) Before() Span { return Span{File: s.File, Start: s.Start, End: s.Start} }

// After gives the empty span at the end of s, where an edit inserts.
func (s Span) After() Span { return Span{File: s.File, Start: s.End, End: s.End} }

// Sure attaches a fix that may be applied without asking, and returns d.
func (d *Diagnostic) Sure(title string, edits ...Edit) *Diagnostic {
	d.Fixes = append(d.Fixes, Fix{Title: title, Sure: true, Edits: edits})
	return d
}

// Maybe attaches a fix that somebody has to choose, and returns d.
func (d *Diagnostic) Maybe(title string, edits ...Edit) *Diagnostic {
	d.Fixes = append(d.Fixes, Fix{Title: title, Edits: edits})
	return d
}

// Apply makes those of edits that are in the given file. It gives an error if
// they overlap or reach beyond the text: then src is not what was checked. Two
// insertions at one place come in their order.
func Apply(file string, src []byte, edits []Edit) ([]byte, error) {
	var here []Edit
	for _, e := range edits {
		if e.Span.File == file {
			here = append(here, e)
		}
	}
	slices.SortStableFunc(here, func(a, b Edit) int {
		return cmp.Or(cmp.Compare(a.Span.Start.Offset, b.Span.Start.Offset), cmp.Compare(a.Span.End.Offset, b.Span.End.Offset))
	})
	var out []byte
	at := 0
	for _, e := range here {
		start, end := e.Span.Start.Offset, e.Span.End.Offset
		if start < at || end < start || end > len(src) {
			return nil, fmt.Errorf("%s: an edit of the bytes %d to %d does not fit", file, start, end)
		}
		out = append(append(out, src[at:start]...), e.New...)
		at = end
	}
	return append(out, src[at:]...), nil
}
