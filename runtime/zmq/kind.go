package zmq

import (
	"errors"
	"time"
)

// A Kind is a socket pattern of a [Plain] socket.
type Kind uint8

// The kinds. Pub is an XPUB within: it hears who subscribes.
const (
	Push Kind = iota
	Pull
	Pub
	Sub
	Req
	Rep
	Dealer
	Router
	Pair
)

var kindNames = [...]string{"push", "pull", "pub", "sub", "req", "rep", "dealer", "router", "pair"}

// String gives the kind's name in the language.
func (k Kind) String() string { return kindNames[k] }

// Options are those of a [Plain] socket. The zero value of each is what
// libzmq has by default, but for linger, which is 0, and MaxMessage.
type Options struct {
	SendHWM    int   // messages per peer; 0: libzmq's 1000, -1: no mark
	ReceiveHWM int   // likewise
	MaxMessage int64 // bytes of a part; a peer that sends a longer one is disconnected. 0: no limit
	Rate       int   // of a publisher on PGM, in bits a second; 0: libzmq's 100,000
	Immediate  bool  // nothing goes to a peer that is not connected

	Heartbeat  time.Duration // how often a peer is asked whether it is there; it has three times that to answer. 0: never
	KeepAlive  time.Duration // likewise, but the peer's kernel is asked, and only while nothing is said. In seconds; 0: never
	Handshake  time.Duration // how long a peer may take to say who it is; 0: libzmq's 30 s
	Mandatory  bool          // Router: to send to who isn't there is an error
	Handover   bool          // Router: a new peer with the identity of an old one takes its place
	Relaxed    bool          // Req: may ask again without a reply, which is matched to its request
	Verbose    bool          // Pub: every subscription is told, also equal ones
	NoDrop     bool          // Pub: what a subscriber has no room for is refused rather than dropped
	Identity   string        // Dealer, Req: by which a ROUTER knows the socket
	Subscribed bool          // Sub: to all topics
}

// Why a message is not sent or received. They are not wrapped.
var (
	ErrAgain  = errors.New("zmq: not now")      // nobody has room, or nothing has come
	ErrNoPeer = errors.New("zmq: no such peer") // Router: who it is for is gone
	ErrState  = errors.New("zmq: not its turn") // Req, Rep: send and receive take turns
	ErrTooBig = errors.New("zmq: the message is too long or has too many parts")
	ErrClosed = errors.New("zmq: the socket is closed")
)

// A Change is what a monitor tells of a socket's connections.
type Change uint16

// The changes, with libzmq's numbers.
const (
	Connected       Change = 0x0001
	Accepted        Change = 0x0020
	AcceptFailed    Change = 0x0040
	Disconnected    Change = 0x0200
	HandshakeFailed Change = 0x0800 // the connection ended before it was one
	Greeted         Change = 0x1000 // the handshake has succeeded
	WrongProtocol   Change = 0x2000 // the peer speaks something else, or has a pattern that doesn't fit
	NotAllowed      Change = 0x4000 // the peer was refused
)

// watched are the changes that a monitor is asked for.
const watched = Accepted | AcceptFailed | Disconnected | HandshakeFailed | Greeted | WrongProtocol | NotAllowed | Connected
