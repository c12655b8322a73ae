package lane

import (
	"testing"
	"time"

	"github.com/ilpomo/opencore/runtime/spec"
)

// Frames that are kept are acknowledged when they are done, and the end of
// their lane with the last of them.
func TestKeep(t *testing.T) {
	r := receiver(t, nil)
	s, w := sending(t, r.Endpoint(), nil)
	background(t, s)
	var kept []*Inbound
	for i := range 2 {
		offer(t, s, w, "message")
		lead(t, r, func() bool {
			if r.Pending() {
				kept = append(kept, r.Keep(r.Take()))
			}
			return len(kept) == i+1
		})
	}
	s.Lock()
	w.Close()
	s.Unlock()
	lead(t, r, func() bool { return !r.Pending() && r.Ended(nil) })
	r.Lock()
	if r.Idle() || r.Kept() != 2 {
		t.Errorf("idle, with %d frames kept", r.Kept())
	}
	r.Done(kept[0])
	if r.Idle() {
		t.Error("idle, with a frame kept")
	}
	r.Unlock()
	s.Lock()
	if w.Ended() {
		t.Error("the end is acknowledged before the messages are")
	}
	s.Unlock()
	if topic, payload, ok := kept[1].Next(); !ok || topic != nil || string(payload) != "message" {
		t.Errorf("a kept frame gives %q, %v", payload, ok)
	}
	r.Lock()
	r.Done(kept[1])
	if !r.Idle() {
		t.Error("not idle, with nothing in hand")
	}
	r.Unlock()
	background(t, r)
	lead(t, s, w.Ended)
}

// offer sends a message at once.
func offer(t *testing.T, n *Node, w *Wire, text string) {
	t.Helper()
	lead(t, n, func() bool { return !w.Full(0) })
	n.Lock()
	defer n.Unlock()
	buf, ok := w.Begin(0, "", len(text))
	if !ok || buf == nil {
		t.Fatal("no room")
	}
	w.End(append(buf, text...))
}

// Who asks how far we are while a frame is kept is answered when it is done.
func TestKeepOwesAGrant(t *testing.T) {
	r := receiver(t, nil)
	s, w := sending(t, r.Endpoint(), nil)
	offer(t, s, w, "message")
	background(t, s)
	var kept *Inbound
	lead(t, r, func() bool {
		if r.Pending() {
			kept = r.Keep(r.Take())
		}
		return kept != nil
	})
	s.Lock()
	if s.Clear() { // it asks
		t.Error("all is acknowledged")
	}
	s.Unlock()
	lead(t, r, func() bool { return !r.Pending() && kept.flow.owed })
	r.Lock()
	r.Done(kept)
	r.Unlock()
	background(t, r)
	lead(t, s, s.Clear)
}

// What has been counted as left is not counted again when its time is over: a
// process that ends at once may wait for its program.
func TestLeftOnce(t *testing.T) {
	r := receiver(t, nil)
	var counts WireConfig
	s, w := sending(t, r.Endpoint(), func(_ *Config, w *WireConfig) {
		w.Timeout, w.Retry, w.Reply, w.Message = spec.Duration(20*time.Millisecond), 1, 9, 51 // refused: it never gets there
		counts = *w
	})
	s.Lock()
	defer s.Unlock()
	w.Call(0, []byte("hello"), nil)
	s.GiveUp()
	s.Wait(func() bool { return false }, s.After(60*time.Millisecond))
	if *counts.Offered != 0 || *counts.Dropped != 0 || *counts.Left != 1 {
		t.Errorf("offered %d more, dropped %d, left %d", *counts.Offered, *counts.Dropped, *counts.Left)
	}
}
