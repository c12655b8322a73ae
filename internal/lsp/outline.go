package lsp

import (
	"context"
	"slices"
	"strings"

	"go.lsp.dev/protocol"

	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/syntax"
)

var symbolKinds = map[symbolKind]protocol.SymbolKind{
	aMessage: protocol.SymbolKindStruct, aField: protocol.SymbolKindField, anEnum: protocol.SymbolKindEnum,
	aValue: protocol.SymbolKindEnumMember, aConst: protocol.SymbolKindConstant, aFilter: protocol.SymbolKindFunction,
	anActor: protocol.SymbolKindClass, aGraph: protocol.SymbolKindModule, aParam: protocol.SymbolKindProperty,
	aPort: protocol.SymbolKindInterface, aTypeParam: protocol.SymbolKindTypeParameter,
	anInstance: protocol.SymbolKindObject, aPackage: protocol.SymbolKindPackage,
}

// DocumentSymbol outlines a file: what it declares, each with its parts.
func (r *request) DocumentSymbol(ctx context.Context, p *protocol.DocumentSymbolParams) (protocol.DocumentSymbolResult, error) {
	list := protocol.DocumentSymbolSlice{}
	at, err := r.program(ctx, p.TextDocument.URI)
	if at == nil {
		return list, err
	}
	return append(list, at.outline(at.meanings().spaceOf(at.file).list)...), nil
}

func (p *place) outline(symbols []*symbol) []protocol.DocumentSymbol {
	var list []protocol.DocumentSymbol
	for _, s := range symbols {
		if s.name == "" || s.span.File != p.file || s.kind == aTypeParam {
			continue
		}
		whole := s.whole // of a broken item it may end before its name does
		if whole.End.Offset < s.span.End.Offset || whole.Start.Offset > s.span.Start.Offset {
			whole = s.span
		}
		list = append(list, protocol.DocumentSymbol{
			Name: s.name, Detail: new(detail(s)), Kind: symbolKinds[s.kind],
			Range: p.text.span(whole), SelectionRange: p.text.span(s.span), Children: p.outline(s.parts),
		})
	}
	return list
}

// maxSymbols bounds how many symbols of a folder are told at once.
const maxSymbols = 500

// Symbols finds declarations by a part of their names, in all programs that
// are open or in the folders that people work in. It reads them and no more.
func (r *request) Symbols(ctx context.Context, p *protocol.WorkspaceSymbolParams) (protocol.WorkspaceSymbolResult, error) {
	list := protocol.SymbolInformationSlice{}
	query := strings.ToLower(p.Query)
	programs, _ := r.everyProgram()
	for _, name := range programs {
		data, err := r.view.read(name)
		switch {
		case ctx.Err() != nil:
			return nil, protocol.ErrRequestCancelled
		case len(list) >= maxSymbols:
			return list, nil
		case err != nil:
			continue // it has gone meanwhile
		}
		t := newText(string(data), r.view.enc)
		for _, s := range declarations(name, data) {
			if len(list) < maxSymbols && s.name != "" && strings.Contains(strings.ToLower(s.name), query) {
				list = append(list, protocol.SymbolInformation{
					BaseSymbolInformation: protocol.BaseSymbolInformation{Name: s.name, Kind: symbolKinds[s.kind]},
					Location:              protocol.Location{URI: r.view.uri(name), Range: t.span(s.span)},
				})
			}
		}
	}
	return list, nil
}

// declarations gives what a file declares.
func declarations(name string, data []byte) []*symbol {
	tree, _ := syntax.Parse(name, data)
	n := &names{own: newSpace(""), uses: map[string][]use{}, homes: map[any]*symbol{}}
	n.declareFile(n.own, tree)
	return n.own.list
}

// FoldingRanges gives what can be folded: declarations, and what else goes over
// lines in them.
func (r *request) FoldingRanges(ctx context.Context, p *protocol.FoldingRangeParams) ([]protocol.FoldingRange, error) {
	list := []protocol.FoldingRange{}
	at, err := r.program(ctx, p.TextDocument.URI)
	if at == nil {
		return list, err
	}
	fold := func(s diag.Span) {
		if s.File == at.file && s.End.Line > s.Start.Line+1 {
			list = append(list, protocol.FoldingRange{StartLine: uint32(s.Start.Line - 1), EndLine: uint32(s.End.Line - 2)})
		}
	}
	for _, s := range at.meanings().spaceOf(at.file).list {
		fold(s.whole)
		for _, part := range s.parts {
			fold(part.whole)
		}
		if g, ok := s.node.(*syntax.Graph); ok {
			for _, w := range g.Statements.Items {
				if w, ok := w.(*syntax.Wire); ok {
					fold(w.Span())
				}
			}
		}
	}
	return list, nil
}

// The legend of semantic tokens: what a number means.
var (
	tokenTypes     = []string{"struct", "property", "enum", "enumMember", "variable", "function", "class", "namespace", "parameter", "interface", "typeParameter"}
	tokenModifiers = []string{"declaration", "defaultLibrary"}
)

var tokenOf = map[symbolKind]string{
	aMessage: "struct", aField: "property", anEnum: "enum", aValue: "enumMember", aConst: "variable", aFilter: "function",
	anActor: "class", aGraph: "class", aParam: "parameter", aPort: "interface", aTypeParam: "typeParameter",
	anInstance: "variable", aPackage: "namespace",
}

const (
	declares uint32 = 1 << iota
	isStandard
)

// SemanticTokensFull says of each name in a file what it means. Words of the
// language and literals are for the editor's grammar.
func (r *request) SemanticTokensFull(ctx context.Context, p *protocol.SemanticTokensParams) (*protocol.SemanticTokens, error) {
	at, err := r.program(ctx, p.TextDocument.URI)
	if at == nil {
		return &protocol.SemanticTokens{Data: []uint32{}}, err
	}
	return &protocol.SemanticTokens{Data: at.tokens(0, len(at.text.src))}, nil
}

// SemanticTokensRange is SemanticTokensFull for what people see.
func (r *request) SemanticTokensRange(ctx context.Context, p *protocol.SemanticTokensRangeParams) (*protocol.SemanticTokens, error) {
	at, err := r.program(ctx, p.TextDocument.URI)
	if at == nil {
		return &protocol.SemanticTokens{Data: []uint32{}}, err
	}
	return &protocol.SemanticTokens{Data: at.tokens(at.text.offset(p.Range.Start), at.text.offset(p.Range.End))}, nil
}

func (p *place) tokens(start, end int) []uint32 {
	data := []uint32{}
	var last protocol.Position
	behind := 0
	for _, u := range p.meanings().uses[p.file] {
		from, to := u.span.Start.Offset, u.span.End.Offset
		if from < max(start, behind) || to > end || from >= to {
			continue // outside, or one that was read twice around a bracket that is missing
		}
		at := p.text.span(u.span)
		if at.Start.Line != at.End.Line {
			continue
		}
		line, column := at.Start.Line-last.Line, at.Start.Character
		if line == 0 {
			column -= last.Character
		}
		data = append(data, line, column, at.End.Character-at.Start.Character, uint32(slices.Index(tokenTypes, tokenOf[u.symbol.kind])), modifiers(u))
		last, behind = at.Start, to
	}
	return data
}

func modifiers(u use) uint32 {
	var m uint32
	if u.declares {
		m |= declares
	}
	if s := u.symbol; s.pack != "" || s.kind == aPackage || s.owner != nil && s.owner.pack != "" || s.span.IsZero() {
		m |= isStandard
	}
	return m
}
