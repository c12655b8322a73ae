package lsp

import (
	"context"
	"fmt"
	"strings"

	"go.lsp.dev/protocol"

	"github.com/ilpomo/opencore/internal/filter"
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/syntax"
)

// Hover says what stands at a place: how it is declared and what it is for,
// or what a word of the language means.
func (r *request) Hover(ctx context.Context, p *protocol.HoverParams) (*protocol.Hover, error) {
	at, err := r.place(ctx, p.TextDocument.URI, p.Position)
	if at == nil {
		return nil, err
	}
	if all := at.allNamed(); len(all) > 0 {
		where := at.text.span(all[0].span)
		return hover(at.aboutAll(all), &where), nil
	}
	word, start, end := wordAt(at.text.src, at.offset)
	if word == "" {
		return nil, nil
	}
	about := keywordDoc(word, syntax.At(at.text.src, end))
	if at.quotes(word, start) {
		about = exprDoc(word)
	}
	if about == "" {
		return nil, nil
	}
	where := at.text.between(start, end)
	return hover(about, &where), nil
}

func hover(markdown string, at *protocol.Range) *protocol.Hover {
	return &protocol.Hover{Contents: &protocol.MarkupContent{Kind: protocol.MarkupKindMarkdown, Value: markdown}, Range: at}
}

// wordAt gives the word that an offset is in or at the end of.
func wordAt(src string, offset int) (word string, start, end int) {
	inWord := func(c byte) bool {
		return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
	}
	start, end = offset, offset
	for start > 0 && inWord(src[start-1]) {
		start--
	}
	for end < len(src) && inWord(src[end]) {
		end++
	}
	return src[start:end], start, end
}

// maxMeanings bounds how much is shown of a name in a component that is used for
// many messages.
const maxMeanings = 4

// aboutAll says what a name means, in Markdown.
func (p *place) aboutAll(all []use) string {
	var list []string
	for _, u := range all[:min(len(all), maxMeanings)] {
		list = append(list, p.about(u))
	}
	return strings.Join(list, "\n\n---\n\n")
}

// about says what a use means, in Markdown.
func (p *place) about(u use) string {
	s := u.symbol
	var b strings.Builder
	fence(&b, p.head(s))
	if s.owner != nil {
		fmt.Fprintf(&b, "%s of %s `%s`\n\n", kindWords[s.kind], kindWords[s.owner.kind], s.owner.qualified())
	}
	prose(&b, s.doc)
	switch s.kind {
	case aPackage:
		p.summary(&b, s)
	case anInstance:
		if actor := p.meanings().actorOf(s); actor != nil {
			prose(&b, actor.doc)
			p.types(&b, s)
		}
	case aPort:
		if port, ok := s.node.(*syntax.Port); ok && port.Pattern != nil {
			prose(&b, words[port.Pattern.Text])
		}
		p.resolved(&b, u)
	}
	return strings.TrimSpace(b.String())
}

// summary says what a package is about, as its first line does, and what it
// has.
func (p *place) summary(b *strings.Builder, pack *symbol) {
	if t := p.texts[pack.whole.File]; t != nil {
		_, about, _ := strings.Cut(t.line(0), ": ")
		prose(b, about)
	}
	for _, s := range p.meanings().packs[pack.name].list {
		fmt.Fprintf(b, "- %s `%s`\n", kindWords[s.kind], s.qualified())
	}
}

// resolved says what a port with the type of a parameter carries at the
// instance that it is named at, and which fields that has.
func (p *place) resolved(b *strings.Builder, u use) {
	port, ok := u.symbol.node.(*syntax.Port)
	if !ok {
		fence(b, layout(schema.Rejected))
		return
	}
	var i *syntax.Instance
	if s := p.before(u); s != nil {
		i, _ = s.node.(*syntax.Instance)
	}
	n := p.meanings()
	for _, t := range []*syntax.Type{port.Type, port.Reply, port.Receives} {
		if m := n.carried(n.spaceOf(u.symbol.span.File), u.symbol.owner, i, t); m != nil {
			fence(b, layout(m))
		}
	}
}

// types says what the type parameters of an instance are.
func (p *place) types(b *strings.Builder, instance *symbol) {
	node, ok := instance.node.(*syntax.Instance)
	if !ok || p.Index == nil {
		return
	}
	types := p.Index.Types(node)
	for _, t := range p.meanings().actorOf(instance).all(aTypeParam) {
		if m := types[t.name]; m != nil {
			fmt.Fprintf(b, "`%s` is `%s`\n\n", t.name, m.Name)
		}
	}
}

// layout spells a message with its fields.
func layout(m *schema.Message) string {
	var b strings.Builder
	fmt.Fprintf(&b, "message %s {\n", m.Name)
	for _, f := range m.Fields {
		fmt.Fprintf(&b, "  %s %s\n", f.Name, typeText(f.Type))
	}
	return b.String() + "}"
}

// typeText spells a type: an enum by its name.
func typeText(t *schema.Type) string {
	if t == nil {
		return ""
	}
	if t.Kind == schema.Enum && t.Enum.Name != "" {
		if t.Optional {
			return t.Enum.Name + "?"
		}
		return t.Enum.Name
	}
	return t.String()
}

func fence(b *strings.Builder, code string) {
	if code != "" {
		fmt.Fprintf(b, "```actors\n%s\n```\n\n", code)
	}
}

func prose(b *strings.Builder, text string) {
	if text != "" {
		fmt.Fprintf(b, "%s\n\n", text)
	}
}

// maxHead bounds how many lines of a declaration are shown.
const maxHead = 30

// head spells how a symbol is declared.
func (p *place) head(s *symbol) string {
	switch s.kind {
	case aPackage:
		return "// the package " + s.name + " of the standard library"
	case aPort:
		if s.node == nil {
			return "push rejected Rejected"
		}
	case aMessage:
		if s.node == nil {
			return layout(schema.Rejected)
		}
	case aTypeParam:
		return "<" + s.name + ">"
	}
	span := s.whole
	if g, ok := s.node.(*syntax.Graph); ok && g.Name != nil {
		span = upTo(span, g.Statements.Span())
	}
	code := p.source(span)
	if s.pack != "" {
		code = strings.Replace(code, " "+s.name, " "+s.qualified(), 1)
	}
	lines := strings.Split(code, "\n")
	if len(lines) > maxHead {
		lines = append(lines[:maxHead], "…")
	}
	return strings.Join(lines, "\n")
}

func upTo(s, end diag.Span) diag.Span {
	if !end.IsZero() {
		s.End = end.Start
	}
	return s
}

// source gives the text of a span, without its doc comments.
func (p *place) source(s diag.Span) string {
	t := p.texts[s.File]
	if t == nil || s.End.Offset > len(t.src) || s.Start.Offset > s.End.Offset {
		return ""
	}
	var lines []string
	for line := range strings.SplitSeq(t.src[s.Start.Offset:s.End.Offset], "\n") {
		bare := strings.TrimSpace(line)
		if strings.HasPrefix(bare, "//") || bare == "" {
			continue
		}
		lines = append(lines, strings.TrimRight(line, " \t\r"))
	}
	return strings.Join(lines, "\n")
}

// quotes reports whether a word of the file is one of an expression in quotes.
func (p *place) quotes(word string, start int) bool {
	for span, known := range p.meanings().quotedWords {
		if span.File == p.file && span.Start.Offset == start && known == word {
			return true
		}
	}
	return false
}

// exprDoc says what a word of expressions means; "" if it means nothing.
func exprDoc(word string) string {
	if usage := filter.Usage(word); usage != "" {
		return "```actors\n" + usage + "\n```\n\n" + functionDocs[word]
	}
	return exprDocs[word]
}

// keywordDoc says what a word of the language means where it stands; "" if it
// means nothing there.
func keywordDoc(word string, at syntax.Cursor) string {
	switch {
	case at.InComment, at.InString:
		return ""
	case at.InExpr:
		return exprDoc(word)
	case word == "in" && len(at.Around) > 0 && at.Around[len(at.Around)-1].Items == syntax.Statements:
		return periodDoc
	}
	return words[word]
}
