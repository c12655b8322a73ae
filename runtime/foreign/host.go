package foreign

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ilpomo/opencore/internal/printable"
	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/lane"
	"github.com/ilpomo/opencore/runtime/message"
	"github.com/ilpomo/opencore/runtime/spec"
	"github.com/ilpomo/opencore/runtime/zmq"
)

// What travels between host and program.
const (
	version    = 1                       // of the protocol
	maxFrame   = lane.MaxMessage + 1<<20 // bytes of what the program says at once
	maxHeader  = 8 << 20                 // bytes: a reason for each of a batch's messages
	maxText    = 32 << 10                // bytes of a reason or a log record
	maxParts   = 4                       // one more than any message has
	maxUnread  = 256                     // frames of the program's that wait for us
	maxGiven   = 2                       // batches that the program has: one in hand, one to go on with
	maxAsked   = 1000                    // requests under way, each way
	maxOffered = 1000                    // messages of foreign peers in hand, for each port
	workFrames = 16                      // taken from the program before the main loop looks at something else
	keepBuffer = 1 << 20                 // bytes of memory that is held for the next frame
	endpoint   = "OPENCORE_ENDPOINT"     // where the program finds us
)

// A state is how far the talk with the program has got.
type state int

const (
	silent   state = iota // it has said nothing
	greeted               // hello
	prepared              // ready
	ended                 // end, or failed
)

// next says in words what the program has to come to.
func (s state) next() string {
	if s < prepared {
		return "it was ready"
	}
	return "its end"
}

// A socketHost speaks the protocol. Its fields are the main loop's, but where
// it says otherwise.
type socketHost struct {
	Config
	path    string // of the socket
	sock    *lane.Watch
	program *program
	message *zmq.Message

	// With the node locked:
	readable bool // a look at the socket is worth while
	gone     bool // the program has exited

	state   state
	failure error // what the program has said of it
	told    bool  // that it is to come to its end
	ins     map[string]*inPort
	asking  []*inPort // those of requests
	outs    map[string]*outPort
	batches []*batch // in hand, not with the program yet
	given   map[uint64]*batch
	line    []*batch // those given and those done before their turn, in order
	number  uint64   // of the last batch or request
	asked   map[uint64]*request
	calls   int // requests of the program's without an outcome
	buffer  []byte
	topics  []byte
	dense   []byte
	passing outgoing // what is being sent

	last     *header // the last one, and how it was written
	lastData []byte
}

func newSocketHost(c Config) (*socketHost, error) {
	h := &socketHost{
		Config: c, ins: map[string]*inPort{}, outs: map[string]*outPort{},
		given: map[uint64]*batch{}, asked: map[uint64]*request{},
	}
	for i := range c.Process.Ins {
		in, err := newInPort(h, &c.Process.Ins[i])
		if err != nil {
			return nil, &actor.Error{Config: true, Err: fmt.Errorf("port %q: %w", c.Process.Ins[i].Port, err)}
		}
		h.ins[in.spec.Port] = in
		if in.reply != nil {
			h.asking = append(h.asking, in)
		}
	}
	for i := range c.Process.Outs {
		out, err := newOutPort(h, &c.Process.Outs[i])
		if err != nil {
			return nil, &actor.Error{Config: true, Err: fmt.Errorf("port %q: %w", c.Process.Outs[i].Port, err)}
		}
		h.outs[out.spec.Port] = out
	}
	return h, nil
}

// Start implements [actor.Starter].
func (h *socketHost) Start(ctx context.Context) error {
	if err := h.listen(); err != nil {
		return err
	}
	var err error
	h.program, err = launch(&h.Config, []string{endpoint + "=ipc://" + h.path}, false, nil, h.exited)
	if err != nil {
		return err
	}
	return h.until(ctx, readySoon, "is not ready after "+spec.Duration(readySoon).String(), func() bool { return h.state >= prepared })
}

// listen opens the socket and has the node's leader watch it.
func (h *socketHost) listen() error {
	h.path = filepath.Join(h.Folder, fmt.Sprintf("x%d.%d", h.Process.ID, h.Incarnation))
	sock, err := h.Node.Socket(zmq.Dealer, zmq.Options{SendHWM: -1, ReceiveHWM: maxUnread})
	if err != nil {
		return err
	}
	if _, err := sock.Bind("ipc://" + h.path); err != nil {
		sock.Close()
		return err
	}
	h.message = zmq.NewMessage(maxParts, maxFrame)
	h.Node.Lock()
	defer h.Node.Unlock()
	h.sock = h.Node.Watch(sock, func() { h.readable = h.sock.Events().Readable() })
	return nil
}

// exited is called by the program's own goroutine.
func (h *socketHost) exited() {
	h.Node.Lock()
	defer h.Node.Unlock()
	h.gone = true
	h.Node.Changed()
}

// Go implements [Host].
func (h *socketHost) Go() { h.say(nil, "go") }

// hopeless makes the failure of a program that exits before its first word one
// that is not tried again: a module is missing, or it can't be read. One that
// has got further once may do so again.
func (h *socketHost) hopeless(err error) error {
	if h.state != silent || h.Incarnation > 1 || !h.program.status.Exited() {
		return err
	}
	if h.program.status == 0 {
		err = fmt.Errorf("%w: it never said hello; what knows nothing of opencore needs the word lines behind its command", err)
	}
	return &actor.Error{Config: true, Err: err}
}

// Ready implements [Host].
func (h *socketHost) Ready() bool {
	return h.readable || h.gone && h.state != ended || h.canGive()
}

// Work implements [Host].
func (h *socketHost) Work(ctx context.Context) error {
	for range workFrames {
		if err := h.give(); err != nil {
			return err
		}
		gone := h.isGone() // before the last look at what it has said
		parts, err := h.receive()
		switch {
		case err != nil:
			return err
		case parts != nil:
			err = h.hear(ctx, parts)
		case gone && h.state != ended:
			return h.hopeless(h.program.failure("before " + h.state.next()))
		default:
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (h *socketHost) isGone() bool {
	h.Node.Lock()
	defer h.Node.Unlock()
	return h.gone
}

// until works until ok, for a time; when says what the program is if that is
// over.
func (h *socketHost) until(ctx context.Context, within time.Duration, when string, ok func() bool) error {
	deadline := h.Node.After(within)
	for !ok() {
		h.Node.Lock()
		inTime := h.Node.Wait(func() bool { return h.Ready() || ctx.Err() != nil }, deadline)
		h.Node.Unlock()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case !inTime:
			return fmt.Errorf("the program %s%s", when, h.program.words())
		}
		if err := h.Work(ctx); err != nil {
			return err
		}
	}
	return h.failure
}

// receive takes what the program has said next; nil if nothing is there. It is
// valid until the next call.
func (h *socketHost) receive() ([][]byte, error) {
	h.Node.Lock()
	defer h.Node.Unlock()
	switch err := h.sock.Receive(h.message); {
	case err == nil:
		return h.message.Parts(), nil
	case errors.Is(err, zmq.ErrTooBig):
		return nil, broken("it said more at once than %d parts and %d MiB", maxParts-1, maxFrame>>20)
	case !errors.Is(err, zmq.ErrAgain):
		return nil, err
	}
	h.readable = false
	return nil, nil
}

// say tells the program something: a header of these fields, then parts. If
// the program has gone nobody hears it.
func (h *socketHost) say(parts [][]byte, fields ...any) {
	header := actor.AppendAny(nil, fields)
	h.Node.Lock()
	defer h.Node.Unlock()
	_ = h.sock.Send(append([][]byte{header}, parts...)...)
	h.readable = true // to send may have swallowed the edge
}

// broken is the end of a program that doesn't keep to the protocol.
func broken(format string, args ...any) error {
	return fmt.Errorf("the program broke the protocol (opencore's docs/protocol.md): "+format, args...)
}

// header reads a header. Most are the same as the one before.
func (h *socketHost) header(data []byte) (*header, error) {
	if h.last != nil && bytes.Equal(data, h.lastData) {
		return h.last, nil
	}
	var err error
	h.last, err = parseHeader(data)
	h.lastData = append(h.lastData[:0], data...)
	return h.last, err
}

// hear does what one message of the program's says.
func (h *socketHost) hear(ctx context.Context, parts [][]byte) error {
	head, err := h.header(parts[0])
	if err != nil {
		return broken("%v", err)
	}
	if head.kind == "log" {
		return h.record(ctx, head)
	}
	switch {
	case h.state == silent:
		return h.greet(head)
	case h.state == ended:
		return nil // what it says behind its end is nobody's business
	case head.kind == "subscribe":
		return h.subscribe(head)
	case h.state == greeted:
		return h.prepared(head)
	}
	switch head.kind {
	case "send":
		return h.send(ctx, head, parts[1:])
	case "done":
		return h.done(head)
	case "request":
		return h.request(ctx, head, parts[1:])
	case "reply", "error":
		return h.reply(ctx, head, parts[1:])
	case "end":
		return h.end()
	}
	return broken("it said %q", printable.Text(head.kind))
}

func (h *socketHost) greet(head *header) error {
	v, ok := head.number(0)
	switch {
	case head.kind != "hello" || !ok:
		return broken("it said %q before hello", printable.Text(head.kind))
	case v != version:
		return &actor.Error{Config: true, Err: fmt.Errorf("the program speaks version %d of the protocol, and this is %d", v, version)}
	}
	h.state = greeted
	h.say(nil, "hello", version, h.about())
	return nil
}

func (h *socketHost) prepared(head *header) error {
	switch head.kind {
	case "ready":
		h.state = prepared
		return nil
	case "failed":
		reason, ok := head.text(0)
		if !ok {
			return broken("failed has no reason")
		}
		param, blamed := head.text(1)
		h.state = ended
		h.failure = &actor.Error{Param: param, Config: blamed, Err: errors.New(printable.Text(reason))}
		h.say(nil, "bye")
		return nil
	}
	return broken("it said %q before ready", printable.Text(head.kind))
}

// record logs what the program says.
func (h *socketHost) record(ctx context.Context, head *header) error {
	name, _ := head.text(0)
	text, ok := head.text(1)
	var level slog.Level
	if !ok || level.UnmarshalText([]byte(strings.ToUpper(name))) != nil {
		return broken("log has no level or no text")
	}
	h.Log.Log(ctx, level, printable.Lines(text))
	return nil
}

// end takes the program's end.
func (h *socketHost) end() error {
	switch {
	case !h.told && !h.Process.Source:
		return broken("it said end before all that comes in had ended")
	case len(h.given) > 0:
		return broken("it said end before it had done all that it was given")
	}
	h.state = ended
	h.say(nil, "bye")
	return nil
}

// Finish implements [Host].
func (h *socketHost) Finish() bool {
	if h.state == ended {
		return h.calls == 0
	}
	if h.told || h.Busy() {
		return false
	}
	h.told = true
	kind := "end"
	if h.Process.Source {
		kind = "stop"
	}
	h.sayLocked(kind)
	return false
}

func (h *socketHost) sayLocked(kind string) {
	_ = h.sock.Send(actor.AppendAny(nil, []any{kind}))
	h.sock.Again()
}

// Busy implements [Host].
func (h *socketHost) Busy() bool {
	if len(h.batches) > 0 || len(h.given) > 0 || len(h.asked) > 0 {
		return true
	}
	return slices.ContainsFunc(h.asking, func(in *inPort) bool { return len(in.asking) > 0 })
}

// Ended implements [Host].
func (h *socketHost) Ended() bool { return h.state == ended }

// Stop implements [actor.Stopper].
func (h *socketHost) Stop(context.Context) error {
	if !h.program.exits(exitWithin) {
		h.Log.Warn("the program has said its end, and does not exit: it is killed", "after", exitWithin)
		h.program.end(exitWithin)
		return nil
	}
	if h.program.status != 0 {
		return h.program.failure("behind its end")
	}
	return nil
}

// Close implements [Host].
func (h *socketHost) Close(grace time.Duration) {
	if h.program != nil && (h.state != ended || !h.program.exits(grace)) {
		h.program.end(grace)
	}
	if h.sock == nil {
		return
	}
	h.Node.Lock()
	defer h.Node.Unlock()
	h.sock.Stop()
	h.message.Free()
	_ = os.Remove(h.path) // the folder is swept, too
}

// codecOf makes the codec that a port says; MessagePack if it says nothing.
func (h *socketHost) codecOf(name, of string) (message.Codec, error) {
	if name == "" {
		name = "msgpack"
	}
	m := h.Messages[of]
	if m == nil {
		return nil, fmt.Errorf("the plan has no message %q", of)
	}
	return message.NewCodec(name, m)
}
