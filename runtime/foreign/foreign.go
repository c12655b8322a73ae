// Package foreign is the host of an actor that is a program: it starts the
// program, feeds it with what comes in at the actor's ports and sends what it
// says, so that the rest of a process of ours sees one more handler.
//
// There are two hosts. One speaks the protocol of docs/protocol.md over a
// ZeroMQ socket: host.go has its course, in.go, out.go and ask.go what travels,
// header.go how it is written. The other, in lines.go, writes and reads JSON
// lines, for programs that know nothing of us. program.go is the program as an
// OS process, for both.
//
// A host works in the main loop of its process: [Host.Work] does what there is
// to do and returns. The package knows nothing of filters, keys and topics,
// which are the ports' business.
package foreign

import (
	"context"
	"log/slog"
	"time"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/lane"
	"github.com/ilpomo/opencore/runtime/spec"
)

// A Host is an actor that is a program. It implements [actor.Starter], which
// returns when the program is ready, and [actor.Stopper], which waits until it
// has exited. Everything happens in the main loop; methods whose comment says
// "locked" with the node locked, the others without.
type Host interface {
	actor.Starter
	actor.Stopper
	// Go tells the program that all of the run are ready.
	Go()
	// Take takes a frame of messages or requests that came in at a wire.
	// Locked.
	Take(w Wire, b *lane.Inbound)
	// Room tells whether Offer may be called for a port: so much of what foreign
	// peers have sent is in hand. Locked.
	Room(port string) bool
	// Offer takes one message that a foreign peer has sent, or one request, which
	// reply answers: it is called without the node being locked. What Offer
	// is given is copied. Locked.
	Offer(w Wire, topic, payload []byte, reply func(payload []byte, err error))
	// Ready tells whether Work has something to do. Locked.
	Ready() bool
	// Work does some of it. An error ends the process.
	Work(ctx context.Context) error
	// Finish is asked when nothing more comes in, or a source is to stop: it
	// lets the program know, and tells whether the program has ended. Locked.
	Finish() bool
	// Busy tells whether the program has not dealt with all that came in.
	// Locked.
	Busy() bool
	// Ended tells whether the program has said by itself that it has sent
	// all that it ever will. Locked.
	Ended() bool
	// Close ends the program, if it still runs: it is asked to, and killed
	// when it has not exited within grace.
	Close(grace time.Duration)
}

// A Wire is what the host knows of the wire that a frame came in at.
type Wire interface {
	// Port is the in-port's name.
	Port() string
	// Wants tells whether the actor takes the topic, and counts a message of
	// it as filtered if it doesn't.
	Wants(topic []byte) bool
	// Delivered counts messages that have been dealt with; less than 0 takes back
	// as many.
	Delivered(messages int)
	// Reject disposes of one of these, and counts it. An error ends the process.
	Reject(payload []byte, reason error) error
}

// A Config is all that a host must know.
type Config struct {
	Process     *spec.Process
	Messages    schema.Set
	Params      map[string]any // as in [actor.Setup]
	Incarnation uint32
	Folder      string   // of the run, for the socket
	Environ     []string // of this process, the instance's own settings included
	Node        *lane.Node
	Log         *slog.Logger
	Outs        map[string]actor.Sender
	Asks        map[string]actor.Asker
	// Malformed disposes of what the program sent at a port and is not a
	// message of it.
	Malformed func(ctx context.Context, port, where string, reason error, data []byte)
	// Subscribe chooses the topics that a port takes, by how they begin; none: all.
	Subscribe func(port string, prefixes []string) error
	// Running tells the supervisor which process group it must end if this
	// process can't; gone: it has ended.
	Running func(pid int, gone bool)
}

// New makes the host of a process that is a program. It starts nothing.
func New(c Config) (Host, error) {
	if c.Process.Exec.Lines {
		return newLineHost(c)
	}
	return newSocketHost(c)
}
