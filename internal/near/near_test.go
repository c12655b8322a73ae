package near

import (
	"strings"
	"testing"
)

func TestWord(t *testing.T) {
	words := []string{"message", "actor", "graph", "enum", "const", "filter", "import"}
	for _, test := range []struct{ word, want string }{
		{"messge", "message"},
		{"mesasge", "message"},
		{"Message", "message"},
		{"actors", "actor"},
		{"gaph", "graph"},
		{"enmu", "enum"},
		{"fliter", "filter"},
		{"message", ""},
		{"banana", ""},
		{"massive", ""},
		{"x", ""},
		{"", ""},
	} {
		if got := Word(test.word, words); got != test.want {
			t.Errorf("Word(%q) is %q, want %q", test.word, got, test.want)
		}
	}
	if got := Word("x", []string{"y"}); got != "" {
		t.Errorf("x was taken for %q", got)
	}
	if got := Word("tik", []string{"tock", "tick"}); got != "tick" {
		t.Errorf("tik is nearer to %q than to tick", got)
	}
	if got := Word("größe", []string{"grösse", "große"}); got != "große" {
		t.Errorf("größe is nearer to %q than to große", got)
	}
}

func TestWords(t *testing.T) {
	for _, test := range []struct {
		word       string
		candidates []string
		want       string
		certain    bool
	}{
		{"tik", []string{"tock", "tick"}, "tick", true},
		{"tuck", []string{"tick", "tock"}, "tick tock", false},
		{"quakse", []string{"quaker", "quakes"}, "quakes quaker", false},
		{"tuck", []string{"tick", "tick"}, "tick", true},
		{"tick", []string{"tock", "tick"}, "", false},
		{"cat", []string{"cap"}, "cap", false},
		{"feed2", []string{"feed1"}, "feed1", false},
		{"fed1", []string{"feed1"}, "feed1", true},
		{"Log", []string{"log"}, "log", true},
	} {
		got := Words(test.word, test.candidates)
		if strings.Join(got, " ") != test.want || Certain(test.word, got) != test.certain {
			t.Errorf("near %q are %q, certain: %t", test.word, got, Certain(test.word, got))
		}
	}
}
