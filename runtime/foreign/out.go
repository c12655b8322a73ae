package foreign

import (
	"context"
	"fmt"
	"reflect"
	"unsafe"

	"github.com/ilpomo/opencore/internal/printable"
	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/lane"
	"github.com/ilpomo/opencore/runtime/message"
	"github.com/ilpomo/opencore/runtime/spec"
)

// An outPort is an outgoing port as the program sees it.
type outPort struct {
	spec   *spec.Out
	packed *message.MessagePack // nil: another codec
	codec  message.Codec
	reply  message.Codec // of requests
	sender actor.Sender
	asker  actor.Asker
	calls  int // requests without an outcome
	most   int // that it may have
}

func newOutPort(h *socketHost, s *spec.Out) (*outPort, error) {
	o := &outPort{spec: s, sender: h.Outs[s.Port], asker: h.Asks[s.Port], most: 1}
	if s.Pattern == "dealer" {
		o.most = maxAsked
	}
	var err error
	if o.codec, err = h.codecOf(s.Codec, s.Message); err == nil && s.Reply != "" {
		o.reply, err = h.codecOf(s.Codec, s.Reply)
	}
	o.packed, _ = o.codec.(*message.MessagePack)
	return o, err
}

// An outgoing is a message in the dense encoding on its way to a port.
type outgoing []byte

// Raw implements [actor.Outgoing].
func (m *outgoing) Raw() []byte { return *m }

// Struct implements [actor.Outgoing].
func (m *outgoing) Struct() unsafe.Pointer { return nil }

// Type implements [actor.Outgoing].
func (m *outgoing) Type() reflect.Type { return nil }

// Append implements [actor.Outgoing].
func (m *outgoing) Append(b []byte) []byte { return append(b, *m...) }

// send takes messages for a port. Malformed ones are rejected, the others are
// sent.
func (h *socketHost) send(ctx context.Context, head *header, parts [][]byte) error {
	name, _ := head.text(0)
	o := h.outs[name]
	switch {
	case o == nil || o.sender == nil:
		return broken("it sends at %q, which is no outgoing port of messages", printable.Text(name))
	case len(parts) != 1:
		return broken("it sends at %q without a frame of messages", name)
	}
	if o.packed != nil {
		return h.sendPacked(ctx, o, parts[0])
	}
	return h.sendBins(ctx, o, parts[0])
}

func (h *socketHost) sendPacked(ctx context.Context, o *outPort, data []byte) error {
	batch, err := message.OpenBatch(data)
	if err != nil {
		return broken("what it sends at %q: %v", o.spec.Port, err)
	}
	for batch.Len() > 0 {
		dense, err := o.packed.Next(h.memory(), &batch)
		if err := h.pass(ctx, o, dense, batch.Last(), err); err != nil {
			return err
		}
	}
	return nil
}

// sendBins sends messages in another codec than MessagePack, each of which is
// a bin.
func (h *socketHost) sendBins(ctx context.Context, o *outPort, data []byte) error {
	batch, err := message.OpenBatch(data)
	if err != nil {
		return broken("what it sends at %q: %v", o.spec.Port, err)
	}
	for batch.Len() > 0 {
		data, ok := batch.Bytes()
		if !ok {
			return broken("what it sends at %q: a message in the codec %s must be a bin", o.spec.Port, o.spec.Codec)
		}
		dense, err := o.codec.Parse(h.memory(), data)
		if err := h.pass(ctx, o, dense, data, err); err != nil {
			return err
		}
	}
	return nil
}

// memory is where the next message is put.
func (h *socketHost) memory() []byte {
	if cap(h.dense) > keepBuffer {
		h.dense = nil
	}
	return h.dense[:0]
}

// pass sends a message that has been read, or rejects it for wrong.
func (h *socketHost) pass(ctx context.Context, o *outPort, dense, data []byte, wrong error) error {
	h.dense = dense
	if wrong == nil && len(dense) > lane.MaxMessage {
		wrong = fmt.Errorf("a message may have %d MiB", lane.MaxMessage>>20)
	}
	if wrong != nil {
		h.Malformed(ctx, o.spec.Port, "", wrong, data)
		return nil
	}
	h.passing = dense
	o.sender.Begin()
	return o.sender.Send(ctx, &h.passing)
}
