package interp

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ilpomo/opencore/internal/literal"
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/runtime/message"
	"github.com/ilpomo/opencore/runtime/spec"
)

// Params reads the values of the parameters of main as the command line of a
// run has them, name=value, and gives those that are well in the form that
// values have outside. The error tells all that is wrong, a line each.
func Params(p *spec.Plan, args []string) (map[string]json.RawMessage, error) {
	return parseParams(p, args)
}

// parseParams reads the values of the parameters of main, each written
// name=value, and checks them against their types. Its error tells all that
// is wrong, a line each.
func parseParams(p *spec.Plan, args []string) (map[string]json.RawMessage, error) {
	values := map[string]json.RawMessage{}
	var errs []error
	for _, arg := range args {
		name, text, ok := strings.Cut(arg, "=")
		if !ok {
			errs = append(errs, fmt.Errorf("%q is not of the form name=value", arg))
			continue
		}
		if err := addParam(p, values, name, text); err != nil {
			errs = append(errs, err)
		}
	}
	for _, param := range p.Params {
		if _, given := values[param.Name]; !given && param.Value == nil && !named(args, param.Name) {
			errs = append(errs, fmt.Errorf("the parameter %q must be given, as %s=%s", param.Name, param.Name, example(p, param)))
		}
	}
	return values, errors.Join(errs...)
}

// named reports whether an argument is about this parameter, well or ill.
func named(args []string, name string) bool {
	return slices.ContainsFunc(args, func(arg string) bool { return strings.HasPrefix(arg, name+"=") })
}

func addParam(p *spec.Plan, values map[string]json.RawMessage, name, text string) error {
	i := slices.IndexFunc(p.Params, func(param spec.Name) bool { return param.Name == name })
	if i < 0 {
		return unknownParam(p, name)
	}
	if _, twice := values[name]; twice {
		return fmt.Errorf("the parameter %q is given twice", name)
	}
	value, err := parseValue(p, p.Params[i], text)
	if err != nil {
		return fmt.Errorf("the parameter %q (%s): %w", name, p.Params[i].Place, err)
	}
	values[name] = value
	return nil
}

func unknownParam(p *spec.Plan, name string) error {
	if len(p.Params) == 0 {
		return fmt.Errorf("there is no parameter %q: graph main has none", name)
	}
	var names []string
	for _, param := range p.Params {
		names = append(names, param.Name)
	}
	if near := diag.DidYouMean(name, names); near != "" {
		return fmt.Errorf("there is no parameter %q; did you mean %q?", name, near)
	}
	return fmt.Errorf("there is no parameter %q; there are %s", name, strings.Join(names, ", "))
}

// parseValue reads a value as it is written on a command line, and gives it
// in the form that values have outside.
func parseValue(p *spec.Plan, param spec.Name, text string) (json.RawMessage, error) {
	lookup := func(name string) *schema.Message { return p.Messages[name] }
	t, err := schema.Parse(param.Type, lookup)
	if err != nil {
		return nil, err
	}
	raw, ok := outside(t, text)
	ok = ok && (utf8.ValidString(text) || t.Kind == schema.Bytes)
	if ok {
		_, err = message.ParamValue(param.Type, lookup, raw)
		ok = err == nil
	}
	if !ok {
		return nil, fmt.Errorf("%q is not %s", text, kindWords(t))
	}
	return raw, nil
}

// outside translates a word of the command line. Lists of scalars may be
// written with commas between; lists, maps and messages as JSON.
func outside(t *schema.Type, text string) (raw json.RawMessage, ok bool) {
	if t.Optional && text == "nil" && t.Kind != schema.String {
		return json.RawMessage("null"), true
	}
	switch t.Kind {
	case schema.String, schema.Enum, schema.Time:
		return quoted(timeText(t, text)), true
	case schema.Bytes:
		return quoted(base64.StdEncoding.EncodeToString([]byte(text))), true
	case schema.Int, schema.Float, schema.Duration:
		return numberText(t.Kind, text)
	case schema.Any:
		if !json.Valid([]byte(text)) {
			return quoted(text), true
		}
	case schema.List:
		if !strings.HasPrefix(text, "[") {
			return listText(t, text)
		}
	}
	return json.RawMessage(text), json.Valid([]byte(text))
}

func quoted(text string) json.RawMessage {
	raw, err := json.Marshal(text)
	if err != nil {
		panic(fmt.Sprintf("bug: a string has no JSON: %v", err))
	}
	return raw
}

// timeText lets a day stand for its first instant, in UTC.
func timeText(t *schema.Type, text string) string {
	if _, err := time.Parse(time.DateOnly, text); err == nil && t.Kind == schema.Time {
		return text + "T00:00:00Z"
	}
	return text
}

// numberText reads a number, a size or a duration, as the language writes
// them: 10_000, 64KiB, 250ms.
func numberText(k schema.Kind, text string) (raw json.RawMessage, ok bool) {
	digits, ok := literal.Digits(text)
	if !ok {
		return nil, false
	}
	switch k {
	case schema.Float:
		return json.RawMessage(digits), true
	case schema.Duration:
		d, err := time.ParseDuration(digits)
		return json.RawMessage(strconv.FormatInt(int64(d), 10)), err == nil
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		n, ok = literal.Size(digits)
	}
	return json.RawMessage(strconv.FormatInt(n, 10)), ok
}

func listText(t *schema.Type, text string) (raw json.RawMessage, ok bool) {
	var parts []json.RawMessage
	for _, word := range strings.Split(text, ",") {
		part, ok := outside(t.Elem, strings.TrimSpace(word))
		if !ok || !json.Valid(part) {
			return nil, false
		}
		parts = append(parts, part)
	}
	raw, err := json.Marshal(parts)
	return raw, err == nil
}

// kindWords says what a type takes.
func kindWords(t *schema.Type) string {
	switch t.Kind {
	case schema.Bool:
		return "true or false"
	case schema.Int:
		return "a whole number, like 10_000 or 64KiB"
	case schema.Float:
		return "a number, like 2.5"
	case schema.Time:
		return "a time, like 2018-02-01 or 2018-02-01T12:00:00Z"
	case schema.Duration:
		return "a duration, like 250ms or 1h30m"
	case schema.Enum:
		return "one of " + strings.Join(t.Enum.Values, ", ")
	default:
		return "of the type " + t.String()
	}
}

// example is what could stand behind "name=".
func example(p *spec.Plan, param spec.Name) string {
	t, err := schema.Parse(param.Type, func(name string) *schema.Message { return p.Messages[name] })
	if err != nil {
		return "VALUE"
	}
	switch t.Kind {
	case schema.Bool:
		return "true"
	case schema.Int:
		return "10"
	case schema.Float:
		return "2.5"
	case schema.Duration:
		return "250ms"
	case schema.Time:
		return "2018-02-01"
	case schema.Enum:
		return strings.Join(t.Enum.Values, "|")
	default:
		return "VALUE"
	}
}
