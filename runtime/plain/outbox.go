package plain

import (
	"log/slog"
	"time"

	"github.com/ilpomo/opencore/runtime/spec"
	"github.com/ilpomo/opencore/runtime/zmq"
)

// mostQueued is what a queue that is counted in messages holds at most, in
// bytes, as on native wires.
const mostQueued = MaxRaw

// An outbox is the sending end of a wire: what the socket has no room for waits
// here, by the wire's policy.
type outbox struct {
	*socket
	queue  spec.Queue
	topic  bool
	duplex bool       // the socket receives, too
	hwm    int        // of the socket
	mark   int        // what it is at present
	stuck  bool       // the socket had no room, and nothing was heard of it since
	frame  []byte     // of the message at hand
	words  []byte     // its topic
	parts  [][]byte   // both
	list   [][][]byte // waiting, from head on
	head   int
	size   int // of what waits
	over   bool
}

func newOutbox(s *socket, o zmq.Options) *outbox {
	return &outbox{socket: s, queue: s.config.Queue, topic: s.config.Topic, hwm: o.SendHWM, mark: o.SendHWM}
}

func (b *outbox) count() int { return len(b.list) - b.head }

func (b *outbox) blocks() bool {
	return b.queue.Full != "drop_oldest" && b.queue.Full != "drop_newest"
}

func (b *outbox) crowded() bool {
	if b.queue.Bytes > 0 {
		return b.size >= b.queue.Bytes
	}
	return b.count() >= b.queue.Messages || b.size >= mostQueued
}

// Full implements [Sender].
func (b *outbox) Full() bool {
	if !b.blocks() || !b.crowded() {
		return false
	}
	b.flush()
	return b.crowded()
}

// encode gives the message as its frame, nil if the codec can't say it.
func (b *outbox) encode(payload []byte) []byte {
	if cap(b.frame) > MaxDecoded {
		b.frame = nil
	}
	frame, err := b.config.Codec.Append(b.frame[:0], payload)
	if err != nil {
		*b.config.Delivered++
		*b.config.Rejected++
		b.notes.say(slog.LevelWarn, "a message could not be sent: %v", err)
		return nil
	}
	if frame == nil {
		frame = []byte{}
	}
	b.frame = frame
	return frame
}

// Put implements [Sender].
func (b *outbox) Put(topic string, payload []byte) {
	if frame := b.encode(payload); frame != nil {
		b.take(topic, frame)
	}
}

// take hands a message to the socket, or lets it wait.
func (b *outbox) take(topic string, frame []byte) {
	if !b.stuck || b.count()%lookEvery == 0 {
		b.flush()
	}
	if b.count() == 0 && b.hand(topic, frame) == nil {
		*b.config.Delivered++
		return
	}
	if b.makeRoom() {
		b.keep(topic, frame)
	}
}

func (b *outbox) hand(topic string, frame []byte) error {
	b.parts = b.parts[:0]
	if b.topic {
		b.words = append(b.words[:0], topic...)
		b.parts = append(b.parts, b.words)
	}
	b.parts = append(b.parts, frame)
	return b.send(b.parts...)
}

// lookEvery is how many messages are queued before the socket is asked whether
// it has room meanwhile: the leader hears of that too, but who drops never waits,
// and so never leads.
const lookEvery = 32

// send hands a message to the socket. Where the socket receives, too, that may
// swallow the news that something has come, and looking for it the news that there
// is room again.
func (b *outbox) send(parts ...[]byte) error {
	b.limit(len(parts[len(parts)-1]))
	err := b.Send(parts...)
	if b.duplex {
		if b.Events().Readable() {
			b.Again()
		}
		if err != nil {
			err = b.Send(parts...)
		}
	}
	b.stuck = err != nil
	if b.duplex && b.stuck { // this time too something may have been swallowed
		b.At(b.config.Node.After(lookAfter))
	}
	return err
}

// lookAfter is when a socket that had no room is looked at in any case.
const lookAfter = 20 * time.Millisecond

// worthLimiting is the length of a message from which on the socket takes fewer
// of them, in bytes.
const worthLimiting = sendBytes / sendHWM

// limit bounds what the socket holds in bytes, for it only counts messages. It is
// told again for each large one: who connects meanwhile has the mark of the start.
func (b *outbox) limit(size int) {
	mark := b.hwm
	if size > worthLimiting {
		mark = min(mark, max(1, sendBytes/size))
	}
	if mark != b.hwm || mark != b.mark {
		b.Mark(mark)
		b.mark = mark
	}
}

// makeRoom applies the policy of a queue that drops; false if that drops the
// new message.
func (b *outbox) makeRoom() bool {
	for !b.blocks() && b.crowded() {
		*b.config.Dropped++
		if b.queue.Full == "drop_newest" || b.count() == 0 {
			return false
		}
		b.pop()
	}
	return true
}

// keep copies a message into the queue.
func (b *outbox) keep(topic string, frame []byte) {
	parts := [][]byte{append(make([]byte, 0, len(frame)), frame...)}
	if b.topic {
		parts = [][]byte{[]byte(topic), parts[0]}
	}
	if b.head > 64 && b.head*2 > len(b.list) {
		n := copy(b.list, b.list[b.head:])
		clear(b.list[n:])
		b.list, b.head = b.list[:n], 0
	}
	b.list = append(b.list, parts)
	b.size += len(frame)
}

func (b *outbox) pop() {
	parts := b.list[b.head]
	b.list[b.head] = nil
	b.head++
	b.size -= len(parts[len(parts)-1])
	if b.head == len(b.list) {
		b.list, b.head = b.list[:0], 0
	}
}

// flush hands over what waits, as far as there is room.
func (b *outbox) flush() {
	some := false
	for b.count() > 0 && b.send(b.list[b.head]...) == nil {
		*b.config.Delivered++
		b.pop()
		some = true
	}
	if some {
		b.config.Node.Changed()
	}
}

// ready is called when the socket may have room.
func (b *outbox) ready() {
	b.flush()
	b.Events() // whatever they were: from now on the descriptor tells of new ones
	b.flush()
}

// End implements [Sender].
func (b *outbox) End() { b.over = true }

// Ended implements [Sender].
func (b *outbox) Ended() bool {
	return b.over && b.count() == 0
}

// Part implements [Sender].
func (b *outbox) Part() { b.Linger(parting) }

// Clear implements [Sender].
func (b *outbox) Clear() bool { return b.count() == 0 }

// GiveUp implements [Sender].
func (b *outbox) GiveUp() {
	*b.config.Left += uint64(b.count())
	b.list, b.head, b.size = nil, 0, 0
}
