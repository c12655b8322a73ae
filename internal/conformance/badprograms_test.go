package conformance

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// wrongPrograms are programs that are actors, and don't behave.
var wrongPrograms = []trouble{
	{"a program (lines) prints garbage", printsGarbage},
	{"a Python actor prints garbage", printsBeside},
	{"a Python actor sends frames that are none", sendsGarbage},
	{"a Python actor hangs", hangs},
	{"a Python actor dies at import", diesAtImport},
	{"a Python actor dies with each message", diesAtMessages},
}

// speaks is a program in Python that speaks the protocol; what it does with a
// batch is left open.
const speaks = `
import os, sys, msgspec, zmq
socket = zmq.Context().socket(zmq.DEALER)
socket.connect(os.environ["OPENCORE_ENDPOINT"])
def say(*header, messages=None):
    frames = [msgspec.msgpack.encode(header)]
    if messages is not None: frames.append(msgspec.msgpack.encode(messages))
    socket.send_multipart(frames)
def hear():
    header, *rest = socket.recv_multipart()
    return msgspec.msgpack.decode(header), [msgspec.msgpack.decode(f) for f in rest]
say("hello", 1)
hear()
say("ready")
while True:
    (kind, *fields), frames = hear()
    if kind == "batch":
        DO
    elif kind == "end": say("end")
    elif kind == "bye": sys.exit(0)
`

// doing is a program in the middle of a graph: a Python actor that does
// something with each batch.
func doing(t *testing.T, do, settings string) string {
	t.Helper()
	return middle(python(t), strings.ReplaceAll(speaks, "DO", strings.ReplaceAll(do, "\n", "\n        ")), "", settings)
}

func middle(python, script, lines, settings string) string {
	return fmt.Sprintf(`actor Middle exec [%s, "-c", %s] %s { in items Item, push results Item }
graph main {
  items = file.Lines<Item>(path: "-"), middle = Middle() %s, print = file.Write(path: "-")
  items -> middle
  middle -> print
}`, strconv.Quote(python), strconv.Quote(script), lines, settings)
}

func printsGarbage(t *testing.T) string {
	g := start(t, middle(python(t), `
import sys
for line in sys.stdin:
    print("garbage\x00\x1b[2J")
    print('{"n": "one"}')
    print(line, end="")
`, "lines", ""))
	for n := range 3 {
		g.say(item(n, ""))
	}
	g.close()
	for n := range 3 {
		whole(t, g.next(), n)
	}
	a := g.finish()
	if c := a.wire(t, "middle.results -> print.rows"); c.Delivered != 3 {
		t.Errorf("%+v", c)
	}
	if strings.Contains(g.stderr.String(), "\x1b") {
		t.Error("the log has control characters")
	}
	g.mustSay("garbage")
	return "its lines are rejected; those that are messages arrive"
}

func (g *graph) mustSay(text string) {
	g.t.Helper()
	if !strings.Contains(g.stderr.String(), text) {
		g.t.Errorf("the log does not say %q:\n%s", text, g.stderr.String())
	}
}

func printsBeside(t *testing.T) string {
	g := start(t, doing(t, `print("garbage\x00\x1b[2J")
say("send", "results", messages=frames[0])
say("done", fields[1])`, ""))
	g.say(item(0, ""))
	whole(t, g.next(), 0)
	g.close()
	g.finish()
	g.mustSay("garbage")
	if strings.Contains(g.stderr.String(), "\x1b") {
		t.Error("the log has control characters")
	}
	return "what it prints is in the log"
}

func sendsGarbage(t *testing.T) string {
	g := start(t, doing(t, `socket.send_multipart([b"\xdd\xff\xff\xff\xff\xc0", b"", b"more"])
hear()`, "restart never"))
	g.say(item(0, ""))
	a, status := g.end()
	if status != 3 {
		t.Errorf("status %d:\n%s", status, g.stderr.String())
	}
	g.mustSay("middle")
	if c := a.wire(t, "items.lines -> middle.items"); c.Lost != 1 {
		t.Errorf("%+v", c)
	}
	return "a crash: restarted if its policy says so, and what it had in hand is lost, and counted"
}

func hangs(t *testing.T) string {
	g := start(t, doing(t, `say("log", "info", "hanging now")
while True: hear()`, ""), "--drain", "500ms")
	g.say(item(0, ""))
	if err := g.stderr.Says(g.ctx, "hanging now"); err != nil {
		t.Fatal(err)
	}
	a := g.stopped()
	if c := a.wire(t, "items.lines -> middle.items"); c.Left != 1 {
		t.Errorf("%+v", c)
	}
	return "killed when the time to drain is over; what it had in hand is left, and counted"
}

func diesAtImport(t *testing.T) string {
	g := start(t, middle(python(t), "import there_is_no_such_module\n", "", "restart on_failure max 5 in 1m"))
	g.say(item(0, ""))
	_, status := g.end()
	if log := g.stderr.String(); status != 3 || strings.Contains(log, "starts again") {
		t.Errorf("status %d:\n%s", status, log)
	}
	g.mustSay("there_is_no_such_module")
	return "the run fails at once, and the report has its last words"
}

func diesAtMessages(t *testing.T) string {
	g := start(t, doing(t, `os._exit(7)`, "restart on_failure max 2 in 1m"))
	for n := range 10 {
		g.say(item(n, ""))
	}
	g.close()
	a, status := g.end()
	if status != 3 {
		t.Errorf("status %d:\n%s", status, g.stderr.String())
	}
	if c := a.wire(t, "items.lines -> middle.items"); c.Delivered != 0 || c.Lost == 0 {
		t.Errorf("%+v", c)
	}
	return "restarted as often as its policy says, then the run fails; what it had in hand is lost, and counted"
}
