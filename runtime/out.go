package runtime

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"time"
	"unsafe"

	"github.com/ilpomo/opencore/internal/filter"
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/lane"
	"github.com/ilpomo/opencore/runtime/plain"
	"github.com/ilpomo/opencore/runtime/spec"
)

// errEnding is what ports say while the process is being ended at once.
var errEnding = errors.New("the run is being ended")

// errTooLong is what ports say of a message that is longer than any may be.
var errTooLong = fmt.Errorf("a message may have %d MiB", lane.MaxMessage>>20)

// patience is how long a wire may be full before that is said in the log.
const patience = 10 * time.Second

// An outPort is an outgoing port: it implements [actor.Sender], and with
// ask.go [actor.Asker]. All but Begin happens with the node locked.
type outPort struct {
	process *process
	spec    *spec.Out
	wires   []*outWire
	rules   []*rule     // the different filters of its wires
	topic   *expression // nil where there is none, or it is that of the message at hand
	simple  *outWire    // the only wire, if there is nothing to decide
	others  bool        // some wire takes what no other does
	counted bool        // what it sends is what a source has read
	busy    bool        // somebody waits within Send
	calling int         // requests without an outcome, of a req port

	payload []byte // of the message at hand
	large   int    // length of the last message, if it was a long one
	text    []byte // its topic
	typed   bool   // the filters are compiled for the Go type of its messages
}

// An outWire is a wire with what decides about it.
type outWire struct {
	*lane.Wire        // nil if the other end is foreign: then one of
	sender            plain.Sender
	asker             *plain.Asker
	name              string
	rule              *rule // nil: all pass
	otherwise         bool
	key               *keyReader // nil: any replica
	offered, filtered *uint64
}

// A rule is a filter. It is asked once for each message, however many wires
// share it.
type rule struct {
	expression
	match bool
}

// An expression is compiled for encodings and, once a message has come as a Go
// struct, for that.
type expression struct {
	*filter.Program
	structs *filter.StructProgram
}

func (e *expression) matches(m unsafe.Pointer, payload []byte, topic string) bool {
	if m != nil && e.structs != nil {
		return e.structs.Match(m, topic)
	}
	return e.Match(payload, topic)
}

// newOutPort makes a port with its wires.
func (p *process) newOutPort(index int) (*outPort, error) {
	s := &p.spec.Outs[index]
	m := p.message(s.Message)
	o := &outPort{process: p, spec: s, counted: p.spec.Source && s.Port != rejectedPort}
	if s.Topic != "" && !s.Keeps && len(s.Wires) > 0 {
		program, err := p.compile(s.Topic, m, false, &schema.Type{Kind: schema.String})
		if err != nil {
			return nil, fmt.Errorf("the topic of port %q: %w", s.Port, err)
		}
		o.topic = &expression{Program: program}
	}
	for i := range s.Wires {
		w, err := p.newOutWire(o, m, index, i)
		if err != nil {
			return nil, fmt.Errorf("port %q: %w", s.Port, err)
		}
		o.wires = append(o.wires, w)
		o.others = o.others || w.otherwise
	}
	if len(o.wires) == 1 && s.Topic == "" {
		if w := o.wires[0]; w.Wire != nil && w.rule == nil && w.key == nil && !w.otherwise {
			o.simple = w
		}
	}
	return o, nil
}

func (p *process) newOutWire(o *outPort, m *schema.Message, port, index int) (*outWire, error) {
	s, topics := &o.spec.Wires[index], o.spec.Topic != "" && o.spec.Pattern == "pub"
	first := p.spec.OutWord(port, index)
	w := &outWire{
		name:     p.wireName(s.Wire),
		offered:  p.counters.word(first + spec.OutOffered),
		filtered: p.counters.word(first + spec.OutFiltered),
	}
	w.otherwise = s.Else
	c := lane.WireConfig{
		Message: m.Hash(), Topics: topics, Keyed: s.Key != "", Queue: s.Queue,
		Timeout: s.Timeout, Retry: s.Retry, Lanes: s.Lanes,
		Offered: w.offered,
		Dropped: p.counters.word(first + spec.OutDropped),
		Left:    p.counters.word(first + spec.OutLeft),
	}
	if o.spec.Reply != "" {
		c.Reply = p.message(o.spec.Reply).Hash()
	}
	var err error
	if s.Key != "" {
		if w.key, err = newKeyReader(m, s.Key); err != nil {
			return nil, err
		}
	}
	if w.rule, err = p.newRule(o, m, s.Where); err != nil {
		return nil, fmt.Errorf("wire %s: %w", w.name, err)
	}
	if s.Plain != nil {
		return w, w.openOut(p, o.spec, s, first)
	}
	w.Wire = p.node.AddWire(c)
	return w, nil
}

// newRule gives the rule of a filter, the same one for equal filters.
func (p *process) newRule(o *outPort, m *schema.Message, where string) (*rule, error) {
	if where == "" {
		return nil, nil
	}
	for i, w := range o.wires {
		if w.rule != nil && o.spec.Wires[i].Where == where {
			return w.rule, nil
		}
	}
	program, err := p.compile(where, m, o.spec.Pattern == "pub", &schema.Type{Kind: schema.Bool})
	if err != nil {
		return nil, err
	}
	r := &rule{expression: expression{Program: program}}
	o.rules = append(o.rules, r)
	return r, nil
}

// compileFor compiles the filters and the topic for Go structs. Where a type
// doesn't fit, the filters go on reading encodings.
func (o *outPort) compileFor(t reflect.Type) {
	o.typed = true
	list := []*expression{}
	if o.topic != nil {
		list = append(list, o.topic)
	}
	for _, r := range o.rules {
		list = append(list, &r.expression)
	}
	for _, e := range list {
		var err error
		if e.structs, err = e.ForStruct(t); err != nil {
			o.process.log.Debug("filters read encodings", "port", o.spec.Port, "why", err)
		}
	}
}

// Begin implements [actor.Sender].
func (o *outPort) Begin() {
	n := o.process.node
	n.Lock()
	if o.busy {
		n.Wait(func() bool { return !o.busy }, 0)
	}
}

// Send implements [actor.Sender]: every wire that wants the message gets it.
func (o *outPort) Send(ctx context.Context, m actor.Outgoing) error {
	p := o.process
	if w := o.simple; w != nil && !p.ending && !p.stop {
		if raw := m.Raw(); raw != nil && w.Pack(raw) {
			o.count()
			*w.offered++
			p.node.Unlock()
			return nil
		}
	}
	defer p.node.Unlock() // whatever the message's own methods do
	if err := p.refuses(ctx); err != nil {
		return err
	}
	if w := o.simple; w != nil {
		if buf, ok := w.Begin(0, "", o.large); ok {
			o.count()
			*w.offered++
			return o.taken(w, buf, m)
		}
	}
	return o.offer(ctx, m)
}

// refuses tells why nothing can be sent any more.
func (p *process) refuses(ctx context.Context) error {
	switch {
	case p.ending:
		return errEnding
	case p.stop && ctx.Err() != nil:
		return ctx.Err()
	}
	return p.node.Failure()
}

// taken appends a message to the buffer that the wire has given.
func (o *outPort) taken(w *outWire, buf []byte, m actor.Outgoing) error {
	if buf == nil {
		return nil // it has been counted what became of it
	}
	before := len(buf)
	buf = m.Append(buf)
	size := len(buf) - before
	if size > lane.MaxMessage {
		*w.offered--
		return errTooLong
	}
	if o.large = size; size < worthKnowing {
		o.large = 0
	}
	w.End(buf)
	return nil
}

// worthKnowing is the length of a message from which on it pays to have the
// memory for it at once, in bytes.
const worthKnowing = 16 << 10

// offer is Send where there is something to decide, or to wait for.
func (o *outPort) offer(ctx context.Context, m actor.Outgoing) error {
	structure, payload := o.look(m)
	if len(payload) > lane.MaxMessage {
		return errTooLong
	}
	topic := o.topicOf(structure, payload)
	matched := o.decide(structure, payload, topic)
	if len(o.wires) == 0 {
		o.count()
	}
	for i, w := range o.wires {
		if !w.takes(matched) || !w.wants(topic) {
			*w.offered++
			*w.filtered++
		} else {
			if payload == nil {
				payload = o.encode(m)
			}
			var key uint64
			if w.key != nil {
				key = w.key.hash(payload)
			}
			if err := o.put(ctx, w, key, topic, payload); err != nil {
				return err
			}
		}
		if i == 0 {
			o.count()
		}
	}
	return nil
}

// count counts a message that a source has read, as soon as it has been offered
// to the first wire, if there is any: one that is still waiting for room when the
// source is stopped has not been read.
func (o *outPort) count() {
	if o.counted {
		*o.process.read++
	}
}

// put gives an encoded message to a wire, when it has room.
func (o *outPort) put(ctx context.Context, w *outWire, key uint64, topic string, payload []byte) error {
	if w.sender != nil {
		return o.putPlain(ctx, w, topic, payload)
	}
	buf, ok := w.Begin(key, topic, len(payload))
	for !ok {
		if err := o.hold(ctx, w, func() bool { return !w.Full(key) }); err != nil {
			return err
		}
		buf, ok = w.Begin(key, topic, len(payload))
	}
	*w.offered++
	if buf != nil {
		w.End(append(buf, payload...))
	}
	return nil
}

// putPlain gives a message to a plain wire, when it has room.
func (o *outPort) putPlain(ctx context.Context, w *outWire, topic string, payload []byte) error {
	for w.sender.Full() {
		if err := o.hold(ctx, w, func() bool { return !w.sender.Full() }); err != nil {
			return err
		}
	}
	*w.offered++
	w.sender.Put(topic, payload)
	return nil
}

// wants tells whether the receiver, if it is only one, wants messages of a
// topic. A plain wire finds out by itself.
func (w *outWire) wants(topic string) bool { return w.Wire == nil || w.Wants(topic) }

// end tells the receivers that nothing more comes.
func (w *outWire) end() {
	switch {
	case w.Wire != nil:
		w.Close()
	case w.sender != nil:
		w.sender.End()
	}
}

// ended tells whether they know.
func (w *outWire) ended() bool {
	if w.Wire != nil {
		return w.Ended()
	}
	return w.sender == nil || w.sender.Ended()
}

// look gives a message as a struct, if filters can read that, else its
// encoding.
func (o *outPort) look(m actor.Outgoing) (structure unsafe.Pointer, payload []byte) {
	if raw := m.Raw(); raw != nil {
		return nil, raw
	}
	if !o.typed {
		o.compileFor(m.Type())
	}
	if o.readsStructs() {
		return m.Struct(), nil
	}
	return nil, o.encode(m)
}

// readsStructs tells whether all expressions are compiled for structs.
func (o *outPort) readsStructs() bool {
	if o.topic != nil && o.topic.structs == nil {
		return false
	}
	for _, r := range o.rules {
		if r.structs == nil {
			return false
		}
	}
	return true
}

func (o *outPort) encode(m actor.Outgoing) []byte {
	if cap(o.payload) > keepBuffer {
		o.payload = nil
	}
	o.payload = m.Append(o.payload[:0])
	return o.payload
}

// keepBuffer is how much memory a port holds for its next message, in bytes.
const keepBuffer = 1 << 20

// topicOf computes the topic. It is valid until the next message of the port.
func (o *outPort) topicOf(structure unsafe.Pointer, payload []byte) string {
	switch {
	case o.spec.Keeps:
		return o.process.info.Topic
	case o.topic == nil:
		return ""
	case structure != nil:
		o.text = o.topic.structs.AppendString(o.text[:0], structure)
	default:
		o.text = o.topic.AppendString(o.text[:0], payload)
	}
	return unsafe.String(unsafe.SliceData(o.text), len(o.text))
}

// decide asks all filters, and tells whether a wire takes the message that
// isn't there for what no other takes.
func (o *outPort) decide(structure unsafe.Pointer, payload []byte, topic string) (matched bool) {
	for _, r := range o.rules {
		r.match = r.matches(structure, payload, topic)
	}
	if o.others {
		for _, w := range o.wires {
			matched = matched || !w.otherwise && (w.rule == nil || w.rule.match)
		}
	}
	return matched
}

// takes tells whether the wire gets the message that has been decided about.
func (w *outWire) takes(matched bool) bool {
	if w.otherwise {
		return !matched && (w.rule == nil || w.rule.match)
	}
	return w.rule == nil || w.rule.match
}

// hold waits until ok, with the port taken, for the sake of w; nil: of the request before.
func (o *outPort) hold(ctx context.Context, w *outWire, ok func() bool) error {
	p := o.process
	o.busy = true
	defer func() {
		o.busy = false
		p.node.Changed()
	}()
	if p.foreign(ctx) {
		stop := context.AfterFunc(ctx, p.look)
		defer stop()
	}
	ready := func() bool { return ok() || p.ending || p.node.Failure() != nil || ctx.Err() != nil }
	if !p.node.Wait(ready, p.node.After(patience)) {
		if w != nil {
			o.complain(w)
		}
		p.node.Wait(ready, 0)
	}
	switch {
	case p.ending:
		return errEnding
	case ok():
		return nil
	case p.node.Failure() != nil:
		return p.node.Failure()
	default:
		return ctx.Err()
	}
}

// complain names a wire that has been full for long.
func (o *outPort) complain(w *outWire) {
	attrs := []any{"wire", w.name, "for", patience}
	if o.process.spec.Cycle != 0 {
		o.process.log.Log(context.Background(), slog.LevelWarn,
			"waiting for room on a wire; if all of its cycle wait for each other, none can go on: more circulates than their queues hold", attrs...)
		return
	}
	o.process.log.Log(context.Background(), slog.LevelInfo, "waiting for room on a wire", attrs...)
}
