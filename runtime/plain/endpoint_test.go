package plain

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/runtime/zmq"
)

func TestIPCPathsAreNotTaken(t *testing.T) {
	p := newPlace(t)
	dir := t.TempDir()
	regular, live, stale := filepath.Join(dir, "regular"), filepath.Join(dir, "live"), filepath.Join(dir, "stale")
	if err := os.WriteFile(regular, []byte("dear"), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", live)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	old, err := net.Listen("unix", stale)
	if err != nil {
		t.Fatal(err)
	}
	old.(*net.UnixListener).SetUnlinkOnClose(false)
	old.Close()
	for path, want := range map[string]string{regular: "no socket", live: "somebody else listens", dir: "no socket", filepath.Join(regular, "x"): "not a directory"} {
		c := p.config("pull")
		c.Endpoint = "ipc://" + path
		p.locked(func() {
			if _, err := OpenReceiver(c); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), c.Name) {
				t.Errorf("%s: %v", path, err)
			}
		})
	}
	if data, _ := os.ReadFile(regular); string(data) != "dear" {
		t.Error("the file is gone")
	}
	c := p.config("pull")
	c.Endpoint = "ipc://" + stale
	r := p.receiver(c)
	f := p.connect(zmq.Push, r.Endpoint(), zmq.Options{})
	f.send(`{"w":"x"}`)
	p.next(r)
	p.locked(r.Stop)
	if _, err := os.Lstat(stale); err == nil {
		t.Error("our socket is still there")
	}
}

func TestFileOfAnother(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "s")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f := fileOf("ipc://" + path)
	other := filepath.Join(dir, "other")
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(other, path); err != nil {
		t.Fatal(err)
	}
	f.remove()
	if _, err := os.Lstat(path); err != nil {
		t.Error("another's file is removed")
	}
}

func TestLocal(t *testing.T) {
	for endpoint, want := range map[string]bool{
		"ipc:///x": true, "inproc://x": true, "tcp://127.0.0.1:5": true, "tcp://[::1]:*": true, "tcp://localhost:1": true,
		"tcp://*:5": false, "tcp://10.0.0.1:5": false, "epgm://lo;239.1.1.1:5": false, "tcp://nonsense": false,
	} {
		if local(endpoint) != want {
			t.Errorf("%s", endpoint)
		}
	}
}

func TestPorts(t *testing.T) {
	p := newPlace(t)
	c := p.config("pull")
	c.Endpoint = "tcp://127.0.0.1:*"
	r := p.receiver(c)
	if !strings.HasPrefix(r.Endpoint(), "tcp://127.0.0.1:") || strings.HasSuffix(r.Endpoint(), "*") {
		t.Errorf("%s", r.Endpoint())
	}
	c = p.config("push")
	c.Endpoint = r.Endpoint()
	p.locked(func() {
		if _, err := OpenSender(c); err == nil || !strings.Contains(err.Error(), "in use") {
			t.Errorf("%v", err)
		}
	})
}
