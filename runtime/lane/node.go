// Package lane carries messages between our own processes: native wires.
//
// Every process is a [Node]. It binds one ROUTER, on which all that is sent to
// it arrives, and opens one DEALER to each process that it sends to: a link. On
// a link run lanes, one for each copy of each wire between the two. Frames
// carry batches of messages; credit, acknowledgements, ends, requests and
// replies travel on the same link. A [Wire] is the sender's end of a wire with
// its queue and its lanes, an [In] the receiver's end of a lane.
//
// What a port's pattern means (share, copy, drop, ask) is decided above. The
// package knows nothing of message types, filters or handlers.
//
// One mutex guards sockets, buffers and inbox. Whoever must wait leads the
// poll, or waits for the leader: see [Node.Wait]. There is no goroutine per
// socket, no channel, no timer and no clock reading per message.
//
// Read [Node], then [Wire], frame.go for what travels, and credit.go for how
// much of it.
package lane

import (
	"fmt"
	"log/slog"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ilpomo/opencore/runtime/spec"
	"github.com/ilpomo/opencore/runtime/zmq"
)

// MaxMessage is the length of the longest message between our own processes,
// in bytes: 64 MiB of data, and what their encoding adds.
const MaxMessage = 64<<20 + 4<<10

// maxFrame leaves room for a batch that the longest message comes last in.
const maxFrame = MaxMessage + 1<<20

// absent is how long nobody may be waiting before the standby goroutine leads.
const absent = 10 * time.Millisecond

// A Config is what a process must know to be one of a run.
type Config struct {
	Run         uint64 // of the run; others are refused
	Graph       uint64 // hash of the plan; likewise
	Self        spec.ProcessID
	Incarnation uint32      // of this process
	Bind        string      // where to listen: ipc://… or tcp://…:*
	Inproc      string      // where to listen too, for those who share Context: inproc://…; "" for none
	Peers       []spec.Peer // all that lanes lead to or come from
	// Context is shared by several nodes, whoever made it closes it; nil: the node
	// has its own.
	Context *zmq.Context
	// Report takes what people should know. It is called with the node
	// locked: it must not wait, nor call the node.
	Report func(level slog.Level, text string)
}

// A Node is one process's share of the wires. Methods whose comment says
// "locked" are called between Lock and Unlock; all others lock by themselves.
type Node struct {
	mu   sync.Mutex
	cond *sync.Cond // broadcast whenever something has changed that waits

	config Config
	zmq    *zmq.Context
	router *zmq.Socket
	event  int       // an eventfd: ends the leader's poll
	base   time.Time // of the node's clock

	leading   bool
	standing  bool    // the leader is the standby
	until     int64   // when the leader's poll ends by itself; 0: never
	deadlines []int64 // of those who wait behind the leader
	polled    []polled
	fds       []unix.PollFd

	links   map[spec.ProcessID]*link // to those we send to
	senders map[spec.ProcessID]*sender
	flows   map[zmq.Peer]*inLink
	ins     map[spec.LaneID]*In
	wires   []*Wire
	watches []*Watch
	outs    map[spec.LaneID]*outLane

	inbox   inbox
	current Inbound
	frames  []*zmq.Frame // unused ones
	dirty   []*outLane   // hold a batch that waits to be sent
	flushed []*outLane   // memory for the next such list
	handled uint64       // messages, on all lanes
	kept    int          // frames that outlive their turn
	doneAt  int64        // when the last of these was done
	replied []*flow      // hold replies that wait to be sent
	late    int          // replies that came after their deadline
	over    bool         // what waits has been counted as left: no request is tried again
	foreign int          // frames from who knows whom

	turns     uint64 // of the main loop, and of all who wait
	handling  bool   // the main loop is in a handler
	waiting   int    // how many are within Wait
	away      bool   // nobody is: the standby leads
	armed     bool   // the timer that finds that out runs
	armedTurn uint64
	absence   *time.Timer
	stand     *sync.Cond // the standby waits here until it is needed
	standbys  sync.WaitGroup

	scratch  []byte
	draining bool // the router is being drained
	failure  error
	closed   bool
}

// A polled is a descriptor that the leader polls.
type polled struct {
	link  *link       // nil: the router, or a watch
	sock  *zmq.Socket // what link held when the poll began
	watch *Watch
}

// Open binds. The node hears others at once; what it answers depends on the
// lanes and wires that have been added, so add them before anybody is told of
// the endpoint.
func Open(c Config) (*Node, error) {
	n := &Node{
		config: c, zmq: c.Context, event: -1, base: time.Now(),
		links: map[spec.ProcessID]*link{}, senders: map[spec.ProcessID]*sender{},
		flows: map[zmq.Peer]*inLink{}, ins: map[spec.LaneID]*In{}, outs: map[spec.LaneID]*outLane{},
	}
	n.cond, n.stand = sync.NewCond(&n.mu), sync.NewCond(&n.mu)
	if err := n.bind(); err != nil {
		n.giveBack()
		return nil, err
	}
	for _, p := range c.Peers {
		n.senders[p.ID] = &sender{peer: p}
		if p.Connect {
			n.links[p.ID] = &link{node: n, peer: p}
		}
	}
	n.absence = time.AfterFunc(time.Hour, n.missed)
	n.absence.Stop()
	n.standbys.Go(n.standby)
	return n, nil
}

// bind takes what the node needs of the system.
func (n *Node) bind() (err error) {
	if n.zmq == nil {
		if n.zmq, err = zmq.NewContext(); err != nil {
			return err
		}
	}
	if n.event, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		return fmt.Errorf("lane: eventfd: %w", err)
	}
	if n.router, err = n.zmq.Router(n.config.Bind, maxFrame); err != nil || n.config.Inproc == "" {
		return err
	}
	return n.router.Also(n.config.Inproc)
}

// giveBack is the end of that.
func (n *Node) giveBack() {
	if n.router != nil {
		n.router.Close()
	}
	if n.zmq != nil && n.config.Context == nil {
		n.zmq.Close()
	}
	if n.event >= 0 {
		unix.Close(n.event)
	}
}

// Endpoint is where others reach the node.
func (n *Node) Endpoint() string { return n.router.Endpoint() }

// Close ends the node at once. What is queued or on its way is dropped. No
// method may be called any more, but those who wait return.
func (n *Node) Close() {
	n.mu.Lock()
	n.closed = true
	n.absence.Stop()
	n.stand.Broadcast()
	n.cond.Broadcast()
	n.kick()
	for n.leading {
		n.cond.Wait()
	}
	n.router.Close()
	n.closeWatches()
	for _, l := range n.links {
		l.close()
		l.up = false
	}
	n.inbox.free(n)
	for _, o := range n.outs {
		o.batch.free()
		o.queue.clear()
	}
	for _, f := range n.frames {
		f.Free()
	}
	n.frames = nil
	n.mu.Unlock()
	n.standbys.Wait()
	n.giveBack()
}

// Lock takes the node.
func (n *Node) Lock() { n.mu.Lock() }

// Unlock gives it back.
func (n *Node) Unlock() { n.mu.Unlock() }

// now is the node's clock, in nanoseconds.
func (n *Node) now() int64 { return int64(time.Since(n.base)) }

// After gives the time d from now, for Wait; 0, never, if d is not positive.
func (n *Node) After(d time.Duration) int64 {
	if d <= 0 {
		return 0
	}
	return n.now() + int64(d)
}

// Passed tells whether a time that After gave has come.
func (n *Node) Passed(until int64) bool { return until != 0 && n.now() >= until }

// Failure is why no link to a peer can come about, nil where all is well.
// Locked.
func (n *Node) Failure() error { return n.failure }

// Late is how many replies came after their deadline. Locked.
func (n *Node) Late() int { return n.late }

func (n *Node) report(level slog.Level, format string, args ...any) {
	n.config.Report(level, fmt.Sprintf(format, args...))
}

// kick ends the leader's poll.
func (n *Node) kick() {
	if n.leading {
		one := [8]byte{1}
		unix.Write(n.event, one[:])
	}
}

// Wait waits until ok, which is called with the node locked, or until the
// time until, as After gives it. It tells whether ok. Locked; in between it
// unlocks. Who waits leads the poll if nobody else does.
func (n *Node) Wait(ok func() bool, until int64) bool {
	if ok() {
		return true
	}
	n.waiting++
	if n.away {
		n.Back() // who waits leads better: what it waits for wakes it at once
	}
	well := n.wait(ok, until, false)
	n.waiting--
	n.watch()
	return well
}

func (n *Node) wait(ok func() bool, until int64, standby bool) bool {
	for !ok() {
		if n.closed || n.Passed(until) {
			return false
		}
		n.flush(eagerFrames)
		switch {
		case ok(): // sending may have taken in what we wait for
		case n.leading:
			n.follow(until)
		default:
			n.lead(until, standby)
		}
	}
	if !n.leading {
		n.cond.Broadcast() // somebody else may have to lead now
	}
	return true
}

// follow waits for the leader, who is made to end its poll in time.
func (n *Node) follow(until int64) {
	if until != 0 {
		n.deadlines = append(n.deadlines, until)
		if n.until == 0 || until < n.until {
			n.kick()
		}
	}
	n.cond.Wait()
	if until != 0 {
		n.deadlines = without(n.deadlines, until)
	}
}

func without(list []int64, x int64) []int64 {
	for i, y := range list {
		if x == y {
			list[i] = list[len(list)-1]
			return list[:len(list)-1]
		}
	}
	return list
}

// lead polls once, unlocked, and takes in what has come.
func (n *Node) lead(until int64, standby bool) {
	n.leading, n.standing = true, standby
	n.until = n.earliest(until)
	n.gather()
	timeout := -1
	if n.until != 0 {
		timeout = max(0, int((n.until-n.now()+int64(time.Millisecond)-1)/int64(time.Millisecond)))
	}
	n.mu.Unlock()
	poll(n.fds, timeout)
	n.mu.Lock()
	n.leading, n.standing = false, false
	if !n.closed {
		n.takeIn()
	}
	n.cond.Broadcast()
}

// poll waits for a descriptor or for timeout milliseconds; an interrupted one
// is as good as one that has seen something.
func poll(fds []unix.PollFd, timeout int) {
	if timeout != 0 && pollShortly(fds) {
		return
	}
	if _, err := unix.Poll(fds, timeout); err != nil && err != unix.EINTR {
		panic(fmt.Sprintf("bug: poll: %v", err))
	}
}

// pollShortly waits for up to a millisecond, and tells whether it has seen
// something. Go's scheduler doesn't know of it: an answer that comes so soon
// costs none of the handing over that a system call is worth that may block for
// long. A stop of the world waits as much longer.
func pollShortly(fds []unix.PollFd) bool {
	span := unix.Timespec{Nsec: int64(time.Millisecond)}
	n, _, _ := unix.RawSyscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(unsafe.SliceData(fds))), uintptr(len(fds)),
		uintptr(unsafe.Pointer(&span)), 0, 0, 0)
	return int(n) > 0
}

func (n *Node) earliest(until int64) int64 {
	at := sooner(until, sooner(n.nextDeadline(), n.watchAt()))
	for _, d := range n.deadlines {
		at = sooner(at, d)
	}
	return at
}

// sooner gives the first of two times, of which 0 is never.
func sooner(a, b int64) int64 {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// gather makes the list of descriptors. It may only be changed while nobody
// polls.
func (n *Node) gather() {
	n.fds = append(n.fds[:0], pollIn(n.event), pollIn(n.router.FD()))
	n.polled = append(n.polled[:0], polled{}, polled{})
	for _, p := range n.config.Peers {
		if l := n.links[p.ID]; l != nil && l.sock != nil {
			n.fds = append(n.fds, pollIn(l.sock.FD()))
			n.polled = append(n.polled, polled{link: l, sock: l.sock})
		}
	}
	for _, w := range n.watches {
		n.fds = append(n.fds, pollIn(w.FD()))
		n.polled = append(n.polled, polled{watch: w})
	}
}

func pollIn(fd int) unix.PollFd { return unix.PollFd{Fd: int32(fd), Events: unix.POLLIN} }

// takeIn drains every socket whose descriptor fired. A link may have got
// another socket since the poll began: that one has been looked at.
func (n *Node) takeIn() {
	if n.fds[0].Revents != 0 {
		var count [8]byte
		unix.Read(n.event, count[:])
	}
	if n.fds[1].Revents != 0 {
		n.drainRouter()
	}
	for i := 2; i < len(n.fds); i++ {
		switch p := n.polled[i]; {
		case n.fds[i].Revents == 0:
		case p.watch != nil:
			p.watch.look()
		case p.link.sock == p.sock:
			p.link.drain()
		}
	}
	n.lookAround()
	n.expire()
}

// Changed makes everybody who waits look again: something has changed that may
// be what they wait for. Locked.
func (n *Node) Changed() {
	n.cond.Broadcast()
	if n.leading && !n.standing {
		n.kick()
	}
}

// flush sends what is packed on lanes with fewer frames than limit on their
// way. The rest goes when a grant comes in.
func (n *Node) flush(limit int) {
	n.flushReplies()
	list := n.dirty
	n.dirty, n.flushed = n.flushed[:0], nil
	for _, o := range list {
		switch {
		case o.batch.count == 0 || !o.link.up:
			o.dirty = false
		case o.idle(limit):
			o.dirty = false
			o.send()
		default:
			n.dirty = append(n.dirty, o)
		}
	}
	n.flushed = list
}

// Away tells that nobody will be waiting for long: the standby leads.
// Locked.
func (n *Node) Away() {
	n.away = true
	n.stand.Signal()
}

// Back ends that. Locked.
func (n *Node) Back() {
	n.away = false
	if n.standing {
		n.kick()
	}
}

// standby leads while nobody waits. It is no part of the usual path, where
// handlers return soon and sources wait for room.
func (n *Node) standby() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for !n.closed {
		if !n.away {
			n.stand.Wait()
			continue
		}
		n.wait(func() bool { return !n.away }, 0, true)
	}
}

// watch makes sure that somebody notices if nobody waits for long, for what a
// handler or a source is at. A timer that runs is left alone: it looks at the
// turns.
func (n *Node) watch() {
	n.turns++
	if !n.armed {
		n.armed, n.armedTurn = true, n.turns
		n.absence.Reset(absent)
	}
}

// missed is called when the timer has run out.
func (n *Node) missed() {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case n.closed || n.waiting > 0 || n.away:
		n.armed = false
	case n.armedTurn != n.turns:
		n.armedTurn = n.turns
		n.absence.Reset(absent)
	default:
		n.armed = false
		n.Away()
	}
}
