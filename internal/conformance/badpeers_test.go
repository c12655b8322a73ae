package conformance

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ilpomo/opencore/internal/testbed"
)

// wrongPeers are peers that don't behave.
var wrongPeers = []trouble{
	{"a peer with the wrong pattern: PUB connects to our PULL", wrongPattern},
	{"something that speaks HTTP, at our tcp port", speaksHTTP},
	{"a DEALER asks our REP without a delimiter", func(t *testing.T) string { return askBadly(t, "rep", []string{item(1, "")}) }},
	{"a DEALER asks our ROUTER without a delimiter", func(t *testing.T) string { return askBadly(t, "router", []string{item(1, "")}) }},
	{"a DEALER asks our ROUTER with two delimiters", func(t *testing.T) string { return askBadly(t, "router", []string{"", "", item(1, "")}) }},
	{"a question that is no JSON, to our REP", func(t *testing.T) string { return askBadly(t, "rep", []string{"", "{"}) }},
	{"a question that is no JSON, to our ROUTER", func(t *testing.T) string { return askBadly(t, "router", []string{"", "{"}) }},
	{"an answer that is no JSON, to our REQ", func(t *testing.T) string { return answerBadly(t, "req", "{") }},
	{"an answer of three frames, to our DEALER", func(t *testing.T) string { return answerBadly(t, "dealer", "a", "b", "c") }},
	{"no answer, to our REQ", neverAnswered},
	{"a SUB that never reads, beside one that does", neverReads},
	{"a PULL that never reads", neverPulls},
	{"a DEALER that reconnects with the same identity", sameIdentity},
	{"a PULL that is killed and comes back", killedPull},
	{"a PUSH that is killed and comes back", killedPush},
}

func wrongPattern(t *testing.T) string {
	endpoint := testbed.FreeTCP(t, "127.0.0.1")
	g, p := join(t, &pairings[1], pyzmq, true, endpoint)
	wrong := meet(t, pyzmq, "pub", "connect", endpoint)
	wrong.send(item(0, ""))
	if err := g.stderr.Until(g.ctx, func(text string) bool {
		return strings.Contains(text, "peer.items -> print.rows") && strings.Contains(text, "pattern")
	}); err != nil {
		t.Fatalf("the log does not name it: %v\n%s", err, g.stderr.String())
	}
	wrong.leave()
	theyPush(t, g, p)
	p.leave()
	return "not connected, and the log says why"
}

func speaksHTTP(t *testing.T) string {
	endpoint := testbed.FreeTCP(t, "127.0.0.1")
	g, p := join(t, &pairings[1], pyzmq, true, endpoint)
	p.send(item(-1, ""))
	g.next() // so it is bound
	c, err := net.Dial("tcp", strings.TrimPrefix(endpoint, "tcp://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"+strings.Repeat("x", 1000)); err != nil {
		t.Fatal(err)
	}
	if err := c.SetReadDeadline(time.Now().Add(deadline)); err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(io.Discard, c) // until we are hung up on
	if errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the connection stays open")
	}
	for n := range some {
		p.send(item(n, ""))
	}
	for n := range some {
		whole(t, g.next(), n)
	}
	g.stop()
	g.names(t, "peer.items -> print.rows", 1)
	p.leave()
	return "hung up on, and the log says so"
}

// askBadly asks ours in a way that can't be understood, then well.
func askBadly(t *testing.T, ours string, question []string) string {
	program := answering(ours, "dealer")
	if ours == "router" {
		program = strings.Replace(program, "Later()", "Later(together: 1)", 1)
	}
	c := pairing{theirs: "dealer", program: program}
	g, p := join(t, &c, pyzmq, true, "ipc://"+t.TempDir()+"/s")
	p.send("", item(0, ""))
	whole(t, p.got()[1], 1000)
	p.send(question...)
	p.send("", item(2, ""))
	becomes := ""
	for got := p.got(); ; got = p.got() {
		last := got[len(got)-1]
		if !strings.HasPrefix(last, "{") {
			becomes = ", and an error is the answer"
		} else if parse(t, last).N == 1001 {
			becomes = "answered all the same, and the answer has what stood before the question"
		} else {
			whole(t, last, 1002)
			break
		}
	}
	if g.stop().wire(t, "peer.ask -> answer.asked").Rejected > 0 {
		becomes = "rejected" + becomes
	}
	p.leave()
	if becomes == "" {
		t.Error("nothing became of it")
	}
	return becomes
}

// answerBadly answers ours with what can't be understood, then well.
func answerBadly(t *testing.T, ours string, answer ...string) string {
	theirs := map[string]string{"req": "rep", "dealer": "router"}[ours]
	c := pairing{theirs: theirs, program: strings.Replace(asking(ours, theirs), "ask.ask -> peer", "ask.ask -> peer timeout 500ms", 1)}
	g, p := join(t, &c, pyzmq, true, "ipc://"+t.TempDir()+"/s")
	g.say(item(0, ""))
	got := p.got()
	p.send(append(got[:len(got)-1:len(got)-1], answer...)...)
	if s := parse(t, g.next()); s.N != 0 || !strings.HasPrefix(s.Text, "error: ") {
		t.Errorf("ours made %+v of it", s)
	}
	g.say(item(1, ""))
	got = p.got()
	p.send(append(got[:len(got)-1:len(got)-1], item(1001, ""))...)
	whole(t, g.next(), 1001)
	g.close()
	g.finish()
	p.leave()
	return "an error at the asker"
}

func neverAnswered(t *testing.T) string {
	c := pairing{theirs: "rep", program: strings.Replace(asking("req", "rep"), "ask.ask -> peer", "ask.ask -> peer timeout 50ms retry 1", 1)}
	g, p := join(t, &c, pyzmq, true, "ipc://"+t.TempDir()+"/s", "read=no")
	for n := range 3 {
		g.say(item(n, ""))
		if s := parse(t, g.next()); s.N != n || !strings.HasPrefix(s.Text, "error: ") {
			t.Errorf("ours made %+v of it", s)
		}
	}
	g.close()
	g.finish()
	p.leave()
	return "an error at the asker after its timeouts"
}

// flood is more than what sockets and kernel hold of these items.
const flood = 20_000

func neverReads(t *testing.T) string {
	c := pairing{theirs: "sub", program: strings.Replace(publishing, "publish -> peer", "publish -> peer queue 100", 1)}
	g, p := join(t, &c, pyzmq, true, "ipc://"+t.TempDir()+"/s", "read=no", "hwm=1")
	reader := meet(t, pyzmq, "sub", "connect", p.endpoint)
	repeat(t, func() { g.say(item(-1, "t")) }, reader.process)
	for n := range flood {
		g.say(item(n, "t"))
	}
	for newest := false; !newest; { // what is dropped for the one may be dropped for the other too
		g.say(item(flood, "t"))
		for line, ok := reader.soon(retry); ok && !newest; line, ok = reader.soon(retry) {
			newest = parse(t, reader.parse(line)[1]).N == flood
		}
	}
	g.close()
	if counts := g.finish().wire(t, "publish.published -> peer.items"); counts.Dropped == 0 {
		t.Errorf("%+v", counts)
	}
	reader.leave()
	p.kill()
	return "the other one gets the newest; what does not fit is dropped, and counted"
}

func neverPulls(t *testing.T) string {
	endpoint := "ipc://" + t.TempDir() + "/s"
	program, theirs := attach(strings.Replace(pairings[0].program, "items -> peer", "items -> peer queue 100 drop_newest", 1), true, endpoint)
	g := start(t, program, "--drain", "500ms")
	p := meet(t, pyzmq, "pull", theirs, endpoint, "read=no", "hwm=1")
	for n := range flood {
		g.say(item(n, ""))
	}
	counts := g.stopped().wire(t, "items.lines -> peer.items")
	p.kill()
	if counts.Dropped == 0 || counts.Left == 0 {
		t.Errorf("%+v", counts)
	}
	return "dropped as the queue says, and what is in it at the end is left"
}

func sameIdentity(t *testing.T) string {
	c := pairing{theirs: "dealer", program: strings.Replace(answering("router", "dealer"), "Later()", "Later(together: 1)", 1)}
	endpoint := testbed.FreeTCP(t, "127.0.0.1")
	g, p := join(t, &c, pyzmq, true, endpoint, "identity=me")
	for round := range 5 {
		for n := range 10 {
			p.send("", item(n, ""))
		}
		for n := range 10 {
			whole(t, p.got()[1], n+1000)
		}
		for range 100 { // answers to these come to nobody
			p.send("", item(-7, ""))
		}
		if round%2 == 0 {
			p.kill()
		}
		p = meet(t, pyzmq, "dealer", "connect", endpoint, "identity=me")
	}
	g.stop()
	p.leave()
	return "the new one is answered, the old one no more"
}

func killedPull(t *testing.T) string {
	endpoint := testbed.FreeTCP(t, "127.0.0.1")
	g, p := join(t, &pairings[0], pyzmq, false, endpoint)
	for round := range 3 {
		for n := range some {
			g.say(item(round*some+n, ""))
		}
		p.got() // it is under way
		p.kill()
		<-p.ended
		p = meet(t, pyzmq, "pull", "bind", endpoint)
	}
	g.say(item(-2, ""))
	g.close()
	for parse(t, p.got()[0]).N != -2 {
	}
	counts := g.finish().wire(t, "items.lines -> peer.items")
	p.leave()
	if counts.Offered != 3*some+1 {
		t.Errorf("%+v", counts)
	}
	return "what was handed to the socket counts as delivered; the rest waits for it"
}

func killedPush(t *testing.T) string {
	endpoint := testbed.FreeTCP(t, "127.0.0.1")
	g, p := join(t, &pairings[1], pyzmq, true, endpoint)
	for range 3 {
		for n := range some {
			p.send(item(n, ""))
		}
		g.next()
		p.kill()
		<-p.ended
		p = meet(t, pyzmq, "push", "connect", endpoint)
	}
	p.send(item(-2, ""))
	for parse(t, g.next()).N != -2 {
	}
	g.stop()
	p.leave()
	return "yes"
}
