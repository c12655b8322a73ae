package stdlib

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/ilpomo/opencore/internal/schema"
)

// linesOf makes a stage for file.Lines in a folder of its own that holds the
// file.
func linesOf(t *testing.T, m *schema.Message, name, text string) *stage {
	t.Helper()
	t.Chdir(t.TempDir())
	write(t, name, text)
	return newStage(t, m, map[string]any{"path": name, "format": "auto", "follow": false, "max_line": int64(1 << 20)})
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const (
	first  = `{"id":1,"name":"a","price":1.5}`
	second = `{"id":2,"name":"b","price":null}`
	third  = `{"id":3,"name":"c","price":null}`
)

func TestLines(t *testing.T) {
	for _, c := range []struct {
		name, text     string
		sent, rejected []string
	}{
		{name: "plain.ndjson", text: first + "\n" + second + "\n", sent: []string{first, second}},
		{name: "no end.jsonl", text: first + "\n" + second, sent: []string{first, second}},
		{name: "BOM, CRLF and blank lines.json", text: "\ufeff" + first + "\r\n\r\n  \n" + second + "\r\n", sent: []string{first, second}},
		{name: "empty.json", text: ""},
		{name: "packed.NDJSON.gz", text: gzipped(t, first+"\n"+second), sent: []string{first, second}},
		{
			name: "bad.ndjson", text: first + "\n{\"id\":\"x\"}\n\x00\x01\xff\n[1]\n\n" + second + "\n{\"id\":3",
			sent: []string{first, second},
			rejected: []string{
				`lines bad.ndjson:2: field "id": "x" is not an int: "{\"id\":\"x\"}"`,
				`lines bad.ndjson:3: not valid UTF-8: "\x00\x01\xff"`,
				`lines bad.ndjson:4: a list is not an object, as a message must be: "[1]"`,
				`lines bad.ndjson:7: not valid JSON at byte 7: unexpected end of JSON input: "{\"id\":3"`,
			},
		},
		{name: "plain.csv", text: "\ufeffname,id,price\r\na,1,1.5\r\n\r\nb,2,\r\n", sent: []string{first, second}},
		{name: "packed.csv.gz", text: gzipped(t, "name,id,price\na,1,1.5\nb,2,\n"), sent: []string{first, second}},
		{name: "empty.csv", text: ""},
		{name: "head.csv", text: "id,name"},
		{
			name: "quoted.csv", text: "id,name\n1,\"two\nlines, and \"\"quotes\"\"\"\n2,b\n",
			sent: []string{`{"id":1,"name":"two\nlines, and \"quotes\"","price":null}`, second},
		},
		{
			name: "bad.csv", text: "id,name\n1\n2,b\nx,c\n3,a \"b\" c\n4,\"d\" e\n3,c,\n3,c\n",
			sent: []string{second, third},
			rejected: []string{
				`lines bad.csv:2: the row has 1 cell, the header has 2: "1"`,
				`lines bad.csv:4: field "id": "x" is not an int: "x,c"`,
				`lines bad.csv:5: column 5: a quote within a cell that is not quoted: "3,a \"b\" c"`,
				`lines bad.csv:6: a quoted cell does not end with a quote and a comma: "4,\"d\" e"`,
				`lines bad.csv:7: the row has 3 cells, the header has 2: "3,c,"`,
			},
		},
		{
			name: "open quote.csv", text: "id,name\n9,\"x\n2,b\n\n3,c\n", sent: []string{second, third},
			rejected: []string{`lines open quote.csv:2: a quoted cell does not end with a quote and a comma: "9,\"x"`},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := linesOf(t, item, c.name, c.text)
			if err := s.run("file.Lines"); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(s.sent, c.sent) {
				t.Errorf("sent %q, want %q", s.sent, c.sent)
			}
			if !slices.Equal(s.rejected, c.rejected) {
				t.Errorf("rejected\n  %s\nwant\n  %s", strings.Join(s.rejected, "\n  "), strings.Join(c.rejected, "\n  "))
			}
			if want := uint64(len(c.text)); s.done != [2]uint64{want, want} {
				t.Errorf("done %d of %d bytes, want %d", s.done[0], s.done[1], want)
			}
		})
	}
}

func TestTextLines(t *testing.T) {
	s := linesOf(t, lineOf, "x.log", "one\r\n\n two \n\xffx\nthree")
	if err := s.run("file.Lines"); err != nil {
		t.Fatal(err)
	}
	if want := []string{`{"text":"one"}`, `{"text":" two "}`, `{"text":"three"}`}; !slices.Equal(s.sent, want) {
		t.Errorf("sent %q, want %q", s.sent, want)
	}
	if want := []string{`lines x.log:4: not valid UTF-8: "\xffx"`}; !slices.Equal(s.rejected, want) {
		t.Errorf("rejected %q, want %q", s.rejected, want)
	}
}

func TestFormatIsSaid(t *testing.T) {
	s := linesOf(t, item, "table", "id,name\n2,b\n")
	s.setup.Params["format"] = "csv"
	if err := s.run("file.Lines"); err != nil || !slices.Equal(s.sent, []string{second}) {
		t.Errorf("sent %q, %v", s.sent, err)
	}
}

// Lines beyond the limit are skipped, without being held.
func TestLongLines(t *testing.T) {
	long := `{"id":7,"name":"` + strings.Repeat("x", 10<<20) + `"}`
	s := linesOf(t, item, "x.ndjson", first+"\n"+long+"\n"+second+"\n"+long)
	s.setup.Params["max_line"] = int64(100)
	if err := s.run("file.Lines"); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`lines x.ndjson:2: longer than 100 bytes, the limit that max_line sets: "{\"id\":7,\"name\":\"xxxxxxxxxxxxxxxxxxxxxxxx"`,
		`lines x.ndjson:4: longer than 100 bytes, the limit that max_line sets: "{\"id\":7,\"name\":\"xxxxxxxxxxxxxxxxxxxxxxxx"`,
	}
	if !slices.Equal(s.sent, []string{first, second}) || !slices.Equal(s.rejected, want) {
		t.Errorf("sent %q, rejected %q", s.sent, s.rejected)
	}
	if held := cap(s.instance.Handler.(*linesActor).reader.buffer); held > 4*firstBuffer {
		t.Errorf("%d bytes were held", held)
	}
}

func TestLineLimitIsExact(t *testing.T) {
	for _, end := range []string{"\n", "\r\n", ""} {
		s := linesOf(t, lineOf, "x.txt", "12345"+end)
		s.setup.Params["max_line"] = int64(5)
		if err := s.run("file.Lines"); err != nil || len(s.sent) != 1 {
			t.Errorf("5 bytes and %q: sent %q, rejected %q, %v", end, s.sent, s.rejected, err)
		}
		s = linesOf(t, lineOf, "x.txt", "123456"+end)
		s.setup.Params["max_line"] = int64(5)
		if err := s.run("file.Lines"); err != nil || len(s.sent) != 0 || len(s.rejected) != 1 {
			t.Errorf("6 bytes and %q: sent %q, rejected %q, %v", end, s.sent, s.rejected, err)
		}
	}
}

func TestLongRows(t *testing.T) {
	s := linesOf(t, item, "x.csv", "id,name\n1,\"open\n2,b\n"+strings.Repeat("y", 200)+"\n3,c\n9,\""+strings.Repeat("z\n", 60)+"\"\n3,c\n")
	s.setup.Params["max_line"] = int64(100)
	if err := s.run("file.Lines"); err != nil {
		t.Fatal(err)
	}
	if want := []string{second, third, third}; !slices.Equal(s.sent, want) {
		t.Errorf("sent %q, want %q", s.sent, want)
	}
	want := []string{
		`lines x.csv:2: no closing quote within the limit that max_line sets: "1,\"open"`,
		`lines x.csv:4: longer than 100 bytes, the limit that max_line sets: "` + strings.Repeat("y", 40) + `"`,
		`lines x.csv:6: no closing quote within the limit that max_line sets: "9,\"z"`,
	}
	if len(s.rejected) < 4 || !slices.Equal(s.rejected[:3], want) {
		t.Errorf("rejected\n  %s\nwant\n  %s", strings.Join(s.rejected, "\n  "), strings.Join(want, "\n  "))
	}
}

// A process that takes over begins behind what the one before has sent.
func TestRestartGoesOn(t *testing.T) {
	rows := "id,name\n1,a\n\n9,\"two\nlines\"\nbad\n2,b\n3,c\n"
	for name, text := range map[string]string{"x.csv": rows, "x.csv.gz": gzipped(t, rows)} {
		whole := linesOf(t, item, name, text)
		places := []uint64{0}
		whole.before = func() { places = append(places, whole.place) }
		if err := whole.run("file.Lines"); err != nil {
			t.Fatal(err)
		}
		all := whole.sent
		for i, place := range append(places[1:], whole.place) {
			s := linesOf(t, item, name, text)
			s.start = place
			if err := s.run("file.Lines"); err != nil || !slices.Equal(s.sent, all[i:]) {
				t.Errorf("%s: from %d on: sent %q, want %q (%v)", name, place, s.sent, all[i:], err)
			}
			if i < 2 && (len(s.rejected) != 1 || !strings.HasPrefix(s.rejected[0], "lines "+name+":6: ")) {
				t.Errorf("%s: from %d on: rejected %q", name, place, s.rejected)
			}
		}
		if len(all) != 4 {
			t.Errorf("%s: sent %q", name, all)
		}
	}
}

func TestLinesFromStdin(t *testing.T) {
	s := newStage(t, item, map[string]any{"path": "-", "format": "auto", "follow": true, "max_line": int64(100)})
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	s.world.stdin = func() (*os.File, error) { return r, nil }
	if _, err := w.WriteString(first + "\nbad\n" + second); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if err := s.run("file.Lines"); err != nil || !slices.Equal(s.sent, []string{first, second}) {
		t.Errorf("sent %q, %v", s.sent, err)
	}
	if len(s.rejected) != 1 || !strings.HasPrefix(s.rejected[0], "lines standard input:2: not valid JSON") {
		t.Errorf("rejected %q", s.rejected)
	}
}

// A read that waits for a terminal or a pipe ends when sources are stopped.
func TestStopInterruptsStdin(t *testing.T) {
	s := newStage(t, item, map[string]any{"path": "-", "format": "auto", "follow": false, "max_line": int64(100)})
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	s.world.stdin = func() (*os.File, error) { return r, nil }
	s.arrived = make(chan string)
	ended := make(chan error)
	go func() { ended <- s.run("file.Lines") }()
	if _, err := w.WriteString(first + "\n{\"id\":"); err != nil {
		t.Fatal(err)
	}
	<-s.arrived
	s.cancel()
	if err := <-ended; err != nil || len(s.rejected) > 0 {
		t.Errorf("%v, rejected %q", err, s.rejected)
	}
}

func TestStopEndsReading(t *testing.T) {
	s := linesOf(t, item, "x.ndjson", strings.Repeat(first+"\n", 10000))
	n := 0
	s.before = func() {
		if n++; n == 100 {
			s.cancel()
		}
	}
	if err := s.run("file.Lines"); err != nil || len(s.sent) > 200 {
		t.Errorf("%d sent, %v", len(s.sent), err)
	}
}

func TestSendErrorEndsReading(t *testing.T) {
	s := linesOf(t, item, "x.ndjson", first)
	s.refuse = os.ErrClosed
	if err := s.run("file.Lines"); err != os.ErrClosed {
		t.Errorf("%v", err)
	}
}

func TestLinesErrors(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.MkdirAll("folder.csv", 0o777); err != nil {
		t.Fatal(err)
	}
	write(t, "x.ndjson", "")
	write(t, "head.csv", "id,nme\n1,a\n")
	write(t, "head2.csv", "id,\"name\n1,a\n")
	write(t, "plain.csv.gz", "id,name\n1,a\n")
	write(t, "cut.ndjson.gz", gzipped(t, strings.Repeat(first+"\n", 5))[:30])
	damaged := []byte(gzipped(t, first+"\n"))
	damaged[len(damaged)-6] ^= 1
	write(t, "damaged.ndjson.gz", string(damaged))
	for _, c := range []struct {
		params map[string]any
		want   string
	}{
		{map[string]any{"path": "nothing.csv"}, `path: nothing.csv: no such file`},
		{map[string]any{"path": ""}, `path: the path is empty`},
		{map[string]any{"path": "folder.csv"}, `path: folder.csv: it is a folder`},
		{map[string]any{"path": "x.ndjson/y.csv"}, `path: x.ndjson/y.csv: not a directory`},
		{map[string]any{"path": "x"}, `path: x: the name does not tell the format; say format: ndjson, csv or text`},
		{map[string]any{"path": "head.csv"}, `path: head.csv: the first row, which has the names of fields: no column is called "name", which Item needs; there are "id", "nme"`},
		{map[string]any{"path": "head2.csv"}, `path: head2.csv: the first row, which has the names of fields: a quoted cell does not end with a quote and a comma`},
		{map[string]any{"path": "plain.csv.gz"}, `path: plain.csv.gz: it is not packed with gzip`},
		{map[string]any{"path": "cut.ndjson.gz"}, `path: cut.ndjson.gz: behind line 0: it ends in the middle of packed data`},
		{map[string]any{"path": "damaged.ndjson.gz"}, `path: damaged.ndjson.gz: behind line 1: its packed data are damaged`},
		{map[string]any{"path": "x.csv.gz", "follow": true}, `follow: x.csv.gz: what is packed can't be followed`},
		{map[string]any{"path": "x.ndjson", "max_line": int64(0)}, `max_line: 0 is not between 1 and 33554432 bytes`},
		{map[string]any{"path": "x.ndjson", "format": "text"}, `format: lines of text are messages with one field, a string; Item is not`},
	} {
		s := newStage(t, item, map[string]any{"format": "auto", "follow": false, "max_line": int64(1 << 20)})
		for name, v := range c.params {
			s.setup.Params[name] = v
		}
		if got := blamed(s.run("file.Lines")); got != c.want {
			t.Errorf("%v: %s\nwant %s", c.params, got, c.want)
		}
	}
}

// Root may read everything, so what the system says is made up here.
func TestWords(t *testing.T) {
	for err, want := range map[error]string{
		syscall.EACCES: "x: no permission", syscall.EISDIR: "x: it is a folder", syscall.ENOSPC: "x: the disk is full",
		syscall.EDQUOT: "x: the disk quota is used up", syscall.EIO: "x: input/output error",
	} {
		if got := cannotOpen("x", &fs.PathError{Op: "open", Path: "x", Err: err}).Error(); got != want {
			t.Errorf("%v: %s, want %s", err, got, want)
		}
	}
}

func TestReplicasWouldReadTwice(t *testing.T) {
	s := linesOf(t, item, "x.ndjson", first)
	s.setup.Replicas = 2
	if got, want := blamed(s.run("file.Lines")), "path: 2 replicas would each use the whole file; leave replicas out"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
