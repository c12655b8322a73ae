package plain

import "github.com/ilpomo/opencore/runtime/zmq"

// openPush opens a PUSH. Nothing goes to a peer that isn't connected, or libzmq
// would take messages for who may never come; and to one that is goes little
// at a time, for what the socket holds is lost with its peer.
func openPush(c Config) (Sender, error) {
	o := c.options()
	o.Immediate = true
	b, err := openOut(&c, zmq.Push, o)
	if err != nil {
		return nil, err // not b, which would be a Sender that is not nil
	}
	return b, nil
}

// openOut opens a socket that waits for room.
func openOut(c *Config, kind zmq.Kind, o zmq.Options) (*outbox, error) {
	var b *outbox
	s, err := open(c, kind, o, func() { b.ready() })
	if err != nil {
		return nil, err
	}
	b = newOutbox(s, o)
	return b, nil
}
