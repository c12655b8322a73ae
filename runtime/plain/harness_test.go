package plain

import (
	"bytes"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/runtime/lane"
	"github.com/ilpomo/opencore/runtime/message"
	"github.com/ilpomo/opencore/runtime/spec"
	"github.com/ilpomo/opencore/runtime/zmq"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patient is how long a test waits for what must happen.
const patient = 10 * time.Second

// word is the message of most tests: its JSON is {"w":"…"}.
var word = &schema.Message{Name: "Word", Fields: []schema.Field{{Name: "w", Type: &schema.Type{Kind: schema.String}}}}

// A place is a process of ours, with the context of foreign peers.
type place struct {
	*testing.T
	node    *lane.Node
	foreign *zmq.Context
	codec   string

	mu   sync.Mutex
	logs []string
}

func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{T: t, codec: "json"}
	n, err := lane.Open(lane.Config{
		Bind: "ipc://" + filepath.Join(t.TempDir(), "node"), Report: func(slog.Level, string) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	p.node = n
	p.locked(n.Away) // somebody must lead while the test looks at foreign sockets
	p.foreign, err = zmq.NewContext()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		n.Close()
		if err := p.foreign.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// endpoint gives one that nobody has.
func (p *place) endpoint() string { return "ipc://" + filepath.Join(p.TempDir(), "s") }

// config is that of a wire that binds.
func (p *place) config(socket string) Config {
	codec, err := message.NewCodec(p.codec, word)
	if err != nil {
		p.Fatal(err)
	}
	reply, _ := message.NewCodec(p.codec, word)
	return Config{
		Node: p.node, Name: "a.p -> b.q", Socket: socket, Bind: true, Endpoint: p.endpoint(), Codec: codec, Reply: reply,
		Queue: spec.Queue{Messages: 1000, Full: "block"}, Timeout: patient,
		Report: func(level slog.Level, text string) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.logs = append(p.logs, text)
			p.Log(level, text)
		},
		Ready: func() {}, Offered: new(uint64), Filtered: new(uint64), Dropped: new(uint64), Left: new(uint64), Delivered: new(uint64), Rejected: new(uint64),
	}
}

// said tells whether something has been reported, with the wire's name.
func (p *place) said(what string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, text := range p.logs {
		if strings.HasPrefix(text, "a.p -> b.q: ") && strings.Contains(text, what) {
			return true
		}
	}
	return false
}

// locked calls f with the node locked.
func (p *place) locked(f func()) {
	p.node.Lock()
	defer p.node.Unlock()
	f()
}

// until waits until ok, which is called with the node locked.
func (p *place) until(ok func() bool) {
	p.Helper()
	p.node.Lock()
	defer p.node.Unlock()
	if !p.node.Wait(ok, p.node.After(patient)) {
		p.Fatal("waited in vain")
	}
}

func must[T any](p *place, f func() (T, error)) (x T) {
	p.Helper()
	var err error
	p.locked(func() { x, err = f() })
	if err != nil {
		p.Fatal(err)
	}
	return x
}

func (p *place) sender(c Config) Sender {
	p.Helper()
	return must(p, func() (Sender, error) { return OpenSender(c) })
}

func (p *place) receiver(c Config) *Receiver {
	p.Helper()
	r := must(p, func() (*Receiver, error) { return OpenReceiver(c) })
	p.Cleanup(func() { p.locked(r.Free) })
	return r
}

func (p *place) asker(c Config) *Asker {
	p.Helper()
	return must(p, func() (*Asker, error) { return OpenAsker(c) })
}

// dense encodes a Word.
func dense(text string) []byte {
	n := len(text)
	return append([]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)}, text...)
}

// text reads one.
func text(payload []byte) string { return string(payload[4:]) }

// next gives the next message, "topic|w" where there is a topic.
func (p *place) next(r *Receiver) (in Incoming) {
	p.Helper()
	var ok bool
	p.until(func() bool {
		if !ok { // a Wait may ask once more
			in, ok = r.Next()
		}
		return ok
	})
	return in
}

// A peer is a foreign socket.
type peer struct {
	*zmq.Plain
	place *place
	m     *zmq.Message
}

// connect gives a peer that is connected to an endpoint.
func (p *place) connect(kind zmq.Kind, endpoint string, o zmq.Options) *peer {
	p.Helper()
	f := p.open(kind, o)
	if err := f.Connect(endpoint); err != nil {
		p.Fatal(err)
	}
	return f
}

func (p *place) open(kind zmq.Kind, o zmq.Options) *peer {
	p.Helper()
	s, err := p.foreign.Open(kind, o)
	if err != nil {
		p.Fatal(err)
	}
	f := &peer{s, p, zmq.NewMessage(100, 80<<20)}
	p.Cleanup(func() {
		s.Close()
		f.m.Free()
	})
	return f
}

// try tries until f succeeds, whenever something may have changed.
func (f *peer) try(what func() error) {
	f.place.Helper()
	deadline := time.Now().Add(patient)
	for {
		before := f.Events()
		err := what()
		left := time.Until(deadline)
		switch {
		case err == nil:
			return
		case err != zmq.ErrAgain || left <= 0:
			f.place.Fatal(err)
		}
		fds := []unix.PollFd{{Fd: int32(f.FD()), Events: unix.POLLIN}}
		if f.Events() == before { // else looking may have swallowed what the descriptor tells
			unix.Poll(fds, int(left.Milliseconds())+1)
		}
	}
}

func (f *peer) send(parts ...string) {
	f.place.Helper()
	var list [][]byte
	for _, p := range parts {
		list = append(list, []byte(p))
	}
	f.try(func() error { return f.Send(list...) })
}

// receive gives the next message, its parts with | between them.
func (f *peer) receive() string {
	f.place.Helper()
	f.try(func() error { return f.Receive(f.m) })
	return string(bytes.Join(f.m.Parts(), []byte("|")))
}

func (p *place) equal(got, want any) {
	p.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		p.Errorf("%v, want %v", got, want)
	}
}
