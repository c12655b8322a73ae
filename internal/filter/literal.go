package filter

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/ilpomo/opencore/internal/schema"
)

// readNumeral reads a number with its unit, whole, whose first part the
// parser would take as number. It gives nil where the parser reads it itself,
// and what is wrong with it.
func readNumeral(number, whole string) (lit *node, message, hint string) {
	if !underscored(whole) {
		return badNode, fmt.Sprintf("%q is not a number", whole), "an underscore stands between two digits"
	}
	if number == whole {
		if message = checkNumber(number); message != "" {
			return badNode, message, ""
		}
		return nil, "", ""
	}
	plain := strings.ReplaceAll(whole, "_", "")
	if d, err := time.ParseDuration(plain); err == nil {
		return constant(typeDuration, int64(d)), "", ""
	}
	unit := whole[len(number):]
	factor, ok := sizes[unit]
	if !ok {
		return badNode, fmt.Sprintf("%q is not a number, a duration or a size", whole), unitHint(unit)
	}
	n, ok := sizeOf(strings.ReplaceAll(number, "_", ""), factor)
	if !ok {
		return badNode, fmt.Sprintf("%q is not a whole number of bytes below 2^63", whole), ""
	}
	return constant(typeInt, n), "", ""
}

// underscored reports whether underscores stand between digits only.
func underscored(s string) bool {
	for i := range len(s) {
		if s[i] == '_' && (i == 0 || i+1 == len(s) || !hexDigit(s[i-1]) || !hexDigit(s[i+1])) {
			return false
		}
	}
	return true
}

func hexDigit(b byte) bool { return strings.IndexByte("0123456789abcdefABCDEF", b) >= 0 }

// sizeOf multiplies a number with a unit, exactly.
func sizeOf(number string, unit int64) (bytes int64, ok bool) {
	if i, err := strconv.ParseInt(number, 10, 64); err == nil {
		return multiplyInt(i, unit)
	}
	f, err := strconv.ParseFloat(number, 64)
	f *= float64(unit) // a power of two: exact
	if err != nil || f != math.Trunc(f) {
		return 0, false
	}
	return floatToInt(f)
}

var sizes = map[string]int64{"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}

func unitHint(unit string) string {
	for known := range sizes {
		if strings.EqualFold(unit, known) || strings.EqualFold(unit, strings.Replace(known, "i", "", 1)) || strings.EqualFold(unit, known[:1]) && len(known) == 3 {
			return "sizes are written in B, KiB, MiB, GiB or TiB"
		}
	}
	return "durations are written in ns, us, ms, s, m or h"
}

// checkNumber says what is wrong with a number that the parser will read.
func checkNumber(s string) string {
	plain := strings.ToLower(strings.ReplaceAll(s, "_", ""))
	prefixed := strings.HasPrefix(plain, "0x") || strings.HasPrefix(plain, "0b") || strings.HasPrefix(plain, "0o")
	var err error
	switch {
	case prefixed && strings.ContainsAny(plain, ".") || !strings.HasPrefix(plain, "0x") && prefixed && strings.Contains(plain, "e"):
		err = strconv.ErrSyntax
	case prefixed:
		_, err = strconv.ParseInt(plain, 0, 64)
	case strings.ContainsAny(plain, ".e"):
		_, err = strconv.ParseFloat(plain, 64)
	default:
		_, err = strconv.ParseInt(plain, 10, 64)
	}
	switch e, _ := err.(*strconv.NumError); {
	case err == nil:
		return ""
	case e != nil && e.Err == strconv.ErrRange:
		return fmt.Sprintf("%q is too large", s)
	default:
		return fmt.Sprintf("%q is not a number", s)
	}
}

// timeLayouts are how a time may be written as a string; without a zone it is
// UTC.
var timeLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly}

func parseTime(s string) (ns int64, err error) {
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return nanoseconds(t)
		}
	}
	return 0, fmt.Errorf("%q is not a time: write it like \"2018-02-01\" or \"2018-02-01T15:04:05Z\"", s)
}

// nanoseconds counts from 1970. It fails on times that 64 bits don't reach.
func nanoseconds(t time.Time) (int64, error) {
	ns := t.UnixNano()
	if !time.Unix(0, ns).Equal(t) {
		return 0, fmt.Errorf("%q is not between the years 1678 and 2262", t.Format(time.DateOnly))
	}
	return ns, nil
}

// convert reads a string as a constant of a type whose values may be written
// as strings.
func convert(s string, t *schema.Type) (*node, error) {
	t = required(t)
	switch t.Kind {
	case schema.Time:
		ns, err := parseTime(s)
		return constant(t, ns), err
	case schema.Duration:
		d, err := time.ParseDuration(s)
		if err != nil {
			return nil, fmt.Errorf("%q is not a duration: write it like \"250ms\"", s)
		}
		return constant(t, int64(d)), nil
	case schema.Enum:
		i := t.Enum.Index(s)
		if i < 0 {
			return nil, fmt.Errorf("%q is not a value of %s", s, enumWords(t))
		}
		return constant(t, int64(i)), nil
	}
	panic("bug: " + t.String() + " is not written as a string")
}

// fromString reports whether convert knows the type.
func fromString(t *schema.Type) bool {
	return t != nil && (t.Kind == schema.Time || t.Kind == schema.Duration || t.Kind == schema.Enum)
}

// constantType reports whether constants may be of the type.
func constantType(t *schema.Type) bool {
	return scalar(t) || t.Kind == schema.Bytes || t.Kind == schema.List && scalar(t.Elem)
}

// constantOf makes a constant of a value as [Name] has them. Where t is nil,
// it is what the value looks like.
func constantOf(v any, t *schema.Type) (*node, error) {
	if t == nil {
		t = typeOf(v)
	}
	if v == nil {
		if !nullable(t) {
			return nil, fmt.Errorf("nil is not %s", noun(t))
		}
		return constant(t, nil), nil
	}
	t = required(t)
	if list, ok := v.([]any); ok && t.Kind == schema.List {
		return constantList(list, t)
	}
	if s, ok := v.(string); ok && fromString(t) {
		return convert(s, t)
	}
	if n := plainConstant(v, t); n != nil {
		return n, nil
	}
	return nil, fmt.Errorf("%v is not %s", v, noun(t))
}

// plainConstant makes a constant of v, nil if that is not of type t.
func plainConstant(v any, t *schema.Type) *node {
	switch v := v.(type) {
	case bool:
		if t.Kind == schema.Bool {
			return constant(t, truth(v))
		}
	case int64:
		switch t.Kind {
		case schema.Int:
			return constant(t, v)
		case schema.Float:
			return constant(t, float64(v))
		}
	case float64:
		if t.Kind == schema.Float {
			return constant(t, v)
		}
	case string:
		if t.Kind == schema.String {
			return constant(t, v)
		}
	case []byte:
		if t.Kind == schema.Bytes {
			return constant(t, string(v))
		}
	case time.Time:
		if ns, err := nanoseconds(v); err == nil && t.Kind == schema.Time {
			return constant(t, ns)
		}
	case time.Duration:
		if t.Kind == schema.Duration {
			return constant(t, int64(v))
		}
	}
	return nil
}

func constantList(list []any, t *schema.Type) (*node, error) {
	values := make([]any, len(list))
	for i, v := range list {
		n, err := constantOf(v, t.Elem)
		if err != nil {
			return nil, err
		}
		values[i] = n.value
	}
	return constant(t, values), nil
}

// typeOf gives the type that a value without one has. A list of ints and
// floats is one of floats.
func typeOf(v any) *schema.Type {
	switch v := v.(type) {
	case bool:
		return typeBool
	case int64:
		return typeInt
	case float64:
		return typeFloat
	case string:
		return typeString
	case time.Time:
		return typeTime
	case time.Duration:
		return typeDuration
	case []any:
		elem := typeString
		for i, e := range v {
			if t := typeOf(e); i == 0 || t.Kind == schema.Float {
				elem = t
			}
		}
		return &schema.Type{Kind: schema.List, Elem: elem}
	}
	return typeNil
}

// exported gives a constant's value as [Expr.Constant] tells it.
func exported(n *node) any {
	switch v := n.value.(type) {
	case int64:
		switch n.t.Kind {
		case schema.Bool:
			return v != 0
		case schema.Time:
			return time.Unix(0, v).UTC()
		case schema.Duration:
			return time.Duration(v)
		case schema.Enum:
			return n.t.Enum.Values[v]
		}
		return v
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = exported(constant(n.t.Elem, v[i]))
		}
		return list
	case string:
		if n.t.Kind == schema.Bytes {
			return []byte(v)
		}
	}
	return n.value
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
