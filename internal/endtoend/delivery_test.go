package endtoend

import (
	"slices"
	"strconv"
	"testing"

	"github.com/ilpomo/opencore/runtime/spec"
)

const pushPull = `graph main(log string, count int) {
  source = Source(log: log, count: count)
  sink   = Sink(log: log)

  source -> sink
}`

const pubSub = `graph main(log string, count int) {
  herald = Herald(log: log, count: count)
  a = Listener(log: log)
  b = Listener(log: log)
  c = Listener(log: log)

  herald -> a queue 1_000 block
  herald -> b queue 1_000 block
  herald -> c queue 1_000 block
}`

func TestPushPullArrivesWhole(t *testing.T) {
	for _, transport := range []string{"ipc", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			for range rounds(3, 50) {
				o := start(t, pushPull, "count=10000", "--transport", transport).done()
				if got := about(o.entries, "got"); !slices.Equal(got, ids(10_000)) {
					t.Fatalf("%d arrive, or in another order", len(got))
				}
				c := o.wire(t, "source.items -> sink.items")
				if want := (spec.Counts{Offered: 10_000, Delivered: 10_000}); c != want {
					t.Fatalf("account %+v, want %+v", c, want)
				}
			}
		})
	}
}

func TestPubSubArrivesWhole(t *testing.T) {
	for range rounds(3, 50) {
		o := start(t, pubSub, "count=10000").done()
		subscribers := pids(o.entries, "listener")
		if len(subscribers) != 3 {
			t.Fatalf("%d subscribers have started, want 3", len(subscribers))
		}
		for _, pid := range subscribers {
			if got := about(of(o.entries, pid), "got"); !slices.Equal(got, ids(10_000)) {
				t.Fatalf("%d arrive at a subscriber, or in another order", len(got))
			}
		}
		for _, name := range []string{"a", "b", "c"} {
			c := o.wire(t, "herald.items -> "+name+".items")
			if want := (spec.Counts{Offered: 10_000, Delivered: 10_000}); c != want {
				t.Fatalf("account of %s %+v, want %+v", name, c, want)
			}
		}
	}
}

func TestReplicasShareByKey(t *testing.T) {
	o := start(t, `graph main(log string) {
  source = Source(log: log, count: 5_000, groups: 40)
  keyed  = Keyed(log: log) replicas 3

  source -> keyed
}`).done()
	owner := map[string]int{}
	busy := map[int]bool{}
	for _, e := range o.entries {
		if e.what != "group" {
			continue
		}
		busy[e.pid] = true
		if pid, ok := owner[e.about]; ok && pid != e.pid {
			t.Fatalf("group %s reaches two replicas", e.about)
		}
		owner[e.about] = e.pid
	}
	if len(owner) != 40 || len(busy) != 3 {
		t.Errorf("%d groups at %d replicas, want 40 at 3", len(owner), len(busy))
	}
	if n := count(o.entries, "got", 0); n != 5_000 {
		t.Errorf("%d messages arrive, want 5,000", n)
	}
}

func TestSlowSubscriberDropsAndHoldsNobodyUp(t *testing.T) {
	tr := newTrial(t)
	o := start(t, `graph main(log string, slow string) {
  herald = Herald(log: log, count: 3_000, size: 8_192)
  a = Listener(log: log)
  b = Listener(log: log)
  slow = Listener(log: log, takes: 5ms, slow_one: slow)

  herald -> a queue 1_000 block
  herald -> b queue 1_000 block
  herald -> slow queue 50 drop_oldest
}`, "slow="+tr.folder+"/slow").done()
	c := o.wire(t, "herald.items -> slow.items")
	if c.Dropped == 0 || c.Dropped+c.Delivered != 3_000 || c.Offered != 3_000 {
		t.Errorf("account of the slow one %+v", c)
	}
	for _, pid := range pids(o.entries, "listener") {
		got := about(of(o.entries, pid), "got")
		switch n := uint64(len(got)); {
		case n == 3_000: // a fast one
		case n != c.Delivered:
			t.Errorf("a subscriber got %d; the account of the slow one says %d", n, c.Delivered)
		case got[n-1] != "2999":
			t.Errorf("the last that the slow one got is %s; the newest should win", got[n-1])
		}
	}
	// The herald did not wait: when its last message was taken, the slow one
	// still had a queue full of others before it.
	lastSent := slices.IndexFunc(o.entries, func(e entry) bool { return e.what == "sent" && e.about == "2999" })
	if n := gotBySlow(o.entries[:lastSent], o.entries); n > int(c.Delivered)-40 {
		t.Errorf("when all was sent, the slow one had %d of its %d: it held the others up", n, c.Delivered)
	}
}

// gotBySlow counts what the subscriber that got least of all has got in some
// of the entries.
func gotBySlow(some, all []entry) int {
	slow := slices.MinFunc(pids(all, "listener"), func(p, q int) int { return count(all, "got", p) - count(all, "got", q) })
	return count(some, "got", slow)
}

func TestSlowReplicaCostsItsShareOnly(t *testing.T) {
	tr := newTrial(t)
	o := start(t, `graph main(log string, slow string) {
  source = Source(log: log, count: 4_000)
  quick  = Relay(log: log)
  sink   = Sink(log: log, takes: 10ms, slow_one: slow) replicas 4

  source -> quick -> sink
}`, "slow="+tr.folder+"/slow").done()
	shares := []int{}
	for _, pid := range pids(o.entries, "sink") {
		shares = append(shares, count(o.entries, "got", pid))
	}
	slices.Sort(shares)
	if len(shares) != 4 || shares[0]+shares[1]+shares[2]+shares[3] != 4_000 {
		t.Fatalf("the replicas got %v of 4,000", shares)
	}
	if shares[0] > 500 {
		t.Errorf("the slow replica got %d of 4,000, the others %v: it costs more than its share", shares[0], shares[1:])
	}
}

func TestRejectedIsCountedAndNamed(t *testing.T) {
	o := start(t, `graph main(log string) {
  source = Source(log: log, count: 100)
  sink   = Sink(log: log, fails: 7)

  source -> sink
}`).done()
	if c := o.wire(t, "source.items -> sink.items"); c.Rejected != 1 || c.Delivered != 100 {
		t.Errorf("account %+v", c)
	}
	if o.last.Rejected != 1 {
		t.Errorf("the last line counts %d rejected", o.last.Rejected)
	}
}

// ids lists the ids of n messages in order.
func ids(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = strconv.Itoa(i)
	}
	return list
}

// of gives the entries of one process.
func of(entries []entry, pid int) []entry {
	var list []entry
	for _, e := range entries {
		if e.pid == pid {
			list = append(list, e)
		}
	}
	return list
}
