package display

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// clean makes text safe for a terminal and for logs that are read line by
// line: whatever isn't a printable character is spelled out, so nothing that
// comes from outside can move the cursor, colour or forge a line.
func clean(s string) string {
	if isClean(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case printable(r):
			b.WriteRune(r)
		default:
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		s = s[size:]
	}
	return b.String()
}

func isClean(s string) bool {
	for _, r := range s {
		if !printable(r) {
			return false
		}
	}
	return utf8.ValidString(s)
}

// printable excludes marks that turn the direction of writing, which are
// format characters for Unicode.
func printable(r rune) bool { return unicode.IsPrint(r) || r == '\t' }

// attributes writes a record's attributes as " key=value", sorted by key,
// values in quotes where they would be hard to tell apart.
func attributes(attrs map[string]any) string {
	keys := make([]string, 0, len(attrs))
	for key := range attrs {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	var b strings.Builder
	for _, key := range keys {
		value := fmt.Sprint(attrs[key])
		if value == "" || !isClean(value) || strings.ContainsAny(value, " \t\"=") {
			value = strconv.Quote(value)
		}
		b.WriteString(" " + clean(key) + "=" + value)
	}
	return b.String()
}

// grouped writes a number with a comma every three digits.
func grouped[T int | int64 | uint64](n T) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// short writes a duration as people do: "43ms", "1.2s", "3m12s".
func short(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "1ms"
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return d.Round(100 * time.Millisecond).String()
	default:
		return d.Round(time.Second).String()
	}
}

// bytesText writes a number of bytes with three digits.
func bytesText(n uint64) string {
	const unit = 1000
	if n < unit {
		return fmt.Sprintf("%d B", n)
	}
	value, units := float64(n)/unit, "kMGTPE"
	for value >= unit && len(units) > 1 {
		value, units = value/unit, units[1:]
	}
	return fmt.Sprintf("%.3g %cB", value, units[0])
}
