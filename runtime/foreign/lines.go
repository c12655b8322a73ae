package foreign

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/lane"
	"github.com/ilpomo/opencore/runtime/message"
)

// maxLine is the length of the longest line that is written or read, in bytes.
const maxLine = 1 << 20

// maxWrite is how many bytes of lines are gathered before they are written.
const maxWrite = 64 << 10

// A lineHost writes and reads JSON lines. What the program writes is read, and
// sent, by a goroutine of its own, so that a program that waits for its output
// to be read never holds up its input.
type lineHost struct {
	Config
	program *program
	writer  *message.JSONWriter
	out     *outPort // nil if it has none
	ctx     context.Context

	frames []arrival // taken, not written; with the node locked
	failed error     // of the goroutine that reads; with the node locked
	gone   bool      // the program has exited; with the node locked

	buffer  []byte
	lines   []int // where each line in buffer ends
	deaf    bool  // the program wants no more
	ignored int   // messages that came since
	sent    written
	stop    func() bool // no longer give up writing when ctx ends
}

// An arrival is a frame of messages in hand, or one that was offered.
type arrival struct {
	wire  Wire
	frame *lane.Inbound
	own   *offers
}

func (a *arrival) messages() reader {
	if a.frame == nil {
		return a.own
	}
	frame := *a.frame
	return &frame
}

func newLineHost(c Config) (*lineHost, error) {
	h := &lineHost{Config: c}
	p := c.Process
	if len(p.Ins) != 1 || p.Ins[0].Reply != "" {
		return nil, &actor.Error{Config: true, Err: errors.New("a program of lines has one in-port, of messages")}
	}
	h.writer = message.NewJSONWriter(c.Messages[p.Ins[0].Message])
	for i := range p.Outs {
		o := &p.Outs[i]
		if o.Port == "rejected" {
			continue
		}
		if h.out != nil || o.Reply != "" {
			return nil, &actor.Error{Config: true, Err: errors.New("a program of lines has at most one outgoing port, of messages")}
		}
		h.out = &outPort{spec: o, sender: c.Outs[o.Port]}
	}
	return h, nil
}

// Start implements [actor.Starter].
func (h *lineHost) Start(ctx context.Context) error {
	h.ctx = ctx
	var err error
	var output func(io.Reader)
	if h.out != nil {
		output = h.read
	}
	h.program, err = launch(&h.Config, nil, true, output, func() {
		h.Node.Lock()
		defer h.Node.Unlock()
		h.gone = true
		h.Node.Changed()
	})
	if err == nil {
		// Nobody waits for a program that reads nothing when the process ends.
		h.stop = context.AfterFunc(ctx, func() { _ = h.program.stdin.SetWriteDeadline(time.Now()) })
	}
	return err
}

// Go implements [Host].
func (h *lineHost) Go() {}

// Take implements [Host].
func (h *lineHost) Take(w Wire, frame *lane.Inbound) {
	h.frames = append(h.frames, arrival{wire: w, frame: frame})
}

// Room implements [Host].
func (h *lineHost) Room(string) bool { return len(h.frames) < maxOffered }

// Offer implements [Host].
func (h *lineHost) Offer(w Wire, topic, payload []byte, _ func([]byte, error)) {
	one := offer{bytes.Clone(topic), bytes.Clone(payload)}
	h.frames = append(h.frames, arrival{wire: w, own: &offers{[]offer{one}}})
}

// Ready implements [Host].
func (h *lineHost) Ready() bool {
	return len(h.frames) > 0 || h.failed != nil || h.gone && !h.deaf
}

// Finish implements [Host].
func (h *lineHost) Finish() bool { return len(h.frames) == 0 }

// Busy implements [Host].
func (h *lineHost) Busy() bool { return len(h.frames) > 0 }

// Ended implements [Host].
func (h *lineHost) Ended() bool { return false }

// Work implements [Host]: it writes one frame.
func (h *lineHost) Work(ctx context.Context) error {
	a, gone, err := h.next()
	switch {
	case err != nil:
		return err
	case gone && !h.deaf && h.program.status != 0:
		return h.crash()
	case gone && !h.deaf:
		h.turnAway()
	}
	if a.wire == nil {
		return nil
	}
	if err := h.write(a); err != nil || a.frame == nil {
		return err
	}
	h.Node.Lock()
	defer h.Node.Unlock()
	h.Node.Done(a.frame)
	return nil
}

func (h *lineHost) next() (a arrival, gone bool, err error) {
	h.Node.Lock()
	defer h.Node.Unlock()
	if len(h.frames) > 0 {
		a = h.frames[0]
		h.frames = h.frames[1:]
	}
	return a, h.gone, h.failed
}

// crash takes back what the program has never read, so far as the pipe tells.
func (h *lineHost) crash() error {
	if unread, err := unix.IoctlGetInt(int(h.program.stdin.Fd()), unix.TIOCINQ); err == nil {
		h.sent.takeBack(unread)
	}
	return h.program.failure("before its end")
}

// turnAway notes that the program wants no more.
func (h *lineHost) turnAway() {
	h.deaf = true
	h.Log.Info("the program wants no more: what still comes in is dropped")
}

// write writes the messages of a frame, and counts them.
func (h *lineHost) write(a arrival) error {
	messages := a.messages()
	for {
		more, err := h.gather(a.wire, messages)
		if err == nil {
			err = h.flush(a.wire)
		}
		if err != nil || !more {
			return err
		}
	}
}

// gather makes lines of as many messages as are written at once.
func (h *lineHost) gather(w Wire, messages reader) (more bool, err error) {
	if cap(h.buffer) > keepBuffer {
		h.buffer = nil
	}
	h.buffer, h.lines = h.buffer[:0], h.lines[:0]
	for len(h.buffer) < maxWrite {
		topic, payload, ok := messages.Next()
		if !ok {
			return false, nil
		}
		if topic != nil && !w.Wants(topic) {
			continue
		}
		if err := h.add(w, payload); err != nil {
			return false, err
		}
	}
	return true, nil
}

// add adds a line. A message that has no JSON, or too much, is rejected.
func (h *lineHost) add(w Wire, payload []byte) error {
	at := len(h.buffer)
	longer, err := h.writer.Append(h.buffer, payload)
	if err == nil && len(longer)-at > maxLine {
		err = errLongLine
	}
	if err != nil {
		w.Delivered(1)
		return w.Reject(payload, err)
	}
	h.buffer = append(longer, '\n')
	h.lines = append(h.lines, len(h.buffer))
	return nil
}

// flush writes the lines that are gathered. A program that has closed its
// stdin wants no more; whether it was right to, its exit status will tell.
func (h *lineHost) flush(w Wire) error {
	if h.deaf || len(h.lines) == 0 {
		h.ignored += len(h.lines)
		w.Delivered(len(h.lines))
		return nil
	}
	n, err := h.program.stdin.Write(h.buffer)
	whole := 0
	for whole < len(h.lines) && h.lines[whole] <= n {
		h.sent.add(w, h.lines[whole])
		whole++
	}
	h.sent.bytes += int64(n)
	w.Delivered(whole)
	switch {
	case err == nil:
		return nil
	case h.ctx.Err() != nil:
		return h.ctx.Err()
	case !errors.Is(err, syscall.EPIPE):
		return fmt.Errorf("write to the program: %w", err)
	}
	return h.unheard(w, len(h.lines)-whole)
}

// unheard waits for a program that has closed its stdin to exit, for that is
// why as a rule.
func (h *lineHost) unheard(w Wire, messages int) error {
	if h.program.exits(exitWithin) && h.program.status != 0 {
		return h.crash()
	}
	h.turnAway()
	h.ignored += messages
	w.Delivered(messages)
	return nil
}

// Stop implements [actor.Stopper]: it closes stdin and waits until the program
// has written what it had to, and has exited.
func (h *lineHost) Stop(ctx context.Context) error {
	h.program.stdin.Close()
	select {
	case <-h.program.exited:
	case <-ctx.Done():
		return ctx.Err()
	}
	if h.ignored > 0 {
		h.Log.Info("the program wanted no more", "unread", h.ignored)
	}
	if h.program.status != 0 {
		return h.program.failure("behind the end of its input")
	}
	h.Node.Lock()
	defer h.Node.Unlock()
	return h.failed
}

// Close implements [Host].
func (h *lineHost) Close(grace time.Duration) {
	if h.program == nil {
		return
	}
	h.stop()
	h.program.stdin.Close()
	h.program.end(grace)
}

// read sends what the program writes.
func (h *lineHost) read(r io.Reader) {
	if err := h.readAll(r); err != nil && h.ctx.Err() == nil {
		h.Node.Lock()
		defer h.Node.Unlock()
		h.failed = err
		h.Node.Changed()
	}
}

func (h *lineHost) readAll(r io.Reader) error {
	parser := message.NewJSONReader(h.Messages[h.out.spec.Message])
	b := bufio.NewReaderSize(r, maxWrite)
	var dense []byte
	for number := 1; ; number++ {
		line, err := readLine(b)
		switch {
		case errors.Is(err, errLongLine):
			h.malformed(number, err, line)
			continue
		case err != nil:
			return nil // it has closed its stdout, or is gone
		case len(line) == 0:
			continue
		}
		if dense, err = parser.Append(dense[:0], line); err != nil {
			h.malformed(number, err, line)
			continue
		}
		m := outgoing(dense)
		h.out.sender.Begin()
		if err := h.out.sender.Send(h.ctx, &m); err != nil {
			return err
		}
	}
}

// malformed rejects a line.
func (h *lineHost) malformed(number int, reason error, line []byte) {
	h.Malformed(h.ctx, h.out.spec.Port, fmt.Sprintf("line %d", number), reason, line)
}

var errLongLine = fmt.Errorf("a line may have %d MiB", maxLine>>20)

// readLine reads a line without its end. Of one that is too long it gives the
// beginning, and errLongLine. It is valid until the next call.
func readLine(b *bufio.Reader) ([]byte, error) {
	line, err := b.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return readLongLine(b, line)
	}
	return lineOf(line, err)
}

// lineOf takes the line end off. A last line needs none.
func lineOf(line []byte, err error) ([]byte, error) {
	if err != nil && len(line) == 0 {
		return nil, err
	}
	line = bytes.TrimRight(line, "\r\n")
	if len(line) > maxLine {
		return line[:maxLine], errLongLine
	}
	return line, nil
}

// readLongLine goes on with a line. What is too much of it is read and
// forgotten.
func readLongLine(b *bufio.Reader, start []byte) ([]byte, error) {
	line := append([]byte(nil), start...)
	for {
		part, err := b.ReadSlice('\n')
		if len(line) <= maxLine+1 {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return lineOf(line, err)
		}
	}
}

// written remembers where the lines end that may still lie in the program's
// pipe.
type written struct {
	bytes int64 // in all
	lines []writtenLine
	read  int // that many of them can't be in the pipe any more
}

type writtenLine struct {
	end  int64
	wire Wire
}

// pipeHolds is how many bytes a pipe holds, unless somebody has asked for more.
const pipeHolds = 64 << 10

// add notes a line that ends so many bytes behind what was written before.
func (s *written) add(w Wire, end int) {
	s.lines = append(s.lines, writtenLine{s.bytes + int64(end), w})
	for s.lines[s.read].end <= s.bytes+int64(end)-pipeHolds {
		s.read++
	}
	if s.read > 1024 {
		s.lines, s.read = append(s.lines[:0], s.lines[s.read:]...), 0
	}
}

// takeBack counts as not delivered the lines that lie, in part at least, in
// the last bytes.
func (s *written) takeBack(unread int) {
	for i := len(s.lines) - 1; i >= 0 && s.lines[i].end > s.bytes-int64(unread); i-- {
		s.lines[i].wire.Delivered(-1)
	}
	s.lines = nil
}
