// Package literal is how numbers are written in the language, for all who read
// them: source files, command lines. It knows underscores and sizes; the rest is
// strconv's and time's. Values that come from outside, in messages or the
// environment, are not written so.
package literal

import (
	"math"
	"strconv"
	"strings"
)

// Digits takes the underscores out of a number, with or without a unit. It
// reports false where one doesn't stand between two digits.
func Digits(text string) (digits string, ok bool) {
	for i := range len(text) {
		if text[i] == '_' && (i == 0 || i+1 == len(text) || !isDigit(text[i-1]) || !isDigit(text[i+1])) {
			return text, false
		}
	}
	return strings.ReplaceAll(text, "_", ""), true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// sizeUnits are the units of sizes as shifts.
var sizeUnits = map[string]uint{"B": 0, "KiB": 10, "MiB": 20, "GiB": 30, "TiB": 40}

// Size reads a size, like 64KiB or 0.5MiB, in bytes. It reports false for what
// has no such unit, is no whole number of bytes, or doesn't fit.
func Size(digits string) (bytes int64, ok bool) {
	unit := strings.TrimLeft(digits, "-0123456789.")
	shift, ok := sizeUnits[unit]
	if !ok {
		return 0, false
	}
	number := strings.TrimSuffix(digits, unit)
	if count, err := strconv.ParseInt(number, 10, 64); err == nil {
		return count << shift, count<<shift>>shift == count
	}
	count, err := strconv.ParseFloat(number, 64)
	all := math.Ldexp(count, int(shift)) // exact
	return int64(all), err == nil && all == math.Trunc(all) && math.Abs(all) < 1<<63
}
