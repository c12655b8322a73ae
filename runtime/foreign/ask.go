package foreign

import (
	"context"
	"errors"
	"fmt"

	"github.com/ilpomo/opencore/internal/printable"
	"github.com/ilpomo/opencore/runtime/lane"
)

// Requests go both ways. Those that come in wait in their frames until the
// program may have them; a frame is released when its last one has been given
// to the program or, at a rep port, answered.

// An asking is a frame of requests in hand.
type asking struct {
	wire  Wire
	frame *lane.Inbound
	rest  lane.Inbound // what the program has not been given

	own    []byte // without a frame: the only request, of a foreign peer
	answer func(payload []byte, err error)
}

// next gives the next request, which the program is to have.
func (a *asking) next(in *inPort) (r *request, last bool) {
	r = &request{port: in, wire: a.wire}
	if a.frame == nil {
		r.payload, r.reply = a.own, a.answer
		return r, true
	}
	_, r.payload, _ = a.rest.Next()
	r.number = a.rest.Request()
	if last = !a.rest.More(); last {
		r.frame = a.frame
	}
	return r, last
}

// A request is one that the program has.
type request struct {
	port    *inPort
	wire    Wire
	number  lane.Request
	reply   func(payload []byte, err error) // of a foreign peer's request
	payload []byte                          // valid until it is settled
	frame   *lane.Inbound                   // to be released then; nil: it is not the last one of its frame
}

// ask gives the program the next request at a port.
func (h *socketHost) ask(in *inPort) error {
	r, last := in.asking[0].next(in)
	if last {
		in.asking = in.asking[1:]
	}
	buf, err := in.codec.Append(h.room(), r.payload)
	if err != nil {
		h.tell(r, nil, err)
		return h.settle(r, err)
	}
	h.buffer = buf
	h.number++
	in.waiting++
	h.asked[h.number] = r
	h.say([][]byte{buf}, "request", in.spec.Port, int64(h.number))
	if in.most > 1 {
		return h.settle(r, nil)
	}
	return nil
}

// settle counts a request that the program has dealt with, or that nobody has
// to wait for. An error is one of a handler.
func (h *socketHost) settle(r *request, wrong error) error {
	r.wire.Delivered(1)
	if wrong != nil {
		if err := r.wire.Reject(r.payload, wrong); err != nil {
			return err
		}
	}
	if r.reply != nil {
		r.port.offered--
	}
	h.giveBack(r.frame)
	return nil
}

// tell gives whoever has asked the outcome.
func (h *socketHost) tell(r *request, payload []byte, err error) {
	if r.reply != nil {
		r.reply(payload, err)
		return
	}
	h.Node.Answer(r.number, payload, err)
}

// reply takes the program's answer to a request.
func (h *socketHost) reply(_ context.Context, head *header, parts [][]byte) error {
	name, _ := head.text(0)
	id, ok := head.number(1)
	in := h.ins[name]
	if !ok || in == nil || in.reply == nil {
		return broken("a reply at %q, which is no in-port of requests, or without a number", printable.Text(name))
	}
	r := h.asked[id]
	if r == nil || r.port != in {
		h.Log.Debug("the program answered a request that it does not have", "port", name, "id", id)
		return nil
	}
	delete(h.asked, id)
	in.waiting--
	if head.kind == "error" {
		text, _ := head.text(2)
		return h.answer(r, nil, errors.New(printable.Text(text)))
	}
	if len(parts) != 1 {
		return broken("a reply at %q without a message", name)
	}
	dense, err := in.reply.Parse(h.memory(), parts[0])
	h.dense = dense
	if err == nil && len(dense) > lane.MaxMessage {
		err = fmt.Errorf("a message may have %d MiB", lane.MaxMessage>>20)
	}
	if err != nil {
		err = fmt.Errorf("the reply is malformed: %w", err)
	}
	return h.answer(r, dense, err)
}

// answer answers a request; with it one of a rep port is settled.
func (h *socketHost) answer(r *request, payload []byte, err error) error {
	h.tell(r, payload, err)
	if r.port.most > 1 {
		return nil
	}
	return h.settle(r, err)
}

// request asks for the program.
func (h *socketHost) request(ctx context.Context, head *header, parts [][]byte) error {
	name, _ := head.text(0)
	id, ok := head.number(1)
	o := h.outs[name]
	switch {
	case !ok || o == nil || o.asker == nil:
		return broken("a request at %q, which is no outgoing port of requests, or without a number", printable.Text(name))
	case len(parts) != 1:
		return broken("a request at %q without a message", name)
	case o.calls >= o.most:
		h.tellError(o, id, fmt.Errorf("%d requests are under way, and the port can't have more", o.calls))
		return nil
	}
	dense, err := o.codec.Parse(h.memory(), parts[0])
	h.dense = dense
	if err != nil {
		h.tellError(o, id, fmt.Errorf("the request is malformed: %w", err))
		return nil
	}
	m := outgoing(dense)
	o.asker.Begin()
	err = o.asker.Go(ctx, &m, func(_ context.Context, payload []byte, err error) {
		o.calls--
		h.calls--
		h.outcome(o, id, payload, err)
	})
	if err != nil {
		if ctx.Err() != nil {
			return err
		}
		h.tellError(o, id, err)
		return nil
	}
	o.calls++
	h.calls++
	return nil
}

// outcome tells the program what became of its request.
func (h *socketHost) outcome(o *outPort, id uint64, payload []byte, err error) {
	if h.state == ended {
		return // it does not wait for it
	}
	var buf []byte
	if err == nil {
		buf, err = o.reply.Append(h.room(), payload)
	}
	if err != nil {
		h.tellError(o, id, err)
		return
	}
	h.buffer = buf
	h.say([][]byte{buf}, "reply", o.spec.Port, int64(id))
}

func (h *socketHost) tellError(o *outPort, id uint64, err error) {
	h.say(nil, "error", o.spec.Port, int64(id), err.Error())
}
