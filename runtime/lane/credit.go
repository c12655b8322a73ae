package lane

import (
	"time"

	"github.com/ilpomo/opencore/runtime/spec"
)

// How much travels unacknowledged. The figures were measured on two shared
// cores over ipc, with messages of 64 bytes: frames of 128 KiB take a seventh
// more of the processors' time, of 64 KiB a quarter; a quarter of the window is
// the most that leaves the receiver something to go on with. A window of 1 MiB
// keeps what waits at a busy receiver under 3 ms of work; twice and four times
// that were no faster beyond the noise. With eight frames on their way another one would wait anyway.
const (
	frameBytes  = windowBytes / 4       // a batch of this size is sent
	windowBytes = 1 << 20               // on their way on one lane, at most
	windowSpan  = 15 * time.Millisecond // of the receiver's work, at most
	firstWindow = 16                    // messages, before the receiver knows how long it takes
	minWindow   = 2                     // messages: one in hand and one to go on with
	maxWindow   = 1 << 16               // messages
	eagerFrames = 8                     // with fewer on their way a message outside a handler is sent at once,
	eagerBytes  = 32 << 10              // unless they are large: then the receiver has enough to do
	readyFrames = 4                     // with fewer on their way a handler's output is sent when its input frame is done
	askEvery    = 4                     // of so many frames one asks for a grant
)

// A budget is what the sender of a lane may still send.
type budget struct {
	sent   uint64 // number of the last message packed
	bytes  uint64 // length of all records packed
	acked  uint64 // number of the last message that the receiver has handled
	limit  uint64 // messages up to this number may be packed
	limitB uint64 // while fewer bytes than this are

	fullSize   int // a batch is sent at this length,
	fullCount  int // or with this many messages
	ackedBytes uint64
	frames     []mark // sent and not acknowledged, oldest first
	head       int    // frames[:head] are acknowledged
	launched   mark   // the end of the last frame sent
	asked      uint64 // number of the last message in the last frame that asked for a grant
	sinceAsk   int    // frames since that one
}

// A mark is where a frame ended.
type mark struct{ last, bytes uint64 }

// open tells whether one more message may be packed, of whatever length: one
// that is longer than what is left of the window goes beyond it, alone.
func (b *budget) open() bool { return b.sent < b.limit && b.bytes < b.limitB }

// inFlight is how many frames are not acknowledged.
func (b *budget) inFlight() int { return len(b.frames) - b.head }

// light tells whether so little is on its way that a batch should go at once.
func (b *budget) light(frames int) bool {
	return b.inFlight() < frames && b.launched.bytes-b.ackedBytes < eagerBytes
}

// idle tells whether a batch should go: little is on its way, or nothing that
// would bring a grant.
func (b *budget) idle(frames int) bool { return b.light(frames) || b.acked >= b.asked }

// full tells whether a batch is worth sending however much is on its way.
func (b *budget) full(count, size int) bool { return size >= b.fullSize || count >= b.fullCount }

// launch notes that all that is packed has been sent in a frame, and tells
// whether it must ask for a grant.
func (b *budget) launch() (ask bool) {
	if b.head > 0 && b.head == len(b.frames) {
		b.frames, b.head = b.frames[:0], 0
	}
	b.launched = mark{b.sent, b.bytes}
	b.frames = append(b.frames, b.launched)
	b.sinceAsk++
	if b.sinceAsk >= askEvery || !b.open() || b.acked >= b.asked && !b.light(eagerFrames) {
		b.sinceAsk, b.asked = 0, b.sent
		return true
	}
	return false
}

// take takes a grant. Old ones change nothing; ok is false for one that
// acknowledges what has never been sent.
func (b *budget) take(g grant) (ok bool) {
	if g.acked > b.sent {
		return false
	}
	b.acked = max(b.acked, g.acked)
	b.limit = max(b.limit, g.messages)
	b.limitB = max(b.limitB, g.bytes)
	for b.head < len(b.frames) && b.frames[b.head].last <= b.acked {
		b.ackedBytes = b.frames[b.head].bytes
		b.head++
	}
	// The receiver should have four batches, so that it never runs dry.
	b.fullSize = int(min(frameBytes, (b.limitB-b.ackedBytes)/4))
	b.fullCount = int((b.limit - b.acked + 3) / 4)
	if b.head > 1024 && b.head*2 > len(b.frames) {
		b.frames = b.frames[:copy(b.frames, b.frames[b.head:])]
		b.head = 0
	}
	return true
}

// lighter tells whether a message packed behind b would be handled before one
// packed behind c: a window is so many messages as the receiver handles in a
// fixed time.
func (b *budget) lighter(c *budget) bool {
	return (b.sent-b.acked+1)*(c.limit-c.acked) < (c.sent-c.acked+1)*(b.limit-b.acked)
}

// An allowance is the receiver's side of a budget.
type allowance struct {
	received     uint64 // number of the last message that came
	handled      uint64 // number of the last message that was handled
	handledBytes uint64
	granted      grant // the last one given
	grantedBytes uint64

	spent time.Duration // on the last frames, older ones count less
	done  float64       // how many messages that was
}

// worked notes that count messages have been handled in d.
func (a *allowance) worked(count uint32, d time.Duration) {
	const keep = 0.75
	a.spent = time.Duration(float64(a.spent)*keep) + d
	a.done = a.done*keep + float64(count)
}

// window is how many messages should be on their way: so many as are handled
// in windowSpan. Where a replica is slow this leaves the rest to others, and
// little is lost if it dies.
func (a *allowance) window() uint64 {
	if a.done == 0 {
		return firstWindow
	}
	n := float64(windowSpan) * a.done / float64(max(a.spent, 1))
	return uint64(min(max(n, minWindow), maxWindow))
}

// due tells whether it is time for a grant though none was asked for: when a
// quarter is used up of what was given.
func (a *allowance) due() bool {
	return (a.handled-a.granted.acked)*4 >= a.granted.messages-a.granted.acked ||
		(a.handledBytes-a.grantedBytes)*4 >= a.granted.bytes-a.grantedBytes
}

// grant makes a grant.
func (a *allowance) grant(lane spec.LaneID) grant {
	a.granted = grant{
		lane:     lane,
		acked:    a.handled,
		messages: max(a.granted.messages, a.handled+a.window()),
		bytes:    max(a.granted.bytes, a.handledBytes+windowBytes),
	}
	a.grantedBytes = a.handledBytes
	return a.granted
}
