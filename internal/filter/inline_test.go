package filter

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/internal/schema"
)

var (
	aQuake  = &schema.Message{Name: "Quake", Fields: []schema.Field{{Name: "mag", Type: &schema.Type{Kind: schema.Float}}, {Name: "place", Type: &schema.Type{Kind: schema.String}}}}
	anOrder = &schema.Message{Name: "Order", Fields: aQuake.Fields}
)

func named(t *testing.T, source string, names map[string]Name) *Expr {
	t.Helper()
	e, problems := Check(source, &Scope{Message: aQuake, Names: names}, typeBool)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return e
}

func TestNamesOfExpressions(t *testing.T) {
	limit := Name{Type: typeFloat, As: "part$limit"}
	big := named(t, "mag > limit // or so", map[string]Name{"limit": limit})
	eu := named(t, `place == "eu" || Big`, map[string]Name{"Big": {Expr: big}})
	e := named(t, "!Eu && mag<9 // end", map[string]Name{"Eu": {Expr: eu}})
	if got, want := e.Text(), `!(place == "eu" || (mag > part$limit)) && mag<9`; got != want {
		t.Errorf("it stands alone as %s, want %s", got, want)
	}
	if !slices.Equal(e.Names(), []string{"part$limit"}) {
		t.Errorf("its names are %v", e.Names())
	}
	alone := named(t, e.Text(), map[string]Name{"part$limit": {Type: typeFloat}})
	for _, x := range []*Expr{e, alone} {
		p, err := x.Compile(map[string]any{"part$limit": 5.0})
		if err != nil {
			t.Fatal(err)
		}
		for mag, want := range map[float64]bool{4: true, 6: false, 9: false} {
			payload := encode(aQuake, object{"mag": mag, "place": "us"})
			if p.Match(payload, "") != want {
				t.Errorf("%s of magnitude %v is %v", x.source, mag, !want)
			}
		}
	}
}

func TestNamesOfOtherMessagesDontFit(t *testing.T) {
	big := named(t, "mag > 3", nil)
	_, problems := Check("Big && mag > 1", &Scope{Message: anOrder, Names: map[string]Name{"Big": {Expr: big}, "mine": {Unfit: "it is elsewhere"}}}, typeBool)
	if len(problems) != 1 || problems[0].Message != `"Big" is about messages "Quake", not "Order"` || problems[0].End != 3 {
		t.Error(problems)
	}
	_, problems = Check("mag > mine", &Scope{Message: aQuake, Names: map[string]Name{"mine": {Unfit: "it is elsewhere"}}}, typeBool)
	if len(problems) != 1 || problems[0].Message != "it is elsewhere" {
		t.Error(problems)
	}
}

func TestNamesThatDoubleAreBounded(t *testing.T) {
	names := map[string]Name{"x": {Expr: named(t, "mag > 3", nil)}}
	for range 40 {
		e, problems := Check("x && x", &Scope{Message: aQuake, Names: names}, typeBool)
		if len(problems) > 0 {
			if problems[0].Kind != TooBig || !strings.Contains(problems[0].Message, "too many parts") {
				t.Error(problems)
			}
			return
		}
		names = map[string]Name{"x": {Expr: e}}
	}
	t.Error("nothing bounds it")
}

func TestWords(t *testing.T) {
	var words []string
	for word, at := range Words(`Big && x.Small // Gone
  || "Text" == any(list, .Part) or 3s > Wide`) {
		words = append(words, fmt.Sprint(word, at))
	}
	if got, want := strings.Join(words, " "), "Big0 x7 any38 list42 or55 Wide63"; got != want {
		t.Errorf("the words are %s, want %s", got, want)
	}
}
