package lane

import (
	"path/filepath"
	"testing"

	"github.com/ilpomo/opencore/runtime/zmq"
)

// open watches a socket.
func open(t *testing.T, n *Node, kind zmq.Kind, ready func()) *Watch {
	t.Helper()
	s, err := n.Socket(kind, zmq.Options{Immediate: true})
	if err != nil {
		t.Fatal(err)
	}
	return n.Watch(s, ready)
}

func TestWatch(t *testing.T) {
	n := receiver(t, nil)
	n.Lock()
	defer n.Unlock()
	m := zmq.NewMessage(2, 1000)
	t.Cleanup(m.Free)
	var got []string
	var in *Watch
	in = open(t, n, zmq.Pull, func() {
		for in.Receive(m) == nil {
			got = append(got, string(m.Parts()[0]))
		}
	})
	at, err := in.Bind("ipc://" + filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	out := open(t, n, zmq.Push, func() {})
	if err := out.Connect(at); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"one", "two"} {
		before := len(got)
		if !n.Wait(func() bool { return out.Send([]byte(text)) == nil }, n.After(patient)) {
			t.Fatal("not sent")
		}
		if !n.Wait(func() bool { return len(got) > before }, n.After(patient)) || got[before] != text {
			t.Fatalf("%q", got)
		}
	}
	in.Stop()
	in.Stop()
	if in.Events() != 0 || len(n.watches) != 1 {
		t.Error("it goes on")
	}
}

func TestWatchAtATime(t *testing.T) {
	n := receiver(t, nil)
	n.Lock()
	defer n.Unlock()
	looked := 0
	w := open(t, n, zmq.Pull, func() { looked++ })
	n.Wait(func() bool { return looked == 1 }, n.After(patient))
	at := n.After(1)
	w.At(at)
	if !n.Wait(func() bool { return looked == 2 }, n.After(patient)) || !n.Passed(at) || w.at != 0 {
		t.Errorf("looked %d times", looked)
	}
	w.Again()
	if !n.Wait(func() bool { return looked == 3 }, n.After(patient)) {
		t.Errorf("looked %d times", looked)
	}
}
