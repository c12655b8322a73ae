package filter

import (
	"os"
	"strings"
	"testing"
	"time"
)

var leg = message("Leg", []string{"from", "string", "km", "float", "stops", "[string]", "note", "string?"})

var quake = message("Quake", []string{
	"id", "string", "mag", "float", "place", "string", "at", "time", "took", "duration", "felt", "int?", "count", "int",
	"alert", "enum Alert(green, yellow, orange, red)?", "level", "enum(low, high)", "depth", "float?", "ok", "bool", "checked", "bool?",
	"tags", "[string]", "marks", "[int?]", "sizes", "[float]?", "legs", "[Leg]", "first", "Leg", "last", "Leg?",
	"attrs", "{string: string}", "counts", "{string: int}", "gaps", "{string: float?}", "paths", "{string: Leg}",
	"raw", "bytes", "other", "bytes?", "extra", "any", "more", "any?", "note", "string?", "seen", "time?", "took2", "duration?",
	"alerts", "[enum Alert(green, yellow, orange, red)]", "times", "[time]", "zero", "int", "nan", "float", "big", "int", "flags", "[bool]",
}, leg)

var quakeValue = object{
	"id": "us7000", "mag": 6.5, "place": "South of Fiji", "at": time.Date(2018, 2, 3, 4, 5, 6, 0, time.UTC), "took": 300 * time.Millisecond,
	"count": 7, "alert": "orange", "level": "high", "ok": true,
	"tags": []any{"sea", "deep", ""}, "marks": []any{1, nil, 3}, "sizes": nil,
	"legs": []any{
		object{"from": "Suva", "km": 12.5, "stops": []any{"a", "b"}, "note": "slow"},
		object{"from": "Nadi", "km": 80.0, "stops": []any{}, "note": nil},
	},
	"first": object{"from": "Suva", "km": 1.0, "stops": []any{"x"}, "note": nil},
	"attrs": object{"net": "us", "kind": "quake"}, "counts": object{"a": 1}, "gaps": object{"a": 1.5, "b": nil}, "paths": object{"p": object{"from": "Labasa", "km": 3.0}},
	"raw": []byte{1, 2, 3}, "extra": "text", "alerts": []any{"green", "red"},
	"times": []any{time.Date(2018, 2, 3, 0, 0, 0, 0, time.UTC)}, "nan": nan(), "big": 1<<53 + 1, "flags": []any{true, true},
}

func nan() float64 { zero := 0.0; return zero / zero }

var quakeScope = &Scope{Message: quake, Topic: true, Names: map[string]Name{
	"eu":     {Value: []any{"de", "fr"}},
	"many":   {Value: []any{int64(1), int64(2), int64(3), int64(4), int64(5), int64(6), int64(7), int64(8), int64(9)}},
	"worst":  {Value: "orange"},
	"since":  {Value: "2018-02-01"},
	"limit":  {Type: typ("float")},
	"word":   {Type: typ("string")},
	"colour": {Type: typ("enum Alert(green, yellow, orange, red)")},
	"maybe":  {Type: typ("int?")},
}}

var quakeNames = map[string]any{"limit": 2.5, "word": "Fiji", "colour": "orange", "maybe": nil}

// TestMatch has the rules of the language's reference one by one.
func TestMatch(t *testing.T) {
	subject := newSubject(quake, quakeValue)
	rules, err := os.ReadFile("testdata/meaning.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(rules)) {
		result, source, _ := strings.Cut(strings.TrimSpace(line), " ")
		if source = strings.TrimSpace(source); result == "" || result == "#" {
			continue
		}
		t.Run(source, func(t *testing.T) {
			onBytes, onStruct := mustCompile(t, source, quakeScope, typeBool, quakeNames)
			if got := onBytes.Match(subject.payload, "quakes/us"); got != (result == "true") {
				t.Errorf("on bytes it is %v", got)
			}
			if got := onStruct.Match(subject.p, "quakes/us"); got != (result == "true") {
				t.Errorf("on a struct it is %v", got)
			}
		})
	}
}

func TestAppendString(t *testing.T) {
	subject := newSubject(quake, quakeValue)
	for source, want := range map[string]string{
		"id": "us7000", "note": "", `id + "/" + string(mag)`: "us7000/6.5", `"x"`: "x", `join([id, lower(place)], "-")`: "us7000-south of fiji", `ok ? "a" : "b"`: "a", "first.from": "Suva",
	} {
		onBytes, onStruct := mustCompile(t, source, quakeScope, typeString, quakeNames)
		if got := string(onBytes.AppendString([]byte(">"), subject.payload)); got != ">"+want {
			t.Errorf("on bytes: %s is %q", source, got)
		}
		if got := string(onStruct.AppendString([]byte(">"), subject.p)); got != ">"+want {
			t.Errorf("on a struct: %s is %q", source, got)
		}
	}
}
