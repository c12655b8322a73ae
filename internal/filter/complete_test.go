package filter

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/internal/schema"
)

func wroteScope() *Scope {
	alert := &schema.EnumType{Name: "Alert", Values: []string{"green", "red"}}
	item := &schema.Message{Name: "Item", Fields: []schema.Field{{Name: "price", Type: typeFloat}, {Name: "level", Type: &schema.Type{Kind: schema.Enum, Enum: alert}}}}
	record := &schema.Type{Kind: schema.Record, Message: item}
	return &Scope{
		Message: &schema.Message{Name: "Order", Fields: []schema.Field{
			{Name: "id", Type: typeString}, {Name: "alert", Type: &schema.Type{Kind: schema.Enum, Enum: alert, Optional: true}},
			{Name: "first", Type: record}, {Name: "items", Type: &schema.Type{Kind: schema.List, Elem: record}},
		}},
		Names: map[string]Name{"limit": {Type: typeFloat}},
		Topic: true,
	}
}

func TestParts(t *testing.T) {
	for source, want := range map[string]string{
		`first.price > limit`:            "first:field price:field limit:name",
		`alert == red && id == "red"`:    "alert:field red:value id:field",
		`alert in [red, "green", blue]`:  "alert:field in:op red:value green:value blue:?",
		`red == first.level`:             "red:value first:field level:field",
		`any(items, .price > 3)`:         "any:call items:field price:field",
		`any(items, .level == red`:       "any:call items:field level:field red:value",
		`items[0].level != green`:        "items:field level:field green:value",
		`not (topic startsWith "a") and`: "not:op topic:topic startsWith:op and:op",
		`first.pric > `:                  "first:field pric:?",
		`"open`:                          "",
	} {
		var got []string
		for _, p := range Parts(source, wroteScope()) {
			if source[p.Start:p.End] != p.Name {
				t.Errorf("%s: %q stands at %d to %d", source, p.Name, p.Start, p.End)
			}
			got = append(got, fmt.Sprintf("%s:%s", p.Name, [...]string{"field", "name", "topic", "value", "call", "op", "?"}[p.Kind]))
		}
		if got := strings.Join(got, " "); got != want {
			t.Errorf("%s:\n got %s\nwant %s", source, got, want)
		}
	}
}

func TestComplete(t *testing.T) {
	for source, want := range map[string]string{
		``:                    "alert first id items limit topic abs",
		`fir`:                 "alert first id items limit topic abs",
		`first.`:              "level price",
		`first.pr`:            "level price",
		`id `:                 "== != contains startsWith endsWith matches in < <= > >= + && ||",
		`alert `:              "== != in && || ??",
		`alert == `:           "alert first id items limit topic green",
		`alert == r`:          "alert first id items limit topic green",
		`alert in [green, `:   "alert first id items limit topic green",
		`any(items, .`:        "level price",
		`any(items, .level =`: "alert first id items limit topic green",
		`first.price > 3 && `: "alert first id items limit topic abs",
		`"text`:               "alert first id items limit topic abs",
	} {
		var got []string
		for _, o := range Complete(source, wroteScope()) {
			got = append(got, o.Name)
		}
		if got := strings.Join(got, " "); !strings.HasPrefix(got, want) || strings.HasSuffix(want, "||") && got != want {
			t.Errorf("%q:\n got %s\nwant %s", source, got, want)
		}
	}
}

func FuzzParts(f *testing.F) {
	for _, s := range []string{`any(items, .price > 3)`, `items[0].level != "red"`, `)`, `a.b.[`, `# .x`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		for _, p := range Parts(source, wroteScope()) {
			if p.Start < 0 || p.End > len(source) || p.Start > p.End {
				t.Errorf("%q: a part from %d to %d", source, p.Start, p.End)
			}
		}
		Complete(source, wroteScope())
	})
}
