package stdlib

import (
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ilpomo/opencore/internal/schema"
)

// followed starts file.Lines with follow and gives a function that ends it.
func followed(t *testing.T, m *schema.Message, name, text string) (s *stage, end func()) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	s = linesOf(t, m, name, text)
	s.setup.Params["follow"] = true
	s.arrived = make(chan string)
	ended := make(chan error)
	go func() { ended <- s.run("file.Lines") }()
	return s, func() {
		t.Helper()
		s.cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		goleak.VerifyNone(t, before)
	}
}

// expect waits for what is sent next.
func (s *stage) expect(want string) {
	s.t.Helper()
	if got := <-s.arrived; got != want {
		s.t.Fatalf("%s comes, want %s", got, want)
	}
}

// expectLooking is expect while time passes.
func (s *stage) expectLooking(want string) {
	s.t.Helper()
	for {
		select {
		case got := <-s.arrived:
			if got != want {
				s.t.Fatalf("%s comes, want %s", got, want)
			}
			return
		case s.tick <- time.Time{}:
		}
	}
}

func add(t *testing.T, name, text string) {
	t.Helper()
	f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString(text)
		f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestFollow(t *testing.T) {
	s, end := followed(t, item, "x.ndjson", first+"\n")
	s.expect(first)
	add(t, "x.ndjson", second+"\n"+third[:5])
	s.expect(second)
	add(t, "x.ndjson", third[5:]+"\r\n")
	s.expect(third)
	add(t, "x.ndjson", "bad\n"+first)
	s.expect(`rejected lines x.ndjson:4: not valid JSON at byte 1: invalid character 'b' looking for beginning of value: "bad"`)
	end() // the last line has no end yet
}

func TestFollowFileThatComes(t *testing.T) {
	before := goleak.IgnoreCurrent()
	s := linesOf(t, item, "x.ndjson", "")
	s.setup.Params["follow"] = true
	s.arrived = make(chan string)
	if err := os.Remove("x.ndjson"); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- s.run("file.Lines") }()
	s.tick <- time.Time{} // it is waiting
	write(t, "x.ndjson", first+"\n")
	s.expectLooking(first)
	add(t, "x.ndjson", second+"\n")
	s.expectLooking(second)
	s.cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	goleak.VerifyNone(t, before)
}

// A run that is stopped while it waits for a file has nothing to say.
func TestFollowFileThatNeverComes(t *testing.T) {
	s := linesOf(t, item, "x.ndjson", "")
	s.setup.Params["follow"] = true
	if err := os.Remove("x.ndjson"); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- s.run("file.Lines") }()
	s.tick <- time.Time{}
	s.cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestFollowReplacedFile(t *testing.T) {
	s, end := followed(t, item, "x.csv", "id,name\n1,a\n")
	defer end()
	s.expect(`{"id":1,"name":"a","price":null}`)
	if err := os.Rename("x.csv", "x.csv.1"); err != nil {
		t.Fatal(err)
	}
	add(t, "x.csv.1", "2,b\n3,c") // who writes has not noticed yet
	s.expect(second)
	write(t, "new.csv", "price,name,id\n,b,2\n")
	if err := os.Rename("new.csv", "x.csv"); err != nil {
		t.Fatal(err)
	}
	s.expect(third)
	s.expect(second)
	add(t, "x.csv", "1.5,a\n1.5,a,1\n")
	s.expect(`rejected lines x.csv:3: the row has 2 cells, the header has 3: "1.5,a"`)
	s.expect(first)
}

func TestFollowTruncatedFile(t *testing.T) {
	s, end := followed(t, item, "x.ndjson", first+"\n"+second+"\n")
	s.expect(first)
	s.expect(second)
	write(t, "x.ndjson", third+"\n")
	s.expect(third)
	end()
	if log := s.log.String(); !strings.Contains(log, "truncated") {
		t.Errorf("the log is silent: %q", log)
	}
}

// Where the system tells nothing of changes, the file is looked at every now
// and then.
func TestFollowByLooking(t *testing.T) {
	s, end := followed(t, item, "link.ndjson", "")
	defer end()
	if err := os.Mkdir("elsewhere", 0o777); err != nil {
		t.Fatal(err)
	}
	write(t, "elsewhere/x.ndjson", first+"\n")
	if err := os.Symlink("elsewhere/x.ndjson", "new"); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename("new", "link.ndjson"); err != nil {
		t.Fatal(err)
	}
	s.expectLooking(first)
	add(t, "elsewhere/x.ndjson", second+"\n") // in a folder that is not watched
	s.expectLooking(second)
}

func TestFollowGoesOnBehindPlace(t *testing.T) {
	text := first + "\n" + second + "\n"
	for place, want := range map[int][]string{
		len(first) + 1:  {second},
		len(text) + 100: {first, second}, // a file that is shorter than the place is another one
	} {
		s := linesOf(t, item, "x.ndjson", text)
		s.setup.Params["follow"] = true
		s.arrived, s.start = make(chan string), uint64(place)
		ended := make(chan error)
		go func() { ended <- s.run("file.Lines") }()
		for _, line := range want {
			s.expect(line)
		}
		s.cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}
