package message

import (
	"testing"

	"github.com/ilpomo/opencore/internal/schema"
)

var line = &schema.Message{Name: "Line", Fields: []schema.Field{{Name: "text", Type: kind(schema.String)}}}

func TestTextReader(t *testing.T) {
	r, err := NewTextReader(line)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := r.Append(nil, []byte("a\tb \x1b[31m"))
	if err != nil {
		t.Fatal(err)
	}
	if out, err := NewTextWriter(line).Append(nil, payload); err != nil || string(out) != "a\tb \x1b[31m" {
		t.Errorf("a file gets %q, %v", out, err)
	}
	if out, err := NewPrinter(line).Append(nil, payload); err != nil || string(out) != `a\tb \x1b[31m` {
		t.Errorf("people get %q, %v", out, err)
	}
	if out, err := r.Append([]byte("dst"), []byte("\xff")); message(err) != "not valid UTF-8" || string(out) != "dst" {
		t.Errorf("%q, %v", out, err)
	}
	_, err = NewTextReader(quake)
	if want := "lines of text are messages with one field, a string; Quake is not"; message(err) != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestLineBreakInTextFile(t *testing.T) {
	payload, err := NewJSONReader(line).Append(nil, []byte(`{"text":"a\nb"}`))
	if err != nil {
		t.Fatal(err)
	}
	out, err := NewTextWriter(line).Append([]byte("dst"), payload)
	if want := `field "text" has a line break, which a line of text can't hold`; message(err) != want || string(out) != "dst" {
		t.Errorf("%q, %v, want %s", out, err, want)
	}
	if out, err := NewPrinter(line).Append(nil, payload); err != nil || string(out) != `a\nb` {
		t.Errorf("%q, %v", out, err)
	}
}

func TestPrinter(t *testing.T) {
	m := &schema.Message{Name: "All", Fields: []schema.Field{
		{Name: "s", Type: kind(schema.String)},
		{Name: "n", Type: optional(kind(schema.Int)), As: "the n"},
		{Name: "f", Type: kind(schema.Float), Default: "0.5"},
		{Name: "d", Type: kind(schema.Duration), Default: `"1m30s"`},
		{Name: "at", Type: kind(schema.Time), Default: `"2018-02-01T00:00:00Z"`},
		{Name: "e", Type: colour, Default: `"red"`},
		{Name: "l", Type: list(kind(schema.String)), Default: `[]`},
	}}
	for in, want := range map[string]string{
		`{"s":"word","the n":3}`:         `s=word "the n"=3 f=0.5 d=1m30s at=2018-02-01T00:00:00Z e=red l=[]`,
		`{"s":"","l":["a b","\u009b"]}`:  `s="" f=0.5 d=1m30s at=2018-02-01T00:00:00Z e=red l=["a b","\u009b"]`,
		`{"s":"two words"}`:              `s="two words" f=0.5 d=1m30s at=2018-02-01T00:00:00Z e=red l=[]`,
		`{"s":"a=\"b\"","f":"NaN"}`:      `s="a=\"b\"" f=NaN d=1m30s at=2018-02-01T00:00:00Z e=red l=[]`,
		`{"s":"\u001b]0;x\u0007\u202e"}`: `s="\x1b]0;x\a\u202e" f=0.5 d=1m30s at=2018-02-01T00:00:00Z e=red l=[]`,
	} {
		payload, err := NewJSONReader(m).Append(nil, []byte(in))
		if err != nil {
			t.Fatal(err)
		}
		if out, err := NewPrinter(m).Append(nil, payload); err != nil || string(out) != want {
			t.Errorf("%s:\n  %s\nwant\n  %s (%v)", in, out, want, err)
		}
	}
}

func TestAppendPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"plain é 😀": "plain é 😀", "a\x00\r\n\x7f\u0085": `a\x00\r\n\x7f\u0085`, "\xffé": `\xffé`, `"\`: `"\`, "": "",
	} {
		if got := string(AppendPrintable(nil, []byte(in))); got != want {
			t.Errorf("%q is printed as %s, want %s", in, got, want)
		}
	}
}
