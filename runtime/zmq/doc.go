// Package zmq holds the sockets between our processes: a ROUTER that a
// process binds, a DEALER to each process that it sends to. It is the only
// package that knows libzmq, which it calls itself: frames are received
// without a copy, and what a send does to the socket's events comes back with it.
//
// These sockets have linger 0, for lingering loses messages on ipc all the same,
// and no high-water marks: credit bounds what they hold. There is no heartbeat:
// on one machine the kernel tells at once that a peer has ended.
//
// A [Plain] is a socket of any kind, for peers that are not ours: there nothing
// is taken for granted.
//
// Without cgo the package compiles, and says at [NewContext] what is missing.
// Read [Socket] first, then [Plain].
package zmq

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
)

// ErrUnavailable is why no context can be made in a program that was built
// without cgo.
var ErrUnavailable = errors.New("this program was built without ZeroMQ; build it with libzmq 4.3.3 or newer (Debian: libzmq3-dev), pkg-config and a C compiler, and CGO_ENABLED=1")

// ErrAddress is what opening a socket fails with where libzmq can't read the
// endpoint: trying again won't help.
var ErrAddress = errors.New("that is no ZeroMQ address")

// A Peer names a connection of a ROUTER. A number is used once.
type Peer uint32

// Events says what a socket is ready for.
type Events uint8

// Readable tells whether a frame can be received.
func (e Events) Readable() bool { return e&1 != 0 }

// Writable tells whether a plain socket takes a message.
func (e Events) Writable() bool { return e&2 != 0 }

// Connected tells whether a DEALER has a peer: without a high-water mark it
// can send exactly then.
func (e Events) Connected() bool { return e&2 != 0 }

// BufferSize is the size of the usual [Buffer], in bytes: a batch of 256 KiB
// whose last message had 64 KiB.
const BufferSize = 320 << 10

// maxIPC is what a Unix socket's address holds, without its end.
const maxIPC = 107

const (
	maxSockets         = 16384
	reconnectMillis    = 50
	reconnectMaxMillis = 2000
)

// checkVersion refuses a libzmq older than 4.3.3: those can be made to write
// beyond their buffers by whoever connects (CVE-2020-15166 and others).
func checkVersion(major, minor, patch int) error {
	if major*10000+minor*100+patch >= 40303 {
		return nil
	}
	return fmt.Errorf("zmq: libzmq is %d.%d.%d; 4.3.3 or newer is needed, older ones are not safe", major, minor, patch)
}

func checkEndpoint(endpoint string) error {
	if path, ok := strings.CutPrefix(endpoint, "ipc://"); ok && len(path) > maxIPC {
		return fmt.Errorf("zmq: the path of an ipc socket may have %d bytes, and this one has %d: %s; set XDG_RUNTIME_DIR or TMPDIR to a shorter folder", maxIPC, len(path), path)
	}
	return nil
}

// explain says in words what libzmq says by number.
func explain(what, endpoint string, err error) error {
	switch err {
	case syscall.EADDRINUSE:
		return fmt.Errorf("zmq: cannot %s %s: the address is in use", what, endpoint)
	case syscall.EMFILE:
		return fmt.Errorf("zmq: cannot %s %s: too many open files or sockets; raise the limit (ulimit -n)", what, endpoint)
	case syscall.EINVAL, syscall.EPROTONOSUPPORT:
		return fmt.Errorf("zmq: cannot %s %s: %w", what, endpoint, ErrAddress)
	default:
		return fmt.Errorf("zmq: cannot %s %s: %w", what, endpoint, err)
	}
}
