package prove_test

import (
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"testing"
	"testing/fstest"

	"github.com/ilpomo/opencore/lang"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
)

// The property tests make random programs, ask the compiler about them, and
// find out by brute force whether what it says is so. "make prove" runs the
// long form. The program that a failure names comes back with
//
//	go test ./lang/prove -run NAME -seed N -cases 1
var (
	cases = flag.Int("cases", 2000, "how many random programs each property test makes")
	seed  = flag.Uint64("seed", 1, "the seed of the first one; the next has the next")
)

// forSeeds calls test with the random numbers of each program.
func forSeeds(t *testing.T, test func(t *testing.T, seed uint64, r *rand.Rand)) {
	t.Helper()
	for s := *seed; s < *seed+uint64(*cases) && !t.Failed(); s++ {
		test(t, s, rand.New(rand.NewPCG(s, 14)))
	}
}

// loadText checks one text, without a standard library.
func loadText(text string) (*model.Program, diag.List) {
	read := func(name string) ([]byte, error) {
		if name != "random.actors" {
			return nil, fs.ErrNotExist
		}
		return []byte(text), nil
	}
	program, _, found := lang.Load("random.actors", read, fstest.MapFS{})
	return program, found
}

// proved gives the findings that proofs have made. Whatever else is an error is
// a mistake of the test's: what it makes must be well formed.
func proved(t *testing.T, seed uint64, text string, found diag.List) diag.List {
	t.Helper()
	var list diag.List
	for _, d := range found {
		switch {
		case d.Code >= "OC330" && d.Code < "OC370":
			list = append(list, d)
		case d.Severity == diag.Error:
			t.Fatalf("seed %d: %s %s: %s\n%s", seed, d.Span, d.Code, d.Message, numbered(text))
		}
	}
	return list
}

// pick gives one of a list.
func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

// chance is true n times in a hundred.
func chance(r *rand.Rand, n int) bool { return r.IntN(100) < n }

// numbered gives a text with the numbers of its lines.
func numbered(text string) string {
	var b []byte
	line := 1
	b = fmt.Appendf(b, "%3d ", line)
	for _, c := range []byte(text) {
		b = append(b, c)
		if c == '\n' {
			line++
			b = fmt.Appendf(b, "%3d ", line)
		}
	}
	return string(b)
}
