package plan_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/interp/plan"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/runtime/spec"
)

// Messages of the graphs below, which stand for what lang/check makes of a
// source: it gives every wire its queue, and refuses what a plan can't hold.
var (
	price = &schema.Message{Name: "Price", Fields: []schema.Field{{Name: "symbol", Type: &schema.Type{Kind: schema.String}}, {Name: "value", Type: &schema.Type{Kind: schema.Float}}}}
	query = &schema.Message{Name: "Query", Fields: []schema.Field{{Name: "symbol", Type: &schema.Type{Kind: schema.String}}}}
)

func port(name string, pattern model.Pattern, messages ...*schema.Message) *model.Port {
	p := &model.Port{Name: name, Pattern: pattern, Message: model.PortType{Message: messages[0]}}
	if len(messages) > 1 {
		p.Reply.Message = messages[1]
	}
	return p
}

// elsewhere makes a port of an external actor of one.
func elsewhere(p *model.Port, endpoint model.Value, bind bool, codec string) *model.Port {
	p.Address, p.Codec = &model.Address{Endpoint: endpoint, Bind: bind}, codec
	return p
}

func instance(name string, actor model.Actor, ports ...*model.Port) *model.Instance {
	actor.Name, actor.Ports = strings.ToUpper(name[:1])+name[1:], ports
	return &model.Instance{Name: name, Actor: &actor, Replicas: 1, Restart: model.Restart{Policy: "never"}}
}

// join makes a wire of two ends, "a.p" and "b.q".
func join(t *testing.T, g *model.Graph, from, to string) *model.Wire {
	t.Helper()
	end := func(name string) model.End {
		of, port, _ := strings.Cut(name, ".")
		for _, i := range g.Instances {
			if i.Name == of && i.Actor.Port(port) != nil {
				return model.End{Instance: i, Port: i.Actor.Port(port)}
			}
		}
		t.Fatalf("there is no %s", name)
		return model.End{}
	}
	w := &model.Wire{From: end(from), To: end(to), Queue: model.Queue{Messages: 1000, Full: "block"}}
	g.Wires = append(g.Wires, w)
	return w
}

func program(instances ...*model.Instance) *model.Program {
	return &model.Program{File: "m.actors", Name: "m", Graph: &model.Graph{Instances: instances}}
}

// market has a publisher elsewhere, whose address is a parameter, and two that
// hear it.
func market(t *testing.T) *model.Program {
	p := program(
		instance("feed", model.Actor{External: true}, elsewhere(port("prices", model.Pub, price), model.ParamRef{Name: "at"}, false, "json")),
		instance("book", model.Actor{}, port("prices", model.In, price)),
		instance("rest", model.Actor{}, port("prices", model.Sub, price)),
		instance("mail", model.Actor{External: true}, elsewhere(port("letters", model.Pull, price), "tcp://*:9000", true, "")),
	)
	p.Graph.Params = []*model.Param{{Name: "at", Type: model.ParamType{Type: &schema.Type{Kind: schema.String}}}}
	p.Consts = []*model.Const{{Name: "venue", Type: &schema.Type{Kind: schema.String}, Value: "XLON"}}
	p.Graph.Instances[1].Actor.Ports = append(p.Graph.Instances[1].Actor.Ports, port("letters", model.Push, price))
	join(t, p.Graph, "feed.prices", "book.prices").Where = &model.Expr{Source: `topic == venue && value > 1`, Names: []string{"venue"}}
	join(t, p.Graph, "feed.prices", "rest.prices").Else = true
	join(t, p.Graph, "book.letters", "mail.letters").Where = &model.Expr{Source: "value > 2"}
	return p
}

func TestExternal(t *testing.T) {
	p := plan.Build(market(t))
	if len(p.Processes) != 2 || len(p.Wires) != 3 || !p.Wires[0].From.External || p.Wires[0].To.External || !p.Wires[2].To.External {
		t.Fatalf("%d processes, wires %+v", len(p.Processes), p.Wires)
	}
	book, rest := p.Processes[0], p.Processes[1]
	want := spec.InWire{
		Wire: 0, Topic: true, Lanes: []spec.Lane{}, Where: "topic == venue && value > 1",
		Plain: &spec.Plain{Socket: "sub", Endpoint: spec.Value{Param: "at"}, Codec: "json", Subscribe: []spec.Value{{Const: []byte(`"XLON"`)}}, Place: "-"},
	}
	want.Plain.Place = book.Ins[0].Wires[0].Plain.Place
	if got := book.Ins[0].Wires[0]; !reflect.DeepEqual(got, want) {
		t.Errorf("book hears %+v (%+v), not %+v", got, got.Plain, want)
	}
	if got := rest.Ins[0].Wires[0]; got.Where != "!(topic == venue && value > 1)" || got.Plain.Subscribe != nil {
		t.Errorf("rest hears %+v (%+v)", got, got.Plain)
	}
	if got := book.Outs[0].Wires[0]; got.Where != "value > 2" || got.Plain.Socket != "push" || !got.Plain.Bind || got.Plain.Codec != "msgpack" {
		t.Errorf("book sends to %+v (%+v)", got, got.Plain)
	}
	if len(book.Peers)+len(rest.Peers) > 0 || len(p.Start) != 2 {
		t.Errorf("peers %v and %v, start %v", book.Peers, rest.Peers, p.Start)
	}
	if len(p.Names) != 1 || p.Names[0].Name != "venue" {
		t.Errorf("names %v", p.Names)
	}
}

func TestElseOfSeveral(t *testing.T) {
	p := market(t)
	p.Graph.Wires[1].Where = &model.Expr{Source: "value < 9 || value > 10"}
	p.Graph.Instances[0].Actor.Ports = append(p.Graph.Instances[0].Actor.Ports, elsewhere(port("other", model.Pub, price), "tcp://localhost:1", false, ""))
	join(t, p.Graph, "feed.prices", "rest.prices").Where = &model.Expr{Source: "value == 5"}
	join(t, p.Graph, "feed.other", "rest.prices").Where = &model.Expr{Source: "value == 6"}
	rest := plan.Build(p).Processes[1]
	if got, want := rest.Ins[0].Wires[0].Where, "(value < 9 || value > 10) && !(topic == venue && value > 1) && !(value == 5)"; got != want {
		t.Errorf("else is %s, not %s", got, want)
	}
	p.Graph.Wires[3].Where = nil
	if got := plan.Build(p).Processes[1].Ins[0].Wires[0].Where; !strings.HasSuffix(got, " && false") {
		t.Errorf("else beside a wire that takes all is %s", got)
	}
}

func TestExpose(t *testing.T) {
	p := program(
		instance("model", model.Actor{}, port("score", model.Rep, query, price), port("seen", model.Pub, query), port("more", model.In, price), port("ask", model.Dealer, query, price)),
	)
	seen := p.Graph.Instances[0].Actor.Port("seen")
	seen.Topic = &model.Expr{Source: "symbol"}
	fallback := "tcp://127.0.0.1:2"
	for i, at := range []model.Value{"tcp://127.0.0.1:*", model.Env{Name: "SEEN", Default: &fallback}, model.ParamRef{Name: "more"}, "ipc:///tmp/ask"} {
		of := p.Graph.Instances[0]
		p.Graph.Exposes = append(p.Graph.Exposes, &model.Expose{
			End: model.End{Instance: of, Port: of.Actor.Ports[i]}, Address: model.Address{Endpoint: at, Bind: true}, Codec: "json",
		})
	}
	got := plan.Build(p)
	one := got.Processes[0]
	for i, want := range []string{
		"tcp://127.0.0.1:* -> model.score req-rep rep",
		`model.seen -> env("SEEN", "tcp://127.0.0.1:2") pub-sub pub`,
		"more -> model.more push-pull pull",
		"model.ask -> ipc:///tmp/ask dealer-router dealer",
	} {
		w, s := got.Wires[i], one.Ins[0].Wires[0].Plain
		switch i {
		case 1:
			s = one.Outs[0].Wires[0].Plain
		case 2:
			s = one.Ins[1].Wires[0].Plain
		case 3:
			s = one.Outs[1].Wires[0].Plain
		}
		to := w.To.Pattern
		if to == "in" {
			to = s.Socket
		}
		if text := w.Name + " " + w.From.Pattern + "-" + to + " " + s.Socket; text != want || !w.Exposed || !s.Bind || s.Codec != "json" || s.Topic != (i == 1) {
			t.Errorf("%s, %+v, want %s", text, s, want)
		}
	}
	if w := got.Wires[0]; w.Reply != "Price" || w.From.Instance != "" || !w.From.External || w.Queue.Full != "block" {
		t.Errorf("%+v", w)
	}
	if w := got.Wires[1]; w.Queue.Full != "drop_oldest" {
		t.Errorf("%+v", w)
	}
	if w := one.Outs[1].Wires[0]; w.Timeout == 0 {
		t.Errorf("a request without a timeout: %+v", w)
	}
}

func TestPair(t *testing.T) {
	p := program(
		instance("a", model.Actor{}, port("peer", model.Pair, query, price)),
		instance("b", model.Actor{}, port("peer", model.Pair, price, query)),
		instance("c", model.Actor{}, port("peer", model.Pair, price, query)),
		instance("d", model.Actor{External: true}, elsewhere(port("peer", model.Pair, query, price), "tcp://h:1", false, "raw")),
	)
	join(t, p.Graph, "a.peer", "b.peer")
	join(t, p.Graph, "d.peer", "c.peer")
	got := plan.Build(p)
	for i, want := range []string{"a.peer -> b.peer Query", "b.peer -> a.peer Price", "d.peer -> c.peer Query", "c.peer -> d.peer Price"} {
		if w := got.Wires[i]; w.Name+" "+w.Message != want || w.Reply != "" {
			t.Errorf("%+v, want %s", w, want)
		}
	}
	a, c := got.Processes[0], got.Processes[2]
	if o, in := a.Outs[0], a.Ins[0]; o.Message != "Query" || in.Message != "Price" || len(o.Wires[0].Lanes) != 1 || len(in.Wires[0].Lanes) != 1 {
		t.Errorf("a sends %+v, receives %+v", o, in)
	}
	if o, in := c.Outs[0].Wires[0].Plain, c.Ins[0].Wires[0].Plain; !reflect.DeepEqual(o, in) || o.Socket != "pair" {
		t.Errorf("c has the sockets %+v and %+v", o, in)
	}
	if a.Cycle != 1 || got.Processes[1].Cycle != 1 || c.Cycle != 0 {
		t.Errorf("cycles %d, %d, %d", a.Cycle, got.Processes[1].Cycle, c.Cycle)
	}
}

func TestExec(t *testing.T) {
	p := program(
		instance("jq", model.Actor{Exec: []string{"jq", "-c", ".mag"}, Lines: true}, port("in", model.In, price)),
		instance("model", model.Actor{Exec: []string{"python3", "m.py"}}, port("in", model.In, price), port("out", model.Pub, price)),
	)
	p.Graph.Instances[1].Actor.Ports[1].Codec = "pickle"
	p.Graph.Instances[1].Process = "hot"
	got := plan.Build(p)
	if got.Handlers {
		t.Error("a plan of programs needs no handlers")
	}
	jq, m := got.Processes[0], got.Processes[1]
	if !reflect.DeepEqual(jq.Exec, &spec.Exec{Command: []string{"jq", "-c", ".mag"}, Lines: true}) || jq.Ins[0].Codec != "json" || jq.Group != "" {
		t.Errorf("%+v", jq)
	}
	if m.Exec.Lines || m.Ins[0].Codec != "msgpack" || m.Outs[0].Codec != "pickle" || m.Group != "hot" {
		t.Errorf("%+v", m)
	}
}

func TestSubscriptionsThatJSONCannotSay(t *testing.T) {
	for where, want := range map[string]string{
		`topic startsWith "\xff\x00"`:                  "",
		`topic == "ab\xffc"`:                           `"ab"`,
		`topic == "\ufffd"`:                            "\"\ufffd\"",
		`topic == "ab\xff" || topic startsWith "\xff"`: "",
		`topic in ["x", "é\xc3"]`:                      `"x" "é"`,
	} {
		p := market(t)
		p.Graph.Wires[0].Where = &model.Expr{Source: where}
		var got []string
		for _, v := range plan.Build(p).Processes[0].Ins[0].Wires[0].Plain.Subscribe {
			got = append(got, string(v.Const))
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%s subscribes to %s, not %s", where, text, want)
		}
	}
}
