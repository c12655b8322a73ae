package conformance

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/ilpomo/opencore/runtime/zmq"
)

// TestNetwork publishes and subscribes over multicast. It runs in a network
// namespace that [inNetworkOfOurOwn] has made; by itself it does nothing.
func TestNetwork(t *testing.T) {
	transport := os.Getenv(within)
	switch {
	case transport == "":
		return
	case !zmq.Has("pgm"):
		t.Skip("this libzmq has no OpenPGM")
	}
	loopbackUp(t)
	t.Run("publish", func(t *testing.T) { publishKiB(t, transport+"://127.0.0.1;239.192.1.1:5555") })
	t.Run("subscribe", func(t *testing.T) { subscribeKiB(t, transport+"://127.0.0.1;239.192.1.2:5556") })
}

// loopbackUp switches the loopback interface on, which in a new namespace is
// down.
func loopbackUp(t *testing.T) {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	request, err := unix.NewIfreq("lo")
	if err != nil {
		t.Fatal(err)
	}
	request.SetUint16(unix.IFF_UP | unix.IFF_RUNNING | unix.IFF_LOOPBACK)
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, request); err != nil {
		t.Fatal(err)
	}
}

// itemOfKiB is the JSON of an item that takes 1 KiB.
func itemOfKiB(n int) string {
	head := fmt.Sprintf(`{"n":%d,"text":"`, n)
	return head + strings.Repeat("x", 1024-len(head)-2) + `"}`
}

func ofKiB(t *testing.T, text string, n int) {
	t.Helper()
	if s := parse(t, text); s.N != n || len(s.Text) < 900 {
		t.Fatalf("item %d is %+v", n, s)
	}
}

// publishKiB has ours publish and theirs subscribe.
func publishKiB(t *testing.T, endpoint string) {
	program, _ := attach(`actor Peer external { sub items Item codec json AT }
graph main {
  items = file.Lines<Item>(path: "-"), shout = Shout(), peer = Peer()
  items -> shout
  shout -> peer
}`, true, endpoint)
	g := start(t, program)
	p := meet(t, inC, "sub", "connect", endpoint)
	repeat(t, func() { g.say(itemOfKiB(-1)) }, p.process)
	for n := range some {
		g.say(itemOfKiB(n))
	}
	for n := range some {
		got := p.gotBig()
		for n == 0 && parse(t, got).N == -1 {
			got = p.gotBig()
		}
		ofKiB(t, got, n)
	}
	g.close()
	g.finish()
}

// gotBig waits for a message of one frame.
func (p *peer) gotBig() string {
	p.t.Helper()
	return frames(p.t, p.got(), 1)[0]
}

// subscribeKiB has theirs publish and ours subscribe.
func subscribeKiB(t *testing.T, endpoint string) {
	program, _ := attach(`actor Peer external { pub items Item codec json AT }
graph main {
  peer = Peer(), print = file.Write(path: "-")
  peer -> print
}`, false, endpoint)
	p := meet(t, inC, "pub", "bind", endpoint)
	g := start(t, program)
	repeat(t, func() { p.send(itemOfKiB(-1)) }, g.process)
	for n := range some {
		p.send(itemOfKiB(n))
	}
	for n := range some {
		line := g.next()
		for n == 0 && parse(t, line).N == -1 {
			line = g.next()
		}
		ofKiB(t, line, n)
	}
	g.stop()
}
