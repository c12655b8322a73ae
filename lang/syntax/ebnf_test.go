package syntax

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestEBNF keeps grammar.ebnf up to date.
func TestEBNF(t *testing.T) {
	const file = "../../grammar.ebnf"
	if *update {
		if err := os.WriteFile(file, []byte(EBNF()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if EBNF() != string(want) {
		t.Errorf("grammar.ebnf is not what the parser knows: go test ./lang/syntax -update")
	}
}

// TestEBNFIsWhole demands that every production that is used is there, and
// that messages have words for it where it may be missing.
func TestEBNFIsWhole(t *testing.T) {
	defined, used := map[string]bool{}, map[string]bool{}
	for line := range strings.Lines(EBNF()) {
		if strings.HasPrefix(line, "//") || strings.TrimSpace(line) == "" {
			continue
		}
		name, rest, ok := strings.Cut(line, "=")
		if !ok || !strings.HasSuffix(line, ".\n") {
			t.Errorf("not a production: %s", line)
		}
		defined[strings.TrimSpace(name)] = true
		rest = regexp.MustCompile(`"[^"]*"`).ReplaceAllString(rest, "")
		for _, word := range regexp.MustCompile(`\b[A-Z]\w*`).FindAllString(rest, -1) {
			used[word] = true
		}
	}
	defined["EOL"], defined["Expr"] = true, true // told in words
	for name := range used {
		if !defined[name] {
			t.Errorf("%s is used and not defined", name)
		}
	}
	for name := range defined {
		if !used[name] && name != "File" {
			t.Errorf("%s is defined and not used", name)
		}
	}
}
