package conformance

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/internal/testbed"
)

var codecTable = &table{
	title: "Codecs",
	text: "pyzmq with Python's own libraries: msgspec for MessagePack, json, pickle. Over tcp; all kinds of values, with null and absent ones. *pickle* is data only, both ways: what would call anything " +
		"is refused. *raw* is the one field of a message, bytes or a string.",
	head:    []string{"codec"},
	columns: []string{"ours pushes", "theirs pushes", "theirs asks", "ours asks"},
}

// value is an item in Python's words, as JSON: with codec=NAME the peer
// encodes it with its own library.
func value(n int) string {
	text := fmt.Sprintf(`{"n":%d,"text":"Grüße, \"world\"","x":-0.5,"took":1500000000,"level":"high","tags":["a","b"],"unknown":{"more":[1,null]}}`, n)
	return strings.ReplaceAll(text, " ", `\u0020`)
}

// told has the peer send a value with its own library, behind frames as they
// are.
func (p *peer) told(value string, frames ...string) {
	p.t.Helper()
	words := []string{"send"}
	for _, f := range frames {
		words = append(words, word(f))
	}
	p.say(strings.Join(append(words, "="+value), " "))
}

// heard waits for a message, and gives what the peer's own library makes of
// its last frame, and how many there are.
func (p *peer) heard() (value string, frames int) {
	p.t.Helper()
	words := strings.Split(p.next(), " ")
	value, ok := strings.CutPrefix(words[len(words)-1], "=")
	if words[0] != "got" || !ok {
		p.t.Fatalf("%s says %q", p.name, words)
	}
	return value, len(words) - 1
}

// codecs goes through all codecs.
func codecs(t *testing.T) {
	for _, codec := range []string{"msgpack", "json", "pickle"} {
		for _, c := range []struct {
			column string
			p      pairing
			talk   func(t *testing.T, g *graph, p *peer)
		}{
			{"ours pushes", pairings[0], decodeOurs}, {"theirs pushes", pairings[1], decodeTheirs},
			{"theirs asks", pairing{theirs: "req", program: answering("rep", "req")}, answerTheirs},
			{"ours asks", pairing{theirs: "rep", program: asking("req", "rep")}, askTheirs},
		} {
			t.Run(codec+" "+c.column, func(t *testing.T) {
				codecTable.enter(t, codec, c.column)
				t.Parallel()
				c.p.program = strings.ReplaceAll(c.p.program, "codec json", "codec "+codec)
				g, p := join(t, &c.p, pyzmq, true, testbed.FreeTCP(t, "127.0.0.1"), "codec="+codec)
				c.talk(t, g, p)
				p.leave()
			})
		}
	}
	raw(t)
}

// everything is an item with all its fields.
const everything = `{"n":1,"about":"t","text":"x","x":2.5,"at":"2018-02-07T01:49:59.65Z","took":"1.5s","data":"AP8=","level":"high","tags":["a"]}`

func decodeOurs(t *testing.T, g *graph, p *peer) {
	g.say(item(0, ""))
	g.say(everything)
	g.close()
	text, frames := p.heard()
	whole(t, text, 0)
	if frames != 1 || !strings.Contains(text, `"took":1500000000`) || !strings.Contains(text, `"at":null`) || !strings.Contains(text, `"data":null`) {
		t.Errorf("%d frames, %s", frames, text)
	}
	text, _ = p.heard()
	if !strings.Contains(text, `2018-02-07`) || !strings.Contains(text, `01:49:59.65`) || strings.Contains(text, `"data":null`) {
		t.Errorf("theirs made %s of it", text)
	}
	g.finish()
}

func decodeTheirs(t *testing.T, g *graph, p *peer) {
	for n := range some {
		p.told(value(n))
	}
	for n := range some {
		line := g.next()
		whole(t, line, n)
		if !strings.Contains(line, `"took":1500000000`) || !strings.Contains(line, `"at":null`) {
			t.Fatalf("ours made %s of it", line)
		}
	}
	g.stop()
}

func answerTheirs(t *testing.T, g *graph, p *peer) {
	for n := range some {
		p.told(value(n))
		text, frames := p.heard()
		whole(t, text, n+1000)
		if frames != 1 {
			t.Fatalf("%d frames", frames)
		}
	}
	g.stop()
}

func askTheirs(t *testing.T, g *graph, p *peer) {
	for n := range some {
		g.say(item(n, ""))
		text, _ := p.heard()
		whole(t, text, n)
		p.told(value(n + 1000))
		whole(t, g.next(), n+1000)
	}
	g.close()
	g.finish()
}

// raw sends what is no value but bytes.
func raw(t *testing.T) {
	const payload = "\x00\xff any bytes \r\n"
	t.Run("raw ours pushes", func(t *testing.T) {
		codecTable.enter(t, "raw", "ours pushes")
		t.Parallel()
		c := pairing{"push", "pull", `actor Peer external { pull blobs Blob codec raw AT }
graph main {
  blobs = file.Lines<Blob>(path: "-", format: ndjson), peer = Peer()
  blobs -> peer
}`, nil}
		g, p := join(t, &c, pyzmq, true, testbed.FreeTCP(t, "127.0.0.1"))
		g.say(`{"data":"` + base64.StdEncoding.EncodeToString([]byte(payload)) + `"}`)
		g.say(`{"data":""}`)
		g.close()
		for _, want := range []string{payload, ""} {
			if got := frames(t, p.got(), 1)[0]; got != want {
				t.Errorf("%q, want %q", got, want)
			}
		}
		g.finish()
		p.leave()
	})
	t.Run("raw theirs pushes", func(t *testing.T) {
		codecTable.enter(t, "raw", "theirs pushes")
		t.Parallel()
		c := pairing{"pull", "push", `actor Peer external { push texts Text codec raw AT }
graph main {
  peer = Peer(), print = file.Write(path: "-")
  peer -> print
}`, nil}
		g, p := join(t, &c, pyzmq, true, testbed.FreeTCP(t, "127.0.0.1"))
		p.send("plain text")
		p.send("")
		for _, want := range []string{`{"text":"plain text"}`, `{"text":""}`} {
			if got := g.next(); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
		g.stop()
		p.leave()
	})
	t.Run("raw asks", func(t *testing.T) {
		codecTable.enter(t, "raw", "theirs asks")
		codecTable.enter(t, "raw", "ours asks")
		t.Parallel()
		echoTexts(t)
	})
}

// echoTexts has a graph ask a foreign REP about texts, and a foreign REQ ask
// the graph, which asks on.
func echoTexts(t *testing.T) {
	theirs := testbed.FreeTCP(t, "127.0.0.1")
	ours := testbed.FreeTCP(t, "127.0.0.1")
	g := start(t, fmt.Sprintf(`actor Asks external { req ask Text -> Text codec raw bind %q }
actor Knows external { rep asked Text -> Text codec raw connect %q }
graph main {
  asks = Asks(), knows = Knows(), relay = Relay()
  asks -> relay
  relay -> knows
}`, ours, theirs))
	rep := meet(t, pyzmq, "rep", "bind", theirs)
	req := meet(t, inC, "req", "connect", ours)
	for n := range some {
		question := fmt.Sprintf("%d?", n)
		req.send(question)
		if got := frames(t, rep.got(), 1)[0]; got != question {
			t.Fatalf("%q, want %q", got, question)
		}
		rep.send(question + "!")
		if got := frames(t, req.got(), 1)[0]; got != question+"!" {
			t.Fatalf("%q, want %q", got, question+"!")
		}
	}
	g.stop()
	req.leave()
	rep.leave()
}
