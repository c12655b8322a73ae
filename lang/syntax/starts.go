package syntax

import (
	"slices"
	"strings"

	"github.com/ilpomo/opencore/lang/diag"
)

// declarations are the words that begin one.
var declarations = []string{"message", "actor", "graph", "enum", "const", "filter", "import"}

// patterns are the words that begin a port.
var patterns = []string{"push", "pub", "pull", "sub", "in", "req", "dealer", "rep", "router", "pair"}

func isPattern(word string) bool { return slices.Contains(patterns, word) }

// nearDeclaration gives the keyword of a declaration that a word is or was
// meant to be, or else the word itself.
func nearDeclaration(word string) (keyword string, exact bool) {
	if slices.Contains(declarations, word) {
		return word, true
	}
	if near := diag.DidYouMean(word, declarations); near != "" {
		return near, false
	}
	return word, false
}

// cutWord gives the word or path that text starts with, and what is behind it
// and its spaces on the line.
func cutWord(text string) (word, rest string) {
	end := 0
	for end < len(text) && (isWordByte(text[end]) || text[end] == '.' && end > 0) {
		end++
	}
	return text[:end], strings.TrimLeft(text[end:], " \t")
}

// startsDeclaration tells whether a line in column 1 is certainly the head of
// a declaration, and not a field or the like that isn't indented.
func startsDeclaration(text string) bool {
	keyword, rest := cutWord(text)
	if !slices.Contains(declarations, keyword) {
		return false
	}
	if keyword == "import" {
		return strings.HasPrefix(rest, `"`)
	}
	name, rest := cutWord(rest)
	next, _ := cutWord(rest)
	switch keyword {
	case "message", "enum":
		return strings.HasPrefix(rest, "{")
	case "actor":
		return hasAnyPrefix(rest, "{", "(", "<") || name != "" && slices.Contains([]string{"exec", "external", "endless"}, next)
	case "graph":
		return hasAnyPrefix(rest, "{", "(", "<")
	case "const":
		return name != "" && strings.HasPrefix(rest, "=")
	}
	return name != "" && next == "on" // filter
}

func hasAnyPrefix(text string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(text, p) })
}

// startsStatement tells whether a line is certainly an instance or a wire.
func startsStatement(text string) bool {
	word, rest := cutWord(text)
	if word == "" || !isWordStart(word[0]) {
		return false
	}
	return strings.HasPrefix(rest, "->") || !strings.Contains(word, ".") && strings.HasPrefix(rest, "=") && !strings.HasPrefix(rest, "==")
}
