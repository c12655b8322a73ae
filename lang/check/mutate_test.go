package check_test

import (
	"os"
	"regexp"
	"testing"
)

// word is what mutations take away: a word, a string or a sign.
var word = regexp.MustCompile(`"[^"\n]*"|\w+|[^\s\w]`)

// TestCheckWithoutAWord takes each word out of programs in turn. What is left
// may be wrong in any way, and must be checked all the same.
func TestCheckWithoutAWord(t *testing.T) {
	for _, file := range []string{"testdata/good_foreign.actors", "testdata/good_requests.actors"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range word.FindAllIndex(text, -1) {
			less := string(text[:at[0]]) + string(text[at[1]:])
			if program, found := load(file, less); (program == nil) != found.HasErrors() {
				t.Errorf("without %q at byte %d: program %v, findings %v", text[at[0]:at[1]], at[0], program, found)
			}
		}
	}
}
