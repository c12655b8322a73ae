package interp

import (
	"strings"
	"testing"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/runtime/spec"
)

// paramPlan has a parameter of each kind of type, named by it.
func paramPlan() *spec.Plan {
	inner := &schema.Message{Name: "Inner", Fields: []schema.Field{{Name: "n", Type: &schema.Type{Kind: schema.Int}}}}
	p := &spec.Plan{Messages: schema.Set{"Inner": inner}}
	for name, typ := range map[string]string{
		"s": "string", "b": "bool", "i": "int", "f": "float", "d": "duration", "t": "time", "y": "bytes", "e": "enum Alert(green, red)",
		"o": "int?", "a": "any", "l": "[string]", "ld": "[duration]", "m": "{string: int}", "r": "Inner", "ll": "[[int]]",
	} {
		p.Params = append(p.Params, spec.Name{Name: name, Type: typ, Value: []byte("null"), Place: "test.actors:1:1"})
	}
	return p
}

func TestParams(t *testing.T) {
	for arg, want := range map[string]string{
		`s=a b"c`: `"a b\"c"`, `s=`: `""`, `s=x=y`: `"x=y"`,
		`b=true`: `true`, `i=-5`: `-5`, `i=10_000`: `10000`, `i=64KiB`: `65536`, `i=7B`: `7`, `i=0.5KiB`: `512`, `i=9223372036854775807`: `9223372036854775807`,
		`f=2.5`: `2.5`, `f=1_000`: `1000`, `f=-1e3`: `-1e3`, `d=1.5s`: `1500000000`, `d=1_000ms`: `1000000000`, `d=1h30m`: `5400000000000`,
		`t=2018-02-01`: `"2018-02-01T00:00:00Z"`, `t=2018-02-01T12:00:00+01:00`: `"2018-02-01T12:00:00+01:00"`,
		`y=abc`: `"YWJj"`, `e=red`: `"red"`, `o=nil`: `null`, `o=7`: `7`, `a=7`: `7`, `a=word`: `"word"`, `a={"x":1}`: `{"x":1}`,
		`l=de,fr`: `["de","fr"]`, `l=["a,b"]`: `["a,b"]`, `ld=1s, 2ms`: `[1000000000,2000000]`, `m={"x": 1}`: `{"x": 1}`, `r={"n": 1}`: `{"n": 1}`, `ll=[[1],[2,3]]`: `[[1],[2,3]]`,
	} {
		values, err := parseParams(paramPlan(), []string{arg})
		name, _, _ := strings.Cut(arg, "=")
		if err != nil || string(values[name]) != want {
			t.Errorf("%s: %s, %v; want %s", arg, values[name], err, want)
		}
	}
}

func TestBadParams(t *testing.T) {
	for arg, want := range map[string]string{
		`b=yes`: `the parameter "b" (test.actors:1:1): "yes" is not true or false`,
		`i=2.5`: `"2.5" is not a whole number, like 10_000 or 64KiB`, `i=9223372036854775808`: `is not a whole number`, `i=9000000000GiB`: `is not a whole number`, `i=`: `is not a whole number`, `i=1__0`: `is not a whole number`, `f=_1`: `is not a number`,
		`f=NaN`: `is not a number`, `f=two`: `is not a number`, `d=5`: `is not a duration, like 250ms or 1h30m`, `t=noon`: `is not a time`,
		`e=blue`: `"blue" is not one of green, red`, `o=x`: `is not a whole number`, `l=[1]`: `is not of the type [string]`, `ld=1s,x`: `is not of the type [duration]`,
		`m=x`: `is not of the type {string: int}`, `m={"x":"y"}`: `is not of the type {string: int}`, `r={}`: `is not of the type Inner`,
		`word`: `"word" is not of the form name=value`, "s=\xff": `is not of the type string`,
	} {
		if _, err := parseParams(paramPlan(), []string{arg}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", arg, err, want)
		}
	}
}

func TestParamNames(t *testing.T) {
	p := &spec.Plan{Params: []spec.Name{{Name: "input", Type: "string"}, {Name: "every", Type: "duration", Value: []byte("1")}}}
	for _, c := range []struct {
		plan *spec.Plan
		args []string
		want string
	}{
		{p, nil, `the parameter "input" must be given, as input=VALUE`},
		{p, []string{"input=a", "input=b"}, `the parameter "input" is given twice`},
		{p, []string{"input=a", "evry=1s"}, `there is no parameter "evry"; did you mean "every"?`},
		{p, []string{"input=a", "zzz=1s"}, `there is no parameter "zzz"; there are input, every`},
		{&spec.Plan{}, []string{"x=1"}, `there is no parameter "x": graph main has none`},
		{p, []string{"every=x", "word"}, "the parameter \"every\" (): \"x\" is not a duration, like 250ms or 1h30m\n\"word\" is not of the form name=value\nthe parameter \"input\" must be given, as input=VALUE"},
	} {
		if _, err := parseParams(c.plan, c.args); err == nil || err.Error() != c.want {
			t.Errorf("%v: %v; want %s", c.args, err, c.want)
		}
	}
	if _, err := parseParams(p, []string{"input=a"}); err != nil {
		t.Error(err)
	}
}
