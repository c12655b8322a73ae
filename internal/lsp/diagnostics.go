package lsp

import (
	"context"
	"maps"
	"slices"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/ilpomo/opencore/lang/diag"
)

// pages is where people read what a code means.
const pages = "https://github.com/ilpomo/opencore/blob/main/lang/diag/pages/"

// A publisher tells the client what is wrong with its programs.
type publisher struct {
	*server
	shown map[string]bool // files with findings that the client shows
}

func newPublisher(s *server) *publisher { return &publisher{server: s, shown: map[string]bool{}} }

// run publishes until ctx ends, and waits then for what was begun aside. While
// it looks at one view others may come: then what it finds is old, and it says
// nothing but goes on with the newest.
func (p *publisher) run(ctx context.Context) {
	defer p.side.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.wake:
		}
		if v := p.newest(); v.enc != "" {
			p.guarded("publishing diagnostics", func() { p.publish(ctx, v) })
		}
	}
}

func (p *publisher) publish(ctx context.Context, v *view) {
	if found, ok := p.examine(ctx, v); ok {
		p.tell(ctx, v, found)
		p.aside(func() { p.guarded("looking at names", func() { p.prepare(v) }) })
	}
}

// guarded does something in which a bug must not end the server.
func (s *server) guarded(what string, do func()) {
	defer func() {
		if p := recover(); p != nil {
			s.bug(what, p)
		}
	}()
	do()
}

// prepare finds out what the names of the open programs mean, before somebody
// asks.
func (p *publisher) prepare(v *view) {
	for _, root := range p.roots(v) {
		if a := p.last(root); a.fits(v) {
			a.meanings()
		}
	}
}

// A report is what is wrong with a file.
type report []protocol.Diagnostic

// examine looks at all open programs. It is not ok if there is no use in what
// it found.
func (p *publisher) examine(ctx context.Context, v *view) (found map[string]report, ok bool) {
	found = map[string]report{}
	for name := range v.open {
		if isProgram(name) {
			found[name] = report{}
		}
	}
	for _, root := range p.roots(v) {
		a, err := p.analysis(ctx, v, root)
		if err != nil || !sameRoots(v, p.newest()) {
			return nil, false
		}
		for _, d := range a.Found {
			if file := p.shownAs(d.Span.File); file != "" {
				found[file] = p.add(found[file], v, a, d)
			}
		}
	}
	return found, true
}

// tell publishes what was found, and takes back what is no longer so.
func (p *publisher) tell(ctx context.Context, v *view, found map[string]report) {
	for name := range p.shown {
		if _, ok := found[name]; !ok {
			found[name] = report{}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		list := found[name]
		d := v.open[name]
		if len(list) == 0 && d == nil && !p.shown[name] {
			continue
		}
		params := &protocol.PublishDiagnosticsParams{URI: v.uri(name), Diagnostics: list}
		if d != nil {
			params.Version = protocol.NewOptional(d.version)
		}
		if err := p.client.PublishDiagnostics(ctx, params); err != nil && ctx.Err() == nil {
			p.Log.Warn("diagnostics could not be told", "error", err)
		}
		if p.shown[name] = len(list) > 0; !p.shown[name] {
			delete(p.shown, name)
		}
	}
}

// add adds a finding to those of its file, once: what is wrong with an
// imported file is found by all that import it.
func (p *publisher) add(list report, v *view, a *analysis, d diag.Diagnostic) report {
	one := p.diagnostic(v, a, d)
	for _, other := range list {
		if other.Range == one.Range && other.Code == one.Code && other.Message == one.Message {
			return list
		}
	}
	return append(list, one)
}

// diagnostic makes the client's form of a finding.
func (s *server) diagnostic(v *view, a *analysis, d diag.Diagnostic) protocol.Diagnostic {
	message := d.Message
	var related []protocol.DiagnosticRelatedInformation
	for _, n := range d.Notes {
		if at, ok := s.location(v, a, n.Span); ok {
			related = append(related, protocol.DiagnosticRelatedInformation{Location: at, Message: n.Message})
		} else {
			message += "\nnote: " + n.Message
		}
	}
	if d.Hint != "" {
		message += "\nhelp: " + d.Hint
	}
	severity := protocol.DiagnosticSeverityError
	if d.Severity == diag.Warning {
		severity = protocol.DiagnosticSeverityWarning
	}
	return protocol.Diagnostic{
		Range: s.rangeOf(v, a, d.Span), Severity: severity, Code: protocol.String(d.Code),
		CodeDescription: protocol.CodeDescription{Href: uri.URI(pages + string(d.Code) + ".md")},
		Source:          protocol.NewOptional("opencore"), Message: protocol.String(message), RelatedInformation: related,
	}
}

// rangeOf gives where a span is; the beginning of the file where that is not
// known.
func (s *server) rangeOf(v *view, a *analysis, span diag.Span) protocol.Range {
	t := a.text(v, span.File)
	if t == nil || span.Start.Line == 0 {
		return protocol.Range{}
	}
	return t.span(span)
}

// location gives where a span is; not ok if it is nowhere.
func (s *server) location(v *view, a *analysis, span diag.Span) (protocol.Location, bool) {
	file := s.shownAs(span.File)
	if file == "" || span.Start.Line == 0 {
		return protocol.Location{}, false
	}
	return protocol.Location{URI: v.uri(file), Range: s.rangeOf(v, a, span)}, true
}

// bug logs a panic.
func (s *server) bug(doing string, p any) {
	s.Log.Error("a bug", "doing", doing, "panic", p, "stack", stack())
}
