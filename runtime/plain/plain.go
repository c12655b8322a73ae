// Package plain has the real ZeroMQ sockets at the ends of wires whose other
// end is foreign: one file per pattern, each with its traps closed.
//
// A [Sender] is the end of a push, pub or pair port, a [Receiver] that of a
// pull, sub, pair, rep or router port, an [Asker] that of a req or dealer port.
// What a message is, which wires get it and what the handler does with it is
// decided above. All methods are called with the node locked, and none waits.
//
// A message is one frame, the payload in the codec's form, or two, topic and
// payload; receivers take both. A request goes out as REQ sends it with
// REQ_CORRELATE: a number, an empty frame, the message. So REP and what speaks
// like it gives the number back, and any ROUTER that returns the envelope as it
// came. Requests are taken with whatever envelope they have, which goes back with the
// reply. An error reply is two frames, an empty one and the text.
//
// Handed to the socket, as the counters have it, means that libzmq has taken
// the message for a peer that was connected, or, of a pub port, that it has been
// given to every subscriber who wants it. What libzmq and the kernel hold when a
// peer dies is lost without being known; the high-water mark of PUSH, PAIR and
// DEALER, [sendHWM], keeps that small. At a clean end the socket has [parting] to
// get rid of it; a peer whose own queue is full by then may lose what the kernel
// holds for it on ipc, however long we would wait (libzmq's issue 4660).
//
// Read [Config] first, socket.go, then a pattern.
package plain

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/ilpomo/opencore/runtime/lane"
	"github.com/ilpomo/opencore/runtime/spec"
	"github.com/ilpomo/opencore/runtime/zmq"
)

const (
	// MaxDecoded is the longest message from outside that is decoded, in bytes.
	MaxDecoded = 1 << 20
	// MaxRaw is that of one that is taken as it is. A peer that sends a longer
	// frame is disconnected by libzmq, and so is one that sends a frame of more than
	// maxFrame where messages are decoded; what is shorter is refused in words.
	MaxRaw   = 64 << 20
	maxFrame = 4 * MaxDecoded

	maxParts = 32 // a return path of some twenty hops, and the message

	// sendHWM is how many messages the socket may hold for a peer, which are lost
	// with it. Measured with 50 bytes over ipc: 64 cost 1.7 µs a message, 256 1.1 µs,
	// 1000 0.8 µs.
	sendHWM = 256
	// sendBytes is how much they may be in all, or it is one.
	sendBytes = 16 << 20
	// receiveHWM is how many may wait that we have not read; of large ones few.
	receiveHWM    = 256
	receiveHWMRaw = 16
	// prefetch is how many are read before the handler is ready for them, on a
	// wire that makes its sender wait.
	prefetch = 16

	heartbeat = 2 * time.Second // on tcp: a peer is given up after three of them
	handshake = 5 * time.Second // a connection that isn't ZeroMQ is given up then
	// multicastRate bounds what a publisher sends on PGM, in bits a second. By
	// default libzmq sends 100,000, at which a page takes a second.
	multicastRate = 1_000_000_000

	answering = 5 * time.Second // for requests that have been taken, when the input ends

	parting = 2 * time.Second // at a clean end, for what libzmq still holds
)

// A Codec is one of [message.Codec].
//
// [message.Codec]: https://pkg.go.dev/github.com/ilpomo/opencore/runtime/message#Codec
type Codec interface {
	Append(dst, payload []byte) ([]byte, error)
	Parse(dst, data []byte) ([]byte, error)
}

// A Config says what a wire is to its own end.
type Config struct {
	Node     *lane.Node
	Name     string // of the wire, for what is reported
	Socket   string // push, pull, pub, sub, req, rep, dealer, router, pair
	Bind     bool   // else it connects
	Endpoint string
	Codec    Codec      // of the messages
	Reply    Codec      // of the replies, if they are requests
	Raw      bool       // what is received is not decoded: up to MaxRaw
	Topic    bool       // what is sent has two frames, topic and payload
	Prefixes []string   // of sub: the topics to subscribe to; none: all
	Queue    spec.Queue // of the wire
	Timeout  time.Duration
	Retry    int // further attempts of a request
	// Report takes what people should know. It is called with the node locked.
	Report func(level slog.Level, text string)
	// Ready is called with the node locked when a Receiver has something that
	// Next has not been asked for since it gave nothing.
	Ready func()

	// Words of the counters file. Those that the pattern doesn't need are nil.
	Offered, Filtered, Dropped, Left, Delivered, Rejected *uint64
}

// A Listener is what a port of any pattern has.
type Listener interface {
	// Endpoint is what the socket is bound to, with the port that the system has
	// chosen; "" if it connects.
	Endpoint() string
}

// A Sender is the end of a push, pub or pair port.
type Sender interface {
	Listener
	// Full tells whether a message would have to wait.
	Full() bool
	// Put takes a message, as its dense encoding, and counts what becomes of it.
	Put(topic string, payload []byte)
	// End tells that nothing more will be put.
	End()
	// Ended tells whether all that was put has been handed to the socket.
	Ended() bool
	// Clear is Ended, whether End has been called or not.
	Clear() bool
	// Part gives what the socket still holds some time, once it is closed.
	Part()
	// GiveUp counts what has not as left.
	GiveUp()
}

// OpenSender opens the socket of a push or pub port.
func OpenSender(c Config) (Sender, error) {
	switch c.Socket {
	case "push":
		return openPush(c)
	case "pub":
		return openPub(c)
	}
	panic(fmt.Sprintf("bug: a sender of pattern %q", c.Socket))
}

// OpenReceiver opens the socket of a pull, sub, rep or router port.
func OpenReceiver(c Config) (*Receiver, error) {
	switch c.Socket {
	case "pull":
		return openPull(c)
	case "sub":
		return openSub(c)
	case "rep":
		return openRep(c)
	case "router":
		return openRouter(c)
	}
	panic(fmt.Sprintf("bug: a receiver of pattern %q", c.Socket))
}

// OpenAsker opens the socket of a req or dealer port.
func OpenAsker(c Config) (*Asker, error) {
	switch c.Socket {
	case "req":
		return openReq(c)
	case "dealer":
		return openDealer(c)
	}
	panic(fmt.Sprintf("bug: an asker of pattern %q", c.Socket))
}

// options are those that all sockets have.
func (c *Config) options() zmq.Options {
	o := zmq.Options{SendHWM: sendHWM, ReceiveHWM: receiveHWM, MaxMessage: maxFrame, Handshake: handshake}
	if c.Raw {
		o.ReceiveHWM, o.MaxMessage = receiveHWMRaw, MaxRaw
	}
	switch {
	case !isTCP(c.Endpoint):
	case c.inputWaits():
		o.KeepAlive = heartbeat
	default:
		o.Heartbeat = heartbeat
	}
	if multicast(c.Endpoint) {
		o.Rate = multicastRate
	}
	return o
}

// inputWaits tells whether what comes in may stay in the socket while the handler
// is busy. There are no heartbeats then: libzmq 4.3 would not see the answers
// behind what waits, and its I/O thread asserts that a connection still stands
// whose heartbeat is due (libzmq issues 4364 and 4767), which ends the process.
func (c *Config) inputWaits() bool {
	switch c.Socket {
	case "push", "pub", "req", "dealer":
		return false
	}
	return true
}

// longest is the longest message that the wire takes from outside.
func (c *Config) longest() int {
	if c.Raw {
		return MaxRaw
	}
	return MaxDecoded
}
