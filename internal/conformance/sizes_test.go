package conformance

import (
	"fmt"
	"hash/crc32"
	"testing"
	"time"

	"github.com/ilpomo/opencore/internal/conformance/cast"
	"github.com/ilpomo/opencore/internal/testbed"
)

var sizeTable = &table{
	title:   "Sizes",
	text:    "One message over tcp, raw; ours weighs what theirs makes, then theirs weighs what ours makes.",
	head:    []string{"bytes"},
	columns: []string{"pyzmq", "C"},
}

// sizes sends messages from nothing to 64 MiB over tcp.
func sizes(t *testing.T) {
	for _, column := range sizeTable.columns {
		for _, size := range []int{0, 1, 255, 256, 8 << 10, 1 << 20, 16 << 20, 64 << 20} {
			t.Run(fmt.Sprintf("%d %s", size, column), func(t *testing.T) {
				sizeTable.enter(t, fmt.Sprint(size), column)
				if size < 1<<20 {
					t.Parallel() // larger ones alone: they take their memory
				}
				began := time.Now()
				makeTheirs(t, kind(column), size)
				makeOurs(t, kind(column), size)
				t.Logf("%d bytes both ways took %s", size, time.Since(began))
			})
		}
	}
}

// makeTheirs has theirs make a blob, and ours weigh it.
func makeTheirs(t *testing.T, k kind, size int) {
	c := pairing{"pull", "push", `actor Peer external { push blobs Blob codec raw AT }
graph main {
  peer = Peer(), weigh = Weigh(), print = file.Write(path: "-")
  peer -> weigh -> print
}`, nil}
	g, p := join(t, &c, k, true, testbed.FreeTCP(t, "127.0.0.1"))
	const seed = 7
	p.say(fmt.Sprintf("send %d#%d", size, seed))
	want := fmt.Sprintf(`{"size":%d,"crc":%d}`, size, crc32.ChecksumIEEE(cast.Pattern(size, seed)))
	if got := g.next(); got != want {
		t.Errorf("ours weighs %s, want %s", got, want)
	}
	g.stop()
	p.leave()
}

// makeOurs has ours make a blob, and theirs weigh it.
func makeOurs(t *testing.T, k kind, size int) {
	c := pairing{"push", "pull", `actor Peer external { pull blobs Blob codec raw AT }
graph main {
  wants = file.Lines<Want>(path: "-"), make = Make(), peer = Peer()
  wants -> make -> peer
}`, nil}
	g, p := join(t, &c, k, true, testbed.FreeTCP(t, "127.0.0.1"))
	const seed = 9
	g.say(fmt.Sprintf(`{"size":%d,"seed":%d}`, size, seed))
	g.close()
	blob := cast.Pattern(size, seed)
	want := "got " + word(string(blob))
	if size > 1100 {
		want = fmt.Sprintf("got %d#%08x", size, crc32.ChecksumIEEE(blob))
	}
	if got := p.next(); got != want {
		t.Errorf("theirs got %.100s, want %.100s", got, want)
	}
	g.finish()
	p.leave()
}
