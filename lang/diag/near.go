package diag

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// DidYouMean gives the candidate that word was most likely meant to be: the
// first of [Near], "" if there is none.
func DidYouMean(word string, candidates []string) string {
	if near := Near(word, candidates); len(near) > 0 {
		return near[0]
	}
	return ""
}

// Near gives the candidates that word may have been meant to be: those with
// the fewest letters to change, add, leave out or swap, if these are few for a
// word of its length; equally near ones in their order, each once. There are
// none if word itself is a candidate.
func Near(word string, candidates []string) []string {
	const most = 100 // bytes; nobody misspells a longer word, but a fuzzer writes one
	if len(word) > most {
		return nil
	}
	letters := utf8.RuneCountInString(word)
	limit := max(1, letters/3)
	var near []string
	for _, c := range candidates {
		if c == word {
			return nil
		}
		d := distance(word, c, limit+1)
		if d > limit || d >= letters && !strings.EqualFold(word, c) {
			continue
		}
		if d < limit {
			near, limit = near[:0], d
		}
		if !slices.Contains(near, c) {
			near = append(near, c)
		}
	}
	return near
}

// distance counts the letters to change, add, leave out or swap between
// neighbours to make a into b; limit or more are all the same to it. Words that
// differ in case alone are 1 apart.
func distance(a, b string, limit int) int {
	s, t := []rune(strings.ToLower(a)), []rune(strings.ToLower(b))
	if len(s)-len(t) >= limit || len(t)-len(s) >= limit {
		return limit
	}
	before, last, row := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(s); i++ {
		row[0] = i
		for j := 1; j <= len(t); j++ {
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+differ(s[i-1], t[j-1]))
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	if last[len(t)] == 0 && a != b {
		return 1
	}
	return last[len(t)]
}

func differ(a, b rune) int {
	if a == b {
		return 0
	}
	return 1
}
