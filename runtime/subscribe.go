package runtime

import (
	"fmt"
	"strings"
	"unsafe"

	"github.com/ilpomo/opencore/runtime/lane"
	"github.com/ilpomo/opencore/runtime/spec"
)

// maxPrefixes is the length of all prefixes together that a handler may choose,
// in bytes: they travel in one frame, again and again.
const maxPrefixes = 1 << 20

// subscribe is [actor.Subscribe].
func (p *process) subscribe(port string, prefixes []string) error {
	wires, err := p.narrowed(port)
	if err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	if size := len(strings.Join(prefixes, "")); size > maxPrefixes {
		return fmt.Errorf("subscribe: prefixes of %d bytes, %d is the most", size, maxPrefixes)
	}
	topics := lane.NewTopics(prefixes)
	p.node.Lock()
	defer p.node.Unlock()
	for _, w := range wires {
		w.topics.Store(topics)
		if err := w.subscribePlain(prefixes); err != nil {
			return err
		}
		for _, in := range w.lanes {
			p.node.Subscribe(in, topics)
		}
	}
	return nil
}

// narrowed gives the wires of a port that carry topics.
func (p *process) narrowed(port string) (wires []*inWire, err error) {
	var s *spec.In
	for i := range p.spec.Ins {
		if p.spec.Ins[i].Port == port {
			s = &p.spec.Ins[i]
		}
	}
	switch {
	case s == nil:
		return nil, fmt.Errorf("%s has no in-port %q", p.spec.Actor, port)
	case s.Pattern != "sub" && s.Pattern != "in":
		return nil, fmt.Errorf("port %q (%s) takes no topics", port, s.Pattern)
	case s.Pattern == "in" && p.spec.Replicas > 1:
		return nil, fmt.Errorf("the %d replicas share what comes in at port %q, so none can choose; those of a sub port can", p.spec.Replicas, port)
	}
	for _, w := range p.ins {
		if w.port == s && w.carriesTopics {
			wires = append(wires, w)
		}
	}
	if len(wires) == 0 {
		return nil, fmt.Errorf("no wire of port %q carries topics", port)
	}
	return wires, nil
}

// wants tells whether the handler takes messages of a topic. What doesn't is
// counted as filtered: it was on its way when the handler chose.
func (w *inWire) wants(topic []byte) bool {
	if w.topics.Load().Has(unsafe.String(unsafe.SliceData(topic), len(topic))) {
		return true
	}
	*w.filtered++
	return false
}
