package build

import (
	"path"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
)

// messagesOf reads messages from lines like "Quake: id string, felt int?", in
// which one may use those above it.
func messagesOf(t testing.TB, text string) []*schema.Message {
	t.Helper()
	var list []*schema.Message
	find := func(name string) *schema.Message {
		for _, m := range list {
			if m.Name == name {
				return m
			}
		}
		return nil
	}
	for line := range strings.Lines(text) {
		name, fields, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok {
			continue
		}
		m := &schema.Message{Name: name}
		list = append(list, m) // it may contain itself
		for field := range strings.SplitSeq(fields, ";") {
			field, spelled, _ := strings.Cut(strings.TrimSpace(field), " ")
			if field == "" {
				continue
			}
			typ, err := schema.Parse(spelled, find)
			if err != nil {
				t.Fatal(err)
			}
			m.Fields = append(m.Fields, schema.Field{Name: field, Type: typ})
		}
	}
	return list
}

// programOf makes a program of messages, with the enums that they use.
func programOf(t testing.TB, file, messages string) *model.Program {
	p := &model.Program{File: file, Name: strings.TrimSuffix(path.Base(file), ".actors")}
	seen := map[string]bool{}
	for _, m := range messagesOf(t, messages) {
		p.Messages = append(p.Messages, &model.Message{Message: m, FieldSpans: make([]diag.Span, len(m.Fields))})
		for _, f := range m.Fields {
			for typ := f.Type; typ != nil; typ = typ.Elem {
				if typ.Enum != nil && typ.Enum.Name != "" && !seen[typ.Enum.Name] {
					seen[typ.Enum.Name] = true
					p.Enums = append(p.Enums, &model.Enum{EnumType: typ.Enum})
				}
			}
		}
	}
	return p
}
