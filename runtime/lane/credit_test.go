package lane

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestWindow(t *testing.T) {
	for _, c := range []struct {
		each time.Duration
		want uint64
	}{
		{time.Second, minWindow}, {5 * time.Millisecond, 3}, {time.Millisecond, 15}, {time.Microsecond, 15_000}, {10, maxWindow},
	} {
		a := &allowance{}
		if a.window() != firstWindow {
			t.Error("before anything is known:", a.window())
		}
		for range 10 {
			a.worked(10, 10*c.each)
		}
		if got := a.window(); got != c.want {
			t.Errorf("%v a message: window %d, want %d", c.each, got, c.want)
		}
	}
}

// A hiccup doesn't change the window for long.
func TestWindowRecovers(t *testing.T) {
	a := &allowance{}
	a.worked(1000, time.Millisecond)
	a.worked(1, 20*time.Millisecond)
	for range 20 {
		a.worked(100, 100*time.Microsecond)
	}
	if got := a.window(); got < 10_000 {
		t.Errorf("window %d", got)
	}
}

func TestOldGrants(t *testing.T) {
	b := &budget{}
	b.take(grant{messages: 10, bytes: 100})
	b.sent, b.bytes = 5, 50
	b.launch()
	b.take(grant{acked: 5, messages: 20, bytes: 200})
	b.take(grant{acked: 3, messages: 10, bytes: 100})
	if b.acked != 5 || b.limit != 20 || b.limitB != 200 || b.inFlight() != 0 {
		t.Errorf("%+v", b)
	}
	if b.take(grant{acked: 6}) {
		t.Error("what was never sent is acknowledged")
	}
}

// A sender and a receiver with any sizes and any speed never wait for each
// other: whenever the sender holds something back, a grant is on its way, and
// it never has more on its way than it was granted.
func TestNoStandstill(t *testing.T) {
	for seed := range uint64(100) {
		random := rand.New(rand.NewPCG(seed, 0))
		b, a := &budget{}, &allowance{}
		b.take(a.grant(0))
		type sent struct {
			count uint32
			size  uint64
			ask   bool
		}
		var way []sent
		packed, size := 0, 0
		maxSize := 1 + random.IntN(200_000)
		each := time.Duration(1 + random.IntN(3_000_000))
		launch := func() {
			way = append(way, sent{uint32(packed), uint64(size), b.launch()})
			packed, size = 0, 0
		}
		handle := func() {
			f := way[0]
			way = way[1:]
			a.handled += uint64(f.count)
			a.handledBytes += f.size
			a.worked(f.count, time.Duration(f.count)*each)
			if f.ask || a.due() {
				if !b.take(a.grant(0)) {
					t.Fatal("a grant for what was never sent")
				}
				if packed > 0 && b.idle(eagerFrames) {
					launch()
				}
			}
		}
		for total := 0; total < 3000; {
			switch {
			case !b.open():
				if packed > 0 {
					launch()
				}
				if len(way) == 0 {
					t.Fatalf("seed %d: no credit, and nothing on its way: %+v %+v", seed, b, a)
				}
				handle()
			case random.IntN(3) > 0 || len(way) == 0:
				n := 1 + random.IntN(maxSize)
				b.sent, b.bytes, packed, size, total = b.sent+1, b.bytes+uint64(n), packed+1, size+n, total+1
				if b.full(packed, size) || b.idle(eagerFrames) {
					launch()
				}
			default:
				handle()
			}
		}
		for len(way) > 0 {
			handle()
		}
		if packed > 0 {
			t.Fatalf("seed %d: %d messages are held back, and no grant is coming", seed, packed)
		}
	}
}
