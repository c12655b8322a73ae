package interp

import (
	"bufio"
	"encoding/json"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// offering and taking are programs that are foreign to each other: all that
// they share is an address.
const (
	offering = `message N { n int, text string }
		graph main(at string, many int = 100) {
			load = gen.Messages<N>(count: many)
			expose load.messages at codec json
		}`
	taking = `message N { n int, text string }
		actor Load external { push messages N codec json connect env("AT") }
		graph main {
			load  = Load()
			small = file.Write(path: "-")
			load.messages -> small where n < 1000
		}`
)

// heard is what a program is asked to say of itself.
type heard struct {
	record
	Wire, Endpoint                                        string
	Read, Offered, Filtered, Delivered, Dropped, Rejected int
}

// start starts a program that writes records, and gives them as they come.
func (p *program) start(t *testing.T) func(msg string) heard {
	t.Helper()
	p.cmd.Stderr = nil
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		p.cmd.Wait()
	})
	lines := bufio.NewReader(stderr)
	return func(msg string) heard {
		t.Helper()
		for {
			line, err := lines.ReadBytes('\n')
			var h heard
			if err != nil || json.Unmarshal(line, &h) != nil {
				t.Fatalf("%q does not come, but %q, %v", msg, line, err)
			}
			if h.Msg == msg {
				return h
			}
			if h.Msg == "failed" {
				t.Fatalf("%s", line)
			}
		}
	}
}

func TestTwoProgramsThatAreForeignToEachOther(t *testing.T) {
	a := newProgram(t, offering, "--log=json", "at=tcp://127.0.0.1:*")
	fromA := a.start(t)
	listening := fromA("listening")
	if listening.Process != "load" || listening.Wire != "load.messages -> at" || !strings.HasPrefix(listening.Endpoint, "tcp://127.0.0.1:") || strings.HasSuffix(listening.Endpoint, "*") {
		t.Errorf("%+v", listening)
	}
	b := newProgram(t, taking, "--log=json")
	b.cmd.Env = append(b.cmd.Env, "AT="+listening.Endpoint)
	b.cmd.Stdout = nil
	stdout, err := b.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	fromB := b.start(t)
	fromB("running")
	rows := bufio.NewScanner(stdout)
	for n := range 100 {
		if !rows.Scan() {
			t.Fatalf("after %d rows: %v", n, rows.Err())
		}
	}
	if w := fromA("wire"); w.Offered != 100 || w.Delivered != 100 || w.Lost != 0 {
		t.Errorf("%+v", w)
	}
	if end := fromA("done"); end.Status != 0 || end.Read != 100 {
		t.Errorf("%+v", end)
	}
	b.signal(t, syscall.SIGTERM)
	if w := fromB("wire"); w.Offered != 100 || w.Filtered+w.Delivered != 100 || w.Lost != 0 || w.Left != 0 {
		t.Errorf("%+v", w)
	}
	if end := fromB("stopped"); end.Status != 0 || end.Read != 100 {
		t.Errorf("%+v", end)
	}
}

// A finite source ends a run that foreign peers could send to for ever.
func TestAFiniteSourceEndsWhatForeignPeersSendTo(t *testing.T) {
	for _, graph := range []string{
		`actor Load external { pub messages N connect "tcp://127.0.0.1:9" }
		graph main {
			load  = Load()
			few   = gen.Messages<N>(count: 10)
			count = flow.Count()
			load.messages -> count
			few -> count
		}`,
		`actor Doubler { rep asked N -> N }
		graph main {
			doubler = Doubler()
			few     = gen.Messages<N>(count: 10)
			count   = flow.Count()
			few -> count
			expose doubler.asked "tcp://127.0.0.1:*"
		}`,
	} {
		p := newProgram(t, "message N { n int }\n"+graph)
		if status, last := p.run(t); status != 0 || last != "done in 1ms: read 10, rejected 0, dropped 0, lost 0" {
			t.Errorf("status %d, %s\n%s", status, last, p.stderr.String())
		}
	}
}

// A process that crashes binds its socket anew, where clients look for it.
func TestAnExposedPortComesBack(t *testing.T) {
	server := newProgram(t, `message N { n int }
		actor Crasher(how string) { in numbers N, push out N }
		actor Load external { push messages N codec json bind env("AT") }
		graph main {
			load   = Load()
			middle = Crasher(how: "panic")
			out    = file.Write(path: "-")
			load.messages -> middle.numbers
			middle -> out
		}`, "--log=json")
	server.cmd.Env = append(server.cmd.Env, "AT=ipc://"+filepath.Join(server.cmd.Dir, "s"))
	from := server.start(t)
	at := from("listening").Endpoint
	from("running")
	client := newProgram(t, `message N { n int }
		actor Sink external { pull rows N codec json connect env("AT") }
		graph main {
			load = gen.Messages<N>(count: 200)
			sink = Sink()
			load -> sink.rows
		}`)
	client.cmd.Env = append(client.cmd.Env, "AT="+at)
	if status, last := client.run(t); status != 0 {
		t.Errorf("status %d, %s\n%s", status, last, client.stderr.String())
	}
	if crash := from("crashed"); crash.Process != "middle" {
		t.Errorf("%+v", crash)
	}
	if again := from("listening").Endpoint; again != at {
		t.Errorf("it listens at %s, then at %s", at, again)
	}
	server.signal(t, syscall.SIGTERM)
	w := from("wire")
	if w.Offered != w.Delivered+w.Lost+w.Left || w.Offered < 100 {
		t.Errorf("%+v", w)
	}
}

func TestAnAddressThatIsNoneIsTriedOnce(t *testing.T) {
	p := newProgram(t, offering, "at=garbage")
	const want = `failed after 1ms: load (test.actors:3:4): port "messages": wire load.messages -> at: zmq: cannot bind garbage: that is no ZeroMQ address`
	if status, last := p.run(t); status != 3 || last != want || strings.Contains(p.stderr.String(), "again") {
		t.Errorf("status %d, %s", status, p.stderr.String())
	}
}
