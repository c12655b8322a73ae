package filter

import (
	"math"
	"math/bits"
	"strings"
)

// exactFloat reports whether an int is the same as a float.
func exactFloat(i int64) bool {
	f := float64(i)
	return f < 1<<63 && int64(f) == i
}

// compareIntFloat compares by value, rounding neither. ordered is false if f
// is NaN.
func compareIntFloat(i int64, f float64) (sign int, ordered bool) {
	switch {
	case f != f:
		return 0, false
	case f >= 1<<63:
		return -1, true
	case f < -1<<63:
		return 1, true
	}
	whole := int64(f)
	switch {
	case i < whole:
		return -1, true
	case i > whole:
		return 1, true
	}
	switch rest := f - float64(whole); {
	case rest > 0:
		return -1, true
	case rest < 0:
		return 1, true
	}
	return 0, true
}

// addInt and its like give false where the result does not fit.
func addInt(a, b int64) (int64, bool) {
	c := a + b
	return c, (c > a) == (b > 0)
}

func subtractInt(a, b int64) (int64, bool) {
	c := a - b
	return c, (c < a) == (b > 0)
}

func multiplyInt(a, b int64) (int64, bool) {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if a < 0 {
		hi -= uint64(b)
	}
	if b < 0 {
		hi -= uint64(a)
	}
	return int64(lo), int64(hi) == int64(lo)>>63
}

// divideInt divides a duration by an int.
func divideInt(a, b int64) (int64, bool) {
	if b == 0 || a == math.MinInt64 && b == -1 {
		return 0, false
	}
	return a / b, true
}

func negateInt(a int64) (int64, bool) { return -a, a != math.MinInt64 }

func absInt(a int64) (int64, bool) {
	if a < 0 {
		return negateInt(a)
	}
	return a, true
}

// floatToInt drops what is behind the point.
func floatToInt(f float64) (int64, bool) {
	if !(f >= -1<<63 && f < 1<<63) {
		return 0, false
	}
	return int64(f), true
}

// textToInt reads a decimal number with an optional sign. It exists because
// strconv allocates an error for what is none.
func textToInt(s string) (n int64, ok bool) {
	digits := strings.TrimPrefix(strings.TrimPrefix(s, "-"), "+")
	negative := strings.HasPrefix(s, "-")
	if len(digits) == 0 || len(s)-len(digits) > 1 {
		return 0, false
	}
	for i := range len(digits) {
		if !digit(digits, i) {
			return 0, false
		}
		d := int64(digits[i] - '0')
		if n, ok = multiplyInt(n, 10); !ok {
			return 0, false
		}
		if negative {
			d = -d
		}
		if n, ok = addInt(n, d); !ok && d != 0 {
			return 0, false
		}
	}
	return n, true
}

// looksLikeFloat reports whether strconv reads s as a decimal number, so that
// it is not asked for what it would make an error of.
func looksLikeFloat(s string) bool {
	digits, exponent := 0, false
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9':
			digits++
		case c == '-' || c == '+':
			if i > 0 && s[i-1] != 'e' && s[i-1] != 'E' {
				return false
			}
		case c == '.':
			if exponent || strings.IndexByte(s[:i], '.') >= 0 {
				return false
			}
		case c == 'e' || c == 'E':
			if exponent || digits == 0 {
				return false
			}
			exponent, digits = true, 0
		default:
			return false
		}
	}
	return digits > 0 && len(s) < 1000
}
