package message

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/ilpomo/opencore/internal/schema"
)

func lookup(name string) *schema.Message {
	if name == "One" {
		return point
	}
	return nil
}

func TestParamValue(t *testing.T) {
	for _, c := range []struct {
		typ, raw string
		want     any
	}{
		{"string", `"a"`, "a"},
		{"expr", `"mag > 2"`, "mag > 2"},
		{"{string: expr}", `{"a":"x + 1"}`, map[string]any{"a": "x + 1"}},
		{"bool", `true`, true},
		{"int", `5`, int64(5)},
		{"int?", `null`, nil},
		{"int?", ``, nil},
		{"float", `5`, 5.0},
		{"bytes", `"aGk="`, []byte("hi")},
		{"time", `"2018-02-01T00:00:00Z"`, time.Date(2018, 2, 1, 0, 0, 0, 0, time.UTC)},
		{"duration", `"250ms"`, 250 * time.Millisecond},
		{"duration", `1000`, time.Microsecond},
		{"enum(auto, csv)", `"csv"`, "csv"},
		{"[int?]", `[1,null]`, []any{int64(1), nil}},
		{"{string: [float]}", `{"a":[1.5]}`, map[string]any{"a": []any{1.5}}},
		{"[One]", `[{"x":1}]`, []any{map[string]any{"x": int64(1)}}},
		{"any", `{"a":[1,2.5,"x",null,true,-70000,4000000000]}`, map[string]any{"a": []any{int64(1), 2.5, "x", nil, true, int64(-70000), int64(4000000000)}}},
	} {
		got, err := ParamValue(c.typ, lookup, json.RawMessage(c.raw))
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s as %s is %#v, want %#v (%v)", c.raw, c.typ, got, c.want, err)
		}
	}
}

func TestParamErrors(t *testing.T) {
	for _, c := range []struct{ typ, raw, want string }{
		{"int", `"x"`, `"x" is not an int`},
		{"int", `null`, `is null, and must not be`},
		{"[int]", `[1,true]`, `field "[1]": true is not an int`},
		{"enum(a, b)", `"c"`, `"c" is not one of a, b`},
		{"[Two]", `[]`, `"[Two]" is not a type`},
		{"int", `1 2`, `not valid JSON at byte 3: invalid character '2' after top-level value`},
	} {
		_, err := ParamValue(c.typ, lookup, json.RawMessage(c.raw))
		if message(err) != c.want {
			t.Errorf("%s as %s: %v, want %s", c.raw, c.typ, err, c.want)
		}
	}
}

func TestAppendParam(t *testing.T) {
	dense, err := AppendParam([]byte("p"), "One", lookup, json.RawMessage(`{"x":258}`))
	if err != nil || string(dense) != "p\x02\x01\x00\x00\x00\x00\x00\x00" {
		t.Errorf("%q, %v", dense, err)
	}
	dense, err = AppendParam(nil, "[string]", lookup, json.RawMessage(`["a","bc"]`))
	if want := "\x02\x00\x00\x00\x01\x00\x00\x00\x03\x00\x00\x00abc"; err != nil || string(dense) != want {
		t.Errorf("%q, want %q, %v", dense, want, err)
	}
	dense, err = AppendParam(nil, "bool", lookup, json.RawMessage(`true`))
	if err != nil || string(dense) != "\x01" {
		t.Errorf("%q, %v", dense, err)
	}
}
