package build

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
)

// A GoError is what the Go compiler finds wrong with handlers, or with how
// the graph uses them.
type GoError struct {
	Diagnostics diag.List // with places in Go files, or in the graph
}

// Error gives a line for each finding.
func (e *GoError) Error() string {
	var lines []string
	for _, d := range e.Diagnostics {
		lines = append(lines, d.Span.String()+": "+d.Message)
	}
	return strings.Join(lines, "\n")
}

// explain makes an error of what the go command wrote when it failed.
func (b *builder) explain(out []byte, err error) error {
	if _, ok := errors.AsType[*exec.ExitError](err); !ok {
		return fmt.Errorf("building the handlers of %s: %w", b.program.File, err)
	}
	if found := b.findings(string(out)); len(found) > 0 {
		found.Sort()
		return &GoError{Diagnostics: found}
	}
	text := strings.TrimSpace(string(out))
	if strings.Contains(text, "pkg-config") || strings.Contains(text, "zmq.h") || strings.Contains(text, "C compiler") {
		text += "\nhandlers are linked with libzmq: building them needs libzmq 4.3.3 or newer with its headers, pkg-config and a C compiler; on Debian: apt-get install libzmq3-dev pkg-config gcc"
	}
	return fmt.Errorf("building the handlers of %s: %s", b.program.File, text)
}

// finding matches a line like "./guard.go:12:3: undefined: x".
var finding = regexp.MustCompile(`^(.+?\.(?:go|actors)):(\d+)(?::(\d+))?: (.*)$`)

// findings reads the compiler's lines. Those that begin with a tab go on with
// the one before.
func (b *builder) findings(out string) diag.List {
	var list diag.List
	for line := range strings.Lines(out) {
		line = strings.TrimRight(line, "\n")
		if rest, ok := strings.CutPrefix(line, "\t"); ok && len(list) > 0 {
			last := &list[len(list)-1]
			last.Message += " " + strings.TrimSpace(rest)
			continue
		}
		m := finding.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		row, _ := strconv.Atoi(m[2]) // digits, as the pattern says
		column, _ := strconv.Atoi(m[3])
		span := b.place(m[1], row, max(column, 1))
		if strings.HasSuffix(span.File, ".actors") {
			span = b.inGraph(span)
		}
		list.Errorf(codeGoCompiler, span, "the Go compiler says: %s", m[4])
	}
	return list
}

// inGraph gives the name in the graph that generated code was written for:
// the last one on the line that begins before the place. The compiler's
// column counts on from that in the //line directive.
func (b *builder) inGraph(at diag.Span) diag.Span {
	found := at
	for _, u := range units(b.program) {
		for _, a := range u.actors {
			for _, s := range spansOf(a) {
				if s.File == at.File && s.Start.Line == at.Start.Line && s.Start.Column <= at.Start.Column {
					found = s
				}
			}
		}
	}
	return found
}

// spansOf gives the places of an actor and its members.
func spansOf(a *model.Actor) []diag.Span {
	spans := []diag.Span{a.Span}
	for _, m := range membersOf(a, nil) {
		spans = append(spans, m.span)
	}
	return spans
}

// place gives a place that the go command named: paths as the user would
// write them, columns in runes.
func (b *builder) place(name string, row, column int) diag.Span {
	if !filepath.IsAbs(name) {
		name = filepath.Join(b.dir, filepath.FromSlash(name))
	}
	text, _ := os.ReadFile(name) // without its text the place is known all the same
	span := diag.Span{File: b.shown(name), Start: diag.Position{Line: row, Column: column}}
	span.End = span.Start
	for range row - 1 {
		_, rest, ok := bytes.Cut(text[span.Start.Offset:], []byte("\n"))
		if !ok {
			return span
		}
		span.Start.Offset = len(text) - len(rest)
	}
	line, _, _ := bytes.Cut(text[span.Start.Offset:], []byte("\n"))
	at := min(column-1, len(line))
	span.Start.Offset += at
	span.Start.Column = utf8.RuneCount(line[:at]) + 1
	n := wordLength(line[at:])
	span.End = diag.Position{Line: row, Column: span.Start.Column + utf8.RuneCount(line[at:at+n]), Offset: span.Start.Offset + n}
	return span
}

// wordLength is how long the word is that a line begins with; 1 for anything
// else.
func wordLength(line []byte) int {
	n := bytes.IndexFunc(line, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r < utf8.RuneSelf
	})
	if n < 0 {
		n = len(line)
	}
	return min(max(n, 1), len(line))
}

// shown spells a path as the program's own is; one outside of its module, in
// full.
func (b *builder) shown(name string) string {
	rel, err := filepath.Rel(b.dir, name)
	if err != nil || name != b.root && !within(name, b.root) {
		return name
	}
	return path.Join(folder(b.program), filepath.ToSlash(rel))
}
