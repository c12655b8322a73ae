package plain

import "github.com/ilpomo/opencore/runtime/zmq"

// openPull opens a PULL. It holds few messages that haven't been read: what it
// holds is lost with the process, and a PUSH shares by turns, not by who is
// free.
func openPull(c Config) (*Receiver, error) {
	o := c.options()
	o.ReceiveHWM = min(o.ReceiveHWM, pullHWM)
	return openIn(&c, zmq.Pull, o, false)
}

const pullHWM = 64
