package filter

import (
	"slices"
	"strings"
	"testing"
)

func TestPrefixes(t *testing.T) {
	const eu = `"de", "fr"`
	scope := &Scope{Message: quake, Topic: true, Names: map[string]Name{
		"venue": {Type: typeString}, "perhaps": {Type: optional(typeString, true)}, "many": {Type: typ("[string]")}, "home": {Value: "de"}, "eu": {Value: []any{"de", "fr"}},
	}}
	payload := newSubject(quake, quakeValue).payload
	for source, want := range map[string]string{
		`topic == "de"`:                                            "de",
		`"de" == topic`:                                            "de",
		`topic startsWith "d"`:                                     "d",
		`topic == home`:                                            "de",
		`topic == venue`:                                           "$venue",
		`topic startsWith venue || topic == "x"`:                   "x $venue",
		`topic in [` + eu + `]`:                                    "de fr",
		`topic in eu`:                                              "de fr",
		`topic in ["x", venue]`:                                    "x $venue",
		`topic == "de" || topic == "fr"`:                           "de fr",
		`topic == "de" || topic startsWith "d"`:                    "d",
		`topic == "de" && mag > 2`:                                 "de",
		`topic in eu && topic == "de"`:                             "de",
		`mag > 2 && (topic == "de" || topic == "fr" && ok)`:        "de fr",
		`(topic == "de" || topic == "fr") && topic != "fr" && !ok`: "de fr",
		`topic == "de" || mag > 2`:                                 "",
		`topic != "de"`:                                            "",
		`!(topic == "de")`:                                         "",
		`topic endsWith "de"`:                                      "",
		`topic contains "de"`:                                      "",
		`topic == id`:                                              "",
		`topic in tags`:                                            "",
		`topic in many`:                                            "",
		`topic == perhaps`:                                         "",
		`topic == ""`:                                              "",
		`topic startsWith "" && topic == "de" || topic == "fr"`: "de fr",
		`lower(topic) == "de"`:               "",
		`topic > "de"`:                       "",
		`ok ? topic == "de" : topic == "fr"`: "",
		`"detail" startsWith topic`:          "",
		`mag > 2`:                            "",
	} {
		e, problems := Check(source, scope, typeBool)
		if len(problems) > 0 {
			t.Fatalf("%s: %v", source, problems)
		}
		if got := prefixText(e.Prefixes()); got != want {
			t.Errorf("%s has the prefixes %q, not %q", source, got, want)
		}
		values := map[string]any{"venue": "ve", "perhaps": "pe", "many": []any{"ma"}}
		program, err := e.Compile(values)
		if err != nil {
			t.Fatal(err)
		}
		checkSound(t, e, program, payload, values)
	}
}

func prefixText(list []Prefix) string {
	var texts []string
	for _, p := range list {
		if p.Name != "" {
			p.Text = "$" + p.Name
		}
		texts = append(texts, p.Text)
	}
	return strings.Join(texts, " ")
}

// checkSound sees to it that no topic passes whose beginning is not said.
func checkSound(t *testing.T, e *Expr, program *Program, payload []byte, values map[string]any) {
	t.Helper()
	list := e.Prefixes()
	for _, topic := range []string{"", "d", "de", "detail", "fr", "fra", "x", "ve", "venue", "pe", "ma", "other", "quakes/us", "Fiji"} {
		begins := func(p Prefix) bool {
			if p.Name != "" {
				p.Text = values[p.Name].(string)
			}
			return strings.HasPrefix(topic, p.Text)
		}
		if len(list) > 0 && program.Match(payload, topic) && !slices.ContainsFunc(list, begins) {
			t.Errorf("%s takes the topic %q, which begins otherwise", e.source, topic)
		}
	}
}

// Topics have any bytes.
func TestEscapesAreThoseOfGo(t *testing.T) {
	payload := newSubject(quake, quakeValue).payload
	for source, topic := range map[string]string{
		`topic == "\xff\x00"`:                     "\xff\x00",
		`topic startsWith "\xc3"`:                 "é",
		`topic == "\u00ff"`:                       "ÿ",
		`topic == "\377"`:                         "\xff",
		`topic == "é\t\"\\"`:                      "é\t\"\\",
		`topic in ["\xfe", "x"]`:                  "\xfe",
		`attrs["n\x65t"] == "us" && topic == 'a'`: "a",
	} {
		e, problems := Check(source, quakeScope, typeBool)
		if len(problems) > 0 {
			t.Fatalf("%s: %v", source, problems)
		}
		p, err := e.Compile(quakeNames)
		if err != nil {
			t.Fatal(err)
		}
		if !p.Match(payload, topic) {
			t.Errorf("%s does not take the topic %q", source, topic)
		}
	}
}
