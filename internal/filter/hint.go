package filter

import (
	"strconv"

	"github.com/ilpomo/opencore/internal/near"
)

// meant says which of some candidates a word of the expression may have been
// meant to be.
func (p *Problem) meant(word string, candidates []string) {
	p.Word, p.Near = word, near.Words(word, candidates)
	p.Hint = didYouMean(p.Near)
}

// didYouMean is the hint that names the nearest of the words that are near, ""
// if there is none.
func didYouMean(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return "did you mean " + strconv.Quote(words[0]) + "?"
}
