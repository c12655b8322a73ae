package message

import (
	"bytes"
	"encoding/base64"
	"math"
	"strconv"
	"time"
	"unsafe"

	"github.com/ilpomo/opencore/internal/schema"
)

// view gives b as a string without copying it, for functions that keep
// nothing of it.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func boolWord(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// numberWord reads a decimal number as an int, a float or a duration; ok is
// false if it is none.
func numberWord(s *shape, number []byte) (w uint64, ok bool) {
	if s.kind == schema.Float {
		f, err := strconv.ParseFloat(view(number), 64)
		return math.Float64bits(f), err == nil
	}
	n, ok := parseInt(number)
	return uint64(n), ok
}

// parseInt reads a decimal number that is an int: -12, and also 1.0 or 1e3
// while a float can tell it from its neighbours.
func parseInt(number []byte) (int64, bool) {
	digits := number
	negative := len(digits) > 0 && digits[0] == '-'
	if negative {
		digits = digits[1:]
	}
	if len(digits) == 0 || len(digits) > 18 {
		return parseLongInt(number)
	}
	var n int64
	for _, c := range digits {
		if c -= '0'; c > 9 {
			return parseLongInt(number)
		}
		n = n*10 + int64(c)
	}
	if negative {
		n = -n
	}
	return n, true
}

func parseLongInt(number []byte) (int64, bool) {
	if n, err := strconv.ParseInt(view(number), 10, 64); err == nil {
		return n, true
	}
	const exact = 1 << 53 // beyond it, not every int is a float
	f, err := strconv.ParseFloat(view(number), 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) >= exact {
		return 0, false
	}
	// A whole number written with digits alone would have been read above, so
	// this one overflows, or has a point or an exponent.
	return int64(f), bytes.ContainsAny(number, ".eE")
}

// textWord reads the types whose outside form is text: an enum, a time, a
// duration, a float that no JSON number can say.
func textWord(s *shape, text []byte) (uint64, error) {
	switch s.kind {
	case schema.Enum:
		if n, ok := s.numbers[string(text)]; ok {
			return uint64(n), nil
		}
	case schema.Time:
		if ns, ok := parseTime(text); ok {
			return uint64(ns), nil
		}
	case schema.Duration:
		if d, err := time.ParseDuration(view(text)); err == nil {
			return uint64(d), nil
		}
	case schema.Float:
		switch string(text) {
		case "NaN":
			return math.Float64bits(math.NaN()), nil
		case "Infinity":
			return math.Float64bits(math.Inf(1)), nil
		case "-Infinity":
			return math.Float64bits(math.Inf(-1)), nil
		}
	}
	return 0, notA(s, shown(string(text)))
}

// parseTime reads RFC 3339 as nanoseconds since 1970.
func parseTime(text []byte) (int64, bool) {
	var t time.Time
	if t.UnmarshalText(text) != nil {
		return 0, false
	}
	ns := t.UnixNano() // overflows outside the years 1678 to 2262
	return ns, time.Unix(0, ns).Equal(t)
}

func appendTime(dst []byte, ns int64) []byte {
	return time.Unix(0, ns).UTC().AppendFormat(dst, time.RFC3339Nano)
}

// appendFloat appends the shortest number that is f, as JavaScript writes it;
// NaN, Infinity and -Infinity as such.
func appendFloat(dst []byte, f float64) []byte {
	switch abs := math.Abs(f); {
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	case abs != 0 && (abs < 1e-6 || abs >= 1e21):
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	return strconv.AppendFloat(dst, f, 'f', -1, 64)
}

// appendBase64 appends what text means.
func appendBase64(dst []byte, s *shape, text []byte) ([]byte, error) {
	if bytes.ContainsAny(text, "\r\n") { // the standard library would skip them
		return dst, notA(s, shown(string(text)))
	}
	out, err := base64.StdEncoding.AppendDecode(dst, text)
	if err != nil {
		return dst, notA(s, shown(string(text)))
	}
	return out, nil
}
