package plan

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ilpomo/opencore/internal/filter"
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/runtime/spec"
)

// What exposed ports have, which no wire says anything about: as wires do that
// say nothing.
const (
	exposedQueue   = 1000 // messages
	exposedTimeout = 5 * time.Second
)

// defaultCodec is that of foreign peers and programs that name none.
const defaultCodec = "msgpack"

// addPlainIns gives each replica of the receiver a socket of its own, and the
// filter: who sends knows nothing of it.
func (b *builder) addPlainIns(id spec.WireID, w *model.Wire) {
	one := spec.InWire{
		Wire: id, Where: b.arriving(w), Topic: true, Lanes: []spec.Lane{},
		Plain: plain(w.To.Port, w.From.Port.Pattern, *w.From.Port.Address, w.From.Port.Codec),
	}
	if one.Plain.Socket == string(model.Sub) {
		one.Plain.Subscribe = b.subscriptions(w.From.Instance.Message(w.From.Port.Message), one.Where)
	}
	for _, p := range b.replicas(w.To.Instance) {
		port := in(p, w.To.Port.Name)
		port.Wires = append(port.Wires, one)
	}
}

// addPlainOuts gives each replica of the sender a socket of its own.
func (b *builder) addPlainOuts(id spec.WireID, w *model.Wire) {
	one := outWire(id, w)
	one.Lanes = []spec.Lane{}
	one.Plain = plain(w.From.Port, w.To.Port.Pattern, *w.To.Port.Address, w.To.Port.Codec)
	for _, p := range b.replicas(w.From.Instance) {
		port := out(p, w.From.Port.Name)
		port.Wires = append(port.Wires, one)
		if topic := w.From.Port.Topic; topic != nil {
			port.Topic = topic.Source
		}
	}
}

// plain is the socket of one of our ports towards a foreign one.
func plain(ours *model.Port, foreign model.Pattern, at model.Address, codec string) *spec.Plain {
	p := &spec.Plain{
		Socket:   string(socket(ours.Pattern, foreign)),
		Bind:     at.Bind,
		Endpoint: value(stringType, at.Endpoint),
		Codec:    cmp.Or(codec, defaultCodec),
		Place:    at.Span.String(),
	}
	if ours.Pattern.Outgoing() || ours.Pattern == model.Pair {
		p.Topic = ours.Topic != nil
	}
	return p
}

// socket is that of the port's pattern; "in" is whatever its peer needs.
func socket(ours, foreign model.Pattern) model.Pattern {
	switch {
	case ours != model.In:
		return ours
	case foreign == model.Pub:
		return model.Sub
	default:
		return model.Pull
	}
}

// arriving is the filter of a wire from a foreign peer. Each receiver decides
// alone, so "else" is spelled out: none of the filters of the other wires.
func (b *builder) arriving(w *model.Wire) string {
	var terms []string
	if w.Where != nil {
		terms = append(terms, w.Where.Source)
	}
	if w.Else {
		for _, other := range b.program.Graph.Wires {
			if other != w && !other.Else && other.From.Instance == w.From.Instance && other.From.Port == w.From.Port {
				terms = append(terms, refusal(other))
			}
		}
	}
	if len(terms) < 2 {
		return strings.Join(terms, "")
	}
	if w.Where != nil {
		terms[0] = "(" + terms[0] + ")"
	}
	return strings.Join(terms, " && ")
}

// refusal is true of what a wire does not take.
func refusal(w *model.Wire) string {
	if w.Where == nil {
		return "false"
	}
	return "!(" + w.Where.Source + ")"
}

// subscriptions gives the prefixes that a subscriber tells its publisher: what
// begins otherwise can't pass the filter.
func (b *builder) subscriptions(m *schema.Message, where string) []spec.Value {
	if where == "" {
		return nil
	}
	expr, _ := filter.Check(where, &filter.Scope{Message: m, Names: b.exprNames(), Topic: true}, &schema.Type{Kind: schema.Bool})
	if expr == nil {
		return nil // it is not for us to say so; everything is subscribed to
	}
	var list []spec.Value
	for _, p := range expr.Prefixes() {
		if p.Name != "" {
			list = append(list, spec.Value{Param: p.Name})
			continue
		}
		text := readable(p.Text)
		if text == "" {
			return nil
		}
		list = append(list, spec.Value{Const: model.Outside(stringType, text)})
	}
	return list
}

// readable cuts a prefix where JSON can't say it, at what is no UTF-8: what
// begins with all of it begins with that much.
func readable(prefix string) string {
	for i, r := range prefix {
		if r == utf8.RuneError && !strings.HasPrefix(prefix[i:], string(utf8.RuneError)) {
			return prefix[:i]
		}
	}
	return prefix
}

// exprNames gives the consts and parameters of main as expressions see them.
func (b *builder) exprNames() map[string]filter.Name {
	names := map[string]filter.Name{}
	for _, c := range b.program.Consts {
		if c.Type.Kind != schema.Map {
			names[c.Name] = filter.Name{Type: c.Type, Value: filterValue(c.Value)}
		}
	}
	for _, p := range b.program.Graph.Params {
		names[p.Name] = filter.Name{Type: p.Type.Type}
	}
	return names
}

// filterValue gives a value as [filter.Name] has it.
func filterValue(v model.Value) any {
	list, ok := v.([]model.Value)
	if !ok {
		return v
	}
	values := make([]any, len(list))
	for i, e := range list {
		values[i] = filterValue(e)
	}
	return values
}

// peerOf is the pattern of who can talk to a port of ours that is exposed.
var peerOf = map[model.Pattern]model.Pattern{
	model.Push: model.Pull, model.Pub: model.Sub, model.Req: model.Rep, model.Dealer: model.Router, model.Pair: model.Pair,
	model.Pull: model.Push, model.Sub: model.Pub, model.In: model.Push, model.Rep: model.Req, model.Router: model.Dealer,
}

// addExposes makes a wire of each exposed port: its other end is whoever comes.
// To everything behind the plan it is a wire to an actor that runs elsewhere.
func (b *builder) addExposes() {
	for _, x := range b.program.Graph.Exposes {
		ours, foreign := x.End, b.foreign(x)
		if ours.Port.Pattern.Outgoing() {
			b.addExposed(x, ours, foreign)
			continue
		}
		b.addExposed(x, foreign, ours)
		if ours.Port.Pattern == model.Pair {
			b.addExposed(x, ours, foreign)
		}
	}
}

// foreign makes an actor of the peers of an exposed port.
func (b *builder) foreign(x *model.Expose) model.End {
	ours := x.End
	port := &model.Port{
		Name:    written(value(stringType, x.Address.Endpoint)),
		Pattern: peerOf[ours.Port.Pattern],
		Message: model.PortType{Message: ours.Instance.Message(ours.Port.Message)},
		Reply:   model.PortType{Message: ours.Instance.Message(ours.Port.Reply)},
		Codec:   x.Codec,
		Address: &x.Address,
	}
	if port.Pattern == model.Pair {
		port.Message, port.Reply = port.Reply, port.Message
	}
	return model.End{
		Instance: &model.Instance{Actor: &model.Actor{External: true, Ports: []*model.Port{port}}, Replicas: 1},
		Port:     port,
		Span:     x.Span,
	}
}

func (b *builder) addExposed(x *model.Expose, from, to model.End) {
	w := &model.Wire{Span: x.Span, From: from, To: to, Queue: model.Queue{Messages: exposedQueue, Full: "block"}}
	switch {
	case from.Port.Pattern == model.Pub:
		w.Queue.Full = "drop_oldest"
	case from.Port.Pattern.Requests():
		w.Timeout = exposedTimeout
	}
	id := len(b.plan.Wires)
	b.addWire(w)
	wire := &b.plan.Wires[id]
	wire.Exposed = true
	wire.Name = exposedName(wire)
}

// exposedName names the peers of an exposed port by the endpoint.
func exposedName(w *spec.Wire) string {
	name := func(e spec.End) string {
		if e.External {
			return e.Port
		}
		return e.Instance + "." + e.Port
	}
	return name(w.From) + " -> " + name(w.To)
}

// written spells a value as its source does.
func written(v spec.Value) string {
	switch {
	case v.Param != "":
		return v.Param
	case v.Secret != "":
		return fmt.Sprintf("secret(%q)", v.Secret)
	case v.Env != "" && v.Default != nil:
		return fmt.Sprintf("env(%q, %q)", v.Env, *v.Default)
	case v.Env != "":
		return fmt.Sprintf("env(%q)", v.Env)
	}
	var text string
	if json.Unmarshal(v.Const, &text) != nil {
		return string(v.Const)
	}
	return text
}
