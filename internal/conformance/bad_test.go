package conformance

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

var frameTable = &table{
	title:   "Bad frames",
	text:    "What can't be understood is counted on its wire, named in the log with the wire's name (not more often than once in a while), and survived: what comes behind it arrives, and the account adds up.",
	head:    []string{"what comes"},
	columns: []string{"of a foreign PUSH", "of a foreign PUB"},
}

var badTable = &table{
	title:   "Bad peers",
	text:    "Of all of them the account adds up, and what comes behind them arrives.",
	head:    []string{"what comes"},
	columns: []string{becomes},
}

const becomes = "what becomes of it"

// badFrames sends what is no message.
func badFrames(t *testing.T) {
	for _, c := range noMessages {
		for _, column := range frameTable.columns {
			t.Run(c.row+" "+column, func(t *testing.T) {
				frameTable.enter(t, c.row, column)
				t.Parallel()
				pattern := strings.ToLower(strings.TrimPrefix(column, "of a foreign "))
				frameTable.say(c.row, column, sendBad(t, pattern, c.codec, c.messages))
			})
		}
	}
}

// badPeers has peers that don't behave.
func badPeers(t *testing.T) {
	for _, c := range slices.Concat(wrongPeers, wrongPrograms) {
		t.Run(c.row, func(t *testing.T) {
			badTable.enter(t, c.row, becomes)
			t.Parallel()
			badTable.say(c.row, becomes, c.run(t))
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

// command is a file that would be there if a pickle had run a command.
var command = filepath.Join(os.TempDir(), fmt.Sprintf("opencore-conformance-%d", os.Getpid()))

// noMessages are messages that a wire can't understand.
var noMessages = []struct {
	row, codec string
	messages   [][]string
}{
	{"an empty frame", "json", [][]string{{""}}},
	{"two empty frames", "json", [][]string{{"", ""}}},
	{"a topic without a payload", "json", [][]string{{"topic"}}},
	{"a topic with an empty payload", "msgpack", [][]string{{"topic", ""}}},
	{"three frames", "json", [][]string{{"topic", item(0, ""), "more"}}},
	{"a hundred frames", "json", [][]string{manyFrames(100)}},
	{"random bytes, for JSON", "json", [][]string{{randomBytes(1000)}}},
	{"random bytes, for MessagePack", "msgpack", [][]string{{randomBytes(1000)}}},
	{"random bytes, for pickle", "pickle", [][]string{{randomBytes(1000)}}},
	{"six bytes that make decoders ask for 64 GiB", "msgpack", [][]string{{"\xdd\xff\xff\xff\xff\xc0"}}},
	{"half a message", "json", [][]string{{item(0, "")[:40]}}},
	{"a field that is missing, and one of another type", "json", [][]string{{`{"text":"no n"}`}, {`{"n":"one"}`}}},
	{"JSON where MessagePack is spoken", "msgpack", [][]string{{item(0, "")}}},
	{"pickle where JSON is spoken", "json", [][]string{{"\x80\x04}."}}},
	{"a pickle that would run a command", "pickle", [][]string{{"cos\nsystem\n(S'touch " + command + "'\ntR."}}},
	{"a message of 2 MiB", "json", [][]string{{`{"n":0,"text":"` + strings.Repeat("x", 2<<20) + `"}`}}},
	{"nested 100,000 deep", "json", [][]string{{strings.Repeat("[", 100_000)}}},
	{"two hundred of them", "json", slices.Repeat([][]string{{"{"}}, 200)},
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
	if _, err := os.Stat(command); err == nil {
		t.Error("a pickle has run a command")
	}
	return fmt.Sprintf("%d rejected", counts.Rejected)
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
