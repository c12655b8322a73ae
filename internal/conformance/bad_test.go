package conformance

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/ilpomo/opencore/runtime/spec"
)

var badTable = &table{
	title: "Bad input",
	text: "What is bad is counted on its wire, named in the log with the wire's name, and survived: what comes behind it arrives, and the account adds up. " +
		"Numbers are those of the account.",
	head:    []string{"what comes"},
	columns: []string{"what becomes of it"},
}

// bad is what the column is called.
const becomes = "what becomes of it"

// badInput sends what is wrong, and looks what becomes of it.
func badInput(t *testing.T) {
	for _, c := range slices.Concat(badFrames(), badPeers(), badPrograms()) {
		t.Run(c.row, func(t *testing.T) {
			badTable.enter(t, c.row, becomes)
			t.Parallel()
			if text := c.run(t); text != "" {
				badTable.say(c.row, becomes, text)
			}
		})
	}
}

// A trouble is a row of the table; run gives what became of it.
type trouble struct {
	row string
	run func(t *testing.T) string
}

// randomBytes are the same in every run.
func randomBytes(n int) string {
	random := rand.NewChaCha8([32]byte{1})
	b := make([]byte, n)
	if _, err := random.Read(b); err != nil {
		panic("bug: " + err.Error())
	}
	return string(b)
}

// manyFrames is a message of n frames.
func manyFrames(n int) []string { return slices.Repeat([]string{"x"}, n) }

// inRefused is what would run a command if it were unpickled by Python.
const inRefused = "cos\nsystem\n(S'touch /tmp/opencore-was-here'\ntR."

// sixBytes ask a trusting decoder of MessagePack for 64 GiB.
const sixBytes = "\xdd\xff\xff\xff\xff\xc0"

// badFrames are messages that a wire can't understand.
func badFrames() []trouble {
	var list []trouble
	for _, c := range []struct {
		what, codec string
		messages    [][]string
	}{
		{"an empty frame", "json", [][]string{{""}}},
		{"an empty frame, an empty frame", "json", [][]string{{"", ""}}},
		{"a topic without a payload", "json", [][]string{{"topic"}}},
		{"a topic with an empty payload", "msgpack", [][]string{{"topic", ""}}},
		{"three frames", "json", [][]string{{"topic", item(0, ""), "more"}}},
		{"a hundred frames", "json", [][]string{manyFrames(100)}},
		{"random bytes, for JSON", "json", [][]string{{randomBytes(1000)}}},
		{"random bytes, for MessagePack", "msgpack", [][]string{{randomBytes(1000)}}},
		{"random bytes, for pickle", "pickle", [][]string{{randomBytes(1000)}}},
		{"the six bytes that make decoders ask for 64 GiB", "msgpack", [][]string{{sixBytes}}},
		{"half a message", "json", [][]string{{item(0, "")[:40]}}},
		{"a field that is missing, and one of another type", "json", [][]string{{`{"text":"no n"}`}, {`{"n":"one"}`}}},
		{"JSON where MessagePack is spoken", "msgpack", [][]string{{item(0, "")}}},
		{"pickle where JSON is spoken", "json", [][]string{{"\x80\x04}."}}},
		{"a pickle that would run a command", "pickle", [][]string{{inRefused}}},
		{"nested 100,000 deep", "json", [][]string{{strings.Repeat("[", 100_000)}}},
		{"a thousand of them", "json", slices.Repeat([][]string{{"{"}}, 1000)},
	} {
		for _, pattern := range []string{"push", "pub"} {
			if pattern == "pub" && len(c.messages) > 1 {
				continue
			}
			list = append(list, trouble{c.what + ", of a foreign " + strings.ToUpper(pattern), func(t *testing.T) string {
				return sendBad(t, pattern, c.codec, c.messages)
			}})
		}
	}
	return list
}

// sendBad sends messages that can't be understood between others.
func sendBad(t *testing.T, pattern, codec string, messages [][]string) string {
	c := pairing{theirs: pattern, program: `actor Peer external { ` + pattern + ` items Item codec ` + codec + ` AT }
graph main {
  peer = Peer(), print = file.Write(path: "-")
  peer -> print
}`}
	g, p := join(t, &c, pyzmq, true, "ipc://"+t.TempDir()+"/s", "codec="+codec)
	repeat(t, func() { p.told(value(-1)) }, g.process)
	for _, m := range messages {
		p.send(m...)
	}
	p.told(value(1))
	for {
		text := g.next()
		if n := parse(t, text).N; n == 1 {
			break
		} else if n != -1 {
			t.Fatalf("ours made %s of it", text)
		}
	}
	counts := g.stop().wire(t, "peer.items -> print.rows")
	p.leave()
	if int(counts.Rejected) != len(messages) {
		t.Errorf("%+v, want %d rejected", counts, len(messages))
	}
	g.names(t, "peer.items -> print.rows", len(messages))
	return said(counts, len(messages))
}

// said gives the counts that tell what became of something.
func said(c spec.Counts, of int) string {
	var parts []string
	for _, part := range []struct {
		n    uint64
		word string
	}{{c.Rejected, "rejected"}, {c.Dropped, "dropped"}, {c.Left, "left"}, {uint64(max(c.Lost, 0)), "lost"}} {
		if part.n > 0 {
			parts = append(parts, part.word)
		}
	}
	if of > 1 {
		return fmt.Sprintf("%d %s", of, strings.Join(parts, ", "))
	}
	return strings.Join(parts, ", ")
}

// most is how many records of a log may be about bad messages of one wire,
// however many come in a moment.
const most = 50

// names demands that the log names a wire where something was wrong with it,
// and not in as many records as there were troubles.
func (g *graph) names(t *testing.T, wire string, troubles int) {
	t.Helper()
	named := 0
	for line := range strings.Lines(g.stderr.String()) {
		var r struct{ Msg, Level string }
		if json.Unmarshal([]byte(line), &r) != nil || r.Msg == "wire" || r.Msg == "listening" {
			continue
		}
		if strings.Contains(strings.ReplaceAll(line, `\u003e`, ">"), wire) {
			named++
		}
	}
	if named == 0 {
		t.Errorf("the log does not name %s:\n%s", wire, g.stderr.String())
	}
	if named > most {
		t.Errorf("%d records for %d troubles", named, troubles)
	}
}

// stopped ends a run that may have left something or failed.
func (g *graph) stopped() account {
	g.t.Helper()
	g.signal(syscall.SIGTERM)
	a, _ := g.end()
	return a
}
