package runtime

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	goruntime "runtime"
	"sync"

	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/spec"
	"github.com/ilpomo/opencore/runtime/zmq"
)

// A groupProcess is several actor processes in one OS process. Each is what it would
// be alone, with sockets, counters and control lines of its own; they share
// libzmq's context, by which they meet without leaving the process, and they
// fail as one. One goroutine, the loop in [groupProcess.serve], owns the members.
type groupProcess struct {
	actors  map[string]actor.Factory
	lookup  func(variable string) (string, bool)
	up      *sharedWriter
	context *zmq.Context
	members map[spec.ProcessID]*member
	over    chan ending
	halt    chan struct{} // closed: one has failed
	status  int           // of that one, or of what ended the group
	closing bool          // nobody is launched any more; the last one out ends the group
}

// A member is an actor process of a group.
type member struct{ down *mailbox }

// An ending is the end of a member with its status.
type ending struct {
	id     spec.ProcessID
	status int
}

func newGroup(w world) (*groupProcess, error) {
	context, err := zmq.NewContext()
	if err != nil {
		return nil, err
	}
	return &groupProcess{
		actors: w.actors, lookup: w.lookup, up: &sharedWriter{w: w.up}, context: context,
		members: map[spec.ProcessID]*member{}, over: make(chan ending), halt: make(chan struct{}),
	}, nil
}

// serve runs the group until it is told to end, or a member fails, and none is
// left.
func (g *groupProcess) serve(down *json.Decoder) int {
	told, finished := make(chan spec.Down), make(chan struct{})
	defer close(finished)
	go receive(down, told, finished)
	for !g.closing || len(g.members) > 0 {
		select {
		case d, ok := <-told:
			if !ok { // the supervisor is gone: each member hears that for itself
				told = nil
				g.end(exitFailed)
				continue
			}
			g.obey(&d)
		case one := <-g.over:
			g.finished(one)
		}
	}
	if g.status == 0 {
		g.context.Close() // all sockets are closed; else the end of the process does it
	}
	return g.status
}

// receive hands on what the supervisor says until it is gone, or nobody is
// left to hear it.
func receive(down *json.Decoder, told chan<- spec.Down, finished <-chan struct{}) {
	defer close(told)
	for {
		var d spec.Down
		if down.Decode(&d) != nil {
			return
		}
		select {
		case told <- d:
		case <-finished:
			return
		}
	}
}

func (g *groupProcess) obey(d *spec.Down) {
	switch {
	case d.Member == nil:
		if d.Now {
			g.end(exitTerminated)
		}
	case d.Launch != nil && !g.closing:
		g.launch(*d.Member).tell(d)
	case g.members[*d.Member] != nil:
		g.members[*d.Member].tell(d)
	}
}

// end has all members end at once, and the group with them.
func (g *groupProcess) end(status int) {
	if len(g.members) == 0 {
		status = spec.ExitDone
	}
	g.close(status)
	for _, m := range g.members {
		m.down.close()
	}
}

func (g *groupProcess) close(status int) {
	if !g.closing {
		g.closing, g.status = true, status
	}
}

// launch starts a member, which reads what to be.
func (g *groupProcess) launch(id spec.ProcessID) *member {
	m := &member{down: newMailbox()}
	g.members[id] = m
	moreProcessors(len(g.members) + 1)
	w := world{
		actors: g.actors, lookup: g.lookup, down: m.down, up: taggedWriter{g.up, memberTag(id)},
		context: g.context, halt: g.halt,
	}
	go func() { g.over <- ending{id, run(w)} }()
	return m
}

// moreProcessors lets so many goroutines run at once. Each member that waits for
// messages does so for a while without telling Go's scheduler (package lane), and
// must not stop those that work. With a chain of six on two cores this doubles
// what goes through.
func moreProcessors(n int) {
	if os.Getenv("GOMAXPROCS") == "" && goruntime.GOMAXPROCS(0) < n {
		goruntime.GOMAXPROCS(n)
	}
}

// finished takes a member out of the group. When it has failed, the others end
// too.
func (g *groupProcess) finished(one ending) {
	g.members[one.id].down.close()
	delete(g.members, one.id)
	switch {
	case g.closing: // the exit of the group says it
	case one.status == spec.ExitDone, one.status == exitTerminated:
		taggedWriter{g.up, memberTag(one.id)}.Write(encode(spec.Up{Exit: &one.status})) // if it fails the supervisor is gone
	default:
		g.close(one.status)
		close(g.halt)
	}
}

// tell says something to a member, without waiting for it to listen.
func (m *member) tell(d *spec.Down) {
	plain := *d
	plain.Member = nil
	line, err := json.Marshal(plain)
	if err != nil {
		panic("bug: what was read as JSON has none: " + err.Error())
	}
	m.down.add(line)
}

// A mailbox holds what a member is told until it reads it.
type mailbox struct {
	mu     sync.Mutex
	more   sync.Cond // on mu: there is something to read, or nothing will come
	data   bytes.Buffer
	closed bool
}

func newMailbox() *mailbox {
	m := &mailbox{}
	m.more.L = &m.mu
	return m
}

func (m *mailbox) add(line []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.data.Write(line)
	m.more.Signal()
}

// close ends what can be read.
func (m *mailbox) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	m.more.Signal()
}

// Read implements [io.Reader].
func (m *mailbox) Read(b []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for m.data.Len() == 0 && !m.closed {
		m.more.Wait()
	}
	if m.data.Len() == 0 {
		return 0, io.EOF
	}
	return m.data.Read(b)
}

// A sharedWriter keeps the lines of several writers apart.
type sharedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

// Write implements [io.Writer].
func (s *sharedWriter) Write(lines []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Write(lines)
}

// A taggedWriter says in each line, which is a JSON object with something in
// it, which member it is from.
type taggedWriter struct {
	w   *sharedWriter
	tag []byte
}

func memberTag(id spec.ProcessID) []byte {
	tag := encode(spec.Up{Member: &id})
	return append(bytes.TrimRight(tag, "}\n"), ',')
}

// Write implements [io.Writer]. What it is given ends with a line.
func (t taggedWriter) Write(lines []byte) (int, error) {
	tagged := make([]byte, 0, len(lines)+2*len(t.tag))
	for line := range bytes.Lines(lines) {
		tagged = append(append(tagged, t.tag...), line[1:]...)
	}
	if _, err := t.w.Write(tagged); err != nil {
		return 0, err
	}
	return len(lines), nil
}
