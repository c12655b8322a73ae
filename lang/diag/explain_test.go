package diag

import (
	"regexp"
	"strings"
	"testing"
)

// TestPages demands of every page a heading, words about it, an example and
// words about what to do. What no source can provoke has no example.
func TestPages(t *testing.T) {
	shape := regexp.MustCompile("(?s)^# (OC[1-5][0-9]{2}): [^\n]+[^.\n]\n\n(?:[^`#\n]|`[^`]).*?\n\n(?:```(?:actors|go)\n.+\n```\n\n)?[^\n].*\n$")
	codes := Codes()
	if len(codes) == 0 {
		t.Fatal("no pages")
	}
	for _, code := range codes {
		page, ok := Explain(code)
		if !ok {
			t.Errorf("%s has no page", code)
		}
		if m := shape.FindStringSubmatch(page); m == nil || m[1] != string(code) {
			t.Errorf("%s: the page is not a heading, words, an example and words", code)
		}
		if Title(code) == "" {
			t.Errorf("%s has no title", code)
		}
	}
}

func TestExplain(t *testing.T) {
	lower, ok := Explain("oc101")
	if upper, _ := Explain("OC101"); !ok || lower != upper || !strings.HasPrefix(upper, "# OC101: ") {
		t.Errorf("oc101 gives %q", lower)
	}
	for _, code := range []Code{"OC000", "", "../diag", "banana"} {
		if page, ok := Explain(code); ok || page != "" {
			t.Errorf("%q has the page %q", code, page)
		}
	}
}
