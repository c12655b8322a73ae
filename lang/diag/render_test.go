package diag

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// place gives the span of the first occurrence of words in a source.
func place(file, source, words string) Span {
	start := strings.Index(source, words)
	if start < 0 {
		panic("the source lacks " + words)
	}
	return Span{File: file, Start: position(source, start), End: position(source, start+len(words))}
}

func position(source string, offset int) Position {
	before := source[:offset]
	line := before[strings.LastIndexByte(before, '\n')+1:]
	return Position{Line: strings.Count(before, "\n") + 1, Column: utf8.RuneCountInString(line) + 1, Offset: offset}
}

// rendered renders one finding about the words of a source.
func rendered(source, words string) string {
	var b bytes.Buffer
	var l List
	l.Errorf("OC999", place("a.actors", source, words), "wrong")
	if err := Render(&b, l, func(string) []byte { return []byte(source) }, false); err != nil {
		panic(err)
	}
	return b.String()
}

func TestRender(t *testing.T) {
	source := "\n\nactor clock() {\n  push tick timer.Tick\n}\n\n\n\ngraph main {\n  clock = clock()\n\n  clock.tik -> log.messages\n}\n"
	var l List
	l.Errorf("OC203", place("ticker.actors", source, "tik"), "actor %q has no port %q", "clock", "tik").
		Note(place("ticker.actors", source, "clock"), "actor %q is declared here", "clock").
		Note(Span{}, "a fact").
		Help("did you mean %q?", "tick")
	l.Warnf("OC321", Span{File: "ticker.actors"}, "nobody reads")
	var b bytes.Buffer
	if err := Render(&b, l, func(file string) []byte { return []byte(source) }, false); err != nil {
		t.Fatal(err)
	}
	want := `error[OC203]: actor "clock" has no port "tik"
  --> ticker.actors:12:9
12 |   clock.tik -> log.messages
   |         ^^^
note: actor "clock" is declared here: ticker.actors:3:7
3 | actor clock() {
  |       ^^^^^
note: a fact
help: did you mean "tick"?

warning[OC321]: nobody reads
  --> ticker.actors
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// TestLines shows where the carets stand under lines that are hard to show.
func TestLines(t *testing.T) {
	long := strings.Repeat("x", 500)
	for _, test := range []struct{ name, source, words, line, carets string }{
		{"tabs", "\ta\tbad\tb", "bad", "    a    bad    b", "         ^^^"},
		{"wide runes", "日本 bad", "bad", "日本 bad", "     ^^^"},
		{"wide words", "a 日本 b", "日本", "a 日本 b", "  ^^^^"},
		{"combining marks", "cafe\u0301 bad", "bad", "cafe\u0301 bad", "     ^^^"},
		{"control characters", "\x1b[31m bad", "bad", `\x1b[31m bad`, "         ^^^"},
		{"direction of text", "\u202e bad", "bad", `\u202e bad`, "       ^^^"},
		{"not UTF-8", "\xff bad", "bad", `\xff bad`, "     ^^^"},
		{"carriage return", "bad\r\nx", "bad", "bad", "^^^"},
		{"a byte order mark", "\uFEFFbad", "bad", "bad", "^^^"},
		{"several lines", "a bad\nworse\nb", "bad\nworse", "a bad", "  ^^^"},
		{"the end of a line", "a bad\nb", "\n", "a bad", "     ^"},
		{"a long line", long + " bad " + long, "bad", "…" + long[:59] + " bad " + long[:76] + "…", strings.Repeat(" ", 61) + "^^^"},
		{"long words", "a bad" + long, "bad" + long, "a bad" + long[:77] + "…", "  " + strings.Repeat("^", 80)},
	} {
		lines := strings.Split(rendered(test.source, test.words), "\n")
		if lines[2] != "1 | "+test.line || lines[3] != "  | "+test.carets {
			t.Errorf("%s: got\n%s\n%s\nwant\n1 | %s\n  | %s", test.name, lines[2], lines[3], test.line, test.carets)
		}
	}
}

func TestRenderEscapesWords(t *testing.T) {
	var b bytes.Buffer
	var l List
	l.Errorf("OC101", Span{File: "a\x1b[2J.actors"}, "name \x1b]0;title\a").Help("\x07")
	if err := Render(&b, l, nil, false); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(b.String(), "\x1b\a") {
		t.Errorf("control characters came through: %q", b.String())
	}
}

func TestRenderWithoutSource(t *testing.T) {
	span := Span{File: "gone.actors", Start: Position{3, 4, 70}, End: Position{3, 5, 71}}
	var l List
	l.Errorf("OC101", span, "wrong")
	for _, sources := range []func(string) []byte{nil, func(string) []byte { return nil }} {
		var b bytes.Buffer
		if err := Render(&b, l, sources, false); err != nil {
			t.Fatal(err)
		}
		if want := "error[OC101]: wrong\n  --> gone.actors:3:4\n"; b.String() != want {
			t.Errorf("got %q, want %q", b.String(), want)
		}
	}
}

func TestRenderColour(t *testing.T) {
	source := "bad"
	var l List
	l.Errorf("OC101", place("a.actors", source, "bad"), "wrong")
	var plain, coloured bytes.Buffer
	read := func(string) []byte { return []byte(source) }
	if err := Render(&plain, l, read, false); err != nil {
		t.Fatal(err)
	}
	if err := Render(&coloured, l, read, true); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(plain.String(), "\x1b") || !strings.Contains(coloured.String(), "\x1b[31;1merror[OC101]\x1b[") {
		t.Errorf("plain %q, coloured %q", plain.String(), coloured.String())
	}
}

func TestRenderHugeLine(t *testing.T) {
	source := strings.Repeat("\u0301", 1<<20) + "bad" + strings.Repeat("\x00", 1<<20)
	if got := rendered(source, "bad"); len(got) > 4096 {
		t.Errorf("%d bytes for one finding", len(got))
	}
}

// TestRenderBounds shows of many findings the first, errors before warnings.
func TestRenderBounds(t *testing.T) {
	for _, test := range []struct{ warnings, errors, shownWarnings, shownErrors int }{
		{0, 100, 0, 100},
		{60, 40, 60, 40},
		{0, 101, 0, 100},
		{200, 30, 70, 30},
		{5, 300, 0, 100},
	} {
		var l List
		for range test.warnings {
			l.Warnf("OC321", Span{}, "unread")
		}
		for range test.errors {
			l.Errorf("OC101", Span{}, "wrong")
		}
		var b bytes.Buffer
		if err := Render(&b, l, nil, false); err != nil {
			t.Fatal(err)
		}
		warnings, errors := strings.Count(b.String(), "warning["), strings.Count(b.String(), "error[")
		if warnings != test.shownWarnings || errors != test.shownErrors {
			t.Errorf("%+v: %d warnings, %d errors shown", test, warnings, errors)
		}
		more := fmt.Sprintf("\n… and %d more, not shown; JSON has them all\n", len(l)-warnings-errors)
		if strings.HasSuffix(b.String(), more) != (len(l) > warnings+errors) {
			t.Errorf("%+v: the end is %q", test, b.String()[len(b.String())-60:])
		}
	}
}

func TestJSON(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, nil); err != nil || b.String() != "[]\n" {
		t.Errorf("an empty list is %q, %v", b.String(), err)
	}
	b.Reset()
	var l List
	l.Errorf("OC203", place("a.actors", "a <bad>", "<bad>"), "wrong <bad>").Note(Span{}, "a fact")
	if err := JSON(&b, l); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), `"message": "wrong <bad>"`) || !strings.Contains(b.String(), `"column": 3`) {
		t.Errorf("got %s", b.String())
	}
	var back List
	if err := json.Unmarshal(b.Bytes(), &back); err != nil || len(back) != 1 || back[0].Span != l[0].Span {
		t.Errorf("read back %v, %v", back, err)
	}
}
