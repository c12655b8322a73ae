package lane

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/ilpomo/opencore/runtime/spec"
)

// Topics is a set of topics, given by how they begin. A nil *Topics is the set
// of all.
type Topics struct {
	prefixes []string // sorted; none begins with another, so at most one fits a topic
}

// NewTopics makes the set of the topics that begin with one of the prefixes;
// without any it is that of all.
func NewTopics(prefixes []string) *Topics {
	if len(prefixes) == 0 || slices.Contains(prefixes, "") {
		return nil
	}
	sorted := slices.Sorted(slices.Values(prefixes))
	t := &Topics{}
	for _, p := range sorted {
		if n := len(t.prefixes); n == 0 || !strings.HasPrefix(p, t.prefixes[n-1]) {
			t.prefixes = append(t.prefixes, p)
		}
	}
	return t
}

// Has tells whether a topic is in the set.
func (t *Topics) Has(topic string) bool {
	if t == nil {
		return true
	}
	after := sort.Search(len(t.prefixes), func(i int) bool { return t.prefixes[i] > topic })
	return after > 0 && strings.HasPrefix(topic, t.prefixes[after-1])
}

// append makes the frame that tells the sender of a lane what is wanted of it:
// a record for each prefix, and none where all is.
func (t *Topics) append(b []byte, lane spec.LaneID) []byte {
	h := header{kind: kindTopics, lane: lane}
	if t != nil {
		h.count = uint32(len(t.prefixes))
	}
	b = append(b, make([]byte, headerSize)...)
	h.put(b[len(b)-headerSize:])
	for i := range h.count {
		at := len(b)
		b = append(beginRecord(b), t.prefixes[i]...)
		endRecord(b, at)
	}
	return b
}

func parseTopics(h header, body []byte) (*Topics, error) {
	if err := checkRecords(body, h.count, false); err != nil {
		return nil, err
	}
	prefixes := make([]string, 0, len(body)/recordHead)
	for len(body) > 0 {
		var record []byte
		record, body = nextRecord(body)
		prefixes = append(prefixes, string(record))
	}
	return NewTopics(prefixes), nil
}

// Subscribe tells the sender of a lane which topics are wanted of it from now
// on; it is told again when it comes back. What it has sent or queued before
// may still come. Locked.
func (n *Node) Subscribe(in *In, topics *Topics) {
	in.topics = topics
	if in.flow != nil {
		n.subscribe(in.flow.link, in)
	}
}

func (n *Node) subscribe(l *inLink, in *In) {
	n.scratch = in.topics.append(n.scratch[:0], in.ID)
	n.answer(l, n.scratch)
}

// Wants tells whether the receiver of the wire, if it is only one, wants
// messages of a topic. Locked.
func (w *Wire) Wants(topic string) bool { return w.only == nil || w.only.topics.Has(topic) }

// wanted takes what a receiver wants of a lane.
func (l *link) wanted(h header, body []byte) error {
	o := l.lane(h.lane)
	if o == nil || !o.wire.config.Topics {
		return fmt.Errorf("topics for lane %d, which carries none", h.lane)
	}
	var err error
	o.topics, err = parseTopics(h, body)
	return err
}
