package runtime

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/ilpomo/opencore/internal/filter"
	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/lane"
	"github.com/ilpomo/opencore/runtime/message"
	"github.com/ilpomo/opencore/runtime/plain"
	"github.com/ilpomo/opencore/runtime/spec"
)

// An inWire is the receiving end of a wire.
type inWire struct {
	process             *process
	port                *spec.In
	incoming            actor.Incoming
	delivered, rejected *uint64
	filtered            *uint64
	json                *message.JSONWriter // of its messages; nil until one is rejected
	lanes               []*lane.In
	carriesTopics       bool
	topics              atomic.Pointer[lane.Topics] // that the handler takes; nil: all

	id    spec.WireID
	name  string
	plain *plain.Receiver // nil: its messages come on lanes
	where *filter.Program // of a plain wire: what does not pass is filtered here; nil: all does
}

// newInWire makes the receiving end of a wire of an in-port.
func (p *process) newInWire(in, index int) *inWire {
	s, first := &p.spec.Ins[in], p.spec.InWord(in, index)
	return &inWire{
		process: p, port: s, id: s.Wires[index].Wire, name: p.wireName(s.Wires[index].Wire),
		delivered: p.counters.word(first + spec.InDelivered),
		rejected:  p.counters.word(first + spec.InRejected),
		filtered:  p.counters.word(first + spec.InFiltered),

		carriesTopics: s.Wires[index].Topic,
	}
}

// addIns adds the lanes and sockets of an in-port. Locked.
func (p *process) addIns(index int) error {
	s := &p.spec.Ins[index]
	message, reply := p.message(s.Message).Hash(), uint64(0)
	if s.Reply != "" {
		reply = p.message(s.Reply).Hash()
	}
	for i := range s.Wires {
		if both := p.pairs[s.Port]; both != nil {
			p.ins = append(p.ins, both.in)
			continue
		}
		w := p.newInWire(index, i)
		if s.Wires[i].Plain != nil {
			if err := w.openIn(index, i); err != nil {
				return err
			}
		}
		for _, l := range s.Wires[i].Lanes {
			in := &lane.In{ID: l.ID, Peer: l.Peer, Message: message, Reply: reply, Tag: len(p.ins)}
			p.node.AddIn(in)
			w.lanes = append(w.lanes, in)
		}
		p.ins = append(p.ins, w)
	}
	return nil
}

// connectIns gives each wire the handler's method for its port.
func (p *process) connectIns() error {
	for _, w := range p.ins {
		in, ok := p.instance.In[w.port.Port]
		var fits bool
		switch w.port.Pattern {
		case "rep":
			fits = in.Request != nil
		case "router":
			fits = in.Deferred != nil
		default:
			fits = in.Message != nil
		}
		if !ok || !fits {
			return &actor.Error{Config: true, Err: fmt.Errorf("the handler of %s has no method for the port %q (%s)", p.spec.Actor, w.port.Port, w.port.Pattern)}
		}
		w.incoming = in
	}
	return nil
}

// handle gives a frame's messages to the handler. An error ends the process.
func (w *inWire) handle(b *lane.Inbound) error {
	switch w.port.Pattern {
	case "rep":
		return w.answer(b)
	case "router":
		return w.pass(b)
	default:
		return w.deliver(b)
	}
}

// deliver counts each message as soon as the handler has returned, but where
// the handler gathers what it writes: there all that it has taken of the frame
// at once, when that has been written.
func (w *inWire) deliver(b *lane.Inbound) error {
	p, handle, flush := w.process, w.incoming.Message, w.process.instance.Flush
	p.info.Topic = ""
	count, gathered := w.delivered, uint64(0)
	if flush != nil {
		count = &gathered
	}
	for {
		topic, payload, ok := b.Next()
		if !ok {
			break
		}
		if p.halt.Load() {
			return errEnding
		}
		if topic != nil {
			if !w.wants(topic) {
				continue
			}
			p.setTopic(topic)
		}
		err := handle(p.ctx, payload)
		if err == nil {
			*count++
			continue
		}
		*w.delivered++ // it is settled, whatever becomes of the rest
		if err := w.reject(payload, err); err != nil {
			return err
		}
	}
	if flush == nil {
		return nil
	}
	err := flush(p.ctx)
	if err == nil {
		*w.delivered += gathered
	}
	return err
}

// answer handles requests that are answered at once.
func (w *inWire) answer(b *lane.Inbound) error {
	p := w.process
	p.info.Topic = ""
	for {
		_, payload, ok := b.Next()
		if !ok {
			return nil
		}
		if p.halt.Load() {
			return errEnding
		}
		reply, err := w.incoming.Request(p.ctx, payload, p.reply[:0])
		*w.delivered++
		if p.halt.Load() {
			return errEnding
		}
		if err == nil && len(reply) > lane.MaxMessage {
			err = errTooLong
		}
		p.node.Answer(b.Request(), reply, passed(err))
		if p.reply = reply; cap(reply) > keepBuffer {
			p.reply = nil
		}
		if err != nil {
			if err := w.reject(payload, err); err != nil {
				return err
			}
		}
	}
}

// pass handles requests that are answered whenever the handler likes.
func (w *inWire) pass(b *lane.Inbound) error {
	p := w.process
	p.info.Topic = ""
	for {
		_, payload, ok := b.Next()
		if !ok {
			return nil
		}
		if p.halt.Load() {
			return errEnding
		}
		r := &responder{node: p.node, request: b.Request()}
		err := w.incoming.Deferred(p.ctx, payload, r)
		*w.delivered++
		if err != nil {
			r.Reply(p.ctx, nil, err)
			if err := w.reject(payload, err); err != nil {
				return err
			}
		}
	}
}

// A responder answers one request.
type responder struct {
	node     *lane.Node
	request  lane.Request
	answered atomic.Bool
}

// Reply implements [actor.Responder].
func (r *responder) Reply(_ context.Context, payload []byte, err error) error {
	if len(payload) > lane.MaxMessage {
		return errTooLong
	}
	if !r.answered.Swap(true) {
		r.node.Answer(r.request, payload, passed(err))
	}
	return nil
}

// reject deals with a message that the handler has refused. What it gives is
// the error of a handler that can't go on.
func (w *inWire) reject(payload []byte, err error) error {
	p := w.process
	*w.rejected++
	if p.halt.Load() {
		return errEnding
	}
	p.dispose(w.port.Port, err, w.readable(payload))
	if fatal, ok := errors.AsType[*actor.Error](err); ok {
		return fatal
	}
	return nil
}

// setTopic gives the topic of the message at hand to the handler. Few differ
// within a stream, so most cost no memory.
func (p *process) setTopic(topic []byte) {
	if p.info.Topic == string(topic) {
		return
	}
	text, ok := p.topics[string(topic)]
	if !ok {
		if len(p.topics) >= 256 {
			clear(p.topics)
		}
		text = string(topic)
		p.topics[text] = text
	}
	p.info.Topic = text
}
