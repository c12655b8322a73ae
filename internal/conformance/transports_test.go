package conformance

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/ilpomo/opencore/internal/testbed"
)

var transportTable = &table{
	title: "Transports",
	text: "Ours pushes to theirs, we bind; then theirs pushes to ours, we connect if the address is one to connect to. Over pgm and epgm ours publishes, then theirs; messages have 1 KiB, and the network is a namespace that the test makes " +
		"for itself. pyzmq brings a libzmq of its own, without OpenPGM.",
	head:    []string{"transport", "address"},
	columns: []string{"pyzmq", "C"},
}

// A place makes addresses of a transport.
type place struct {
	row  string
	make func(t *testing.T) string
}

var abstracts atomic.Int64

var places = []place{
	{"ipc | `ipc:///path`", func(t *testing.T) string { return "ipc://" + t.TempDir() + "/s" }},
	{"ipc, abstract | `ipc://@name`", func(t *testing.T) string {
		return fmt.Sprintf("ipc://@opencore-conformance-%d-%d", os.Getpid(), abstracts.Add(1))
	}},
	{"tcp | `tcp://127.0.0.1:5555`", func(t *testing.T) string { return testbed.FreeTCP(t, "127.0.0.1") }},
	{"tcp, a port that the system chooses | `tcp://127.0.0.1:*`", func(*testing.T) string { return "tcp://127.0.0.1:*" }},
	{"tcp, all interfaces | `tcp://*:5555`", func(t *testing.T) string {
		free := testbed.FreeTCP(t, "127.0.0.1")
		return "tcp://*" + free[strings.LastIndexByte(free, ':'):]
	}},
	{"tcp over IPv6 | `tcp://[::1]:5555`", func(t *testing.T) string { return testbed.FreeTCP(t, "::1") }},
}

// transports goes through all transports.
func transports(t *testing.T) {
	for _, at := range places {
		for _, column := range transportTable.columns {
			t.Run(at.row+" "+column, func(t *testing.T) {
				transportTable.enter(t, at.row, column)
				t.Parallel()
				g, p := joinBound(t, &pairings[0], kind(column), at.make(t))
				theyPull(t, g, p)
				p.leave()
				if address := at.make(t); strings.Contains(address, "*") {
					g, p = joinBound(t, &pairings[1], kind(column), address)
				} else {
					g, p = join(t, &pairings[1], kind(column), false, address)
				}
				theyPush(t, g, p)
				p.leave()
			})
		}
	}
	for _, transport := range []string{"epgm", "pgm"} {
		row := transport + " | `" + transport + "://127.0.0.1;239.192.1.1:5555`"
		t.Run(transport, func(t *testing.T) {
			transportTable.enter(t, row, "C")
			transportTable.say(row, "pyzmq", "–")
			inNetworkOfOurOwn(t, row, transport)
		})
	}
	t.Run("inproc", func(t *testing.T) {
		const row = "inproc, between instances of one process | `process NAME`"
		transportTable.enter(t, row, "C")
		transportTable.say(row, "pyzmq", "–")
		t.Parallel()
		inOneProcess(t)
		transportTable.say(row, "C", "yes (both ends are ours)")
	})
}

// joinBound is join where we bind, for addresses of which the system or
// the user leaves a part open.
func joinBound(t *testing.T, c *pairing, k kind, endpoint string) (*graph, *peer) {
	t.Helper()
	program, theirs := attach(c.program, true, endpoint)
	g := start(t, program)
	if strings.HasSuffix(endpoint, ":*") {
		endpoint = g.listening()
	}
	return g, meet(t, k, c.theirs, theirs, strings.Replace(endpoint, "://*", "://127.0.0.1", 1))
}

// listening waits until the run says where its plain socket is bound.
func (g *graph) listening() (endpoint string) {
	g.t.Helper()
	err := g.stderr.Until(g.ctx, func(text string) bool {
		for line := range strings.Lines(text) {
			var r struct{ Msg, Endpoint string }
			if json.Unmarshal([]byte(line), &r) == nil && r.Msg == "listening" {
				endpoint = r.Endpoint
				return true
			}
		}
		return false
	})
	if err != nil {
		g.t.Fatalf("the run does not say where it listens: %v\n%s", err, g.stderr.String())
	}
	return endpoint
}

// inOneProcess runs two instances in one process, and looks that they are.
func inOneProcess(t *testing.T) {
	g := start(t, `graph main {
  items = file.Lines<Item>(path: "-") process one
  print = file.Write(path: "-") process one
  items -> print
}`)
	g.say(item(0, ""))
	whole(t, g.next(), 0)
	pid := g.cmd.Process.Pid
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err == nil && len(strings.Fields(string(children))) > 1 {
		t.Errorf("the run has the processes %s", children)
	}
	for n := range some {
		g.say(item(n+1, ""))
	}
	g.close()
	for n := range some {
		whole(t, g.next(), n+1)
	}
	if c := g.finish().wire(t, "items.lines -> print.rows"); c.Delivered != some+1 {
		t.Errorf("%+v", c)
	}
}

// within says to the test binary that it is in a network of its own, and
// which transport it is to try.
const within = "OPENCORE_CONFORMANCE_NETWORK"

// inNetworkOfOurOwn runs [TestNetwork] in a network namespace.
func inNetworkOfOurOwn(t *testing.T, row, transport string) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	must(t, castOnce) // before: builds may need a network
	must(t, cPeerOnce)
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestNetwork$", "-test.v")
	cmd.Env = append(os.Environ(), within+"="+transport, builtBefore+"="+built)
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	switch {
	case cmd.ProcessState == nil:
		transportTable.skip(t, row, "C", fmt.Sprintf("no network namespace: %v", err))
	case strings.Contains(string(out), "--- SKIP"):
		transportTable.skip(t, row, "C", "this libzmq has no OpenPGM")
	case err != nil:
		t.Errorf("%v:\n%s", err, out)
	}
}
