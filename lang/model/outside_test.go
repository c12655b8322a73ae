package model

import (
	"testing"
	"time"

	"github.com/ilpomo/opencore/internal/schema"
)

func TestOutside(t *testing.T) {
	inner := &schema.Message{Name: "Inner", Fields: []schema.Field{
		{Name: "speed", As: "Speed in knots", Type: &schema.Type{Kind: schema.Float}},
		{Name: "note", Type: &schema.Type{Kind: schema.String, Optional: true}},
	}}
	lookup := func(name string) *schema.Message {
		if name == "Inner" {
			return inner
		}
		return nil
	}
	for _, c := range []struct {
		typ   string
		value Value
		want  string
	}{
		{"string", "a\"b", `"a\"b"`},
		{"bytes", "abc", `"YWJj"`},
		{"[bytes]", []Value{"abc"}, `["YWJj"]`},
		{"int?", nil, `null`},
		{"int", int64(1)<<62 + 1, `4611686018427387905`},
		{"float", 2.5, `2.5`},
		{"duration", 1500 * time.Millisecond, `1500000000`},
		{"time", time.Date(2018, 2, 1, 1, 0, 0, 5, time.FixedZone("", 3600)), `"2018-02-01T00:00:00.000000005Z"`},
		{"{string: int}", map[string]Value{"b": int64(2), "a": int64(1)}, `{"a":1,"b":2}`},
		{"Inner", map[string]Value{"speed": 1.5}, `{"Speed in knots":1.5}`},
		{"any", []Value{true, map[string]Value{"x": "y"}}, `[true,{"x":"y"}]`},
	} {
		typ, err := schema.Parse(c.typ, lookup)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(Outside(typ, c.value)); got != c.want {
			t.Errorf("%s: %v is %s outside, want %s", c.typ, c.value, got, c.want)
		}
	}
}
