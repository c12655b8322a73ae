package filter

import (
	"bytes"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/internal/schema"
)

func withDefault(m *schema.Message, field, value string) *schema.Message {
	f, _ := m.Field(field)
	f.Default = value
	return m
}

func TestMapping(t *testing.T) {
	to := message("Report", []string{
		"title", "string", "mag", "float", "double", "float", "felt", "int?", "alert", "enum Alert(green, yellow, orange, red)?", "worst", "enum Alert(green, yellow, orange, red)",
		"legs", "[Leg]", "first", "Leg", "words", "[string]", "numbers", "[float]", "attrs", "{string: string}", "extra", "any", "nothing", "string?",
		"raw", "bytes", "since", "time", "age", "duration", "ok", "bool", "missing", "any?", "kept", "string", "list", "[int]", "where", "Leg", "pairs", "{string: int}", "free", "any", "blob", "bytes",
	}, leg)
	for field, value := range map[string]string{
		"kept": `"as ever"`, "list": "[1, 2]", "where": `{"from": "here", "km": 2, "stops": ["a"], "note": null}`, "pairs": `{"b": 2, "a": 1}`, "free": `{"n": [1.5, true, null, "x"]}`, "blob": `"AQI="`,
	} {
		withDefault(to, field, value)
	}
	got := mapped(t, to, map[string]string{
		"title": `upper(id) + ": " + place`, "double": "count * 2", "worst": "alert ?? green", "words": `split(place, " ")`, "numbers": "[mag, 1, count]",
		"since": "at - 1h", "age": "took * 2", "ok": "mag > 6",
	})
	want := encode(to, object{
		"title": "US7000: South of Fiji", "mag": 6.5, "double": 14.0, "alert": "orange", "worst": "orange", "legs": quakeValue["legs"], "first": quakeValue["first"],
		"words": []any{"South", "of", "Fiji"}, "numbers": []any{6.5, 1.0, 7.0}, "extra": "text", "raw": []byte{1, 2, 3},
		"since": quakeValue["at"].(interface{ Unix() int64 }).Unix(), "ok": true, "kept": "as ever", "list": []any{1, 2},
	})
	layout := schema.LayoutOf(to)
	for i := range to.Fields {
		f := &layout.Fields[i]
		name := to.Fields[i].Name
		switch name {
		case "since", "age", "where", "pairs", "free", "blob", "attrs":
			continue // below
		}
		if a, b := readField(layout, f, got), readField(layout, f, want); a.ok != b.ok || a.bits != b.bits || !bytes.Equal(bytesOf(a), bytesOf(b)) {
			t.Errorf("field %s is %+v, want %+v", name, a, b)
		}
	}
	for _, source := range []string{
		`since < "2018-02-03T04:05:06Z" && since > "2018-02-03"`, "age == 600ms", `where.from == "here" && where.km == 2 && where.stops[0] == "a" && where.note == nil`,
		"pairs.a == 1 && pairs.b == 2 && len(pairs) == 2", "free != nil", "missing == nil", "len(blob) == 2", `attrs.net == "us"`,
	} {
		if p, _ := mustCompile(t, source, &Scope{Message: to}, typeBool, nil); !p.Match(got, "") {
			t.Errorf("%s is false", source)
		}
	}
}

func bytesOf(v elem) []byte {
	if v.ref.n == 0 {
		return nil
	}
	return v.ref.bytes()
}

func mapped(t *testing.T, to *schema.Message, sources map[string]string) []byte {
	t.Helper()
	m := mapping(t, to, sources)
	payload := encode(quake, quakeValue)
	got, err := m.Map([]byte("before"), payload)
	if err != nil || !bytes.HasPrefix(got, []byte("before")) {
		t.Fatalf("%q, %v", got, err)
	}
	if again, err := m.Map(nil, payload); err != nil || !bytes.Equal(again, got[6:]) {
		t.Fatalf("the second time it is %q, %v", again, err)
	}
	return got[6:]
}

func mapping(t *testing.T, to *schema.Message, sources map[string]string) *Mapping {
	t.Helper()
	scope := &Scope{Message: quake}
	exprs, problems := CheckMapping(sources, scope, to)
	if len(problems) > 0 {
		t.Fatalf("%+v", problems)
	}
	programs := map[string]*Program{}
	for name, e := range exprs {
		var err error
		if programs[name], err = e.Compile(nil); err != nil {
			t.Fatal(err)
		}
	}
	m, err := NewMapping(quake, to, programs)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestCheckMapping(t *testing.T) {
	to := message("Report", []string{"title", "string", "mag", "int", "felt", "int", "ok", "bool", "note", "string?"})
	_, problems := CheckMapping(map[string]string{"titel": "id", "title": "note", "ok": "checked", "note": "mag"}, &Scope{Message: quake}, to)
	var got []string
	for _, p := range problems {
		got = append(got, p.Field+": "+p.Message)
	}
	want := []string{
		`note: "mag" is a float, not a string`,
		`ok: "checked" may be nil, and what is wanted is a bool`,
		`titel: message "Report" has no field "titel"`,
		`title: "note" may be nil, and what is wanted is a string`,
		`mag: field "mag" of message "Report" gets no value`,
		`felt: field "felt" of message "Report" gets no value`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	if _, err := NewMapping(quake, to, nil); err == nil || !strings.Contains(err.Error(), `field "title"`) {
		t.Errorf("a mapping that was not checked: %v", err)
	}
}

func TestMapFails(t *testing.T) {
	to := message("Report", []string{"n", "int"})
	m := mapping(t, to, map[string]string{"n": "count + 9223372036854775807"})
	if _, err := m.Map(nil, encode(quake, quakeValue)); err == nil || err.Error() != `field "n" of message "Report" is nil` {
		t.Errorf("a number that does not fit: %v", err)
	}
	if _, err := m.Map(nil, []byte("short")); err == nil || !strings.Contains(err.Error(), `not a message "Quake"`) {
		t.Errorf("a payload that is none: %v", err)
	}
}

func TestDefaults(t *testing.T) {
	for typeText, values := range map[string][]string{
		"int": {`"x"`, "1.5", "true", "nul", "[1]", "{}", "1 2", "null"}, "bool": {"1"}, "string": {"1"}, "time": {`"x"`, "5"}, "[int]": {`["x"]`, "1"},
		"Leg": {"{}", "[]"}, "enum(a, b)": {`"c"`}, "{string: int}": {`{"a": "b"}`}, "bytes": {`"§"`},
	} {
		for _, value := range values {
			to := withDefault(message("To", []string{"f", typeText}, leg), "f", value)
			if _, err := NewMapping(&schema.Message{Name: "From"}, to, nil); err == nil {
				t.Errorf("%s is a default of %s", value, typeText)
			}
		}
	}
}
