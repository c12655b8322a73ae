package plain

import (
	"fmt"
	"log/slog"
	"slices"

	"github.com/ilpomo/opencore/runtime/lane"
	"github.com/ilpomo/opencore/runtime/zmq"
)

// A socket is what all patterns have: a socket that the node's leader watches,
// and what is known of its connections.
type socket struct {
	*lane.Watch
	config  *Config
	notes   notes
	bound   string // what it is bound to
	file    file
	monitor *lane.Watch
	changes *zmq.Message
	links   []connection // that are there, oldest first
	joined  func()       // called when a peer has come or gone; may be nil
	closed  bool
}

// open opens a socket. ready is called when it may be ready for something.
func open(c *Config, kind zmq.Kind, o zmq.Options, ready func()) (*socket, error) {
	s := &socket{config: c, notes: notes{report: c.Report, name: c.Name}}
	if multicast(c.Endpoint) && !zmq.Has("pgm") {
		return nil, fmt.Errorf("wire %s: this machine's libzmq has no PGM, which %s needs; Debian's has it", c.Name, c.Endpoint)
	}
	sock, err := c.Node.Socket(kind, o)
	if err != nil {
		return nil, fmt.Errorf("wire %s: %w", c.Name, err)
	}
	monitor, err := sock.Monitor()
	if err == nil {
		if err = s.attach(sock); err != nil {
			monitor.Close()
		}
	}
	if err != nil {
		sock.Close()
		return nil, fmt.Errorf("wire %s: %w", c.Name, err)
	}
	s.changes = zmq.NewMessage(2, 4<<10)
	s.monitor = c.Node.Watch(monitor, s.changed)
	s.Watch = c.Node.Watch(sock, ready)
	s.Watch.Closing(s.release)
	return s, nil
}

func (s *socket) attach(sock *zmq.Plain) error {
	c := s.config
	if !c.Bind {
		return sock.Connect(c.Endpoint)
	}
	if err := claim(c.Endpoint); err != nil {
		return err
	}
	at, err := sock.Bind(c.Endpoint)
	if err != nil {
		return err
	}
	s.bound, s.file = at, fileOf(at)
	return nil
}

// Endpoint implements [Listener].
func (s *socket) Endpoint() string { return s.bound }

// release gives back what goes with the socket. The node calls it before it
// closes that.
func (s *socket) release() {
	s.closed = true
	s.monitor.Stop()
	s.changes.Free()
	s.file.remove()
}

// A connection is one that has been made or taken.
type connection struct {
	fd      uint32
	greeted bool // it is a peer's: the handshake has succeeded
}

// peers is how many are connected. Of inproc nothing is told.
func (s *socket) peers() int {
	n := 0
	for _, l := range s.links {
		if l.greeted {
			n++
		}
	}
	return n
}

// greet notes that a handshake has succeeded. libzmq doesn't say on which
// connection: it is most likely the newest, for it takes no time.
func (s *socket) greet() {
	for i := len(s.links) - 1; i >= 0; i-- {
		if !s.links[i].greeted {
			s.links[i].greeted = true
			return
		}
	}
}

// lose forgets a connection and tells what it was.
func (s *socket) lose(fd uint32) (l connection, known bool) {
	for i, l := range s.links {
		if l.fd == fd {
			s.links = slices.Delete(s.links, i, i+1)
			return l, true
		}
	}
	return connection{}, false
}

// changed takes in what has become of the connections.
func (s *socket) changed() {
	for !s.closed && s.monitor.Receive(s.changes) == nil {
		change, value, address, ok := zmq.ParseChange(s.changes.Parts())
		if ok {
			s.note(change, value, address)
		}
	}
	s.config.Node.Changed()
}

func (s *socket) note(change zmq.Change, fd uint32, address string) {
	switch change {
	case zmq.Accepted, zmq.Connected:
		s.lose(fd)
		s.links = append(s.links, connection{fd: fd})
	case zmq.Greeted:
		s.greet()
	case zmq.Disconnected:
		if l, known := s.lose(fd); known && !l.greeted {
			s.unfit(address)
		}
	case zmq.WrongProtocol:
		s.unfit(address)
	case zmq.NotAllowed:
		s.notes.say(slog.LevelWarn, "a peer at %s does not let us in", address)
	case zmq.AcceptFailed:
		s.notes.say(slog.LevelWarn, "a connection to %s could not be taken; too many open files?", address)
	}
	if s.joined != nil {
		s.joined()
	}
}

// unfit says that somebody has come who is no peer.
func (s *socket) unfit(address string) {
	s.notes.say(slog.LevelWarn, "a connection at %s ended before it was one: the other end has a pattern that does not fit our %s socket, speaks no ZeroMQ, or left at once",
		address, s.config.Socket)
}
