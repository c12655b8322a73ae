package syntax

import (
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestMutations demands what the fuzzers demand of valid files whose tokens,
// spaces and line ends were shuffled a little: nearer to what people type than
// what a fuzzer comes by.
func TestMutations(t *testing.T) {
	var pieces []string
	for _, file := range []string{"testdata/everything.actors", "testdata/quakes.actors"} {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		pieces = append(pieces, split(string(src))...)
	}
	const rounds, window = 800, 60
	random := rand.New(rand.NewPCG(1, 2))
	for range rounds {
		from := random.IntN(len(pieces) - window)
		source := strings.Join(mutate(random, pieces[from:from+window], pieces), "")
		checkParse(t, source)
		checkFormat(t, source)
		wrapped := "graph main {\n" + source + "\n}\n"
		checkParse(t, wrapped)
		checkFormat(t, wrapped)
	}
}

// TestRespaced demands of valid files, with other space, separators and
// comments between their tokens, that formatting them keeps what they say.
func TestRespaced(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	spaces := []string{"", " ", "\t", "\n", ",", ",\n", "\n\n\n", " // c\n", "\n/// d\n", "\r\n"}
	valid := 0
	for _, file := range []string{"testdata/everything.actors", "testdata/quakes.actors"} {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		pieces := split(string(src))
		for range 80 {
			changed := slices.Clone(pieces)
			for range 1 + random.IntN(3) {
				i := random.IntN(len(changed))
				if s := spaces[random.IntN(len(spaces))]; strings.TrimSpace(changed[i]) == "" || changed[i] == "," {
					changed[i] = s
				} else {
					changed[i] += s
				}
			}
			source := strings.Join(changed, "")
			checkParse(t, source)
			checkFormat(t, source)
			if _, problems := Parse("a", []byte(source)); !problems.HasErrors() {
				valid++
			}
		}
	}
	if valid < 30 {
		t.Errorf("only %d of the files were valid", valid)
	}
}

// split gives the tokens of a source and what stands between them.
func split(source string) []string {
	var pieces []string
	end := 0
	for _, t := range scan("a", []byte(source)).tokens {
		if t.Type == tokenEOL {
			continue
		}
		if t.Pos.Offset > end {
			pieces = append(pieces, source[end:t.Pos.Offset])
		}
		if t.Type == tokenMissing {
			continue
		}
		pieces = append(pieces, t.Value)
		end = t.Pos.Offset + len(t.Value)
	}
	return pieces
}

// mutate leaves out, doubles, exchanges and adds a few pieces.
func mutate(random *rand.Rand, pieces, all []string) []string {
	var out []string
	for _, p := range pieces {
		switch random.IntN(40) {
		case 0:
			continue
		case 1:
			out = append(out, p)
		case 2:
			p = all[random.IntN(len(all))]
		case 3:
			out = append(out, all[random.IntN(len(all))])
		case 4:
			p = []string{"\n", ",", " ", "\n\n", " // c\n", "/// d\n", "<", ">", "{", "}", "->"}[random.IntN(11)]
		}
		out = append(out, p)
	}
	return out
}
