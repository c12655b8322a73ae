package check_test

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/model"
)

// program loads one of the good programs.
func program(t *testing.T, name string) *model.Program {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	p, found := load("some/folder/"+name, string(text))
	if p == nil {
		t.Fatal(found)
	}
	return p
}

func instance(t *testing.T, p *model.Program, name string) *model.Instance {
	t.Helper()
	i := slices.IndexFunc(p.Graph.Instances, func(i *model.Instance) bool { return i.Name == name })
	if i < 0 {
		t.Fatalf("the model has no instance %q", name)
	}
	return p.Graph.Instances[i]
}

func wire(t *testing.T, p *model.Program, name string) *model.Wire {
	t.Helper()
	i := slices.IndexFunc(p.Graph.Wires, func(w *model.Wire) bool { return w.Name() == name })
	if i < 0 {
		t.Fatalf("the model has no wire %s", name)
	}
	return p.Graph.Wires[i]
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func TestModelOfProgram(t *testing.T) {
	p := program(t, "good_quakes.actors")
	equal(t, "the file", p.File, "some/folder/good_quakes.actors")
	equal(t, "the name", p.Name, "good_quakes")
	equal(t, "the number of messages", len(p.Messages), 2)
	equal(t, "the number of actors", len(p.Actors), 1)
	tally := p.Actors[0]
	equal(t, "the folder of the handler", tally.Dir, "some/folder")
	equal(t, "the doc", tally.Doc, "Keeps a running tally per network and publishes it every so often.")
	equal(t, "the key", tally.Ports[0].Key, []string{"net"})
	equal(t, "the topic", tally.Ports[1].Topic.Source, "network")
	equal(t, "the default of every", *tally.Params[0].Default, model.Value(time.Second))
	if p.Enums[0].EnumType != p.Messages[0].Fields[7].Type.Enum {
		t.Error("the field's enum is another one than the declared")
	}
}

func TestModelOfInstances(t *testing.T) {
	p := program(t, "good_requests.actors")
	desk := instance(t, p, "desk")
	equal(t, "replicas", desk.Replicas, 3)
	equal(t, "restart", desk.Restart, model.Restart{Policy: "always", Max: 10, Within: time.Minute})
	equal(t, "limit", desk.Args[0].Value, model.Value(model.ParamRef{Name: "threshold"}))
	equal(t, "weights", desk.Args[2].Value, model.Value(map[string]model.Value{"base": 2.0, "odd name": 0.5}))
	none := "none"
	equal(t, "env INPUT", desk.Env[1].Value, model.Value(model.ParamRef{Name: "input"}))
	equal(t, "env TOKEN", desk.Env[2].Value, model.Value(model.Env{Name: "TOKEN", Default: &none}))
	equal(t, "the path of near", instance(t, p, "near").Args[0].Value, model.Value(model.Env{Name: "MODEL"}))

	book := instance(t, p, "book")
	equal(t, "the default restart", book.Restart, model.Restart{Policy: "on_failure", Max: 5, Within: time.Minute})
	equal(t, "the default of replicas", book.Replicas, 1)
	follow := instance(t, p, "orders").Args[2]
	equal(t, "the place of a default", follow.Span, instance(t, p, "orders").Span)
	equal(t, "the value of a default", follow.Value, model.Value(false))
	equal(t, "the value of an optional", instance(t, program(t, "good_cycle.actors"), "jobs").Args[1].Value, model.Value(nil))
	equal(t, "a parameter without a default", p.Graph.Params[1].Default, (*model.Value)(nil))
}

func TestModelOfWires(t *testing.T) {
	p := program(t, "good_requests.actors")
	block := model.Queue{Messages: 1000, Full: "block"}

	w := wire(t, p, "desk.check -> book.check")
	equal(t, "a timeout by a const", w.Timeout, 250*time.Millisecond)
	equal(t, "retry", w.Retry, 3)
	equal(t, "the queue of requests", w.Queue, block)
	w = wire(t, p, "desk.score -> near.score")
	equal(t, "timeout never", w.Timeout, time.Duration(0))
	equal(t, "the names in a filter", w.Where.Names, []string{"eu", "threshold"})
	w = wire(t, p, "desk.score -> far.score")
	equal(t, "the default timeout", w.Timeout, 5*time.Second)
	equal(t, "else", w.Else, true)
	equal(t, "a queue that drops", w.Queue, model.Queue{Messages: 10, Full: "drop_newest"})
	w = wire(t, p, "orders.lines -> desk.orders")
	equal(t, "a queue in bytes by a const", w.Queue, model.Queue{Bytes: 64 << 10, Full: "block"})
	equal(t, "the timeout of a push", w.Timeout, time.Duration(0))
	w = wire(t, p, "desk.decided -> screen.verdicts")
	equal(t, "the queue of a pub that blocks", w.Queue, model.Queue{Messages: 100, Full: "block"})
	w = wire(t, p, "desk.decided -> log.messages")
	equal(t, "the queue of a pub", w.Queue, model.Queue{Messages: 1000, Full: "drop_oldest"})
}

func TestModelOfTypes(t *testing.T) {
	p := program(t, "good_generics.actors")
	types := map[string]map[string]string{
		"feed": {"T": "Quake"}, "notes": {"A": "Quake", "B": "Note"}, "first": {"T": "Note"},
		"third": {"T": "Note"}, "end": {"T": "Note"}, "count": {"T": "Quake"}, "ticks": {"T": "timer.Tick"}, "clock": {},
	}
	for name, want := range types {
		i := instance(t, p, name)
		got := map[string]string{}
		for param, message := range i.Types {
			got[param] = message.Name
		}
		equal(t, "the types of "+name, got, want)
	}
	w := wire(t, p, "notes.to -> first.from")
	equal(t, "the message of a wire", w.From.Instance.Message(w.From.Port.Message).Name, "Note")
}

func TestModelOfDefaults(t *testing.T) {
	p := program(t, "good_definitions.actors")
	want := map[string]string{
		"a": `"x"`, "b": `true`, "c": `65536`, "d": `1`, "e": `"cmF3"`, "f": `"2018-02-01T00:00:00Z"`, "g": `90000000000`,
		"h": `[1,"two",{"three":3}]`, "i": `"off"`, "j": `[]`, "k": `{"x":true}`, "l": `{"n":1}`, "m": "", "n_": "",
	}
	for _, m := range p.Messages {
		if m.Name != "Wide" {
			continue
		}
		got := map[string]string{}
		for _, f := range m.Fields {
			got[f.Name] = f.Default
		}
		equal(t, "the defaults", got, want)
		n, _ := m.Field("n_")
		equal(t, "the outside name", n.Outside(), "n")
	}
	if p.Graph != nil {
		t.Error("a file of definitions has a graph")
	}
	consts := map[string]string{}
	for _, c := range p.Consts {
		consts[c.Name] = c.Type.String()
	}
	equal(t, "the types of consts", consts, map[string]string{"limit": "float", "mixed": "[float]", "alias": "float", "table": "{string: int}"})
	equal(t, "Rejected", p.Messages[4].Fields[0].Type.Message, schema.Rejected)
}

func TestModelOfForeigners(t *testing.T) {
	p := program(t, "good_foreign.actors")
	market := instance(t, p, "market").Actor
	equal(t, "an external actor is endless", market.Endless, true)
	equal(t, "an external actor is in Go", market.InGo(), false)
	equal(t, "the address by a const", market.Port("prices").Address.Endpoint, model.Value("tcp://10.0.0.9:5555"))
	equal(t, "the address by a parameter", market.Port("lookup").Address.Endpoint, model.Value(model.ParamRef{Name: "lookup_at"}))
	orders := market.Port("orders").Address.Endpoint.(model.Env)
	equal(t, "the address from the environment", orders.Name+" "+*orders.Default, "ORDERS ipc:///run/market/orders")
	equal(t, "connect", market.Port("orders").Address.Bind, false)
	equal(t, "bind", market.Port("deals").Address.Bind, true)
	equal(t, "a codec", market.Port("orders").Codec, "pickle")
	equal(t, "the default codec", market.Port("lookup").Codec, "msgpack")
	equal(t, "what a pair receives", market.Port("moves").Reply.Message.Name, "Seen")

	score := instance(t, p, "score").Actor
	equal(t, "the command", score.Exec, []string{"python3", "score.py", "--fast"})
	equal(t, "a program is in Go", score.InGo(), false)
	pick := instance(t, p, "pick").Actor
	equal(t, "lines", pick.Lines, true)
	equal(t, "the codec of lines", pick.Port("b").Codec, "json")
	trader := instance(t, p, "trader")
	equal(t, "a handler is in Go", trader.Actor.InGo(), true)
	equal(t, "the codec of a handler", trader.Actor.Port("prices").Codec, "")
	equal(t, "the process", trader.Process, "floor")
	equal(t, "the topic of a push", trader.Actor.Port("orders").Topic.Source, "symbol")
	equal(t, "a filter of topics", wire(t, p, "market.prices -> trader.prices").Where.Source, `topic startsWith "eu." && price > 3`)
	equal(t, "the queue of a pair", wire(t, p, "trader.moves -> market.moves").Queue, model.Queue{Messages: 1000, Full: "block"})
}

func TestModelOfExposes(t *testing.T) {
	exposes := program(t, "good_foreign.actors").Graph.Exposes
	got := make([]string, len(exposes))
	for i, e := range exposes {
		got[i] = e.End.String() + " " + e.Codec
	}
	equal(t, "what is exposed", got, []string{"book.quote json", "book.changes msgpack", "book.rejected msgpack"})
	equal(t, "its address", exposes[1].Address.Endpoint, model.Value(model.ParamRef{Name: "book_at"}))
	equal(t, "we bind", exposes[0].Address.Bind, true)
}

func TestModelOfComponents(t *testing.T) {
	p := program(t, "good_components.actors")
	var lines []string
	for _, w := range p.Graph.Wires {
		line := w.Name()
		if w.Where != nil {
			line += " where " + w.Where.Source
		}
		if w.Else {
			line += " else"
		}
		lines = append(lines, line)
	}
	want := `feed.lines -> split.docs
split.parts -> twice.first.keep.from where (id > 0) && ((kind == text))
split.parts -> other.first.keep.from where (id < -10) && ((kind == text))
split.parts -> ask.docs where (!(id > 0)) && (!(id < -10))
ask.score -> models.quick.score where (id != 7) && (id < 100)
ask.score -> models.deep.score where (id != 7) && (id >= 100)
ask.score -> last.score where !(id != 7)
ask.rejected -> rest.rows
twice.first.keep.to -> twice.second.keep.from where size > bound && lang in twice$first$langs
twice.first.keep.rejected -> twice.lost.messages
twice.second.keep.to -> sink.rows where (size > bound && lang in twice$second$langs) && (size < twice$most)
twice.second.keep.rejected -> twice.lost.messages
other.first.keep.to -> other.second.keep.from where size > other$first$limit && lang in other$first$langs
other.first.keep.rejected -> other.lost.messages
other.second.keep.to -> sink.rows where (size > other$second$limit && lang in other$second$langs) && (size < other$most)
other.second.keep.rejected -> other.lost.messages`
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("the wires are\n%s\nwant\n%s", got, want)
	}
	into := wire(t, p, "split.parts -> twice.first.keep.from")
	equal(t, "what it leads through", into.Through, []string{"twice.docs", "twice.first.things"})
	equal(t, "its delivery", into.Deliver, "at_least_once")
	equal(t, "the queue within", wire(t, p, "twice.first.keep.to -> twice.second.keep.from").Queue.Messages, 10)
	asked := wire(t, p, "ask.score -> models.quick.score")
	equal(t, "the settings of both sides", []any{asked.Retry, asked.Timeout}, []any{2, 2 * time.Second})
	second := instance(t, p, "twice.second.keep")
	equal(t, "the replicas", second.Replicas, 3)
	equal(t, "the environment", second.Env[0].Value, model.Value("x"))
	equal(t, "what is known at the run", instance(t, p, "twice.first.keep").Env[0].Value.(model.Env).Name, "TOKEN")
	var consts []string
	for _, c := range p.Consts {
		consts = append(consts, c.Name)
	}
	equal(t, "the consts", consts, []string{
		"small", "twice$most", "twice$first$langs", "twice$first$copies", "twice$second$langs", "twice$second$token", "twice$second$copies",
		"other$least", "other$most", "other$first$limit", "other$first$langs", "other$first$copies", "other$second$limit", "other$second$langs",
		"other$second$token", "other$second$copies", "models$slow",
	})
}
