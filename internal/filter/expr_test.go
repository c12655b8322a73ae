package filter

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/ilpomo/opencore/internal/schema"
)

func TestConstant(t *testing.T) {
	for source, want := range map[string]any{
		"1 + 1 == 2": true, "1 > 2": false, "2 * 3": int64(6), "1 / 2": 0.5, `"a" + "b"`: "ab", "250ms": 250 * time.Millisecond, "since": "2018-02-01", "eu": []any{"de", "fr"},
		"ok && false": false, "true || ok": true, "nil": nil, `"x" in ["x", "y"]`: true, "64KiB": int64(65536), "true ? 1 : count": int64(1), "len(eu)": int64(2),
		`"abc" matches "b"`: true, "!(1 == 1)": false, "worst == \"orange\"": true, "9223372036854775807 + 1": nil, "any([1, 2], true)": true,
	} {
		e, problems := Check(source, quakeScope, nil)
		if len(problems) > 0 {
			t.Fatalf("%s: %v", source, problems)
		}
		if got, ok := e.Constant(); !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %v, %v", source, got, ok)
		}
	}
	for _, source := range []string{"ok", "mag > 1", "limit > 1", "topic", "ok || mag > 2", "true && ok", "count in 1..3"} {
		e, _ := Check(source, quakeScope, nil)
		if v, ok := e.Constant(); ok {
			t.Errorf("%s is always %v", source, v)
		}
	}
}

func TestType(t *testing.T) {
	for source, want := range map[string]string{
		"mag": "float", "felt": "int?", "felt + 1": "int?", "count / 2": "float", "at - at": "duration", "at + took": "time", "legs[0].km": "float?", "last.km": "float?", "first.km": "float",
		"felt ?? 1": "int", "felt ?? maybe": "int?", "ok ? 1 : 2.5": "float", "ok ? felt : nil": "int?", `int("x")`: "int?", "int(mag)": "int?", "int(count)": "int", "split(id, \"\")": "[string]",
		"any(sizes, # > 1)": "bool?", "any(tags, # == id)": "bool", "count(tags, true)": "int", "[1, mag]": "[float]", "[felt, 1]": "[int?]", "alert ?? green": "enum Alert(green, yellow, orange, red)", "topic": "string", "mag > 1 && ok": "bool",
		"attrs.x": "string?", "depth ?? 0": "float", "took * 2": "duration", "took / took": "float",
	} {
		e, problems := Check(source, quakeScope, nil)
		if len(problems) > 0 {
			t.Fatalf("%s: %v", source, problems)
		}
		if got := e.Type().String(); got != want {
			t.Errorf("%s is of type %s, not %s", source, got, want)
		}
	}
}

func TestNames(t *testing.T) {
	e, _ := Check("mag > limit && place in eu && mag < limit + 1", quakeScope, typeBool)
	if got := e.Names(); !slices.Equal(got, []string{"eu", "limit"}) {
		t.Errorf("names %v", got)
	}
	scope := &Scope{Message: quake, Topic: true, Names: map[string]Name{"mag": {Value: 1.5}, "topic": {Value: "x"}, "broken": {}, "wrong": {Type: typeInt, Value: "x"}, "map": {Type: typ("{string: int}")}}}
	for source, want := range map[string]string{
		"mag > 1": `"mag" is both a field of Quake and a const or parameter`, `topic == "x"`: `"topic" is both a const or parameter and the message's topic`, "wrong > 1": "x is not an int", `map["a"] > 1`: `"map" is a map, which expressions can't read`,
	} {
		_, problems := Check(source, scope, typeBool)
		if len(problems) != 1 || problems[0].Message != want {
			t.Errorf("%s: %+v", source, problems)
		}
	}
	if e, problems := Check("broken > 1", scope, typeBool); e != nil || len(problems) > 0 {
		t.Errorf("a name with a problem of its own: %v", problems)
	}
	if exprs, problems := CheckMapping(map[string]string{"x": "broken"}, scope, message("M", []string{"x", "int"})); len(exprs) > 0 || len(problems) > 0 {
		t.Errorf("a mapping with a name that has a problem of its own: %v", problems)
	}
	named := &Scope{Message: message("M", []string{"topic", "string"}), Topic: true}
	if _, problems := Check(`topic == "x"`, named, typeBool); len(problems) != 1 || problems[0].Kind != Clash {
		t.Errorf("a field called topic: %+v", problems)
	}
}

func TestCompileFails(t *testing.T) {
	scope := &Scope{Message: quake, Names: map[string]Name{
		"limit": {Type: typeFloat}, "word": {Type: typeString}, "list": {Type: typ("[int]")}, "maybe": {Type: typ("int?")}, "colour": {Type: typ("enum Alert(green, yellow, orange, red)")},
	}}
	for source, c := range map[string]struct {
		values map[string]any
		want   string
	}{
		"mag > limit":     {nil, `"limit" has no value`},
		"mag < limit":     {map[string]any{"limit": "x"}, `"limit": x is not a float`},
		"mag <= limit":    {map[string]any{"limit": nil}, `"limit": nil is not a float`},
		"alert == word":   {map[string]any{"word": "purple"}, `"word": "purple" is not a value of enum Alert(green, yellow, orange, red)`},
		"alert == colour": {map[string]any{"colour": "purple"}, `"purple" is not a value`},
		"at > word":       {map[string]any{"word": "soon"}, `"word": "soon" is not a time`},
		"count in list":   {map[string]any{"list": []any{int64(1), "x"}}, `"list": x is not an int`},
		"took > word":     {map[string]any{"word": "long"}, `"long" is not a duration`},
	} {
		e, problems := Check(source, scope, typeBool)
		if len(problems) > 0 {
			t.Fatalf("%s: %v", source, problems)
		}
		if _, err := e.Compile(c.values); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", source, err)
		}
	}
	raw := &Scope{Message: quake, Names: map[string]Name{"magic": {Type: typ("bytes")}}}
	if e, problems := Check("raw == magic", raw, typeBool); len(problems) > 0 {
		t.Error(problems)
	} else if p, err := e.Compile(map[string]any{"magic": []byte{1, 2, 3}}); err != nil || !p.Match(encode(quake, quakeValue), "") {
		t.Errorf("bytes are not equal to themselves: %v", err)
	}
	e, _ := Check("felt == maybe", scope, typeBool)
	if p, err := e.Compile(nil); err != nil || !p.Match(encode(quake, quakeValue), "") {
		t.Errorf("an optional parameter that is not given is not null: %v", err)
	}
}

func TestWithoutMessage(t *testing.T) {
	p, _ := mustCompile(t, `topic startsWith "a"`, &Scope{Topic: true}, typeBool, nil)
	s, err := p.ForStruct(reflect.TypeFor[struct{}]())
	if err != nil {
		t.Fatal(err)
	}
	if !p.Match(nil, "abc") || p.Match([]byte("abc"), "b") || !s.Match(nil, "abc") || s.Match(nil, "") {
		t.Error("a filter on the topic alone does not see it")
	}
}

// TestUnreadable demands that a payload that is too short is a message whose
// fields are all null.
func TestUnreadable(t *testing.T) {
	for source, want := range map[string]bool{
		"mag > 0": false, "!(mag > 0)": true, "felt == nil": true, "ok": false, `place != "x"`: true, "first.km > 0": false, "len(tags) >= 0": false, "any(tags, true)": false, "mag != mag": false, "extra == nil": true, "topic == \"t\"": true, "last == nil": true,
	} {
		p, _ := mustCompile(t, source, quakeScope, typeBool, quakeNames)
		for _, payload := range [][]byte{nil, {1}, make([]byte, p.size-1)} {
			if got := p.Match(payload, "t"); got != want {
				t.Errorf("%s is %v on %d bytes", source, got, len(payload))
			}
		}
	}
	p, _ := mustCompile(t, "id", quakeScope, typeString, nil)
	if got := p.AppendString(nil, []byte{1}); got != nil {
		t.Errorf("the string of nothing is %q", got)
	}
}

// tree is a message that holds itself, as generated code declares it.
type tree struct {
	N        int64
	Left     *tree
	Children []tree
	Colour   *colour
	Sub      map[string]tree
}

type colour uint8

func TestRecursiveMessage(t *testing.T) {
	m := &schema.Message{Name: "Tree"}
	self := &schema.Type{Kind: schema.Record, Message: m}
	m.Fields = []schema.Field{
		{Name: "n", Type: typeInt}, {Name: "left", Type: optional(self, true)}, {Name: "children", Type: &schema.Type{Kind: schema.List, Elem: self}},
		{Name: "colour", Type: typ("enum(red, blue)?")}, {Name: "sub", Type: &schema.Type{Kind: schema.Map, Elem: self}},
	}
	blue := colour(1)
	value := tree{N: 1, Left: &tree{N: 2}, Children: []tree{{N: 3, Children: []tree{{N: 4, Colour: &blue}}}}, Sub: map[string]tree{"x": {N: 5}}}
	payload := encode(m, object{
		"n": 1, "left": object{"n": 2}, "children": []any{object{"n": 3, "children": []any{object{"n": 4, "colour": "blue"}}}}, "sub": object{"x": object{"n": 5}},
	})
	for _, source := range []string{
		"left.n == 2", "left.left.left.n == nil", "children[0].children[0].colour == blue", "any(children, any(.children, .n == 4))", "sub.x.n == 5", "sub.x.sub.y.n == nil", "colour == nil",
	} {
		e, problems := Check(source, &Scope{Message: m}, typeBool)
		if len(problems) > 0 {
			t.Fatalf("%s: %v", source, problems)
		}
		p, err := e.Compile(nil)
		if err != nil {
			t.Fatal(err)
		}
		s, err := p.ForStruct(reflect.TypeFor[*tree]())
		if err != nil {
			t.Fatal(err)
		}
		if !p.Match(payload, "") || !s.Match(unsafe.Pointer(&value), "") {
			t.Errorf("%s is %v on bytes, %v on a struct", source, p.Match(payload, ""), s.Match(unsafe.Pointer(&value), ""))
		}
	}
}

func TestForStructFails(t *testing.T) {
	for text, v := range map[string]any{
		"int": struct{ F int32 }{}, "string": struct{ F []byte }{}, "int?": struct{ F int64 }{}, "[int]": struct{ F []string }{}, "{string: int}": struct{ F map[int]int64 }{}, "any": struct{ F string }{},
		"float": struct{ G float64 }{}, "enum(a)": struct{ F string }{}, "time": struct{ F int64 }{}, "Leg": struct{ F int }{}, "bytes": struct{ F string }{}, "bool": struct{ F uint8 }{}, "duration": struct{ F float64 }{},
		"string?": struct{ F **string }{}, "[string]?": struct{ F []string }{},
	} {
		m := message("M", []string{"f", text}, leg)
		p, _ := mustCompileBytes(t, "true", m)
		if _, err := p.ForStruct(reflect.TypeOf(v)); err == nil {
			t.Errorf("%T holds a field of type %s", v, text)
		}
	}
	p, _ := mustCompileBytes(t, "true", leg)
	if _, err := p.ForStruct(reflect.TypeFor[int]()); err == nil {
		t.Error("an int holds a message")
	}
}

func mustCompileBytes(t *testing.T, source string, m *schema.Message) (*Program, error) {
	t.Helper()
	e, problems := Check(source, &Scope{Message: m}, typeBool)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return e.Compile(nil)
}

func TestIntegers(t *testing.T) {
	const least, most = math.MinInt64, math.MaxInt64
	for _, c := range []struct {
		f    func(a, b int64) (int64, bool)
		a, b int64
		want int64
		ok   bool
	}{
		{addInt, most, 1, 0, false}, {addInt, least, -1, 0, false}, {addInt, most, least, -1, true}, {addInt, 0, 0, 0, true}, {addInt, most, 0, most, true}, {addInt, least, 0, least, true},
		{subtractInt, least, 1, 0, false}, {subtractInt, 0, least, 0, false}, {subtractInt, -1, least, most, true}, {subtractInt, most, -1, 0, false}, {subtractInt, 5, 0, 5, true},
		{multiplyInt, most, 2, 0, false}, {multiplyInt, least, -1, 0, false}, {multiplyInt, -1, least, 0, false}, {multiplyInt, least, 1, least, true}, {multiplyInt, -3, 4, -12, true}, {multiplyInt, 1 << 32, 1 << 31, 0, false}, {multiplyInt, 1 << 31, -1 << 32, least, true}, {multiplyInt, 0, least, 0, true},
		{divideInt, 7, 2, 3, true}, {divideInt, 7, 0, 0, false}, {divideInt, least, -1, 0, false},
	} {
		if got, ok := c.f(c.a, c.b); ok != c.ok || ok && got != c.want {
			t.Errorf("%d and %d give %d, %v", c.a, c.b, got, ok)
		}
	}
	if _, ok := absInt(least); ok {
		t.Error("the least int has a positive")
	}
}

func TestCompareIntFloat(t *testing.T) {
	for _, c := range []struct {
		i    int64
		f    float64
		want int
	}{
		{1, 1, 0}, {1, 1.5, -1}, {-1, -1.5, 1}, {2, 1.5, 1}, {1<<53 + 1, 1 << 53, 1}, {math.MaxInt64, 1 << 63, -1}, {math.MinInt64, -1 << 63, 0}, {math.MinInt64, -1e300, 1}, {0, math.Inf(1), -1}, {0, math.Inf(-1), 1}, {0, math.Copysign(0, -1), 0}, {0, 1e-300, -1},
	} {
		if got, ok := compareIntFloat(c.i, c.f); !ok || got != c.want {
			t.Errorf("%d against %v is %d, %v", c.i, c.f, got, ok)
		}
	}
	if _, ok := compareIntFloat(1, math.NaN()); ok {
		t.Error("NaN has a place among the ints")
	}
}

func TestDidYouMean(t *testing.T) {
	names := []string{"place", "mag", "felt", "x", strings.Repeat("long", 20)}
	for name, want := range map[string]string{
		"plcae": "place", "Place": "place", "mg": "mag", "flet": "felt", "zzz": "", "y": "", "placement": "", "": "", strings.Repeat("long", 30): "",
	} {
		if want != "" {
			want = `did you mean "` + want + `"?`
		}
		var p Problem
		if p.meant(name, names); p.Hint != want {
			t.Errorf("%q: %q", name, p.Hint)
		}
	}
}

// TestPlaces demands exact places where runes and bytes differ.
func TestPlaces(t *testing.T) {
	for source, want := range map[string]string{
		`place == "è" && mga > 1`: "mga", `place == "日本" && took > 10µs && plac == "x"`: "plac", "took > 10µz": "10µz", `place == "è" && (mag + 1) * "x" > 2`: `(mag + 1) * "x"`,
		`!(any(legs, .kmm > 1)) && 1s > took`: "kmm", "legs[0].fro == nil": "fro", "mag > 1 && place": "place", `place == "e` + "́" + `" && len(legs[0]) > 1`: "legs[0]",
		"ok &&\n\tmagg > 1 // the end": "magg", "-place > 1": "-place", `lower(string( place )) + 1 == ""`: `lower(string( place )) + 1`, "tags[\"x\"] == nil": `"x"`, "(((mag))) && ok": "mag",
	} {
		_, problems := Check(source, quakeScope, typeBool)
		if len(problems) != 1 {
			t.Fatalf("%s: %+v", source, problems)
		}
		if got := source[problems[0].Start:problems[0].End]; got != want {
			t.Errorf("%s: %q", source, got)
		}
	}
}
