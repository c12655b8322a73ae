//go:build cgo

package zmq

import (
	"strings"
	"testing"
)

func TestTryBind(t *testing.T) {
	if err := TryBind("tcp://127.0.0.1:*"); err != nil {
		t.Error(err)
	}
	if err := TryBind("ipc://" + t.TempDir() + "/s"); err != nil {
		t.Error(err)
	}
	c, err := NewContext()
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.Router("tcp://127.0.0.1:*", -1)
	if err != nil {
		t.Fatal(err)
	}
	if err := TryBind(s.Endpoint()); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("bound twice: %v", err)
	}
	s.Close()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if err := TryBind("ipc://" + strings.Repeat("x", 200)); err == nil {
		t.Error("a path that is too long was bound")
	}
}

func TestHas(t *testing.T) {
	if !Has("ipc") {
		t.Error("no ipc")
	}
	if Has("perpetual motion") {
		t.Error("libzmq has what nobody has")
	}
	if err := CheckVersion(); err != nil {
		t.Error(err)
	}
}
