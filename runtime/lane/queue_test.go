package lane

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/runtime/spec"
)

func push(q *queue, text string) {
	data := q.begin(len(text))
	at := len(data)
	data = append(beginRecord(data), text...)
	endRecord(data, at)
	q.end(data)
}

func texts(records []byte) (list []string) {
	for len(records) > 0 {
		var r []byte
		r, records = nextRecord(records)
		list = append(list, string(r))
	}
	return list
}

// A queue behaves like a list, whatever is done to it.
func TestQueue(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	q := &queue{}
	var model []string
	long := strings.Repeat("x", 20_000)
	for i := range 6000 {
		switch op := random.IntN(10); {
		case op < 5:
			text := fmt.Sprint(i, long[:random.IntN(len(long))])
			push(q, text)
			model = append(model, text)
		case op < 8 && len(model) > 0:
			if got := string(q.pop()[4:]); got != model[0] {
				t.Fatalf("popped %.20q, want %.20q", got, model[0])
			}
			model = model[1:]
		case op < 9 && len(model) > 0:
			b := q.take()
			got := texts(b.data[b.first:])
			if len(got) != b.count || !slices.Equal(got, model[:b.count]) {
				t.Fatalf("took %d records", b.count)
			}
			if random.IntN(2) == 0 {
				q.putBack(b)
			} else {
				model = model[b.count:]
				b.free()
			}
		}
		size := 0
		for _, text := range model {
			size += len(text) + 4
		}
		if q.count != len(model) || q.size != size {
			t.Fatalf("%d records of %d bytes, want %d of %d", q.count, q.size, len(model), size)
		}
	}
	if n := q.clear(); n != len(model) || q.count != 0 {
		t.Errorf("cleared %d of %d", n, len(model))
	}
}

// A batch has room for its header in front of whatever is left of it.
func TestBatchFrame(t *testing.T) {
	q := &queue{}
	for _, text := range []string{"one", "two", "three"} {
		push(q, text)
	}
	q.pop()
	b := q.take()
	defer b.free()
	h, _, body, err := parseFrame(b.frame(header{kind: kindData, count: uint32(b.count)}))
	if err != nil || checkRecords(body, h.count, false) != nil || !slices.Equal(texts(body), []string{"two", "three"}) {
		t.Errorf("%+v, %q, %v", h, body, err)
	}
}

// A record that no buffer was made for moves the batch, and is not lost.
func TestBatchGrows(t *testing.T) {
	b := &batch{}
	defer b.free()
	data := b.begin(0)
	at := len(data)
	data = append(beginRecord(data), make([]byte, 400_000)...)
	endRecord(data, at)
	b.end(data)
	if b.buffer.Holds(b.data) {
		t.Error("400 kB fit into the usual buffer")
	}
	if n := binary.LittleEndian.Uint32(b.data[b.first:]); n != 400_000 || b.next() != 400_004 {
		t.Errorf("%d bytes", n)
	}
	b.empty()
	if b.buffer.Holds(b.data) || cap(b.data) != 0 {
		t.Error("memory beyond the usual is kept")
	}
}

func TestCrowded(t *testing.T) {
	two := make([]*outLane, 2)
	for _, c := range []struct {
		name  string
		bound spec.Queue
		queue queue
		want  bool
	}{
		{"messages", spec.Queue{Messages: 10}, queue{count: 19, size: 100}, false},
		{"as many as two lanes hold", spec.Queue{Messages: 10}, queue{count: 20, size: 100}, true},
		{"few, but long", spec.Queue{Messages: 1000}, queue{count: 4, size: mostQueued}, true},
		{"bytes", spec.Queue{Bytes: 1000}, queue{count: 1, size: 1999}, false},
		{"as many as two lanes hold", spec.Queue{Bytes: 1000}, queue{count: 1, size: 2000}, true},
	} {
		w := &Wire{config: WireConfig{Queue: c.bound}, lanes: two}
		if got := w.crowded(&c.queue); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
