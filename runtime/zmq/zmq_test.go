//go:build cgo

package zmq

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func open(t *testing.T) *Context {
	t.Helper()
	c, err := NewContext()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func router(t *testing.T, c *Context, endpoint string, maxFrame int64) *Socket {
	t.Helper()
	s, err := c.Router(endpoint, maxFrame)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func dealer(t *testing.T, c *Context, endpoint string) *Socket {
	t.Helper()
	s, err := c.Dealer(endpoint, -1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// until waits until ok, looking again whenever the socket's state may have
// changed.
func until(t *testing.T, s *Socket, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(5 * time.Second)
	for !ok() {
		left := time.Until(deadline)
		if left <= 0 {
			t.Fatal("nothing happens")
		}
		unix.Poll([]unix.PollFd{{Fd: int32(s.FD()), Events: unix.POLLIN}}, int(left.Milliseconds())+1)
	}
}

func receive(t *testing.T, s *Socket, f *Frame, get func(*Frame) bool) string {
	t.Helper()
	until(t, s, func() bool { return get(f) })
	return string(f.Bytes())
}

func frame(t *testing.T) *Frame {
	f := NewFrame()
	t.Cleanup(f.Free)
	return f
}

func ipc(t *testing.T) string { return "ipc://" + filepath.Join(t.TempDir(), "s") }

func TestThereAndBack(t *testing.T) {
	for _, endpoint := range []string{ipc(t), "tcp://127.0.0.1:*"} {
		c := open(t)
		r := router(t, c, endpoint, -1)
		d := dealer(t, c, r.Endpoint())
		until(t, d, func() bool { return d.Events().Connected() })
		f := frame(t)
		for _, text := range []string{"", "short", strings.Repeat("long", 50_000)} {
			if _, ok := d.Send([]byte(text)); !ok {
				t.Fatal("not sent")
			}
			if got := receive(t, r, f, r.ReceiveFrom); got != text {
				t.Errorf("there: %d bytes of %d", len(got), len(text))
			}
			if _, ok := r.SendTo(f.From(), []byte(text)); !ok {
				t.Fatal("not sent back")
			}
			if got := receive(t, d, f, d.Receive); got != text {
				t.Errorf("back: %d bytes of %d", len(got), len(text))
			}
		}
	}
}

func TestBuffer(t *testing.T) {
	c := open(t)
	endpoint := ipc(t)
	d := dealer(t, c, endpoint)
	b := NewBuffer(1)
	text := append(b.Bytes(), "packed"...)
	if cap(text) < BufferSize || !b.Holds(text) || b.Holds([]byte("other")) || (Buffer{}).Holds(text) {
		t.Errorf("capacity %d", cap(text))
	}
	if _, ok := d.SendBuffer(b, 0, len(text)); ok {
		t.Fatal("sent to nobody")
	}
	r := router(t, c, endpoint, -1)
	f := frame(t)
	until(t, d, func() bool { _, ok := d.SendBuffer(b, 1, len(text)-1); return ok })
	if got := receive(t, r, f, r.ReceiveFrom); got != "acked" {
		t.Errorf("%q", got)
	}
	large := NewBuffer(BufferSize + 1)
	if n := cap(large.Bytes()); n != BufferSize+1 {
		t.Errorf("capacity %d", n)
	}
	large.Free()
	Buffer{}.Free()
}

func TestNobodyThere(t *testing.T) {
	c := open(t)
	endpoint := ipc(t)
	d := dealer(t, c, endpoint)
	if e, ok := d.Send([]byte("x")); ok || e.Connected() {
		t.Error("sent to nobody")
	}
	r, err := c.Router(endpoint, -1)
	if err != nil {
		t.Fatal(err)
	}
	until(t, d, func() bool { return d.Events().Connected() })
	f := frame(t)
	d.Send([]byte("x"))
	receive(t, r, f, r.ReceiveFrom)
	peer := f.From()
	r.Close()
	until(t, d, func() bool { return !d.Events().Connected() })
	r = router(t, c, endpoint, -1)
	if _, ok := r.SendTo(peer, []byte("x")); ok {
		t.Error("sent to a connection that is gone")
	}
}

func TestMaxFrame(t *testing.T) {
	c := open(t)
	r := router(t, c, ipc(t), 100)
	d := dealer(t, c, r.Endpoint())
	until(t, d, func() bool { return d.Events().Connected() })
	d.Send(bytes.Repeat([]byte("x"), 101))
	until(t, d, func() bool { return !d.Events().Connected() })
	f := frame(t)
	until(t, d, func() bool { _, ok := d.Send([]byte("fits")); return ok })
	if got := receive(t, r, f, r.ReceiveFrom); got != "fits" {
		t.Errorf("%d bytes came through", len(got))
	}
}

func TestErrors(t *testing.T) {
	c := open(t)
	r := router(t, c, "tcp://127.0.0.1:*", -1)
	for endpoint, want := range map[string]string{
		r.Endpoint():                          "in use",
		"ipc://" + strings.Repeat("long", 99): "107 bytes",
		"carrier-pigeon://coo":                "no ZeroMQ address",
		"ipc:///nowhere/at/all":               "no such file",
	} {
		if _, err := c.Router(endpoint, -1); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", endpoint, err, want)
		}
	}
	if _, err := c.Dealer("ipc://"+strings.Repeat("long", 99), -1); err == nil {
		t.Error("a path that is too long is connected to")
	}
	if err := explain("open a socket for", "ipc://x", syscall.EMFILE); !strings.Contains(err.Error(), "ulimit") {
		t.Error(err)
	}
	if err := explain("bind", "ipc://x", syscall.EACCES); !errors.Is(err, syscall.EACCES) {
		t.Error(err)
	}
}

func TestVersion(t *testing.T) {
	for _, v := range [][3]int{{4, 3, 3}, {4, 3, 4}, {4, 4, 0}, {5, 0, 0}} {
		if err := checkVersion(v[0], v[1], v[2]); err != nil {
			t.Error(err)
		}
	}
	for _, v := range [][3]int{{4, 3, 2}, {4, 2, 9}, {3, 9, 9}} {
		if checkVersion(v[0], v[1], v[2]) == nil {
			t.Errorf("%v is taken", v)
		}
	}
}
