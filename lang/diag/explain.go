package diag

import (
	"embed"
	"strings"
)

// pages explain one code each: a heading "# OC203: title", what it means, an
// example in a fenced block that provokes it, and what to do about it.
//
//go:embed pages/*.md
var pages embed.FS

// Explain gives the page of a code, in Markdown. Case doesn't matter.
func Explain(code Code) (page string, ok bool) {
	text, err := pages.ReadFile("pages/" + strings.ToUpper(string(code)) + ".md")
	return string(text), err == nil
}

// Title gives the heading of a code's page without the code; "" if there is no
// page.
func Title(code Code) string {
	page, _ := Explain(code)
	heading, _, _ := strings.Cut(page, "\n")
	_, title, _ := strings.Cut(heading, ": ")
	return title
}

// Codes gives all codes that have a page, in order.
func Codes() []Code {
	entries, err := pages.ReadDir("pages")
	if err != nil {
		panic("bug: the pages are compiled in: " + err.Error())
	}
	codes := make([]Code, len(entries))
	for i, e := range entries {
		codes[i] = Code(strings.TrimSuffix(e.Name(), ".md"))
	}
	return codes
}
