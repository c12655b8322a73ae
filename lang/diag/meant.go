package diag

import (
	"fmt"
	"strings"

	"github.com/ilpomo/opencore/internal/near"
)

// DidYouMean gives the candidate that word was most likely meant to be: the
// one with the fewest letters to change, add, leave out or swap, if those are
// few for a word of its length. It is "" if none is near, or word itself is a
// candidate. Of candidates equally near the first counts.
func DidYouMean(word string, candidates []string) string { return near.Word(word, candidates) }

// maxMeant bounds how many near words a finding offers.
const maxMeant = 5

// A Meant is a word that means nothing, and what it may have been meant to be.
type Meant struct {
	Word       string
	At         Span                  // of the word
	Candidates []string              // of those equally near the first counts
	Right      func(c string) bool   // whether a candidate certainly belongs there; nil: each does
	Write      func(c string) string // how a candidate is written there; nil: as it is
}

// Meant says in the hint of d which candidate is nearest, and attaches a fix
// for each that is near: a sure one where no other is, and it is right. It gives
// the nearest, "" if there is none.
func (d *Diagnostic) Meant(m Meant) string {
	words := near.Words(m.Word, m.Candidates)
	if len(words) == 0 {
		return ""
	}
	write := func(c string) string {
		if m.Write != nil {
			return m.Write(c)
		}
		return c
	}
	d.Help("did you mean %q?", words[0])
	sure := near.Certain(m.Word, words) && (m.Right == nil || m.Right(words[0]))
	for _, w := range words[:min(len(words), maxMeant)] {
		text := write(w)
		title := "write " + text
		if !strings.HasPrefix(text, `"`) {
			title = fmt.Sprintf("write %q", text)
		}
		d.Fixes = append(d.Fixes, Fix{Title: title, Sure: sure, Edits: []Edit{{m.At, text}}})
	}
	return words[0]
}
