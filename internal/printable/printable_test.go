package printable

import "testing"

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"":                          "",
		"plain Zürich 日本 \"x\\y\"":  "plain Zürich 日本 \"x\\y\"",
		"a\ttab":                    "a    tab",
		"\x1b[2Jgone":               `\x1b[2Jgone`,
		"a\r\nb":                    `a\r\nb`,
		"\u202egnp.exe":             `\u202egnp.exe`,
		"bad \xff\xfe end, \ufffd.": `bad \xff\xfe end, ` + "\ufffd.",
		"\u0085 \u2028 \x00":        `\u0085 \u2028 \x00`,
	} {
		got := Text(in)
		if got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
		if Is(in) != (got == in) || !Is(got) {
			t.Errorf("%q: Is is %v, and of %q %v", in, Is(in), got, Is(got))
		}
	}
}

func TestLines(t *testing.T) {
	if got := Lines("two\n\tlines\x1b[2J\r\n"); got != "two\n    lines\\x1b[2J\\r\n" {
		t.Errorf("%q", got)
	}
}
