package plain

import (
	"encoding/binary"
	"errors"
	"log/slog"

	"github.com/ilpomo/opencore/runtime/zmq"
)

// openDealer opens a DEALER. Nothing goes to a peer that isn't connected.
func openDealer(c Config) (*Asker, error) {
	a := &Asker{calls: map[uint32]*Call{}}
	o := c.options()
	o.Immediate = true
	s, err := open(&c, zmq.Dealer, o, a.ready)
	if err != nil {
		return nil, err
	}
	a.socket = s
	a.said = zmq.NewMessage(maxParts, c.longest()+frameRoom)
	s.joined = a.joined
	s.Watch.Closing(func() {
		s.release()
		a.said.Free()
	})
	return a, nil
}

// post sends a request behind its number and an empty frame.
func (a *Asker) post(number uint32, c *Call) error {
	var id [4]byte
	binary.NativeEndian.PutUint32(id[:], number)
	if a.config.Topic {
		return a.Send(id[:], nil, []byte(c.topic), c.request)
	}
	return a.Send(id[:], nil, c.request)
}

// reply gives a reply to the request that it belongs to.
func (a *Asker) reply(parts [][]byte, long bool) {
	number, parts := a.numberOf(parts)
	c := a.calls[number]
	if c == nil {
		a.late++
		a.notes.say(slog.LevelInfo, "a reply came for which nobody waits: too late, or without the number of its request")
		return
	}
	payload, err := a.parse(parts, long)
	c.finish(payload, err)
}

// numberOf finds the number of the request in what has come back. A ROUTER that
// does not return it is understood while one request is on its way and no reply to
// an earlier one can be.
func (a *Asker) numberOf(parts [][]byte) (number uint32, rest [][]byte) {
	if len(parts) > 2 && len(parts[0]) == 4 && len(parts[1]) == 0 {
		return binary.NativeEndian.Uint32(parts[0]), parts[2:]
	}
	if len(a.calls) == 1 && !a.doubt {
		for number = range a.calls {
		}
	}
	if len(parts) > 1 && len(parts[0]) == 0 {
		parts = parts[1:]
	}
	return number, parts
}

// A replyError is an error that a foreign replier has sent.
type replyError string

func (e replyError) Error() string { return string(e) }

var errReplyTooLong = errors.New("its reply is too long, or has too many frames")

// parse understands a reply.
func (a *Asker) parse(parts [][]byte, long bool) ([]byte, error) {
	if long {
		return nil, errReplyTooLong
	}
	topic, payload, err := splitTopic(parts)
	if err == nil && len(parts) == 2 && len(topic) == 0 {
		return nil, replyError(payload)
	}
	var dense []byte
	if err == nil {
		dense, err = a.config.Reply.Parse(nil, payload)
	}
	if err != nil {
		a.notes.say(slog.LevelWarn, "what a peer answered is not a reply: %v", err)
		return nil, err
	}
	if dense == nil {
		dense = []byte{}
	}
	return dense, nil
}
