package endtoend

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ilpomo/opencore/runtime/zmq"
)

// An event is what a socket of open-core, the framework in Python, has sent or
// taken, in hexadecimal digits: runtime/message/testdata/opencore/capture.py.
type event struct {
	Pattern string
	Codec   string
	Frames  [2]string
}

func opencoreEvents(t *testing.T, file string) (list []event) {
	t.Helper()
	text := read(t, "..", "..", "runtime", "message", "testdata", "opencore", file)
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		t.Fatal(err)
	}
	return list
}

func (e event) parts(t *testing.T) (parts [2]string) {
	t.Helper()
	for i, frame := range e.Frames {
		b, err := hex.DecodeString(frame)
		if err != nil {
			t.Fatal(err)
		}
		parts[i] = string(b)
	}
	return parts
}

// foreign is a socket of ours that stands for one of open-core's.
type foreign struct {
	t      *testing.T
	tr     *trial
	socket *zmq.Plain
	in     *zmq.Message
}

func bindForeign(t *testing.T, tr *trial, context *zmq.Context, kind zmq.Kind, endpoint string) *foreign {
	t.Helper()
	socket, err := context.Open(kind, zmq.Options{Subscribed: true, Immediate: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(socket.Close)
	if _, err := socket.Bind(endpoint); err != nil {
		t.Fatal(err)
	}
	f := &foreign{t: t, tr: tr, socket: socket, in: zmq.NewMessage(4, 1<<20)}
	t.Cleanup(f.in.Free)
	return f
}

// wait waits until the socket may be ready for another try, but not beyond a
// time.
func (f *foreign) wait(until time.Time) {
	f.t.Helper()
	if f.tr.ctx.Err() != nil {
		f.t.Fatalf("nothing within %s:\n%s", deadline, f.tr.stderr.String())
	}
	poll := []unix.PollFd{{Fd: int32(f.socket.FD()), Events: unix.POLLIN}}
	if _, err := unix.Poll(poll, int(time.Until(until).Milliseconds())+1); err != nil && !errors.Is(err, unix.EINTR) {
		f.t.Fatal(err)
	}
}

func (f *foreign) deadline() time.Time {
	until, _ := f.tr.ctx.Deadline()
	return until
}

// receiveUntil gives nil if nothing comes before a time.
func (f *foreign) receiveUntil(until time.Time) (parts []string) {
	f.t.Helper()
	for {
		err := f.socket.Receive(f.in)
		if err == nil {
			break
		}
		if !errors.Is(err, zmq.ErrAgain) {
			f.t.Fatal(err)
		}
		if time.Now().After(until) {
			return nil
		}
		f.wait(until)
	}
	for _, part := range f.in.Parts() {
		parts = append(parts, string(part))
	}
	f.in.Close()
	return parts
}

func (f *foreign) receive() []string {
	f.t.Helper()
	return f.receiveUntil(f.deadline())
}

// join publishes until the subscriber at the other end hears it: as in ZeroMQ
// itself, what is published before somebody has subscribed is for nobody.
func join(publisher, subscriber *foreign, payload string) {
	publisher.t.Helper()
	for n := 0; ; n++ {
		topic := strconv.Itoa(n)
		publisher.send([2]string{topic, payload})
		got := subscriber.receiveUntil(time.Now().Add(50 * time.Millisecond))
		if got == nil {
			continue
		}
		for got[0] != topic {
			got = subscriber.receive()
		}
		return
	}
}

func (f *foreign) send(parts [2]string) {
	f.t.Helper()
	for {
		err := f.socket.Send([]byte(parts[0]), []byte(parts[1]))
		if err == nil {
			return
		}
		if !errors.Is(err, zmq.ErrAgain) {
			f.t.Fatal(err)
		}
		f.wait(f.deadline())
	}
}

// opencoreGraph has, for each codec, a publisher, a subscriber, a pusher and a
// puller as open-core's are, and hands on what comes from them.
func opencoreGraph(folder string) string {
	var b strings.Builder
	b.WriteString(`message Quake { id string, mag float, place string, at time, net string, depth float, felt int?, alert string? }
message Blob { data bytes }

actor HandQuakes exec ["./parts", "publisher"] { in numbers Quake, push squares Quake topic net }
actor HandBlobs exec ["./parts", "publisher"] { in numbers Blob, push squares Blob topic "us" }
`)
	graph := "graph main {\n"
	for _, codec := range []string{"json", "msgpack", "pickle", "bytes"} {
		message, ours, hand := "Quake", codec, "HandQuakes"
		if codec == "bytes" {
			message, ours, hand = "Blob", "raw", "HandBlobs"
		}
		fmt.Fprintf(&b, "\nactor Theirs_%s external {\n", codec)
		for _, port := range []string{"pub", "sub", "push", "pull"} {
			fmt.Fprintf(&b, "  %s their_%[1]s %s codec %s connect %q\n", port, message, ours, "ipc://"+filepath.Join(folder, codec+"."+port))
		}
		b.WriteString("}\n")
		graph += fmt.Sprintf(`  theirs_%[1]s = Theirs_%[1]s()
  pass_%[1]s   = proxy.Pass()
  hand_%[1]s   = %[2]s()
  theirs_%[1]s.their_pub -> pass_%[1]s
  pass_%[1]s.to -> theirs_%[1]s.their_sub
  theirs_%[1]s.their_push -> hand_%[1]s.numbers
  hand_%[1]s.squares -> theirs_%[1]s.their_pull
`, codec, hand)
	}
	return b.String() + "\n" + graph + "}\n"
}

// What open-core sends comes in at real sockets, and goes out as what
// open-core takes, byte for byte.
func TestOpenCoreAsAPeer(t *testing.T) {
	tr := newTrial(t)
	context, err := zmq.NewContext()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = context.Close() })
	sockets := map[string]*foreign{}
	for _, codec := range []string{"json", "msgpack", "pickle", "bytes"} {
		for name, kind := range map[string]zmq.Kind{"pub": zmq.Pub, "sub": zmq.Sub, "push": zmq.Push, "pull": zmq.Pull} {
			sockets[codec+"."+name] = bindForeign(t, tr, context, kind, "ipc://"+filepath.Join(tr.folder, codec+"."+name))
		}
	}
	program := runCIn(t, tr, partsOnce, opencoreGraph(tr.folder), "--log", "json")
	taken := map[string][2]string{}
	for _, e := range opencoreEvents(t, "accepted.json") {
		taken[e.Pattern+e.Codec+e.parts(t)[0]] = e.parts(t)
	}
	for codec := range map[string]bool{"json": true, "msgpack": true, "pickle": true, "bytes": true} {
		if got := sockets[codec+".pub"].receive(); len(got) != 1 || got[0] != "\x01" {
			t.Fatalf("%s: our subscription is %q", codec, got)
		}
	}
	joined, good := map[string]bool{}, map[string][2]string{}
	for _, e := range opencoreEvents(t, "captured.json") {
		parts := e.parts(t)
		if e.Pattern == "pub" && !joined[e.Codec] {
			joined[e.Codec] = true
			join(sockets[e.Codec+".pub"], sockets[e.Codec+".sub"], parts[1])
		}
		sockets[e.Codec+"."+e.Pattern].send(parts)
		if e.Codec == "pickle" && parts[0] == "now" {
			continue // its time is an object
		}
		good[e.Pattern+e.Codec] = parts
		want, back := taken[e.Pattern+e.Codec+strings.Replace(parts[0], "now", "us", 1)], "sub"
		want[0] = parts[0]
		if e.Pattern == "push" {
			want[0], back = "us", "pull"
		}
		if got := sockets[e.Codec+"."+back].receive(); len(got) != 2 || [2]string(got) != want {
			t.Errorf("%s %s %q: %q goes out as %q, want %q", e.Pattern, e.Codec, parts[0], parts[1], got, want)
		}
	}
	for pattern, back := range map[string]string{"pub": "sub", "push": "pull"} {
		sockets["pickle."+pattern].send(good[pattern+"pickle"]) // what came before it has been handled when it comes back
		if got := sockets["pickle."+back].receive(); len(got) != 2 {
			t.Errorf("pickle %s: %q came back", pattern, got)
		}
	}
	if err := program.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	o := program.done()
	if n := strings.Count(o.stderr, `datetime.datetime\\\" is not data`) + strings.Count(o.stderr, `datetime.datetime\" is not data`); n != 2 {
		t.Errorf("%d pickled times are rejected:\n%s", n, o.stderr)
	}
	for wire, c := range o.wires {
		o.wire(t, wire)
		if c.Lost != 0 || c.Left != 0 || c.Delivered < 2 {
			t.Errorf("%s: %+v", wire, c)
		}
	}
}
