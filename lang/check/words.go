package check

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"
)

// quote puts a name in quotes where it stands in for words.
func quote(name string) string { return strconv.Quote(name) }

// count says how many there are of something: "no in-port", "2 in-ports".
func count(n int, what string) string {
	switch n {
	case 0:
		return "no " + what
	case 1:
		return "one " + what
	default:
		return fmt.Sprintf("%d %ss", n, what)
	}
}

// listing joins names with commas and an "and".
func listing[S ~string](names []S) string {
	words := make([]string, len(names))
	for i, n := range names {
		words[i] = string(n)
	}
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// durationText spells a duration without the zeros that Go leaves.
func durationText(d time.Duration) string {
	s := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(s, zero) {
			s = s[:len(s)-2]
		}
	}
	return s
}

// each yields the names of the elements of a list.
func each[T any](list []T, name func(T) string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, one := range list {
			if !yield(name(one)) {
				return
			}
		}
	}
}
