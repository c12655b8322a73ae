package plan

import (
	"strings"

	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/runtime/spec"
)

// addWires turns each wire into its two ends at each process and the lanes
// between them. Filters, queues and the choice of a replica are the sender's:
// what nobody wants is never sent.
func (b *builder) addWires() {
	for _, w := range b.program.Graph.Wires {
		b.addWire(w)
		if w.From.Port.Pattern == model.Pair {
			back := *w
			back.From, back.To = w.To, w.From
			b.addWire(&back)
		}
	}
}

// addWire adds one direction of a wire.
func (b *builder) addWire(w *model.Wire) {
	id := spec.WireID(len(b.plan.Wires))
	b.plan.Wires = append(b.plan.Wires, b.wire(id, w))
	b.addRejected(w.From)
	switch {
	case w.From.Instance.Actor.External:
		b.addPlainIns(id, w)
	case w.To.Instance.Actor.External:
		b.addPlainOuts(id, w)
	default:
		b.addLanes(id, w)
	}
}

func (b *builder) wire(id spec.WireID, w *model.Wire) spec.Wire {
	wire := spec.Wire{
		ID:      id,
		Name:    w.Name(),
		From:    end(w.From),
		To:      end(w.To),
		Message: w.From.Instance.Message(w.From.Port.Message).Name,
		Else:    w.Else,
		Queue:   spec.Queue(w.Queue),
		Deliver: w.Deliver, Journal: w.Journal,
		Copies: 1,
		Place:  w.Span.String(),
	}
	if w.From.Port.Pattern.Requests() {
		wire.Reply = w.From.Instance.Message(w.From.Port.Reply).Name
	}
	if w.Where != nil {
		wire.Where = w.Where.Source
	}
	if w.To.Port.Pattern == model.Sub {
		wire.Copies = w.To.Instance.Replicas
	}
	return wire
}

func end(e model.End) spec.End {
	return spec.End{
		Instance: e.Instance.Name,
		Port:     e.Port.Name,
		Pattern:  string(e.Port.Pattern),
		Replicas: e.Instance.Replicas,
		External: e.Instance.Actor.External,
	}
}

// addRejected gives the processes of an end its port "rejected", which only
// those have where it is wired: elsewhere what is rejected is logged.
func (b *builder) addRejected(e model.End) {
	if e.Port != model.RejectedPort {
		return
	}
	for _, p := range b.replicas(e.Instance) {
		if out(p, e.Port.Name) == nil {
			b.plan.Messages.Add(e.Port.Message.Message)
			addPort(p, e.Instance, e.Port)
		}
	}
}

// addLanes connects each replica of the sender with each of the receiver, and
// gives both their end of the wire.
func (b *builder) addLanes(id spec.WireID, w *model.Wire) {
	senders, receivers := b.replicas(w.From.Instance), b.replicas(w.To.Instance)
	lane := func(s, r int) spec.LaneID { return b.lanes + spec.LaneID(s*len(receivers)+r) }
	for s, p := range senders {
		lanes := make([]spec.Lane, len(receivers))
		for r, peer := range receivers {
			lanes[r] = spec.Lane{ID: lane(s, r), Peer: peer.ID}
		}
		port := out(p, w.From.Port.Name)
		port.Wires = append(port.Wires, outWires(id, w, lanes)...)
	}
	for r, p := range receivers {
		lanes := make([]spec.Lane, len(senders))
		for s, peer := range senders {
			lanes[s] = spec.Lane{ID: lane(s, r), Peer: peer.ID}
		}
		port := in(p, w.To.Port.Name)
		port.Wires = append(port.Wires, spec.InWire{Wire: id, Topic: w.From.Port.Topic != nil && w.From.Port.Pattern == model.Pub, Lanes: lanes})
	}
	b.lanes += spec.LaneID(len(senders) * len(receivers))
}

// outWires is a wire's end at one sender: one for all replicas that share the
// messages, or one for each that gets its own copy.
func outWires(id spec.WireID, w *model.Wire, lanes []spec.Lane) []spec.OutWire {
	one := outWire(id, w)
	one.Lanes = lanes
	if w.To.Port.Pattern != model.Sub {
		if len(lanes) > 1 { // with one replica there is nothing to choose
			one.Key = strings.Join(w.To.Port.Key, ".")
		}
		return []spec.OutWire{one}
	}
	copies := make([]spec.OutWire, len(lanes))
	for r := range lanes {
		copies[r] = one
		copies[r].Copy, copies[r].Lanes = r, lanes[r:r+1]
	}
	return copies
}

// outWire is what a wire's end at its sender is, wherever it leads.
func outWire(id spec.WireID, w *model.Wire) spec.OutWire {
	one := spec.OutWire{
		Wire: id, Else: w.Else, Queue: spec.Queue(w.Queue), Timeout: spec.Duration(w.Timeout), Retry: w.Retry,
		Deliver: w.Deliver, Journal: w.Journal,
	}
	if w.Where != nil {
		one.Where = w.Where.Source
	}
	return one
}

// out finds an outgoing port of a process; nil if it has none of that name.
func out(p *spec.Process, name string) *spec.Out {
	for i := range p.Outs {
		if p.Outs[i].Port == name {
			return &p.Outs[i]
		}
	}
	return nil
}

// in finds an incoming port of a process; nil if it has none of that name.
func in(p *spec.Process, name string) *spec.In {
	for i := range p.Ins {
		if p.Ins[i].Port == name {
			return &p.Ins[i]
		}
	}
	return nil
}
