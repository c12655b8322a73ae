// Package near finds what a misspelt word was meant to be. It knows nothing of
// where words come from; read [Words] first.
package near

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Words gives the candidates that word may have been meant to be: those with
// few letters to change, add, leave out or swap for a word of its length, the
// nearest first, equally near ones in their order, each once. There are none if
// word itself is a candidate.
func Words(word string, candidates []string) []string {
	const most = 100 // bytes; nobody misspells a longer word, but a fuzzer writes one
	if len(word) > most || slices.Contains(candidates, word) {
		return nil
	}
	letters := utf8.RuneCountInString(word)
	limit := max(1, letters/3)
	byDistance := make([][]string, limit+1)
	for _, c := range candidates {
		d := distance(word, c, limit+1)
		if d > limit || d >= letters && !strings.EqualFold(word, c) || slices.Contains(byDistance[d], c) {
			continue
		}
		byDistance[d] = append(byDistance[d], c)
	}
	return slices.Concat(byDistance...)
}

// Word gives the first of [Words]; "" if there is none.
func Word(word string, candidates []string) string {
	if near := Words(word, candidates); len(near) > 0 {
		return near[0]
	}
	return ""
}

// Certain reports whether of what [Words] gave for a word the first is meant
// beyond doubt: nothing else is near, there are letters enough to tell, and the
// two don't differ in a digit, for a1 and a2 are two things.
func Certain(word string, near []string) bool {
	const few = 4 // letters; one wrong of three may be another word
	if len(near) == 1 && strings.EqualFold(word, near[0]) {
		return true
	}
	if len(near) != 1 || max(utf8.RuneCountInString(word), utf8.RuneCountInString(near[0])) < few {
		return false
	}
	return digits(word) == digits(near[0])
}

func digits(word string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, word)
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
