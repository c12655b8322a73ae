package message

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/internal/schema"
)

var alert = &schema.EnumType{Name: "Alert", Values: []string{"green", "yellow", "orange", "red"}}

// quake is the message of the examples.
var quake = &schema.Message{Name: "Quake", Fields: []schema.Field{
	{Name: "id", Type: kind(schema.String)},
	{Name: "mag", Type: kind(schema.Float)},
	{Name: "place", Type: kind(schema.String)},
	{Name: "at", Type: kind(schema.Time)},
	{Name: "net", Type: kind(schema.String)},
	{Name: "depth", Type: kind(schema.Float)},
	{Name: "felt", Type: optional(kind(schema.Int))},
	{Name: "alert", Type: &schema.Type{Kind: schema.Enum, Optional: true, Enum: alert}},
}}

// one is a message with one field x.
func one(t *schema.Type) *schema.Message {
	return &schema.Message{Name: "One", Fields: []schema.Field{{Name: "x", Type: t}}}
}

var point = one(kind(schema.Int))

func list(t *schema.Type) *schema.Type { return &schema.Type{Kind: schema.List, Elem: t} }
func dict(t *schema.Type) *schema.Type { return &schema.Type{Kind: schema.Map, Elem: t} }

var colour = &schema.Type{Kind: schema.Enum, Enum: alert}

func TestJSONValues(t *testing.T) {
	for _, c := range []struct {
		typ     *schema.Type
		in, out string
	}{
		{kind(schema.Int), `1.0`, `1`},
		{kind(schema.Int), `-12e2`, `-1200`},
		{kind(schema.Int), `9007199254740991.0`, `9007199254740991`},
		{kind(schema.Int), `-9223372036854775808`, `-9223372036854775808`},
		{kind(schema.Int), `9223372036854775807`, `9223372036854775807`},
		{kind(schema.Float), `1`, `1`},
		{kind(schema.Float), `"Infinity"`, `"Infinity"`},
		{kind(schema.Duration), `"1.5s"`, `1500000000`},
		{kind(schema.Duration), `-20`, `-20`},
		{kind(schema.Time), `"2018-01-31T01:49:59.650+01:00"`, `"2018-01-31T00:49:59.65Z"`},
		{kind(schema.Time), `"1677-09-21T00:12:43.145224192Z"`, `"1677-09-21T00:12:43.145224192Z"`},
		{kind(schema.Bytes), `"aGk="`, `"aGk="`},
		{kind(schema.String), `"\ud83d\ude00 \u0041\n"`, `"😀 A\n"`},
		{kind(schema.String), `"\ud83d"`, `"�"`},
		{colour, `"red"`, `"red"`},
		{optional(colour), `null`, `null`},
		{kind(schema.Any), `null`, `null`},
		{kind(schema.Any), `{"b":[1,2.5,"x",true,null],"a":{}}`, `{"a":{},"b":[1,2.5,"x",true,null]}`},
		{kind(schema.Any), `18446744073709551615`, `18446744073709552000`},
		{list(optional(kind(schema.Int))), `[1, null, 3]`, `[1,null,3]`},
		{list(list(kind(schema.String))), `[["a"],[],["","b"]]`, `[["a"],[],["","b"]]`},
		{dict(kind(schema.Int)), `{"b":1,"a":2,"b":3}`, `{"b":3,"a":2}`},
		{&schema.Type{Kind: schema.Record, Message: point}, `{"x":5,"x":6}`, `{"x":6}`},
	} {
		m := one(c.typ)
		payload, err := NewJSONReader(m).Append(nil, []byte(`{"x":`+c.in+`}`))
		if err != nil {
			t.Errorf("%s as %s: %v", c.in, c.typ, err)
			continue
		}
		if err := Validate(m, payload); err != nil {
			t.Errorf("%s as %s: %v", c.in, c.typ, err)
		}
		out, err := NewJSONWriter(m).Append(nil, payload)
		if want := `{"x":` + c.out + `}`; err != nil || string(out) != want {
			t.Errorf("%s as %s is %s, want %s (%v)", c.in, c.typ, out, want, err)
		}
	}
}

func TestMalformedJSON(t *testing.T) {
	for _, c := range []struct {
		typ      *schema.Type
		in, want string
	}{
		{kind(schema.Float), `"abc"`, `field "x": "abc" is not a float`},
		{kind(schema.Float), `1e999`, `field "x": 1e999 is not a float`},
		{kind(schema.Int), `1.5`, `field "x": 1.5 is not an int`},
		{kind(schema.Int), `9223372036854775808`, `field "x": 9223372036854775808 is not an int`},
		{kind(schema.Int), `9007199254740993.0`, `field "x": 9007199254740993.0 is not an int`},
		{kind(schema.Int), `"1"`, `field "x": "1" is not an int`},
		{kind(schema.Int), `[1]`, `field "x": a list is not an int`},
		{kind(schema.Int), `null`, `field "x" is null, and must not be`},
		{kind(schema.Bool), `0`, `field "x": 0 is not a bool`},
		{kind(schema.String), `true`, `field "x": true is not a string`},
		{kind(schema.String), `{"a":1}`, `field "x": an object is not a string`},
		{kind(schema.Bytes), `"aGk"`, `field "x": "aGk" is not bytes in base64`},
		{kind(schema.Bytes), `"aG\nk="`, `field "x": "aG\nk=" is not bytes in base64`},
		{kind(schema.Time), `1517363399`, `field "x": 1517363399 is not a time like "2026-01-31T12:00:00Z"`},
		{kind(schema.Time), `"2018-02-30T00:00:00Z"`, `field "x": "2018-02-30T00:00:00Z" is not a time like "2026-01-31T12:00:00Z"`},
		{kind(schema.Time), `"2262-04-11T23:47:16.854775808Z"`, `field "x": "2262-04-11T23:47:16.854775808Z" is not a time like "2026-01-31T12:00:00Z"`},
		{kind(schema.Time), `"1500-01-01T00:00:00Z"`, `field "x": "1500-01-01T00:00:00Z" is not a time like "2026-01-31T12:00:00Z"`},
		{kind(schema.Duration), `"1"`, `field "x": "1" is not a duration (nanoseconds, or text like "1.5s")`},
		{colour, `"purple"`, `field "x": "purple" is not one of green, yellow, orange, red`},
		{colour, `1`, `field "x": 1 is not one of green, yellow, orange, red`},
		{list(kind(schema.Int)), `[1,2,"x"]`, `field "x[2]": "x" is not an int`},
		{list(kind(schema.Int)), `{}`, `field "x": an object is not a list`},
		{dict(kind(schema.Int)), `{"some key":null}`, `field "x.some key" is null, and must not be`},
		{list(&schema.Type{Kind: schema.Record, Message: point}), `[{"x":1},{"x":false}]`, `field "x[1].x": false is not an int`},
		{list(&schema.Type{Kind: schema.Record, Message: point}), `[{}]`, `field "x[0].x" is missing`},
		{&schema.Type{Kind: schema.Record, Message: point}, `"no"`, `field "x": "no" is not an object of type One`},
		{kind(schema.Any), `[1e999]`, `field "x[0]": 1e999 is too large for a float`},
		{kind(schema.String), `"` + strings.Repeat("x", 100) + `" `, ``},
		{kind(schema.Int), `"` + strings.Repeat("x", 100) + `"`, `field "x": "` + strings.Repeat("x", 60) + `…" is not an int`},
	} {
		_, err := NewJSONReader(one(c.typ)).Append(nil, []byte(`{"x":`+c.in+`}`))
		if got := message(err); got != c.want {
			t.Errorf("%s as %s: %s\nwant %s", c.in, c.typ, got, c.want)
		}
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestMalformedLines(t *testing.T) {
	for line, want := range map[string]string{
		``:                         "not valid JSON at byte 0: unexpected end of JSON input",
		`{"x":1`:                   "not valid JSON at byte 6: unexpected end of JSON input",
		`{"x":1} {"x":2}`:          "not valid JSON at byte 9: invalid character '{' after top-level value",
		`{"x":1}]`:                 "not valid JSON at byte 8: invalid character ']' after top-level value",
		`{"x":01}`:                 "not valid JSON at byte 7: invalid character '1' after object key:value pair",
		`{"x":1,}`:                 "not valid JSON at byte 8: invalid character '}' looking for beginning of object key string",
		`{"y":tru,"x":1}`:          "not valid JSON at byte 9: invalid character ',' in literal true (expecting 'e')",
		`[1]`:                      "a list is not an object, as a message must be",
		`12`:                       "12 is not an object, as a message must be",
		"{\"x\":1,\"y\":\"\xff\"}": "not valid UTF-8",
		"\x00\x01\x02":             "not valid JSON at byte 1: invalid character '\\x00' looking for beginning of value",
		`{}`:                       `field "x" is missing`,
		`{"X":1}`:                  `field "x" is missing`,
	} {
		out, err := NewJSONReader(point).Append([]byte("dst"), []byte(line))
		if message(err) != want {
			t.Errorf("%q: %v, want %s", line, err, want)
		}
		if string(out) != "dst" {
			t.Errorf("%q: dst is %q", line, out)
		}
	}
}

func TestDefaultsAndOutsideNames(t *testing.T) {
	m := &schema.Message{Name: "Flight", Fields: []schema.Field{
		{Name: "speed", Type: optional(kind(schema.Int)), As: "Speed IAS in knots", Default: "7"},
		{Name: "tags", Type: list(kind(schema.String)), Default: `["a","b"]`},
		{Name: "alert", Type: colour, Default: `"orange"`},
		{Name: "note", Type: optional(kind(schema.String))},
	}}
	for in, want := range map[string]string{
		`{}`: `{"Speed IAS in knots":7,"tags":["a","b"],"alert":"orange","note":null}`,
		`{"Speed IAS in knots":null,"tags":[],"alert":"red","note":""}`: `{"Speed IAS in knots":null,"tags":[],"alert":"red","note":""}`,
		`{"speed":1,"sp\u0065ed":2,"\u0074ags":["c"]}`:                  `{"Speed IAS in knots":7,"tags":["c"],"alert":"orange","note":null}`,
	} {
		payload, err := NewJSONReader(m).Append(nil, []byte(in))
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if out, err := NewJSONWriter(m).Append(nil, payload); err != nil || string(out) != want {
			t.Errorf("%s is %s, want %s (%v)", in, out, want, err)
		}
	}
	_, err := NewJSONReader(m).Append(nil, []byte(`{"Speed IAS in knots":"fast"}`))
	if want := `field "Speed IAS in knots": "fast" is not an int`; message(err) != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// What names stand where is learned from one object to the next; that must
// not show.
func TestOrderOfFieldsDoesNotMatter(t *testing.T) {
	m := &schema.Message{Name: "Two", Fields: []schema.Field{{Name: "a", Type: kind(schema.Int)}, {Name: "b", Type: optional(kind(schema.Int))}}}
	r, w := NewJSONReader(m), NewJSONWriter(m)
	for i := range 3000 {
		for _, line := range []string{
			`{"a":1,"b":2}`, `{"b":2,"a":1}`, `{"x":9,"a":1,"b":2}`, `{"":9,"b":2,"x":9,"a":1}`, `{"a":9,"a":1,"b":2}`,
			`{"` + jsonInt(i) + `":0,"a":1,"` + strings.Repeat("y", i%300) + `":0,"b":2}`,
		} {
			payload, err := r.Append(nil, []byte(line))
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			if out, err := w.Append(nil, payload); err != nil || string(out) != `{"a":1,"b":2}` {
				t.Fatalf("%s is read as %s (%v)", line, out, err)
			}
		}
	}
}

func TestDepth(t *testing.T) {
	self := &schema.Message{Name: "Self"}
	self.Fields = []schema.Field{
		{Name: "in", Type: optional(&schema.Type{Kind: schema.Record, Message: self})},
		{Name: "any", Type: optional(kind(schema.Any))},
		{Name: "map", Type: dict(&schema.Type{Kind: schema.Record, Message: self}), Default: "{}"},
	}
	nest := func(open, last, shut string, n int) string {
		return strings.Repeat(open, n) + last + strings.Repeat(shut, n)
	}
	for _, c := range []struct {
		line string
		want string
	}{
		{nest(`{"in":`, `{}`, `}`, MaxDepth-1), ""},
		{nest(`{"in":`, `{}`, `}`, MaxDepth), "nested more than 64 deep"},
		{nest(`{"map":{"k":`, `{}`, `}}`, (MaxDepth-1)/2), ""},
		{nest(`{"map":{"k":`, `{}`, `}}`, MaxDepth/2), "nested more than 64 deep"},
		{`{"any":` + nest(`[`, `1`, `]`, MaxDepth-1) + `}`, ""},
		{`{"any":` + nest(`[`, `1`, `]`, MaxDepth) + `}`, "nested more than 64 deep"},
		{`{"any":` + nest(`{"a":`, `1`, `}`, 100000) + `}`, "nested more than 64 deep"},
	} {
		payload, err := NewJSONReader(self).Append(nil, []byte(c.line))
		if got := message(err); !strings.HasSuffix(got, c.want) || (c.want == "") != (err == nil) {
			t.Errorf("%.60s: %.80s, want %s", c.line, got, c.want)
		}
		if err == nil {
			if err := Validate(self, payload); err != nil {
				t.Errorf("%.60s: %v", c.line, err)
			}
		}
	}
}

func TestManyKeysLastWins(t *testing.T) {
	var b strings.Builder
	want := map[string]int{}
	for i := range 500 {
		key := "k" + string(rune('a'+i%50/10)) + string(rune('a'+i%10))
		want[key] = i
		b.WriteString(`,` + quoted(key) + `:` + jsonInt(i))
	}
	m := one(dict(kind(schema.Int)))
	payload, err := NewJSONReader(m).Append(nil, []byte(`{"x":{`+b.String()[1:]+`}}`))
	if err != nil {
		t.Fatal(err)
	}
	out, err := NewJSONWriter(m).Append(nil, payload)
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ X map[string]int }
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.X) != len(want) || strings.Count(string(out), ":") != len(want)+1 {
		t.Fatalf("%d keys, want %d: %s", len(got.X), len(want), out)
	}
	for key, n := range want {
		if got.X[key] != n {
			t.Errorf("%s is %d, want %d", key, got.X[key], n)
		}
	}
}

func jsonInt(n int) string {
	b, _ := json.Marshal(n)
	return string(b)
}

func TestInvalidUTF8IsReplaced(t *testing.T) {
	m := one(kind(schema.String))
	payload, err := compile(m).append(nil, []value{{state: set, data: []byte("a\xffb")}})
	if err != nil {
		t.Fatal(err)
	}
	if out, err := NewJSONWriter(m).Append(nil, payload); err != nil || string(out) != `{"x":"a�b"}` {
		t.Errorf("%s, %v", out, err)
	}
}
