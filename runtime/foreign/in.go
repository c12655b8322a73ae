package foreign

import (
	"bytes"
	"errors"
	"slices"

	"github.com/ilpomo/opencore/internal/printable"
	"github.com/ilpomo/opencore/runtime/lane"
	"github.com/ilpomo/opencore/runtime/message"
	"github.com/ilpomo/opencore/runtime/spec"
)

// An inPort is an in-port as the program sees it.
type inPort struct {
	spec    *spec.In
	packed  bool // messages are MessagePack
	codec   message.Codec
	reply   message.Codec // of requests
	asking  []*asking
	waiting int // requests that the program has
	most    int // that it may have
	offered int // messages and requests of foreign peers in hand
}

func newInPort(h *socketHost, s *spec.In) (*inPort, error) {
	in := &inPort{spec: s, packed: s.Codec == "" || s.Codec == "msgpack", most: 1}
	if s.Pattern == "router" {
		in.most = maxAsked
	}
	var err error
	if in.codec, err = h.codecOf(s.Codec, s.Message); err == nil && s.Reply != "" {
		in.reply, err = h.codecOf(s.Codec, s.Reply)
	}
	return in, err
}

// A batch is a frame of messages in hand.
type batch struct {
	wire  Wire
	frame *lane.Inbound // nil: offered ones
	own   []offer
	count int   // messages that the program has been given
	first []int // which of the frame's they are; nil: all

	settled bool
}

// An offer is a message that a foreign peer has sent.
type offer struct{ topic, payload []byte }

// A reader gives the messages of a batch, one after the other.
type reader interface {
	Next() (topic, payload []byte, ok bool)
}

// messages reads the batch from its beginning.
func (b *batch) messages() reader {
	if b.frame == nil {
		return &offers{b.own}
	}
	frame := *b.frame
	return &frame
}

type offers struct{ rest []offer }

// Next implements [reader].
func (o *offers) Next() (topic, payload []byte, ok bool) {
	if len(o.rest) == 0 {
		return nil, nil, false
	}
	first := o.rest[0]
	o.rest = o.rest[1:]
	return first.topic, first.payload, true
}

// Take implements [Host].
func (h *socketHost) Take(w Wire, frame *lane.Inbound) {
	in := h.ins[w.Port()]
	if in.reply != nil {
		in.asking = append(in.asking, &asking{wire: w, frame: frame, rest: *frame})
		return
	}
	h.batches = append(h.batches, &batch{wire: w, frame: frame})
}

// Room implements [Host].
func (h *socketHost) Room(port string) bool { return h.ins[port].offered < maxOffered }

// Offer implements [Host]. What comes one at a time while the program is busy
// makes a batch.
func (h *socketHost) Offer(w Wire, topic, payload []byte, reply func([]byte, error)) {
	in := h.ins[w.Port()]
	in.offered++
	one := offer{bytes.Clone(topic), bytes.Clone(payload)}
	if in.reply != nil {
		in.asking = append(in.asking, &asking{wire: w, own: one.payload, answer: reply})
		return
	}
	var last *batch
	if n := len(h.batches); n > 0 {
		last = h.batches[n-1]
	}
	if last == nil || last.wire != w || last.frame != nil || (last.own[0].topic == nil) != (topic == nil) {
		last = &batch{wire: w}
		h.batches = append(h.batches, last)
	}
	last.own = append(last.own, one)
}

// canGive tells whether the program can be given something that is in hand.
func (h *socketHost) canGive() bool {
	if h.state != prepared {
		return false
	}
	if len(h.batches) > 0 && len(h.given) < maxGiven {
		return true
	}
	return slices.ContainsFunc(h.asking, (*inPort).canAsk)
}

// canAsk tells whether the program may have another request, which is there.
func (in *inPort) canAsk() bool { return len(in.asking) > 0 && in.waiting < in.most }

// give hands what is in hand to the program, as far as it may have it.
func (h *socketHost) give() error {
	if h.state != prepared {
		return nil
	}
	for len(h.batches) > 0 && len(h.given) < maxGiven {
		b := h.batches[0]
		h.batches = h.batches[1:]
		if err := h.handOver(b); err != nil {
			return err
		}
	}
	for _, in := range h.asking {
		for in.canAsk() {
			if err := h.ask(in); err != nil {
				return err
			}
		}
	}
	return nil
}

// handOver sends a batch.
func (h *socketHost) handOver(b *batch) error {
	parts, err := h.pack(b)
	if err != nil {
		return err
	}
	h.line = append(h.line, b)
	if b.count == 0 {
		b.settled = true
		h.sweep()
		return nil
	}
	h.number++
	h.given[h.number] = b
	h.say(parts, "batch", b.wire.Port(), int64(h.number))
	return nil
}

// pack makes the frames of a batch. They are valid until the next one.
func (h *socketHost) pack(b *batch) (parts [][]byte, err error) {
	h.buffer = append(h.room(), make([]byte, message.BatchHead)...)
	h.topics = append(h.topics[:0], make([]byte, message.BatchHead)...)
	topics := false
	messages := b.messages()
	for i := 0; ; i++ {
		topic, payload, ok := messages.Next()
		if !ok {
			break
		}
		if err := h.add(b, i, topic, payload); err != nil {
			return nil, err
		}
		topics = topics || topic != nil
	}
	message.PutBatchHead(h.buffer, b.count)
	message.PutBatchHead(h.topics, b.count)
	if topics {
		return [][]byte{h.buffer, h.topics}, nil
	}
	return [][]byte{h.buffer}, nil
}

// add adds the i-th message of a batch, if the program wants it. One that the
// codec can't say is rejected.
func (h *socketHost) add(b *batch, i int, topic, payload []byte) error {
	if topic != nil && !b.wire.Wants(topic) {
		b.skip(i)
		return nil
	}
	var err error
	if h.buffer, err = h.append(h.buffer, h.ins[b.wire.Port()], payload); err != nil {
		b.skip(i)
		b.wire.Delivered(1)
		return b.wire.Reject(payload, err)
	}
	if topic != nil {
		h.topics = message.AppendBytes(h.topics, topic)
	}
	b.keep(i)
	return nil
}

// keep notes that the i-th message of the frame goes to the program.
func (b *batch) keep(i int) {
	b.count++
	if b.first != nil {
		b.first = append(b.first, i)
	}
}

// skip notes that the i-th doesn't.
func (b *batch) skip(i int) {
	if b.first == nil {
		b.first = make([]int, i)
		for k := range b.first {
			b.first[k] = k
		}
	}
}

// append appends an element of a batch.
func (h *socketHost) append(buf []byte, in *inPort, payload []byte) ([]byte, error) {
	if in.packed {
		return in.codec.Append(buf, payload)
	}
	var err error
	if h.dense, err = in.codec.Append(h.memory(), payload); err != nil {
		return buf, err
	}
	return message.AppendBytes(buf, h.dense), nil
}

// room gives memory for a frame.
func (h *socketHost) room() []byte {
	if cap(h.buffer) > keepBuffer {
		h.buffer = nil
	}
	return h.buffer[:0]
}

// giveBack gives back a frame that has been dealt with; nil is none.
func (h *socketHost) giveBack(frame *lane.Inbound) {
	if frame != nil {
		h.Node.Lock()
		defer h.Node.Unlock()
		h.Node.Done(frame)
	}
}

// done settles a batch. Those that the program has done before their turn wait
// for the ones before them: a lane acknowledges in order.
func (h *socketHost) done(head *header) error {
	n, ok := head.number(0)
	b := h.given[n]
	if !ok || b == nil {
		return broken("it is done with a batch that it does not have")
	}
	refused, err := head.refused(b.count)
	if err != nil {
		return err
	}
	b.wire.Delivered(b.count)
	if len(refused) > 0 {
		if err := b.refuse(refused); err != nil {
			return err
		}
	}
	b.settled = true
	delete(h.given, n)
	h.sweep()
	return nil
}

// sweep gives back the batches that have been dealt with, and all before them.
func (h *socketHost) sweep() {
	for len(h.line) > 0 && h.line[0].settled {
		b := h.line[0]
		h.line = h.line[1:]
		h.ins[b.wire.Port()].offered -= len(b.own)
		h.giveBack(b.frame)
	}
}

// subscribe chooses topics for the program.
func (h *socketHost) subscribe(head *header) error {
	name, _ := head.text(0)
	list, ok := head.list(1)
	if !ok {
		return broken("it subscribes to something else than a list of topics")
	}
	prefixes := make([]string, len(list))
	for i, e := range list {
		switch prefix := e.(type) {
		case string:
			prefixes[i] = prefix
		case []byte:
			prefixes[i] = string(prefix)
		default:
			return broken("it subscribes to something else than texts or bins")
		}
	}
	if err := h.Subscribe(name, prefixes); err != nil {
		return broken("%v", err)
	}
	return nil
}

var errRefused = errors.New("the program gave no reason")

// refused reads which messages of a batch the program has rejected, and why.
func (h *header) refused(count int) (map[int]error, error) {
	list, ok := h.list(1)
	if !ok {
		return nil, broken("done with something else than a list of what is rejected")
	}
	if len(list) == 0 {
		return nil, nil
	}
	refused := make(map[int]error, min(len(list), count))
	for _, e := range list {
		pair, _ := e.([]any)
		one := header{fields: pair}
		i, ok := one.number(0)
		if !ok || i >= uint64(count) {
			return nil, broken("it rejects a message that its batch does not have")
		}
		refused[int(i)] = errRefused
		if reason, _ := one.text(1); reason != "" {
			refused[int(i)] = errors.New(printable.Text(reason))
		}
	}
	return refused, nil
}

// refuse rejects messages of the batch.
func (b *batch) refuse(refused map[int]error) error {
	frame := b.messages()
	for i, next := 0, 0; ; i++ {
		_, payload, ok := frame.Next()
		if !ok {
			return nil
		}
		if b.first != nil && (next == len(b.first) || b.first[next] != i) {
			continue
		}
		if reason := refused[next]; reason != nil {
			if err := b.wire.Reject(payload, reason); err != nil {
				return err
			}
		}
		next++
	}
}
