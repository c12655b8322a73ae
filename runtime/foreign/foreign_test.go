package foreign

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/spec"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestHeader(t *testing.T) {
	for text, want := range map[string]string{
		"\x91\xa4done":         "done []",
		"\x92\xa4done\x07":     "done [7]",
		"":                     "no MessagePack",
		"\xc1":                 "no MessagePack",
		"\xdd\xff\xff\xff\xff": "no MessagePack",
		"\x90":                 "no array",
		"\xa4done":             "no array",
		"\x91\x07":             "does not begin with its kind",
		"\x91\xa4done\x07":     "behind the value",
	} {
		h, err := parseHeader([]byte(text))
		got := fmt.Sprint(err)
		if err == nil {
			got = fmt.Sprint(h.kind, " ", h.fields)
		}
		if !strings.Contains(got, want) {
			t.Errorf("%q gives %s, want %s", text, got, want)
		}
	}
	if _, err := parseHeader(actor.AppendAny(nil, []any{strings.Repeat("x", maxHeader)})); err == nil {
		t.Error("a header may have any length")
	}
}

// FuzzHeader looks for a header that makes us panic.
func FuzzHeader(f *testing.F) {
	for _, header := range [][]any{{"done", 1, []any{[]any{1, "why"}}}, {"hello", 1}, {"reply", "port", int64(1) << 62}, {"log", "info", "text"}} {
		f.Add(actor.AppendAny(nil, header))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := parseHeader(data)
		if err != nil {
			return
		}
		for i := range 4 {
			if n, ok := h.number(i); ok && n > 1<<63-1 {
				t.Errorf("number %d", n)
			}
			if text, ok := h.text(i); ok && len(text) > maxText {
				t.Errorf("a text of %d bytes", len(text))
			}
		}
		refused, err := h.refused(3)
		for i, reason := range refused {
			if i < 0 || i >= 3 || reason == nil || err != nil {
				t.Errorf("message %d of 3 is rejected: %v, %v", i, reason, err)
			}
		}
	})
}

func TestRefused(t *testing.T) {
	for want, list := range map[string]any{
		"map[]": nil,
		"map[1:why 2:the program gave no reason]": []any{[]any{1, "why"}, []any{2}},
		"does not have":              []any{[]any{3, "why"}},
		"something else than a list": 7,
	} {
		h := header{fields: []any{int64(1), widen(list)}}
		refused, err := h.refused(3)
		got := fmt.Sprint(refused)
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, want) {
			t.Errorf("%v gives %s, want %s", list, got, want)
		}
	}
}

// widen gives a value as it comes out of MessagePack.
func widen(v any) any {
	w, err := actor.DecodeAny(actor.AppendAny(nil, v))
	if err != nil {
		panic(err)
	}
	return w
}

func TestReadLine(t *testing.T) {
	long := strings.Repeat("x", maxLine)
	b := bufio.NewReaderSize(strings.NewReader("one\r\n\n"+long+"y\nthree\n"+long+"\nlast"), 16)
	var got []string
	for {
		line, err := readLine(b)
		if errors.Is(err, io.EOF) {
			break
		}
		text := string(line)
		if text == long {
			text = "long"
		}
		got = append(got, fmt.Sprint(text, " ", err))
	}
	want := []string{"one <nil>", " <nil>", "long a line may have 1 MiB", "three <nil>", "long <nil>", "last <nil>"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// What a program prints is cut where it is too long, and can't forge a line.
func TestReadLines(t *testing.T) {
	var got []string
	readLines(strings.NewReader("a\x1b[2J\n\n"+strings.Repeat("x", 3*maxLogLine)+"\nend"), func(line string) {
		if strings.HasPrefix(line, "xxx") {
			line = fmt.Sprint(len(line), line[len(line)-len("…"):])
		}
		got = append(got, line)
	})
	if want := []string{`a\x1b[2J`, "", fmt.Sprint(maxLogLine+len("…"), "…"), "end"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// What a program has written before it exited is read, however late, and
// somebody who still holds its pipe holds up nobody.
func TestRemains(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	if _, err := w.WriteString("remains"); err != nil {
		t.Fatal(err)
	}
	if err := r.SetReadDeadline(time.Now()); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(&remains{r, 50 * time.Millisecond})
	if string(got) != "remains" || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%q, %v", got, err)
	}
}

// A tally is a wire of which only the count matters.
type tally struct{ delivered int }

func (w *tally) Port() string               { return "in" }
func (w *tally) Wants([]byte) bool          { return true }
func (w *tally) Delivered(n int)            { w.delivered += n }
func (w *tally) Reject([]byte, error) error { return nil }

// Lines that lie in the pipe of a dead program have not been delivered, nor
// has one that it has read in part.
func TestUnreadLinesAreTakenBack(t *testing.T) {
	for unread, want := range map[int]int{0: 100_000, 1: 99_999, 10: 99_999, 11: 99_998, 1000: 99_900} {
		w, s := &tally{}, &written{}
		for range 100_000 {
			s.add(w, 10)
			s.bytes += 10
			w.Delivered(1)
		}
		if n := len(s.lines); n > pipeHolds/10+1025 {
			t.Fatalf("%d lines are remembered", n)
		}
		if s.takeBack(unread); w.delivered != want {
			t.Errorf("with %d bytes unread %d are delivered, want %d", unread, w.delivered, want)
		}
	}
}

func TestEnvironment(t *testing.T) {
	c := &Config{
		Process: &spec.Process{Env: []spec.Arg{{Name: "MODEL"}, {Name: "PYTHONUNBUFFERED"}}},
		Environ: []string{"PATH=/bin", "SECRET=1", "MODEL=m", "LC_ALL=C", "LCX=1", "PYTHONUNBUFFERED=", "PATHX=1"},
	}
	want := []string{"PYTHONUNBUFFERED=1", "PATH=/bin", "MODEL=m", "LC_ALL=C", "PYTHONUNBUFFERED="}
	if got := environment(c); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// A project's own Python is found, unless another has been chosen.
func TestInterpreter(t *testing.T) {
	t.Chdir(t.TempDir())
	c := &Config{Process: &spec.Process{Exec: &spec.Exec{Command: []string{"python3"}}}}
	if got := interpreter(c); got != "python3" {
		t.Errorf("without a project %q", got)
	}
	if err := os.MkdirAll(filepath.Dir(venv), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(venv, []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if got := interpreter(c); got != venv {
		t.Errorf("in a project %q", got)
	}
	c.Environ = []string{"VIRTUAL_ENV=/elsewhere"}
	if got := interpreter(c); got != "python3" {
		t.Errorf("with another one chosen %q", got)
	}
}
