package conformance

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A pairing is a pattern of ours with one that it meets. talk is what is said.
type pairing struct {
	ours, theirs string
	program      string // AT stands for how and where we attach
	talk         func(t *testing.T, g *graph, p *peer)
}

var pairings = []pairing{
	{"push", "pull", `actor Peer external { pull items Item codec json AT }
graph main {
  items = file.Lines<Item>(path: "-"), peer = Peer()
  items -> peer
}`, theyPull},
	{"pull", "push", `actor Peer external { push items Item codec json AT }
graph main {
  peer = Peer(), print = file.Write(path: "-")
  peer -> print
}`, theyPush},
	{"pub", "sub", `actor Peer external { sub items Item codec json AT }
graph main {
  items = file.Lines<Item>(path: "-"), publish = Publish(), peer = Peer()
  items -> publish
  publish -> peer
}`, theySubscribe},
	{"sub", "pub", `actor Peer external { pub items Item codec json AT }
graph main {
  peer = Peer(), print = file.Write(path: "-")
  peer -> print where topic startsWith "a."
}`, theyPublish},
	{"req", "rep", asking("req", "rep"), theyAnswer},
	{"req", "router", asking("req", "router"), theyAnswer},
	{"dealer", "rep", asking("dealer", "rep"), theyAnswer},
	{"dealer", "router", asking("dealer", "router"), theyAnswerLater},
	{"rep", "req", answering("rep", "req"), theyAsk},
	{"rep", "dealer", answering("rep", "dealer"), func(t *testing.T, g *graph, p *peer) { theyAskMuch(t, g, p, false) }},
	{"router", "req", answering("router", "req"), theyAsk},
	{"router", "dealer", answering("router", "dealer"), func(t *testing.T, g *graph, p *peer) { theyAskMuch(t, g, p, true) }},
	{"pair", "pair", `actor Peer external { pair talk Item <-> Item codec json AT }
graph main {
  items = file.Lines<Item>(path: "-"), talk = Talk(), peer = Peer(), print = file.Write(path: "-")
  items -> talk.items
  talk.talk -> peer.talk
  talk.heard -> print
}`, theyTalk},
}

// asking is a program that asks a foreign peer.
func asking(ours, theirs string) string {
	actor := map[string]string{"req": "Ask", "dealer": "Deal"}[ours]
	return `actor Peer external { ` + theirs + ` asked Item -> Item codec json AT }
graph main {
  items = file.Lines<Item>(path: "-"), ask = ` + actor + `(), peer = Peer(), print = file.Write(path: "-")
  items -> ask.items
  ask.ask -> peer
  ask.answers -> print
}`
}

// answering is a program that is asked by a foreign peer.
func answering(ours, theirs string) string {
	actor := map[string]string{"rep": "Answer", "router": "Later"}[ours]
	together := ""
	if theirs == "req" && ours == "router" {
		together = "together: 1"
	}
	return `actor Peer external { ` + theirs + ` ask Item -> Item codec json AT }
graph main {
  peer = Peer(), answer = ` + actor + `(` + together + `)
  peer -> answer
}`
}

// attach writes how we attach, and gives how they do.
func attach(program string, bind bool, endpoint string) (text, theirs string) {
	ours, theirs := "connect", "bind"
	if bind {
		ours, theirs = theirs, ours
	}
	return strings.ReplaceAll(program, "AT", fmt.Sprintf("%s %q", ours, endpoint)), theirs
}

// join starts both sides: first the one that binds.
func join(t *testing.T, c *pairing, k kind, bind bool, endpoint string, options ...string) (*graph, *peer) {
	t.Helper()
	program, theirs := attach(c.program, bind, endpoint)
	if bind {
		g := start(t, program)
		return g, meet(t, k, c.theirs, theirs, endpoint, options...)
	}
	p := meet(t, k, c.theirs, theirs, endpoint, options...)
	return start(t, program), p
}

// some is how many messages are enough to see that they come whole and in
// order.
const some = 50

// item is the JSON of an item, as it is read.
func item(n int, topic string) string {
	about, err := json.Marshal(topic)
	if err != nil {
		panic("bug: " + err.Error())
	}
	return fmt.Sprintf(`{"n":%d,"about":%s,"text":"Grüße, \"world\"","x":-0.5,"took":"1.5s","level":"high","tags":["a","b"]}`, n, about)
}

// A seen is what a test looks at in an item that has come.
type seen struct {
	N     int
	About string
	Text  string
	X     float64
	Level string
	Tags  []string
}

func parse(t *testing.T, text string) seen {
	t.Helper()
	var s seen
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Fatalf("%v: %q", err, text)
	}
	return s
}

// whole demands that an item is number n, with all its fields.
func whole(t *testing.T, text string, n int) {
	t.Helper()
	if s := parse(t, text); s.N != n || s.Text != `Grüße, "world"` || s.X != -0.5 || s.Level != "high" || !slices.Equal(s.Tags, []string{"a", "b"}) {
		t.Fatalf("item %d is %+v", n, s)
	}
}

func frames(t *testing.T, got []string, want int) []string {
	t.Helper()
	if len(got) != want {
		t.Fatalf("%d frames, want %d: %q", len(got), want, got)
	}
	return got
}

func theyPull(t *testing.T, g *graph, p *peer) {
	for n := range some {
		g.say(item(n, ""))
	}
	g.close()
	for n := range some {
		whole(t, frames(t, p.got(), 1)[0], n)
	}
	if c := g.finish().foreign(t); c.Delivered != some {
		t.Errorf("%+v", c)
	}
}

func theyPush(t *testing.T, g *graph, p *peer) {
	for n := range some {
		p.send(item(n, ""))
	}
	for n := range some {
		whole(t, g.next(), n)
	}
	if c := g.stop().foreign(t); c.Delivered != some || c.Offered != some {
		t.Errorf("%+v", c)
	}
}

// retry is how long a test waits before it says again what may not have been
// heard: a publisher can't know whether a subscription has come.
const retry = 20 * time.Millisecond

// repeat says something until it is heard. More echoes may come; whoever takes
// the rest passes over them.
func repeat(t *testing.T, say func(), heard *process) {
	t.Helper()
	for {
		say()
		if _, ok := heard.soon(retry); ok {
			return
		}
	}
}

func theySubscribe(t *testing.T, g *graph, p *peer) {
	repeat(t, func() { g.say(item(-1, "sync")) }, p.process)
	for n := range some {
		g.say(item(n, fmt.Sprintf("t.%d", n)))
	}
	g.close()
	for n := range some {
		got := frames(t, p.got(), 2)
		for n == 0 && got[0] == "sync" {
			got = frames(t, p.got(), 2)
		}
		if want := fmt.Sprintf("t.%d", n); got[0] != want {
			t.Fatalf("topic %q, want %q", got[0], want)
		}
		whole(t, got[1], n)
	}
	if c := g.finish().foreign(t); c.Dropped != 0 || c.Delivered <= some {
		t.Errorf("%+v", c)
	}
}

func theyPublish(t *testing.T, g *graph, p *peer) {
	repeat(t, func() { p.send("a.sync", item(-1, "")) }, g.process)
	for n := range some {
		p.send("b.no", item(n, "no"))
		p.send(fmt.Sprintf("a.%d", n), item(n, ""))
	}
	for n := range some {
		line := g.next()
		for n == 0 && parse(t, line).N == -1 {
			line = g.next()
		}
		whole(t, line, n)
	}
	g.stop()
}

// theyAnswer answers one question after the other; what comes before a
// question's last frame is sent back before the answer's.
func theyAnswer(t *testing.T, g *graph, p *peer) {
	for n := range some {
		g.say(item(n, ""))
		got := p.got()
		whole(t, got[len(got)-1], n)
		p.send(append(got[:len(got)-1:len(got)-1], item(n+1000, ""))...)
		whole(t, g.next(), n+1000)
	}
	g.say(item(7, ""))
	got := p.got()
	p.send(append(got[:len(got)-1:len(got)-1], "", "no such thing")...)
	if s := parse(t, g.next()); s.N != 7 || !strings.Contains(s.Text, "no such thing") {
		t.Errorf("an error reply is %+v", s)
	}
	g.close()
	if c := g.finish().foreign(t); c.Offered != some+1 || c.Delivered != some+1 {
		t.Errorf("%+v", c)
	}
}

func theyAnswerLater(t *testing.T, g *graph, p *peer) {
	for n := range some {
		g.say(item(n, ""))
	}
	questions := map[int][]string{}
	for range some {
		got := p.got()
		questions[parse(t, got[len(got)-1]).N] = got
	}
	for n := some - 1; n >= 0; n-- {
		got, ok := questions[n]
		if !ok {
			t.Fatalf("question %d did not come", n)
		}
		p.send(append(got[:len(got)-1:len(got)-1], item(n+1000, ""))...)
	}
	for n := some - 1; n >= 0; n-- {
		whole(t, g.next(), n+1000)
	}
	g.close()
	g.finish()
}

func theyAsk(t *testing.T, g *graph, p *peer) {
	for n := range some {
		p.send(item(n, ""))
		whole(t, frames(t, p.got(), 1)[0], n+1000)
	}
	p.send(item(-7, ""))
	if got := frames(t, p.got(), 2); got[0] != "" || !strings.Contains(got[1], "no answer") {
		t.Errorf("an error reply is %q", got)
	}
	g.stop()
}

// theyAskMuch asks much before it hears an answer; if late, answers come in
// pairs, the second first.
func theyAskMuch(t *testing.T, g *graph, p *peer, late bool) {
	for n := range some {
		p.send("", item(n, ""))
	}
	for n := range some {
		got := frames(t, p.got(), 2)
		if late {
			n ^= 1
		}
		whole(t, got[1], n+1000)
	}
	g.stop()
}

func theyTalk(t *testing.T, g *graph, p *peer) {
	for n := range some {
		g.say(item(n, ""))
		p.send(item(n+1000, ""))
	}
	for n := range some {
		whole(t, frames(t, p.got(), 1)[0], n)
		whole(t, g.next(), n+1000)
	}
	g.stop()
}

// exposed are the pairings where our port is exposed, by "ours theirs".
var exposed = map[string]string{
	"push pull": `items = file.Lines<Item>(path: "-")
  expose items.lines AT codec json`,
	"pull push": `take = Take(), print = file.Write(path: "-")
  take -> print
  expose take.items AT codec json`,
	"pub sub": `items = file.Lines<Item>(path: "-"), publish = Publish()
  items -> publish
  expose publish.published AT codec json`,
	"sub pub": `hear = Hear(), print = file.Write(path: "-")
  hear -> print where about == ""
  expose hear.items AT codec json`,
	"req rep":       exposedAsk("Ask"),
	"req router":    exposedAsk("Ask"),
	"dealer rep":    exposedAsk("Deal"),
	"dealer router": exposedAsk("Deal"),
	"rep req":       exposedAnswer("Answer()"),
	"rep dealer":    exposedAnswer("Answer()"),
	"router req":    exposedAnswer("Later(together: 1)"),
	"router dealer": exposedAnswer("Later()"),
	"pair pair": `items = file.Lines<Item>(path: "-"), talk = Talk(), print = file.Write(path: "-")
  items -> talk.items
  talk.heard -> print
  expose talk.talk AT codec json`,
}

func exposedAsk(actor string) string {
	return `items = file.Lines<Item>(path: "-"), ask = ` + actor + `(), print = file.Write(path: "-")
  items -> ask.items
  ask.answers -> print
  expose ask.ask AT codec json`
}

func exposedAnswer(actor string) string {
	return `answer = ` + actor + `
  expose answer.asked AT codec json`
}

// expose is join with a port that is exposed.
func expose(t *testing.T, c *pairing, endpoint string) (*graph, *peer) {
	t.Helper()
	program, ok := exposed[c.ours+" "+c.theirs]
	if !ok {
		t.Fatalf("nothing exposes a %s for a %s", c.ours, c.theirs)
	}
	g := start(t, "graph main {\n  "+strings.ReplaceAll(program, "AT", strconv.Quote(endpoint))+"\n}")
	return g, meet(t, pyzmq, c.theirs, "connect", endpoint)
}

var patternTable = &table{
	title:   "Patterns",
	text:    "Over ipc, with JSON. An exposed port is met without an external actor.",
	head:    []string{"ours", "theirs"},
	columns: []string{"pyzmq, we bind", "pyzmq, we connect", "C, we bind", "C, we connect", "pyzmq, exposed"},
}

// patterns goes through all patterns, all ways to attach and both kinds of
// peers.
func patterns(t *testing.T) {
	for _, c := range pairings {
		for _, column := range patternTable.columns {
			t.Run(c.ours+" "+c.theirs+" "+column, func(t *testing.T) {
				patternTable.enter(t, c.ours+" | "+c.theirs, column)
				t.Parallel()
				endpoint := "ipc://" + t.TempDir() + "/s"
				var g *graph
				var p *peer
				if k, how, attached := strings.Cut(column, ", we "); attached {
					g, p = join(t, &c, kind(k), how == "bind", endpoint)
				} else {
					g, p = expose(t, &c, endpoint)
				}
				c.talk(t, g, p)
				p.leave()
				g.quiet()
			})
		}
	}
}
