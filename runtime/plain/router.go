package plain

import (
	"bytes"
	"log/slog"

	"github.com/ilpomo/opencore/runtime/zmq"
)

// openRouter opens a ROUTER, on which requests come with their way back. To
// send to who is gone is an error, or libzmq would drop the reply in silence. Who
// reconnects with the identity that it had takes its own place; over the network
// that would let anybody take anybody's, so there the new one is refused while
// the old connection lasts.
func openRouter(c Config) (*Receiver, error) {
	o := c.options()
	o.SendHWM = receiveHWM
	o.Mandatory = true
	o.Handover = local(c.Endpoint)
	return openIn(&c, zmq.Router, o, true)
}

// A Return is the way back of a request: the identity of the peer and what else
// stood before the message.
type Return struct {
	parts [][]byte
}

// splitRoute tells the return path from the message: an identity, then all up
// to the first empty frame, if a message follows on it. A DEALER that sends no
// empty frame gets none back.
func splitRoute(parts [][]byte) (*Return, [][]byte) {
	if len(parts) == 0 {
		return &Return{}, nil
	}
	n := 1
	for i := 1; i < len(parts)-1; i++ {
		if len(parts[i]) == 0 {
			n = i + 1
			break
		}
	}
	to := &Return{parts: make([][]byte, n)}
	for i, p := range parts[:n] {
		to.parts[i] = bytes.Clone(p)
	}
	return to, parts[n:]
}

// Reply answers a request with a payload, as its dense encoding, or with an
// error.
func (r *Receiver) Reply(to *Return, payload []byte, failure error) {
	if r.closed {
		return
	}
	if r.asked--; r.over {
		defer r.config.Node.Changed()
	}
	var reply []byte
	if failure == nil {
		reply, failure = r.config.Reply.Append(nil, payload)
	}
	parts := append(make([][]byte, 0, len(to.parts)+2), to.parts...)
	if failure != nil {
		parts = append(parts, nil, []byte(failure.Error()))
	} else {
		parts = append(parts, reply)
	}
	switch r.Send(parts...) {
	case nil:
	case zmq.ErrNoPeer:
		r.notes.say(slog.LevelInfo, "a reply had nobody to go to: its peer has gone")
	default:
		r.notes.say(slog.LevelWarn, "a reply was dropped: its peer does not read")
	}
	if r.Events().Readable() {
		r.Again() // sending may have swallowed that something came
	}
}
