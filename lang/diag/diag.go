// Package diag describes what is wrong with a user's program: a diagnostic
// has a code, the exact words it is about, notes and a hint. It renders lists
// of them as text and as JSON. It knows nothing of the language itself; read
// [Diagnostic] first.
package diag

import (
	"cmp"
	"fmt"
	"slices"
)

// A Position is a place in a source file. Line and Column count from 1,
// Column in runes; Offset counts bytes from 0.
type Position struct {
	Line   int `json:"line"`
	Column int `json:"column"`
	Offset int `json:"offset"`
}

// A Span is a half-open range [Start, End) of one source file. File is the
// path as the user would write it.
type Span struct {
	File  string   `json:"file"`
	Start Position `json:"start"`
	End   Position `json:"end"`
}

// IsZero reports whether the span says no place at all.
func (s Span) IsZero() bool { return s.File == "" && s.Start.Line == 0 }

// String gives the start as file:line:column.
func (s Span) String() string {
	if s.Start.Line == 0 {
		return s.File
	}
	return fmt.Sprintf("%s:%d:%d", s.File, s.Start.Line, s.Start.Column)
}

// To gives the span that reaches from the start of s to the end of t.
func (s Span) To(t Span) Span { return Span{File: s.File, Start: s.Start, End: t.End} }

// Severity tells whether a program with this finding may run.
type Severity string

// The severities. Only Error keeps a program from running.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// A Note adds a second place, or a fact without a place, to a diagnostic.
type Note struct {
	Span    Span   `json:"span,omitzero"`
	Message string `json:"message"`
}

// A Diagnostic is one finding about the user's program. Message is in the
// user's words: lower case, names in quotes, no full stop. Hint is empty
// unless it is sure to help. Fixes are what can be done about it, the likeliest
// first.
type Diagnostic struct {
	Severity Severity `json:"severity"`
	Code     Code     `json:"code"`
	Span     Span     `json:"span"`
	Message  string   `json:"message"`
	Notes    []Note   `json:"notes,omitempty"`
	Hint     string   `json:"hint,omitempty"`
	Fixes    []Fix    `json:"fixes,omitempty"`
}

// A List collects findings in any order; Sort brings them into the order in
// which a reader meets their places.
type List []Diagnostic

// Errorf adds an error and gives a pointer to it, valid until the next
// addition, so that the caller can attach notes and a hint.
func (l *List) Errorf(code Code, span Span, format string, args ...any) *Diagnostic {
	return l.add(Error, code, span, format, args)
}

// Warnf adds a warning; see [List.Errorf].
func (l *List) Warnf(code Code, span Span, format string, args ...any) *Diagnostic {
	return l.add(Warning, code, span, format, args)
}

func (l *List) add(severity Severity, code Code, span Span, format string, args []any) *Diagnostic {
	*l = append(*l, Diagnostic{Severity: severity, Code: code, Span: span, Message: fmt.Sprintf(format, args...)})
	return &(*l)[len(*l)-1]
}

// Note attaches a note to d and returns d.
func (d *Diagnostic) Note(span Span, format string, args ...any) *Diagnostic {
	d.Notes = append(d.Notes, Note{Span: span, Message: fmt.Sprintf(format, args...)})
	return d
}

// Help sets the hint of d and returns d.
func (d *Diagnostic) Help(format string, args ...any) *Diagnostic {
	d.Hint = fmt.Sprintf(format, args...)
	return d
}

// HasErrors reports whether any finding is an error.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d Diagnostic) bool { return d.Severity == Error })
}

// Sort orders the list by file, place and code.
func (l List) Sort() {
	slices.SortStableFunc(l, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Span.File, b.Span.File),
			cmp.Compare(a.Span.Start.Offset, b.Span.Start.Offset),
			cmp.Compare(a.Code, b.Code),
		)
	})
}
