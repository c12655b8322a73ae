package lane

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/ilpomo/opencore/runtime/spec"
)

// A hello is the first frame of a link, from the sender: who it is and what
// it believes to be talking about.
//
//	run u64, graph hash u64, sender u32, its incarnation u32, link u32, receiver u32,
//	count u32, then count times lane u32, hash of the message u64, of the reply u64
type hello struct {
	run         uint64
	graph       uint64
	from        spec.ProcessID
	incarnation uint32
	link        uint32 // counts the links of this incarnation
	to          spec.ProcessID
	lanes       []helloLane
}

type helloLane struct {
	id      spec.LaneID
	message uint64
	reply   uint64
}

const (
	helloHead     = 36
	helloLaneSize = 20
)

func (h *hello) append(b []byte) []byte {
	b = append(b, make([]byte, headerSize)...)
	header{kind: kindHello}.put(b[len(b)-headerSize:])
	le := binary.LittleEndian
	b = le.AppendUint64(b, h.run)
	b = le.AppendUint64(b, h.graph)
	b = le.AppendUint32(b, uint32(h.from))
	b = le.AppendUint32(b, h.incarnation)
	b = le.AppendUint32(b, h.link)
	b = le.AppendUint32(b, uint32(h.to))
	b = le.AppendUint32(b, uint32(len(h.lanes)))
	for _, l := range h.lanes {
		b = le.AppendUint32(b, uint32(l.id))
		b = le.AppendUint64(b, l.message)
		b = le.AppendUint64(b, l.reply)
	}
	return b
}

func parseHello(body []byte) (*hello, error) {
	le := binary.LittleEndian
	if len(body) < helloHead {
		return nil, errShort
	}
	count := uint64(le.Uint32(body[32:]))
	if count*helloLaneSize != uint64(len(body)-helloHead) {
		return nil, errors.New("a hello of another length than it says")
	}
	h := &hello{
		run:         le.Uint64(body),
		graph:       le.Uint64(body[8:]),
		from:        spec.ProcessID(le.Uint32(body[16:])),
		incarnation: le.Uint32(body[20:]),
		link:        le.Uint32(body[24:]),
		to:          spec.ProcessID(le.Uint32(body[28:])),
		lanes:       make([]helloLane, count),
	}
	for i := range h.lanes {
		l := body[helloHead+i*helloLaneSize:]
		h.lanes[i] = helloLane{spec.LaneID(le.Uint32(l)), le.Uint64(l[4:]), le.Uint64(l[12:])}
	}
	return h, nil
}

// appendRefusal makes the frame that says why no link comes about.
func appendRefusal(b []byte, reason string) []byte {
	b = append(b, make([]byte, headerSize)...)
	header{kind: kindRefusal}.put(b[len(b)-headerSize:])
	return append(b, reason...)
}

// maxRefusal is how much of a refusal is believed, in bytes.
const maxRefusal = 1 << 10

func parseRefusal(body []byte) error {
	return fmt.Errorf("%q", body[:min(len(body), maxRefusal)])
}
