package runtime

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/lane"
	"github.com/ilpomo/opencore/runtime/message"
	"github.com/ilpomo/opencore/runtime/plain"
	"github.com/ilpomo/opencore/runtime/spec"
)

// A pair is the socket of a pair port, which is among the outgoing and the
// incoming ones.
type pair struct {
	*plain.Pair
	in *inWire
}

// plainConfig says what all plain wires need to know.
func (p *process) plainConfig(id spec.WireID, s *spec.Plain, m, reply *schema.Message) (c plain.Config, err error) {
	c = plain.Config{
		Node: p.node, Name: p.wireName(id), Socket: s.Socket, Bind: s.Bind, Topic: s.Topic, Raw: s.Codec == "raw",
		Report: func(level slog.Level, text string) { p.log.Log(context.Background(), level, text) },
	}
	if c.Endpoint, err = p.text(s.Endpoint); err != nil {
		return c, &actor.Error{Config: true, Err: fmt.Errorf("wire %s: its address (%s): %w", c.Name, s.Place, err)}
	}
	for _, v := range s.Subscribe {
		prefix, err := p.text(v)
		if err != nil {
			return c, fmt.Errorf("wire %s: a topic: %w", c.Name, err)
		}
		c.Prefixes = append(c.Prefixes, prefix)
	}
	if c.Codec, err = message.NewCodec(s.Codec, m); err == nil && reply != nil {
		c.Reply, err = message.NewCodec(s.Codec, reply)
	}
	if err != nil {
		return c, fmt.Errorf("wire %s: %w", c.Name, err)
	}
	return c, nil
}

// text resolves a string.
func (p *process) text(v spec.Value) (text string, err error) {
	raw, err := p.resolve("string", v)
	if err == nil {
		err = json.Unmarshal(raw, &text)
	}
	return text, err
}

// openOut opens the socket of a plain wire that leaves the process. Locked.
func (w *outWire) openOut(p *process, o *spec.Out, s *spec.OutWire, first int) error {
	c, err := p.plainConfig(s.Wire, s.Plain, p.message(o.Message), p.message(o.Reply))
	if err != nil {
		return err
	}
	c.Queue, c.Timeout, c.Retry = s.Queue, time.Duration(s.Timeout), s.Retry
	c.Offered, c.Filtered = w.offered, w.filtered
	c.Dropped, c.Left = p.counters.word(first+spec.OutDropped), p.counters.word(first+spec.OutLeft)
	c.Delivered, c.Rejected = p.counters.word(first+spec.OutDelivered), p.counters.word(first+spec.OutRejected)
	switch {
	case o.Reply != "" && o.Pattern != "pair":
		w.asker, err = plain.OpenAsker(c)
	case s.Plain.Socket == "pair":
		w.sender, err = p.openPair(o.Port, c)
	default:
		w.sender, err = plain.OpenSender(c)
	}
	return err
}

// openPair opens the socket of a pair port for both of its sides.
func (p *process) openPair(port string, out plain.Config) (plain.Sender, error) {
	for i := range p.spec.Ins {
		if in := &p.spec.Ins[i]; in.Port == port {
			w := p.newInWire(i, 0)
			c, err := w.plainIn(i, 0)
			if err != nil {
				return nil, err
			}
			both, err := plain.OpenPair(out, c)
			if err != nil {
				return nil, err
			}
			w.plain = both.Receiver()
			p.pairs[port] = &pair{both, w}
			return both.Sender(), nil
		}
	}
	panic(fmt.Sprintf("bug: pair port %q is not among the incoming ones", port))
}

// plainIn says what the receiving end of a plain wire is.
func (w *inWire) plainIn(in, index int) (plain.Config, error) {
	p, s := w.process, &w.port.Wires[index]
	m := p.message(w.port.Message)
	var reply *schema.Message
	if w.port.Pattern == "rep" || w.port.Pattern == "router" {
		reply = p.message(w.port.Reply)
	}
	c, err := p.plainConfig(s.Wire, s.Plain, m, reply)
	if err != nil {
		return c, err
	}
	first := p.spec.InWord(in, index)
	c.Offered, c.Dropped, c.Left = p.counters.word(first+spec.InOffered), p.counters.word(first+spec.InDropped), p.counters.word(first+spec.InLeft)
	c.Queue = p.wireQueue(s.Wire)
	c.Ready = func() { p.node.Post(w.serve) }
	if s.Where != "" {
		program, err := p.compile(s.Where, m, true, &schema.Type{Kind: schema.Bool})
		if err != nil {
			return c, fmt.Errorf("wire %s: %w", c.Name, err)
		}
		w.where = program
	}
	return c, nil
}

// openIn opens the socket of a plain wire that comes into the process. Locked.
func (w *inWire) openIn(in, index int) error {
	c, err := w.plainIn(in, index)
	if err != nil {
		return err
	}
	w.plain, err = plain.OpenReceiver(c)
	return err
}

// wireQueue gives the queue of a wire.
func (p *process) wireQueue(id spec.WireID) spec.Queue {
	for i := range p.launch.Wires {
		if p.launch.Wires[i].ID == id {
			return p.launch.Wires[i].Queue
		}
	}
	return spec.Queue{}
}

// listening tells which plain sockets are bound, and to what.
func (p *process) listening() (list []spec.Listening) {
	p.node.Lock()
	defer p.node.Unlock()
	add := func(id spec.WireID, l plain.Listener) {
		if at := l.Endpoint(); at != "" {
			list = append(list, spec.Listening{Wire: id, Endpoint: at})
		}
	}
	for _, o := range p.outs {
		for i, w := range o.wires {
			switch id := o.spec.Wires[i].Wire; {
			case w.sender != nil:
				add(id, w.sender)
			case w.asker != nil:
				add(id, w.asker)
			}
		}
	}
	for w := range p.plainIns() {
		add(w.id, w.plain)
	}
	return list
}

// turnSpan is how long messages of a plain wire are handled before the main
// loop has another turn: what handlers send goes out between turns.
const turnSpan = time.Millisecond

// serve handles what has come on a plain wire. The node is locked, but while
// the handler has it.
func (w *inWire) serve() error {
	p, start, some := w.process, time.Now(), uint64(0)
	for {
		if p.halt.Load() {
			return errEnding
		}
		if p.host != nil && !p.host.Room(w.port.Port) {
			p.stalled = append(p.stalled, w)
			return nil
		}
		m, ok := w.plain.Next()
		if ok {
			if err := p.unlocked(func() error { return w.take(&m, &some) }); err != nil {
				return err
			}
		}
		if ok && time.Since(start) < turnSpan {
			continue
		}
		if err := w.gathered(some); err != nil {
			return err
		}
		if ok {
			p.node.Post(w.serve)
		}
		return nil
	}
}

// gathered lets the handler write what it has gathered of some messages, which
// count as delivered then.
func (w *inWire) gathered(some uint64) error {
	flush := w.process.instance.Flush
	if flush == nil || some == 0 {
		return nil
	}
	err := w.process.unlocked(func() error { return flush(w.process.ctx) })
	if err == nil {
		*w.delivered += some
	}
	return err
}

// take handles one message that has come from outside.
func (w *inWire) take(m *plain.Incoming, some *uint64) error {
	p := w.process
	p.info.Topic = ""
	if m.Topic != nil {
		p.setTopic(m.Topic)
	}
	switch {
	case m.Err != nil:
		w.malformed(m)
		return nil
	case w.where != nil && !w.where.Match(m.Payload, p.info.Topic):
		*w.filtered++
		w.reply(m.From, nil, errNoMatch)
		return nil
	case m.Topic != nil && w.carriesTopics && !w.wants(m.Topic):
		return nil
	case p.host != nil:
		w.offer(m)
		return nil
	case m.From != nil:
		return w.takeRequest(m)
	}
	err := w.incoming.Message(p.ctx, m.Payload)
	if err == nil && p.instance.Flush != nil {
		*some++
		return nil
	}
	*w.delivered++
	if err != nil {
		return w.reject(m.Payload, err)
	}
	return nil
}

// malformed deals with what is no message. Where nobody takes what is rejected
// the socket has said it, once in a while.
func (w *inWire) malformed(m *plain.Incoming) {
	p := w.process
	*w.delivered++
	*w.rejected++
	w.reply(m.From, nil, fmt.Errorf("the request is malformed: %w", m.Err))
	if p.rejected != nil {
		p.dispose(w.port.Port, fmt.Errorf("%s: %w", w.name, m.Err), m.Data)
	}
}

// takeRequest has a request answered, at once or later.
func (w *inWire) takeRequest(m *plain.Incoming) error {
	p := w.process
	r := &plainResponder{wire: w, to: m.From}
	var err error
	if w.incoming.Request != nil {
		p.reply, err = w.incoming.Request(p.ctx, m.Payload, p.reply[:0])
		if p.halt.Load() {
			*w.delivered++
			return errEnding
		}
		r.Reply(p.ctx, p.reply, err)
		if cap(p.reply) > keepBuffer {
			p.reply = nil
		}
	} else if err = w.incoming.Deferred(p.ctx, m.Payload, r); err != nil {
		r.Reply(p.ctx, nil, err)
	}
	*w.delivered++
	if err != nil {
		return w.reject(m.Payload, err)
	}
	return nil
}

// reply answers a foreign request; nil: it was none.
func (w *inWire) reply(to *plain.Return, payload []byte, failure error) {
	if to == nil {
		return
	}
	n := w.process.node
	n.Lock()
	defer n.Unlock()
	w.plain.Reply(to, payload, failure)
}

// A plainResponder answers one request of a foreign peer.
type plainResponder struct {
	wire *inWire
	to   *plain.Return
	once atomic.Bool
}

// Reply implements [actor.Responder].
func (r *plainResponder) Reply(_ context.Context, payload []byte, err error) error {
	if len(payload) > lane.MaxMessage {
		return errTooLong
	}
	if !r.once.Swap(true) {
		r.wire.reply(r.to, payload, passed(err))
	}
	return nil
}

// plainOuts gives the outgoing wires whose other end is foreign.
func (p *process) plainOuts() iter.Seq[*outWire] {
	return func(yield func(*outWire) bool) {
		for _, o := range p.outs {
			for _, w := range o.wires {
				if w.Wire == nil && !yield(w) {
					return
				}
			}
		}
	}
}

// plainIns gives the incoming ones.
func (p *process) plainIns() iter.Seq[*inWire] {
	return func(yield func(*inWire) bool) {
		for _, w := range p.ins {
			if w.plain != nil && !yield(w) {
				return
			}
		}
	}
}

// stopPlain ends what comes in from foreign peers. Locked.
func (p *process) stopPlain() {
	for w := range p.plainIns() {
		w.plain.Stop()
	}
}

// partPlain lets go what sockets still hold when they are closed. Locked.
func (p *process) partPlain() {
	for w := range p.plainOuts() {
		if w.sender != nil {
			w.sender.Part()
		}
	}
	for w := range p.plainIns() {
		w.plain.Part()
	}
}

// plainEnded tells whether nothing more comes from foreign peers. Locked.
func (p *process) plainEnded() bool {
	for w := range p.plainIns() {
		if !w.plain.Ended() {
			return false
		}
	}
	return true
}

// plainClear tells whether foreign peers have all that was sent to them, as far
// as that can be known. Locked.
func (p *process) plainClear() bool {
	for w := range p.plainOuts() {
		if w.sender != nil && !w.sender.Clear() || w.asker != nil && w.asker.Outstanding() > 0 {
			return false
		}
	}
	return true
}

// outstanding is how many requests have no outcome yet. Locked.
func (p *process) outstanding() int {
	n := p.node.Outstanding()
	for w := range p.plainOuts() {
		if w.asker != nil {
			n += w.asker.Outstanding()
		}
	}
	return n
}

// late is how many replies came after their deadline. Locked.
func (p *process) late() int {
	n := p.node.Late()
	for w := range p.plainOuts() {
		if w.asker != nil {
			n += w.asker.Late()
		}
	}
	return n
}

// giveUpPlain counts what plain wires hold as left. Locked.
func (p *process) giveUpPlain() {
	for w := range p.plainOuts() {
		if w.sender != nil {
			w.sender.GiveUp()
		}
		if w.asker != nil {
			w.asker.GiveUp()
		}
	}
	for w := range p.plainIns() {
		w.plain.GiveUp()
	}
}

// subscribePlain tells a foreign publisher which topics are wanted: those that
// the handler has chosen, or all that the wire takes. Locked.
func (w *inWire) subscribePlain(prefixes []string) error {
	if w.plain == nil {
		return nil
	}
	return w.plain.Subscribe(prefixes)
}
