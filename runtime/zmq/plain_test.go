//go:build cgo

package zmq

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func plain(t *testing.T, c *Context, kind Kind, o Options) *Plain {
	t.Helper()
	s, err := c.Open(kind, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// pair gives two sockets, the first bound and the second connected to it.
func pair(t *testing.T, c *Context, endpoint string, bound, connected Kind, o Options) (b, d *Plain) {
	t.Helper()
	b, d = plain(t, c, bound, o), plain(t, c, connected, o)
	at, err := b.Bind(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Connect(at); err != nil {
		t.Fatal(err)
	}
	return b, d
}

// once tries until f succeeds, whenever the socket's state may have changed.
func once(t *testing.T, s *Plain, f func() error) {
	t.Helper()
	deadline := time.Now().Add(5 * time.Second)
	for {
		before := s.Events()
		err := f()
		left := time.Until(deadline)
		switch {
		case err == nil:
			return
		case !errors.Is(err, ErrAgain) || left <= 0:
			t.Fatal(err)
		}
		if s.Events() == before { // else looking may have swallowed what the descriptor tells
			unix.Poll([]unix.PollFd{{Fd: int32(s.FD()), Events: unix.POLLIN}}, int(left.Milliseconds())+1)
		}
	}
}

func message(t *testing.T, parts, bytes int) *Message {
	m := NewMessage(parts, bytes)
	t.Cleanup(m.Free)
	return m
}

func text(m *Message) string { return string(bytes.Join(m.Parts(), []byte("|"))) }

func take(t *testing.T, s *Plain, m *Message) string {
	t.Helper()
	once(t, s, func() error { return s.Receive(m) })
	return text(m)
}

func give(t *testing.T, s *Plain, parts ...string) {
	t.Helper()
	var list [][]byte
	for _, p := range parts {
		list = append(list, []byte(p))
	}
	once(t, s, func() error { return s.Send(list...) })
}

func TestPlainPatterns(t *testing.T) {
	for _, endpoint := range []string{"ipc", "tcp://127.0.0.1:*", "tcp://[::1]:*", "inproc://here"} {
		for _, kinds := range [][2]Kind{{Push, Pull}, {Pull, Push}, {Pair, Pair}, {Dealer, Dealer}, {Req, Rep}, {Rep, Req}} {
			t.Run(fmt.Sprint(endpoint, kinds), func(t *testing.T) {
				c := open(t)
				at := endpoint
				if at == "ipc" {
					at = ipc(t)
				}
				b, d := pair(t, c, at, kinds[0], kinds[1], Options{Immediate: true})
				from, to := b, d
				if kinds[0] == Pull || kinds[0] == Rep {
					from, to = d, b
				}
				m := message(t, 3, 1<<20)
				give(t, from, "a", "", "payload")
				if got := take(t, to, m); got != "a||payload" {
					t.Errorf("%q", got)
				}
				if to.Kind() != Pull {
					give(t, to, "back")
					if got := take(t, from, m); got != "back" {
						t.Errorf("%q", got)
					}
				}
			})
		}
	}
}

func TestPlainRouter(t *testing.T) {
	c := open(t)
	r, d := pair(t, c, ipc(t), Router, Dealer, Options{Identity: "me", Mandatory: true})
	m := message(t, 4, 1<<20)
	give(t, d, "", "question")
	if got := take(t, r, m); got != "me||question" {
		t.Errorf("%q", got)
	}
	if err := r.Send([]byte("you"), []byte("lost")); err != ErrNoPeer {
		t.Errorf("%v", err)
	}
	give(t, r, "me", "", "answer")
	if got := take(t, d, m); got != "|answer" {
		t.Errorf("%q", got)
	}
}

func TestPlainTopics(t *testing.T) {
	c := open(t)
	p, s := pair(t, c, ipc(t), Pub, Sub, Options{Verbose: true, NoDrop: true})
	m := message(t, 4, 1<<20)
	if err := s.Subscribe([]byte("\x00a")); err != nil {
		t.Fatal(err)
	}
	if got := take(t, p, m); got != "\x01\x00a" {
		t.Errorf("%q", got)
	}
	give(t, p, "b", "filtered")
	give(t, p, "\x00ab", "taken")
	if got := take(t, s, m); got != "\x00ab|taken" {
		t.Errorf("%q", got)
	}
	if err := s.Unsubscribe([]byte("\x00a")); err != nil {
		t.Fatal(err)
	}
	if got := take(t, p, m); got != "\x00\x00a" {
		t.Errorf("%q", got)
	}
}

func TestPlainBounds(t *testing.T) {
	c := open(t)
	push, pull := pair(t, c, ipc(t), Push, Pull, Options{})
	m := message(t, 2, 10)
	for sent, want := range map[string]string{"a|b|c": "a|b", "12345678901": "", "1234567|12345": "1234567"} {
		give(t, push, strings.Split(sent, "|")...)
		once(t, pull, func() error {
			if err := pull.Receive(m); err != ErrTooBig {
				return err
			}
			return nil
		})
		if text(m) != want {
			t.Errorf("%q", text(m))
		}
	}
	give(t, push, "fits")
	if got := take(t, pull, m); got != "fits" {
		t.Errorf("%q", got)
	}
}

func TestPlainRefusals(t *testing.T) {
	c := open(t)
	nobody := plain(t, c, Push, Options{Immediate: true})
	if err := nobody.Connect(ipc(t)); err != nil {
		t.Fatal(err)
	}
	if err := nobody.Send([]byte("x")); err != ErrAgain {
		t.Errorf("to nobody: %v", err)
	}
	rep := plain(t, c, Rep, Options{})
	if err := rep.Send([]byte("x")); err != ErrState {
		t.Errorf("a reply to nothing: %v", err)
	}
	if _, err := rep.Bind("udp://127.0.0.1:5"); err == nil {
		t.Error("udp is bound")
	}
	rep.Close()
	if err := rep.Send([]byte("x")); err != ErrClosed || rep.Events() != 0 || rep.LastEndpoint() != "" {
		t.Errorf("closed: %v", err)
	}
}

func TestMonitor(t *testing.T) {
	c := open(t)
	pull := plain(t, c, Pull, Options{})
	monitor, err := pull.Monitor()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(monitor.Close)
	at, err := pull.Bind("tcp://127.0.0.1:*")
	if err != nil {
		t.Fatal(err)
	}
	wrong := plain(t, c, Sub, Options{})
	if err := wrong.Connect(at); err != nil {
		t.Fatal(err)
	}
	m := message(t, 2, 1000)
	seen := Change(0)
	once(t, monitor, func() error {
		for monitor.Receive(m) == nil {
			change, _, address, ok := ParseChange(m.Parts())
			if !ok || address == "" {
				t.Errorf("%q", m.Parts())
			}
			seen |= change
		}
		if seen&(WrongProtocol|Disconnected) == 0 { // it depends on who notices first
			return ErrAgain
		}
		return nil
	})
	if seen&Greeted != 0 {
		t.Error("a subscriber is welcome at a PULL")
	}
	if _, _, _, ok := ParseChange([][]byte{{1}}); ok {
		t.Error("a change of one byte")
	}
}

// TestMonitorIsGone has connections come and go once a monitor is closed: the
// context's I/O thread, which would tell it, must go on.
func TestMonitorIsGone(t *testing.T) {
	c := open(t)
	pull := plain(t, c, Pull, Options{})
	monitor, err := pull.Monitor()
	if err != nil {
		t.Fatal(err)
	}
	at, err := pull.Bind("tcp://127.0.0.1:*")
	if err != nil {
		t.Fatal(err)
	}
	monitor.Close()
	stranger, err := net.Dial("tcp", strings.TrimPrefix(at, "tcp://"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stranger.Read(make([]byte, 1)); err != nil { // it has been let in
		t.Fatal(err)
	}
	stranger.Close()
	push := plain(t, c, Push, Options{})
	if err := push.Connect(at); err != nil {
		t.Fatal(err)
	}
	once(t, push, func() error { return push.Send([]byte("x")) })
	m := message(t, 1, 10)
	once(t, pull, func() error { return pull.Receive(m) })
}
