package lane

import (
	"slices"

	"github.com/ilpomo/opencore/runtime/zmq"
)

// A Watch is a further socket of the process, which the leader polls with the
// node's own: of a wire to a foreign peer, or to a program that is an actor.
// The node closes it when it is closed itself. Its methods are called with the
// node locked.
type Watch struct {
	*zmq.Plain
	node  *Node
	ready func()
	again bool  // look without being told to
	at    int64 // look then; 0: never
	last  func()
	over  bool
}

// Socket opens a socket of any kind in the node's context, for [Node.Watch].
func (n *Node) Socket(kind zmq.Kind, o zmq.Options) (*zmq.Plain, error) { return n.zmq.Open(kind, o) }

// Watch has the leader poll a socket, which belongs to the node from then on.
// ready is called with the node locked when the socket may have become ready to
// receive or to send, and at first. It receives and sends until the socket's
// [zmq.Plain.Events] say that it can do no more of what it wants to, or calls
// Again, for the descriptor tells only of what is new. Whoever sends outside of
// ready calls it, or looks at the events: sending may swallow what the
// descriptor would have told. ready must not wait. Locked.
func (n *Node) Watch(s *zmq.Plain, ready func()) *Watch {
	w := &Watch{Plain: s, node: n, ready: ready}
	n.watches = append(n.watches, w)
	w.Again()
	return w
}

// Again has ready called at the next turn of whoever leads.
func (w *Watch) Again() {
	w.again = true
	w.node.kick()
}

// At has ready called at a time as [Node.After] gives it, too; 0: no more. It
// is called once.
func (w *Watch) At(at int64) {
	w.at = at
	if at != 0 && (w.node.until == 0 || at < w.node.until) {
		w.node.kick()
	}
}

// Closing has f called before the socket is closed, by Stop or with the node.
func (w *Watch) Closing(f func()) { w.last = f }

// Stop closes the socket. ready is not called any more.
func (w *Watch) Stop() {
	if w.over {
		return
	}
	w.over = true
	w.node.watches = slices.DeleteFunc(w.node.watches, func(other *Watch) bool { return other == w })
	if w.last != nil {
		w.last()
	}
	w.Close()
}

// look calls ready if the socket is still watched.
func (w *Watch) look() {
	if !w.over {
		w.again = false
		w.ready()
	}
}

// watchAt is when some watch wants to be called: now, as a time that has
// passed, if one is to look again; 0: never.
func (n *Node) watchAt() (at int64) {
	for _, w := range n.watches {
		switch {
		case w.again:
			return 1
		case w.at != 0 && (at == 0 || w.at < at):
			at = w.at
		}
	}
	return at
}

// lookAround calls the watches that want to be called without their
// descriptors' having told anything.
func (n *Node) lookAround() {
	if len(n.watches) == 0 {
		return
	}
	now := n.now()
	for _, w := range slices.Clone(n.watches) {
		due := w.at != 0 && w.at <= now
		if due {
			w.at = 0
		}
		if due || w.again {
			w.look()
		}
	}
}

// closeWatches closes all that is watched.
func (n *Node) closeWatches() {
	for len(n.watches) > 0 {
		n.watches[0].Stop()
	}
}
