package lane

import (
	"fmt"
	"log/slog"

	"github.com/ilpomo/opencore/runtime/spec"
	"github.com/ilpomo/opencore/runtime/zmq"
)

// drainRouter takes in all that has come from those who send to us. Its
// length is bounded by the credit they have.
func (n *Node) drainRouter() {
	if n.draining || n.closed {
		return
	}
	n.draining = true
	defer func() { n.draining = false }()
	for some := false; ; some = true {
		f := n.frame()
		if !n.router.ReceiveFrom(f) {
			n.recycle(f) // to have found nothing is as good as having looked at the events
			if some {
				n.Changed()
			}
			return
		}
		n.arrive(f)
	}
}

// arrive takes one frame.
func (n *Node) arrive(f *zmq.Frame) {
	h, _, body, err := parseFrame(f.Bytes())
	if err == nil && h.kind == kindHello {
		err = n.greeted(f.From(), body)
		n.recycle(f)
		if err != nil {
			n.refuse(f.From(), err)
		}
		return
	}
	l := n.flows[f.From()]
	if l == nil {
		n.stranger(f)
		return
	}
	if err == nil {
		err = n.accept(l, f, h, body)
	}
	if err != nil {
		n.recycle(f)
		n.refuse(l.peer, err)
		delete(n.flows, l.peer)
	}
}

// stranger drops a frame of somebody who has not said hello, or whose link has
// been replaced by a newer one.
func (n *Node) stranger(f *zmq.Frame) {
	n.recycle(f)
	n.foreign++
	if n.foreign == 1 {
		n.report(slog.LevelDebug, "dropped a frame of a connection that is not, or no longer, one of ours")
	}
}

// accept puts a frame into the inbox.
func (n *Node) accept(l *inLink, f *zmq.Frame, h header, body []byte) error {
	flow := l.flows[h.lane]
	if flow == nil {
		return fmt.Errorf("lane %d is not one of this link", h.lane)
	}
	switch h.kind {
	case kindData:
		if err := checkRecords(body, h.count, h.flags&flagTopics != 0); err != nil {
			return err
		}
	case kindEnd:
		if h.count != 1 || len(body) != 0 {
			return errLonger
		}
	default:
		return fmt.Errorf("a frame of kind %d from a sender", h.kind)
	}
	if h.last != flow.received+uint64(h.count) {
		return fmt.Errorf("message %d follows on message %d", h.last, flow.received)
	}
	flow.received = h.last
	n.inbox.push(item{flow: flow, frame: f, header: h, body: body})
	return nil
}

// refuse tells a sender why there is no link.
func (n *Node) refuse(to zmq.Peer, reason error) {
	n.scratch = appendRefusal(n.scratch[:0], reason.Error())
	n.report(slog.LevelWarn, "refused a peer: %v", reason)
	if e, _ := n.router.SendTo(to, n.scratch); e.Readable() {
		n.drainRouter()
	}
}

// greeted takes a hello: what is believed there must be believed here.
func (n *Node) greeted(from zmq.Peer, body []byte) error {
	h, err := parseHello(body)
	if err != nil {
		return err
	}
	s := n.senders[h.from]
	switch {
	case h.run != n.config.Run:
		return fmt.Errorf("it belongs to another run")
	case h.graph != n.config.Graph:
		return fmt.Errorf("it runs another version of the graph")
	case h.to != n.config.Self:
		return fmt.Errorf("it looks for process %d, and this is %d", h.to, n.config.Self)
	case s == nil:
		return fmt.Errorf("process %d is not wired to this one", h.from)
	case h.incarnation < s.incarnation || h.incarnation == s.incarnation && h.link <= s.link:
		return fmt.Errorf("%s speaks as incarnation %d, link %d after %d, %d", s.peer.Title, h.incarnation, h.link, s.incarnation, s.link)
	}
	if err := n.agree(h); err != nil {
		return fmt.Errorf("%s: %w", s.peer.Title, err)
	}
	if s.current != nil {
		delete(n.flows, s.current.peer)
	}
	s.incarnation, s.link = h.incarnation, h.link
	s.current = &inLink{peer: from, flows: map[spec.LaneID]*flow{}}
	n.flows[from] = s.current
	n.welcome(s.current, h)
	return nil
}

// agree compares the lanes of a hello with ours.
func (n *Node) agree(h *hello) error {
	ours := 0
	for _, in := range n.ins {
		if in.Peer == h.from {
			ours++
		}
	}
	if ours != len(h.lanes) {
		return fmt.Errorf("it has %d lanes to this process, which knows of %d", len(h.lanes), ours)
	}
	seen := map[spec.LaneID]bool{}
	for _, l := range h.lanes {
		in := n.ins[l.id]
		if in == nil || in.Peer != h.from || seen[l.id] {
			return fmt.Errorf("lane %d is unknown here, or said twice", l.id)
		}
		if in.Message != l.message || in.Reply != l.reply {
			return fmt.Errorf("its messages on lane %d have other fields", l.id)
		}
		seen[l.id] = true
	}
	return nil
}

// welcome opens the lanes of a link, with their first grants, and says before
// what is wanted of them.
func (n *Node) welcome(l *inLink, h *hello) {
	for _, w := range h.lanes {
		if in := n.ins[w.id]; in.topics != nil {
			n.subscribe(l, in)
		}
	}
	n.scratch = append(n.scratch[:0], make([]byte, headerSize)...)
	header{kind: kindWelcome, last: uint64(n.config.Incarnation), grants: uint32(len(h.lanes))}.put(n.scratch)
	for _, w := range h.lanes {
		in := n.ins[w.id]
		f := &flow{in: in, link: l}
		if in.flow != nil { // the handler is as fast as it was
			f.spent, f.done = in.flow.spent, in.flow.done
		}
		in.flow, in.ended = f, false
		l.flows[w.id] = f
		n.scratch = f.allowance.grant(in.ID).append(n.scratch)
	}
	n.answer(l, n.scratch)
}
