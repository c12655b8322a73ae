package conformance

import (
	"fmt"
	"strings"
	"testing"
)

var topicTable = &table{
	title:   "Topics",
	text:    "Frames [topic, payload].",
	head:    []string{"case"},
	columns: []string{"pyzmq", "C"},
}

// strange are topics with any bytes: no text, ends, prefixes of each other.
var strange = []string{"", "\x00", "a", "a\x00", "a\x00b", "\xff\xfe\x00", "\x01", strings.Repeat("long", 60), "ü", "\r\n", allBytes()}

func allBytes() string {
	b := make([]byte, 256)
	for i := range b {
		b[i] = byte(i)
	}
	return string(b)
}

// topics publishes and subscribes to topics of any bytes.
func topics(t *testing.T) {
	for _, column := range topicTable.columns {
		for _, c := range []struct {
			row string
			run func(t *testing.T, k kind)
		}{
			{"theirs publishes under any bytes, ours takes all", takeAllTopics},
			{"ours subscribes to a prefix with bytes that are no text", takeSomeTopics},
			{"ours publishes, theirs subscribes to prefixes", theySubscribeToSome},
			{"theirs subscribes and unsubscribes while it runs", theyChangeTopics},
			{"theirs publishes without a topic", theyShout},
		} {
			t.Run(c.row+" "+column, func(t *testing.T) {
				topicTable.enter(t, c.row, column)
				t.Parallel()
				c.run(t, kind(column))
			})
		}
	}
}

// subscribing is a program that takes what a foreign publisher sends.
func subscribing(where string) pairing {
	return pairing{"sub", "pub", `actor Peer external { pub items Item codec json AT }
graph main {
  peer = Peer(), print = file.Write(path: "-")
  peer -> print ` + where + `
}`, nil}
}

// takeNumbered demands that items come with these numbers, behind echoes of
// what was said to find out whether anybody listens.
func takeNumbered(t *testing.T, next func() string, want []int) {
	t.Helper()
	for i, n := range want {
		text := next()
		for i == 0 && parse(t, text).N == -1 {
			text = next()
		}
		whole(t, text, n)
	}
}

func takeAllTopics(t *testing.T, k kind) {
	c := subscribing("")
	g, p := join(t, &c, k, true, "ipc://"+t.TempDir()+"/s")
	repeat(t, func() { p.send("sync", item(-1, "")) }, g.process)
	var want []int
	for n, topic := range strange {
		p.send(topic, item(n, ""))
		want = append(want, n)
	}
	takeNumbered(t, g.next, want)
	g.stop()
	p.leave()
}

func takeSomeTopics(t *testing.T, k kind) {
	c := subscribing(`where topic startsWith "\xff\x00" || topic == "exactly"`)
	g, p := join(t, &c, k, true, "ipc://"+t.TempDir()+"/s")
	repeat(t, func() { p.send("\xff\x00sync", item(-1, "")) }, g.process)
	var want []int
	for n, topic := range []string{"\xff\x00", "\xff", "\xff\x00\xff", "exactly", "exactly not", "\x00\xff", "exactl", "\xff\x00 end"} {
		p.send(topic, item(n, ""))
		if strings.HasPrefix(topic, "\xff\x00") || topic == "exactly" {
			want = append(want, n)
		}
	}
	takeNumbered(t, g.next, want)
	g.stop()
	p.leave()
}

// publishing is a program that publishes items to foreign subscribers.
const publishing = `actor Peer external { sub items Item codec json AT }
graph main {
  items = file.Lines<Item>(path: "-"), publish = Publish(), peer = Peer()
  items -> publish
  publish -> peer
}`

// gotItem is the item of a message that a subscriber has got.
func (p *peer) gotItem() string {
	p.t.Helper()
	return frames(p.t, p.got(), 2)[1]
}

func theySubscribeToSome(t *testing.T, k kind) {
	c := pairing{"pub", "sub", publishing, nil}
	g, p := join(t, &c, k, true, "ipc://"+t.TempDir()+"/s", "topic="+word("a\x00"))
	repeat(t, func() { g.say(item(-1, "a\x00sync")) }, p.process)
	for n, topic := range []string{"b", "a\x00", "a", "a\x00b", "", "ab", "a\x00ü"} {
		g.say(item(n, topic))
	}
	g.close()
	takeNumbered(t, p.gotItem, []int{1, 3, 6})
	g.finish()
	p.leave()
}

// theyChangeTopics changes what a subscriber takes. Whether the publisher has
// heard of it shows what it sends.
func theyChangeTopics(t *testing.T, k kind) {
	c := pairing{"pub", "sub", publishing, nil}
	g, p := join(t, &c, k, true, "ipc://"+t.TempDir()+"/s", "topic="+word("a"))
	repeat(t, func() { g.say(item(-1, "a")) }, p.process)
	p.say("subscribe " + word("b"))
	repeatUntil(t, p, func() { g.say(item(-2, "b")) }, "b")
	p.say("unsubscribe " + word("a"))
	p.say("subscribe " + word("c"))
	repeatUntil(t, p, func() { g.say(item(-3, "c")) }, "c")
	// The publisher hears the two in order, so a is no longer wanted.
	for n := range some {
		g.say(item(n, "a"))
		g.say(item(n, "b"))
	}
	g.close()
	for n := 0; n < some; {
		got := frames(t, p.got(), 2)
		switch {
		case got[0] == "a" && parse(t, got[1]).N >= 0:
			t.Fatal("what is no longer wanted comes")
		case got[0] == "b" && parse(t, got[1]).N == n:
			n++
		}
	}
	g.finish()
	p.leave()
}

// repeatUntil says something until the peer gets it under a topic.
func repeatUntil(t *testing.T, p *peer, say func(), topic string) {
	t.Helper()
	for {
		say()
		for {
			line, ok := p.soon(retry)
			if ok && p.parse(line)[0] == topic {
				return
			}
			if !ok {
				break
			}
		}
	}
}

// theyShout has theirs send one frame, the payload.
func theyShout(t *testing.T, k kind) {
	c := subscribing("")
	g, p := join(t, &c, k, true, "ipc://"+t.TempDir()+"/s")
	repeat(t, func() { p.send(item(-1, "")) }, g.process)
	var want []int
	for n := range some {
		p.send(item(n, fmt.Sprint(n)))
		want = append(want, n)
	}
	takeNumbered(t, g.next, want)
	g.stop()
	p.leave()
}
