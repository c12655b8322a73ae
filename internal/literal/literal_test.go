package literal

import (
	"math"
	"testing"
)

func TestDigits(t *testing.T) {
	for in, want := range map[string]string{"10": "10", "10_000": "10000", "-1_0.5": "-10.5", "1_000ms": "1000ms", "": ""} {
		if got, ok := Digits(in); !ok || got != want {
			t.Errorf("%q: %q, %v; want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{"_1", "1_", "1__0", "1_.5", "1._5", "1_ms", "-_1"} {
		if got, ok := Digits(in); ok {
			t.Errorf("%q is taken for %q", in, got)
		}
	}
}

func TestSize(t *testing.T) {
	for in, want := range map[string]int64{
		"0B": 0, "7B": 7, "64KiB": 64 << 10, "-1MiB": -1 << 20, "0.5KiB": 512, "1.5GiB": 3 << 29, "8388607TiB": 8388607 << 40,
	} {
		if got, ok := Size(in); !ok || got != want {
			t.Errorf("%q: %d, %v; want %d", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "5", "KiB", "5kb", "5KB", "5Ki", "0.3B", "8388608TiB", "1e40KiB", "5iB", "x5B", "infB", "5MKiB", "1e3B", "0x1p4B", "1.2.3B"} {
		if got, ok := Size(in); ok {
			t.Errorf("%q is taken for %d", in, got)
		}
	}
	if got, ok := Size("9223372036854775807B"); !ok || got != math.MaxInt64 {
		t.Errorf("the most is %d, %v", got, ok)
	}
}
