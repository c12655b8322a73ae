package stdlib

import (
	"compress/gzip"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/internal/schema"
)

func writeTo(t *testing.T, m *schema.Message, name string) *stage {
	return newStage(t, m, map[string]any{"path": name, "format": "auto", "append": false})
}

// written has file.Write write messages to a file and gives what is in it.
func (s *stage) written(texts ...string) string {
	s.t.Helper()
	if err := s.make("file.Write"); err != nil {
		s.t.Fatal(err)
	}
	if err := s.instance.Handler.(*sink).Start(s.ctx); err != nil {
		s.t.Fatal(err)
	}
	if err := s.give("rows", texts...); err != nil {
		s.t.Fatal(err)
	}
	if err := s.instance.Handler.(*sink).Stop(s.ctx); err != nil {
		s.t.Fatal(err)
	}
	text := read(s.t, s.setup.Params["path"].(string))
	if strings.HasSuffix(s.setup.Params["path"].(string), ".gz") {
		return unpacked(s.t, text)
	}
	return text
}

func unpacked(t *testing.T, text string) string {
	t.Helper()
	r, err := gzip.NewReader(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

const quotedRow = `{"id":4,"name":"two\nlines","price":null}`

func TestWrite(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct {
		name, want string
	}{
		{"x.ndjson", first + "\n" + quotedRow + "\n"},
		{"x.json.gz", first + "\n" + quotedRow + "\n"},
		{"x.csv", "id,name,price\n1,a,1.5\n4,\"two\nlines\",\n"},
		{"x.csv.gz", "id,name,price\n1,a,1.5\n4,\"two\nlines\",\n"},
		{"x.txt", "id=1 name=a price=1.5\nid=4 name=\"two\\nlines\"\n"},
	} {
		write(t, c.name, "what was there before")
		if got := writeTo(t, item, c.name).written(first, quotedRow); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if got := writeTo(t, item, "empty.csv").written(); got != "id,name,price\n" {
		t.Errorf("a table without rows: %q", got)
	}
	if got := writeTo(t, lineOf, "x.log").written(`{"text":"a\tb"}`); got != "a\tb\n" {
		t.Errorf("text: %q", got)
	}
}

func TestAppend(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct{ name, before, want string }{
		{"new.csv", "", "id,name,price\n2,b,\n"},
		{"x.csv", "id,\"name\",price\n1,a,1.5\n", "id,\"name\",price\n1,a,1.5\n2,b,\n"},
		{"x.ndjson", first, first + "\n" + second + "\n"},
		{"x.json.gz", gzipped(t, first+"\n"), first + "\n" + second + "\n"},
	} {
		write(t, c.name, c.before)
		s := writeTo(t, item, c.name)
		s.setup.Params["append"] = true
		if got := s.written(second); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// After a restart, what the killed process wrote stays, but for a part of a
// row at its end.
func TestRestartAppends(t *testing.T) {
	t.Chdir(t.TempDir())
	long := strings.Repeat(first+"\n", 2000)
	packed := gzipped(t, long)
	for _, c := range []struct{ name, before, want string }{
		{"x.ndjson", first + "\n" + `{"id":`, first + "\n" + second + "\n"},
		{"whole.ndjson", first + "\n", first + "\n" + second + "\n"},
		{"none.ndjson", `{"id":`, second + "\n"},
		{"x.csv", "id,name,price\n1,a,1.5\n4,\"two\nlin", "id,name,price\n1,a,1.5\n2,b,\n"},
		{"y.csv", "id,name,price\n4,\"two\nlines\",\n4,b,", "id,name,price\n4,\"two\nlines\",\n2,b,\n"},
		{"z.csv", "id,name,price\n1,\"a\nb\",\n", "id,name,price\n1,\"a\nb\",\n2,b,\n"},
		{"bad.csv", "id,name,price\n1,a\"b,\n1,c,\n", "id,name,price\n1,a\"b,\n1,c,\n2,b,\n"},
		{"x.json.gz", packed, long + second + "\n"},
		{"empty.json.gz", "", second + "\n"},
		{"head.json.gz", packed[:5], second + "\n"},
	} {
		write(t, c.name, c.before)
		s := writeTo(t, item, c.name)
		s.setup.Incarnation = 2
		if got := s.written(second); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	write(t, "cut.json.gz", packed[:len(packed)-20])
	s := writeTo(t, item, "cut.json.gz")
	s.setup.Incarnation = 2
	rows := strings.Split(strings.TrimSuffix(s.written(second), "\n"), "\n")
	for i, row := range rows {
		if want := first; row != want && i < len(rows)-1 {
			t.Fatalf("row %d is %q", i, row)
		}
	}
	if len(rows) < 2 || rows[len(rows)-1] != second {
		t.Errorf("%d rows, the last is %q", len(rows), rows[len(rows)-1])
	}
	if left, err := os.ReadDir("."); err != nil || len(left) != 11 {
		t.Errorf("%v are left, %v", left, err)
	}
}

// Rows go out when there is time, and with each tick.
func TestRowsAreNotHeldBack(t *testing.T) {
	t.Chdir(t.TempDir())
	s := writeTo(t, item, "x.ndjson")
	if err := s.make("file.Write"); err != nil {
		t.Fatal(err)
	}
	k := s.instance.Handler.(*sink)
	if err := k.Start(s.ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.give("rows", first); err != nil {
		t.Fatal(err)
	}
	if got := read(t, "x.ndjson"); got != "" {
		t.Errorf("while more may come, %q is written", got)
	}
	if err := s.instance.Flush(s.ctx); err != nil {
		t.Fatal(err)
	}
	if got := read(t, "x.ndjson"); got != first+"\n" {
		t.Errorf("when flushed, %q is written", got)
	}
	if err := s.give("rows", second); err != nil {
		t.Fatal(err)
	}
	if err := s.instance.Flush(s.ctx); err != nil {
		t.Fatal(err)
	}
	if got := read(t, "x.ndjson"); got != first+"\n"+second+"\n" {
		t.Errorf("flushed again, %q is written", got)
	}
	for range 3000 {
		if err := s.give("rows", third); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(read(t, "x.ndjson")); got < 3000*len(third)-bufferedRows {
		t.Errorf("only %d bytes are written", got)
	}
}

func TestPackedRowsAreReadable(t *testing.T) {
	t.Chdir(t.TempDir())
	s := writeTo(t, item, "x.json.gz")
	if err := s.make("file.Write"); err != nil {
		t.Fatal(err)
	}
	k := s.instance.Handler.(*sink)
	if err := k.Start(s.ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.give("rows", first); err != nil {
		t.Fatal(err)
	}
	if err := s.instance.Flush(s.ctx); err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(strings.NewReader(read(t, "x.json.gz")))
	if err != nil {
		t.Fatal(err)
	}
	row := make([]byte, len(first))
	if _, err := io.ReadFull(r, row); err != nil || string(row) != first {
		t.Errorf("%q, %v", row, err)
	}
}

func TestWriteErrors(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("folder.csv", 0o777); err != nil {
		t.Fatal(err)
	}
	write(t, "other.csv", "id,title\n")
	for _, c := range []struct {
		params map[string]any
		want   string
	}{
		{map[string]any{"path": "folder.csv"}, "path: folder.csv: it is a folder"},
		{map[string]any{"path": "no/such/x.csv"}, "path: no/such/x.csv: there is no folder no/such"},
		{map[string]any{"path": "x"}, "path: x: the name does not tell the format; say format: ndjson, csv or text"},
		{map[string]any{"path": "other.csv", "append": true}, "path: other.csv has other columns than id,name,price"},
		{map[string]any{"path": "/dev/full", "format": "csv"}, "path: /dev/full: the disk is full; written before: 0 rows, 0 bytes"},
	} {
		s := newStage(t, item, map[string]any{"format": "auto", "append": false})
		for name, v := range c.params {
			s.setup.Params[name] = v
		}
		if got := blamed(s.run("file.Write")); got != c.want {
			t.Errorf("%v: %s\nwant %s", c.params, got, c.want)
		}
	}
	s := writeTo(t, item, "x.csv")
	s.setup.Replicas = 3
	if got, want := blamed(s.run("file.Write")), "path: 3 replicas would each use the whole file; leave replicas out"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestFullDisk(t *testing.T) {
	s := writeTo(t, item, "/dev/full")
	s.setup.Params["format"] = "ndjson"
	if err := s.make("file.Write"); err != nil {
		t.Fatal(err)
	}
	k := s.instance.Handler.(*sink)
	if err := k.Start(s.ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.give("rows", first, second); err != nil {
		t.Fatal(err)
	}
	want := "path: /dev/full: the disk is full; written before: 0 rows, 0 bytes"
	if got := blamed(s.instance.Flush(s.ctx)); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := blamed(s.give("rows", third)); got != want {
		t.Errorf("a message after it: %s, want %s", got, want)
	}
	if got := blamed(k.Stop(s.ctx)); got != want {
		t.Errorf("at the end: %s, want %s", got, want)
	}
}

// A disk that gets full in the middle of a row keeps whole rows only.
func TestHalfRowIsTakenBack(t *testing.T) {
	t.Chdir(t.TempDir())
	file, err := os.OpenFile("x.ndjson", os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		t.Fatal(err)
	}
	o := newOutput("x.ndjson", "path", file, false, 0)
	o.buffer = []byte("one\ntwo\nthr")
	o.ends = []int{4, 8, 14}
	if _, err := o.write(o.buffer); err != nil { // as far as there is room
		t.Fatal(err)
	}
	o.cut(len(o.buffer) - 8)
	if got := read(t, "x.ndjson"); got != "one\ntwo\n" || o.bytes != 8 {
		t.Errorf("%q, %d bytes", got, o.bytes)
	}
}

// stdoutOf gives the stage a pipe as standard output, and its other end.
func stdoutOf(t *testing.T, s *stage) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	s.world.stdout = func() (*os.File, error) { return w, nil }
	return r
}

func TestWriteToStdout(t *testing.T) {
	s := writeTo(t, item, "-")
	r := stdoutOf(t, s)
	if err := s.make("file.Write"); err != nil {
		t.Fatal(err)
	}
	k := s.instance.Handler.(*sink)
	if err := k.Start(s.ctx); err != nil {
		t.Fatal(err)
	}
	for range 200 {
		if err := s.give("rows", first); err != nil {
			t.Fatal(err)
		}
	}
	if err := k.Stop(s.ctx); err != nil {
		t.Fatal(err)
	}
	// What other processes write to the pipe can only come between rows.
	p := make([]byte, 1<<20)
	n, err := r.Read(p[:atomicWrite])
	if err != nil || n == 0 || p[n-1] != '\n' {
		t.Errorf("%d bytes, %q, %v", n, p[max(0, n-20):n], err)
	}
	rest, err := io.ReadAll(r)
	if got := string(p[:n]) + string(rest); err != nil || got != strings.Repeat(first+"\n", 200) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

// As `opencore run | head -1` does.
func TestStdoutIsClosed(t *testing.T) {
	s := writeTo(t, item, "-")
	r := stdoutOf(t, s)
	if err := s.make("file.Write"); err != nil {
		t.Fatal(err)
	}
	k := s.instance.Handler.(*sink)
	if err := k.Start(s.ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.give("rows", first, second); err != nil {
		t.Fatal(err)
	}
	if err := s.instance.Flush(s.ctx); err != nil {
		t.Fatal(err)
	}
	r.Close()
	if err := s.give("rows", third); err != nil {
		t.Fatal(err)
	}
	want := "path: standard output: nobody reads it any more (as when head has seen enough); written before: 2 rows, 65 bytes"
	if got := blamed(s.instance.Flush(s.ctx)); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestPrint(t *testing.T) {
	s := newStage(t, item, map[string]any{"prefix": "NEW\x1b"})
	r := stdoutOf(t, s)
	if err := s.make("log.Print"); err != nil {
		t.Fatal(err)
	}
	k := s.instance.Handler.(*sink)
	if err := k.Start(s.ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.give("messages", first, `{"id":2,"name":"\u001b[31m red"}`); err != nil {
		t.Fatal(err)
	}
	if err := k.Stop(s.ctx); err != nil {
		t.Fatal(err)
	}
	want := `NEW\x1b id=1 name=a price=1.5` + "\n" + `NEW\x1b id=2 name="\x1b[31m red"` + "\n"
	if got, err := io.ReadAll(r); err != nil || string(got) != want {
		t.Errorf("%q, want %q (%v)", got, want, err)
	}
}

// A message that can't be a line is rejected, and costs no other.
func TestLineBreakIsRejected(t *testing.T) {
	t.Chdir(t.TempDir())
	s := writeTo(t, lineOf, "x.txt")
	if err := s.make("file.Write"); err != nil {
		t.Fatal(err)
	}
	k := s.instance.Handler.(*sink)
	if err := k.Start(s.ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.give("rows", `{"text":"one"}`); err != nil {
		t.Fatal(err)
	}
	if err, want := s.give("rows", `{"text":"a\nb"}`), `field "text" has a line break, which a line of text can't hold`; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if err := s.give("rows", `{"text":"two"}`); err != nil {
		t.Fatal(err)
	}
	if err := k.Stop(s.ctx); err != nil {
		t.Fatal(err)
	}
	if got := read(t, "x.txt"); got != "one\ntwo\n" {
		t.Errorf("%q", got)
	}
}
