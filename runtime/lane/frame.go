package lane

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/ilpomo/opencore/runtime/spec"
)

// A frame is one ZeroMQ part, little endian:
//
//	0   version  u8   frameVersion
//	1   kind     u8
//	2   flags    u16
//	4   lane     u32  of data, end, replies and topics
//	8   last     u64  number of the last message in it; of an end, one more than the last of all
//	16  count    u32  messages in it
//	20  grants   u32  how many grants follow
//	24  grants   of 28 bytes each: lane u32, acknowledged u64, messages u64, bytes u64
//	…   body
//
// Messages of a lane are numbered from 1 for as long as a link lasts, and the
// end of the lane takes a number too. A grant says up to which number all is
// handled, and up to which number and which byte the sender may go: absolute,
// so repeats are harmless.
//
// The body of data is count times a record: its length u32, then that many
// bytes, which are the payload; with flagTopics the topic's length u16, the
// topic, the payload. The body of replies is count times: length u32, then number
// u64 of the request, a status byte, and the reply's payload or the error's text.
// The body of topics is count records, how the topics begin that are wanted;
// without any all are. Those of hello, welcome and refusal are in hello.go.
const (
	frameVersion = 1
	headerSize   = 24
	grantSize    = 28
	recordHead   = 4 // length
	topicHead    = 2 // likewise
	replyHead    = 9 // number and status
)

type kind uint8

const (
	kindHello   kind = 1 + iota // sender: who I am, and what I believe
	kindWelcome                 // receiver: agreed; the first grants
	kindRefusal                 // receiver: we don't agree, and why
	kindData                    // sender
	kindEnd                     // sender: nothing comes any more
	kindGrant                   // receiver
	kindReply                   // receiver
	kindTopics                  // receiver: what it wants of a lane
	kindLast
)

const (
	flagAsk    uint16 = 1 << iota // grant as soon as this is handled
	flagTopics                    // records carry topics
)

// The statuses of a reply.
const (
	replyOK      byte = iota
	replyError        // with the error's text
	replyTimeout      // the replier has asked somebody else, who did not answer in time,
	replyDown         // or was not there
	replyLast
)

// A header is what a frame begins with.
type header struct {
	kind   kind
	flags  uint16
	lane   spec.LaneID
	last   uint64
	count  uint32
	grants uint32
}

// put writes h into b, which has room for it.
func (h header) put(b []byte) {
	b[0], b[1] = frameVersion, byte(h.kind)
	binary.LittleEndian.PutUint16(b[2:], h.flags)
	binary.LittleEndian.PutUint32(b[4:], uint32(h.lane))
	binary.LittleEndian.PutUint64(b[8:], h.last)
	binary.LittleEndian.PutUint32(b[16:], h.count)
	binary.LittleEndian.PutUint32(b[20:], h.grants)
}

// A grant is what a receiver allows on a lane.
type grant struct {
	lane     spec.LaneID
	acked    uint64 // all up to this number is handled
	messages uint64 // numbers up to this one may be sent
	bytes    uint64 // and records while fewer bytes than this have been sent
}

func (g grant) append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(g.lane))
	b = binary.LittleEndian.AppendUint64(b, g.acked)
	b = binary.LittleEndian.AppendUint64(b, g.messages)
	return binary.LittleEndian.AppendUint64(b, g.bytes)
}

func readGrant(b []byte) grant {
	return grant{
		lane:     spec.LaneID(binary.LittleEndian.Uint32(b)),
		acked:    binary.LittleEndian.Uint64(b[4:]),
		messages: binary.LittleEndian.Uint64(b[12:]),
		bytes:    binary.LittleEndian.Uint64(b[20:]),
	}
}

var (
	errShort  = errors.New("the frame is shorter than it says")
	errLonger = errors.New("the frame is longer than it says")
)

// parseFrame takes a frame apart. What it gives is sound but for the records
// of the body, which [records] and [replies] check before they are walked.
func parseFrame(b []byte) (h header, grants, body []byte, err error) {
	if len(b) < headerSize {
		return h, nil, nil, errShort
	}
	if b[0] != frameVersion {
		return h, nil, nil, fmt.Errorf("version %d where %d belongs", b[0], frameVersion)
	}
	h = header{
		kind:   kind(b[1]),
		flags:  binary.LittleEndian.Uint16(b[2:]),
		lane:   spec.LaneID(binary.LittleEndian.Uint32(b[4:])),
		last:   binary.LittleEndian.Uint64(b[8:]),
		count:  binary.LittleEndian.Uint32(b[16:]),
		grants: binary.LittleEndian.Uint32(b[20:]),
	}
	if h.kind == 0 || h.kind >= kindLast {
		return h, nil, nil, fmt.Errorf("a frame of unknown kind %d", h.kind)
	}
	if h.flags&^(flagAsk|flagTopics) != 0 {
		return h, nil, nil, fmt.Errorf("unknown flags %#x", h.flags)
	}
	if uint64(h.grants)*grantSize > uint64(len(b)-headerSize) {
		return h, nil, nil, errShort
	}
	end := headerSize + int(h.grants)*grantSize
	return h, b[headerSize:end], b[end:], nil
}

// checkRecords finds out whether body is count records and nothing else. What
// passes can be walked without looking at lengths again.
func checkRecords(body []byte, count uint32, topics bool) error {
	for range count {
		if len(body) < 4 {
			return errShort
		}
		n := uint64(binary.LittleEndian.Uint32(body))
		if n > uint64(len(body)-4) {
			return errShort
		}
		if topics && (n < 2 || uint64(binary.LittleEndian.Uint16(body[4:])) > n-2) {
			return errors.New("a topic is longer than its record")
		}
		body = body[4+n:]
	}
	if len(body) > 0 {
		return errLonger
	}
	return nil
}

// checkReplies does the same for replies.
func checkReplies(body []byte, count uint32) error {
	if err := checkRecords(body, count, false); err != nil {
		return err
	}
	for len(body) > 0 {
		n := binary.LittleEndian.Uint32(body)
		if n < replyHead || body[4+8] >= replyLast {
			return errors.New("a reply without number or status")
		}
		body = body[4+n:]
	}
	return nil
}

// nextRecord splits the first record off a checked body.
func nextRecord(body []byte) (record, rest []byte) {
	n := 4 + int(binary.LittleEndian.Uint32(body))
	return body[4:n:n], body[n:]
}

// splitTopic splits a record that carries its topic.
func splitTopic(record []byte) (topic, payload []byte) {
	n := 2 + int(binary.LittleEndian.Uint16(record))
	return record[2:n], record[n:]
}

// splitReply splits a record of a reply.
func splitReply(record []byte) (number uint64, status byte, payload []byte) {
	return binary.LittleEndian.Uint64(record), record[8], record[replyHead:]
}

// appendReply appends a record of a reply.
func appendReply(b []byte, number uint64, status byte, payload []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(replyHead+len(payload)))
	b = binary.LittleEndian.AppendUint64(b, number)
	b = append(b, status)
	return append(b, payload...)
}

// beginRecord leaves room for a record's length; endRecord fills it in.
func beginRecord(b []byte) []byte { return append(b, 0, 0, 0, 0) }

func endRecord(b []byte, start int) {
	binary.LittleEndian.PutUint32(b[start:], uint32(len(b)-start-4))
}

// appendTopic appends the topic of a record. A topic longer than its length
// can say is cut: nobody compares more of one.
func appendTopic(b []byte, topic string) []byte {
	topic = topic[:min(len(topic), maxTopic)]
	b = binary.LittleEndian.AppendUint16(b, uint16(len(topic)))
	return append(b, topic...)
}

// maxTopic is the length of the longest topic in bytes.
const maxTopic = 1<<16 - 1
