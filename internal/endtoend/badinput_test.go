package endtoend

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A world is what a program finds when it runs: files in its folder, by name.
type world struct {
	program string
	files   map[string]string
	args    []string
	env     []string
	stdin   string
	prepare func(t *testing.T, folder string)
}

// runIn runs the opencore command on a program in a folder of its own.
func (w world) runIn(t *testing.T) (*trial, outcome) {
	t.Helper()
	tr := newTrial(t)
	write(t, filepath.Join(tr.folder, "p.actors"), w.program)
	for name, text := range w.files {
		write(t, filepath.Join(tr.folder, name), text)
	}
	if w.prepare != nil {
		w.prepare(t, tr.folder)
	}
	tr.cmd = exec.Command(opencore(t), append([]string{"run"}, w.args...)...)
	tr.cmd.Env = append(os.Environ(), w.env...)
	tr.cmd.Stdin = strings.NewReader(w.stdin)
	tr.begin()
	return tr, tr.wait()
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, elem ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(elem...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const copyProgram = `message Item { id int, name string? }

graph main(path string = "in.ndjson", out string = "out.ndjson", format enum(auto, ndjson, csv, text) = ndjson) {
  feed = file.Lines<Item>(path: path, format: format)
  copy = file.Write(path: out, format: format)

  feed -> copy
}
`

// A bad world fails the run with one clear line that names the actor and its
// place in the graph; nothing is tried again, and nobody sees Go's own words
// for it.
func TestBadWorld(t *testing.T) {
	for _, c := range []struct {
		name string
		world
		say []string // what stderr must say, as regular expressions
	}{
		{"missing file", world{program: copyProgram}, []string{`feed`, `p\.actors:4:`, `in\.ndjson`, `no such file`}},
		{"folder for a file", world{program: copyProgram, args: []string{"path=."}}, []string{`feed`, `p\.actors:4:`, `folder`}},
		{"unreadable gzip", world{program: copyProgram, files: map[string]string{"x.gz": "not packed"}, args: []string{"path=x.gz"}}, []string{`feed`, `p\.actors:4:`, `x\.gz`, `gzip`}},
		{"output in no folder", world{program: copyProgram, files: map[string]string{"in.ndjson": ""}, args: []string{"out=none/out.ndjson"}},
			[]string{`copy`, `p\.actors:5:`, `there is no folder none`}},
		{"full disk", world{program: copyProgram, files: map[string]string{"in.ndjson": strings.Repeat(`{"id": 1}`+"\n", 100_000)}, args: []string{"out=/dev/full"}},
			[]string{`copy`, `p\.actors:5:`, `full`, `written before: 0 rows`}},
		{"parameter out of range", world{program: "graph main(n int) {\n  g = gen.Messages<timer.Tick>(count: n)\n  c = flow.Count()\n\n  g -> c\n}\n", args: []string{"n=-1"}},
			[]string{`\bg\b`, `p\.actors:2:`, `count`}},
		{"unset variable", world{program: "graph main {\n  feed = file.Lines<timer.Tick>(path: env(\"OPENCORE_TEST_UNSET\"))\n  c = flow.Count()\n\n  feed -> c\n}\n"},
			[]string{`feed`, `p\.actors:2:`, `OPENCORE_TEST_UNSET`, `not set`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, o := c.runIn(t)
			if o.status != 3 {
				t.Errorf("status %d, want 3", o.status)
			}
			for _, say := range c.say {
				mustMatch(t, o.stderr, say)
			}
			mustNotMatch(t, o.stderr, `goroutine|\.go:\d|panic|restart`)
		})
	}
}

// The folder for runs must be ours, and short enough for sockets in it.
func TestBadRunFolder(t *testing.T) {
	good := world{program: copyProgram, files: map[string]string{"in.ndjson": `{"id": 1}`}}

	t.Run("foreign", func(t *testing.T) {
		tmp := t.TempDir()
		folder := filepath.Join(tmp, fmt.Sprintf("opencore-%d", os.Getuid()))
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(folder, 0o777); err != nil {
			t.Fatal(err)
		}
		foreign := good
		foreign.env = []string{"XDG_RUNTIME_DIR=", "TMPDIR=" + tmp}
		_, o := foreign.runIn(t)
		if o.status != 3 {
			t.Errorf("status %d, want 3", o.status)
		}
		mustMatch(t, o.stderr, `can be entered by others.*XDG_RUNTIME_DIR`)
	})

	t.Run("too long", func(t *testing.T) {
		long := filepath.Join(t.TempDir(), strings.Repeat("long", 25))
		if err := os.Mkdir(long, 0o700); err != nil {
			t.Fatal(err)
		}
		deep := good
		deep.env = []string{"XDG_RUNTIME_DIR=" + long}
		_, o := deep.runIn(t)
		if o.status != 3 {
			t.Errorf("status %d, want 3", o.status)
		}
		mustMatch(t, o.stderr, `too long`)
		mustMatch(t, o.stderr, `--transport tcp`)

		deep.args = []string{"--transport", "tcp"}
		if _, o := deep.runIn(t); o.status != 0 {
			t.Errorf("over tcp: status %d:\n%s", o.status, o.stderr)
		}
	})
}

// Lines that can't be understood are rejected, with the reason and the place,
// and the run goes on.
func TestMalformedLines(t *testing.T) {
	program := `message Item { id int, name string? }

graph main(path string, format enum(auto, ndjson, csv, text)) {
  feed = file.Lines<Item>(path: path, format: format)
  copy = file.Write(path: "out.ndjson")
  bad  = file.Write(path: "bad.ndjson")

  feed -> copy
  feed.rejected -> bad
}
`
	for _, c := range []struct {
		name, format, text string
		read, rejected     int
	}{
		{"ndjson", "ndjson", `{"id": 1}` + "\n{broken\n" + `{"name": "no id"}` + "\n\x00\xff\xfe\x80\n" + `{"id": 2, "more": true}` + "\n", 2, 3},
		{"csv", "csv", "id,name\n1,a\n2\nx,b\n3,c\n", 2, 2},
		{"csv with BOM and CRLF", "csv", "\ufeffid,name\r\n1,a\r\n2,b\r\n", 2, 0},
		{"ndjson with BOM and CRLF", "ndjson", "\ufeff" + `{"id": 1}` + "\r\n" + `{"id": 2}` + "\r\n", 2, 0},
		{"no line end at the end", "ndjson", `{"id": 1}` + "\n" + `{"id": 2}`, 2, 0},
		{"a line over the limit", "ndjson", `{"id": 1, "name": "` + strings.Repeat("x", 2<<20) + `"}` + "\n" + `{"id": 2}` + "\n", 1, 1},
		{"nothing", "ndjson", "", 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := world{program: program, files: map[string]string{"in": c.text}, args: []string{"path=in", "format=" + c.format}}
			tr, o := w.runIn(t)
			if o.status != 0 {
				t.Fatalf("status %d:\n%s", o.status, o.stderr)
			}
			if n := strings.Count(read(t, tr.folder, "out.ndjson"), "\n"); n != c.read {
				t.Errorf("%d messages are written, want %d", n, c.read)
			}
			if n := strings.Count(read(t, tr.folder, "bad.ndjson"), "\n"); n != c.rejected {
				t.Errorf("%d lines are rejected, want %d:\n%s", n, c.rejected, read(t, tr.folder, "bad.ndjson"))
			}
		})
	}
}

// Unwired, what is rejected is logged with file and line, and counted.
func TestRejectedUnwiredIsLogged(t *testing.T) {
	w := world{program: copyProgram, files: map[string]string{"in.ndjson": `{"id": 1}` + "\n" + `{"id": "one"}` + "\n"}}
	_, o := w.runIn(t)
	if o.status != 0 {
		t.Fatalf("status %d:\n%s", o.status, o.stderr)
	}
	mustMatch(t, o.stderr, `in\.ndjson:2`)
	mustMatch(t, o.stderr, `read 1, rejected 1, dropped 0, lost 0\n$`)
}

func TestClosedPipe(t *testing.T) {
	tr := newTrial(t)
	write(t, filepath.Join(tr.folder, "p.actors"), strings.Replace(copyProgram, `out string = "out.ndjson"`, `out string = "-"`, 1))
	write(t, filepath.Join(tr.folder, "in.ndjson"), strings.Repeat(`{"id": 1, "name": "somebody"}`+"\n", 200_000))
	tr.cmd = exec.Command("sh", "-c", opencore(t)+" run | head -n 1")
	tr.begin()
	o := tr.wait()
	if o.stdout != `{"id":1,"name":"somebody"}`+"\n" {
		t.Errorf("stdout %q", o.stdout)
	}
	mustMatch(t, o.stderr, `copy`)
	mustMatch(t, o.stderr, `p\.actors:5:.*standard output: nobody reads it any more.*written before: \d+ rows`)
	mustNotMatch(t, o.stderr, `goroutine|panic`)
}

func TestStdinToStdout(t *testing.T) {
	w := world{program: copyProgram, args: []string{"path=-", "out=-"}, stdin: `{"id": 7, "name": "x"}` + "\n" + `{"id": 8}` + "\n"}
	_, o := w.runIn(t)
	if want := `{"id":7,"name":"x"}` + "\n" + `{"id":8,"name":null}` + "\n"; o.stdout != want || o.status != 0 {
		t.Errorf("status %d, stdout %q, want %q:\n%s", o.status, o.stdout, want, o.stderr)
	}
}

func TestGzipByName(t *testing.T) {
	w := world{program: copyProgram, args: []string{"path=in.gz", "out=out.gz"}}
	w.prepare = func(t *testing.T, folder string) {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		if _, err := z.Write([]byte(`{"id": 7}` + "\n")); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(folder, "in.gz"), packed.String())
	}
	tr, o := w.runIn(t)
	if o.status != 0 {
		t.Fatalf("status %d:\n%s", o.status, o.stderr)
	}
	z, err := gzip.NewReader(strings.NewReader(read(t, tr.folder, "out.gz")))
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if _, err := text.ReadFrom(z); err != nil {
		t.Fatal(err)
	}
	if want := `{"id":7,"name":null}` + "\n"; text.String() != want {
		t.Errorf("out.gz holds %q, want %q", text.String(), want)
	}
}

func mustMatch(t *testing.T, text, pattern string) {
	t.Helper()
	if !regexp.MustCompile(pattern).MatchString(text) {
		t.Errorf("nothing there matches %s:\n%s", pattern, text)
	}
}

func mustNotMatch(t *testing.T, text, pattern string) {
	t.Helper()
	if m := regexp.MustCompile(pattern).FindString(text); m != "" {
		t.Errorf("it says %q:\n%s", m, text)
	}
}
