package runtime

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/runtime/spec"
)

// told writes what a supervisor says to a group, member by letter: "a" is 0.
func told(t *testing.T, lines ...spec.Down) io.Reader {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	for _, d := range append([]spec.Down{{Group: &spec.Group{Name: "hot"}}}, lines...) {
		if err := e.Encode(d); err != nil {
			t.Fatal(err)
		}
	}
	return &b
}

func TestAGroupWithoutMembersEnds(t *testing.T) {
	for name, down := range map[string]io.Reader{
		"told to":                 io.MultiReader(told(t, spec.Down{Now: true}), silent(t)),
		"the supervisor is gone":  told(t),
		"a member that isn't one": told(t, spec.Down{Member: member0(), Go: true}),
	} {
		if status := serve(world{down: down, up: io.Discard, lookup: os.LookupEnv}); status != spec.ExitDone {
			t.Errorf("%s: status %d", name, status)
		}
	}
}

func member0() *spec.ProcessID { return new(spec.ProcessID) }

// silent is a supervisor that has nothing more to say until the test is over.
func silent(t *testing.T) io.Reader {
	r, w := io.Pipe()
	t.Cleanup(func() { w.Close() })
	return r
}

func TestAMemberThatCannotBeTakesTheGroupDown(t *testing.T) {
	var up bytes.Buffer
	status := serve(world{
		down: io.MultiReader(told(t, spec.Down{Member: member0(), Launch: &spec.Launch{Version: 99, Process: &spec.Process{}}}), silent(t)),
		up:   &up, lookup: os.LookupEnv,
	})
	want := `{"member":0,"failed":{"reason":"the run is of version 99, this program of 1"}}` + "\n"
	if status != exitFailed || up.String() != want {
		t.Errorf("status %d, %s", status, up.String())
	}
}

func TestMembersAreToldApart(t *testing.T) {
	var b bytes.Buffer
	shared := &sharedWriter{w: &b}
	for _, id := range []spec.ProcessID{0, 12} {
		lines := slices.Concat(encode(spec.Up{Ready: true}), encode(spec.Up{Log: &spec.Log{Message: "two\nlines, {}"}}))
		if n, err := (taggedWriter{shared, memberTag(id)}).Write(lines); n != len(lines) || err != nil {
			t.Errorf("%d, %v", n, err)
		}
	}
	var got []string
	for d := json.NewDecoder(&b); d.More(); {
		var u spec.Up
		if err := d.Decode(&u); err != nil {
			t.Fatal(err)
		}
		line := encode(u)
		got = append(got, string(line[:strings.IndexByte(string(line), ',')]))
	}
	if want := []string{`{"member":0`, `{"member":0`, `{"member":12`, `{"member":12`}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestAMailboxIsReadToItsEnd(t *testing.T) {
	m := newMailbox()
	read := make(chan string)
	go func() {
		all, _ := io.ReadAll(m) // it can't fail
		read <- string(all)
	}()
	m.add([]byte("one"))
	m.add([]byte("two"))
	m.close()
	if got := <-read; got != "onetwo" {
		t.Errorf("%q", got)
	}
}
