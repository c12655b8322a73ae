package diag

import "testing"

func TestApply(t *testing.T) {
	source := "a tik b"
	tik := place("a.actors", source, "tik")
	other := Span{File: "b.actors"}
	for _, test := range []struct {
		name  string
		edits []Edit
		want  string
	}{
		{"nothing", nil, source},
		{"a word", []Edit{{tik, "tick"}}, "a tick b"},
		{"a word less", []Edit{{tik, ""}}, "a  b"},
		{"around a word, the last first", []Edit{{tik.After(), ")"}, {tik.Before(), "("}}, "a (tik) b"},
		{"two at one place", []Edit{{tik.Before(), "1"}, {tik.Before(), "2"}}, "a 12tik b"},
		{"the edge of another", []Edit{{tik, "x"}, {tik.Before(), "<"}, {tik.After(), ">"}}, "a <x> b"},
		{"elsewhere", []Edit{{other, "all"}}, source},
	} {
		if got, err := Apply("a.actors", []byte(source), test.edits); err != nil || string(got) != test.want {
			t.Errorf("%s: %q, %v, want %q", test.name, got, err, test.want)
		}
	}
	if got, err := Apply("b.actors", nil, []Edit{{other, "all"}}); err != nil || string(got) != "all" {
		t.Errorf("a new file: %q, %v", got, err)
	}
}

func TestApplyRefuses(t *testing.T) {
	source := "a tik b"
	all, tik := place("a.actors", source, source), place("a.actors", source, "tik")
	for name, edits := range map[string][]Edit{
		"overlap":      {{all, ""}, {tik, ""}},
		"beyond":       {{all.After().To(Span{End: Position{1, 9, 8}}), ""}},
		"back to back": {{tik.After().To(tik.Before()), ""}},
	} {
		if got, err := Apply("a.actors", []byte(source), edits); err == nil {
			t.Errorf("%s: %q", name, got)
		}
	}
}
