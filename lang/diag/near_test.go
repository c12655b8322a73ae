package diag

import "testing"

func TestDidYouMean(t *testing.T) {
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
		if got := DidYouMean(test.word, words); got != test.want {
			t.Errorf("DidYouMean(%q) is %q, want %q", test.word, got, test.want)
		}
	}
	if got := DidYouMean("x", []string{"y"}); got != "" {
		t.Errorf("x was taken for %q", got)
	}
	if got := DidYouMean("tik", []string{"tock", "tick"}); got != "tick" {
		t.Errorf("tik is nearer to %q than to tick", got)
	}
	if got := DidYouMean("größe", []string{"grösse", "große"}); got != "große" {
		t.Errorf("größe is nearer to %q than to große", got)
	}
}
