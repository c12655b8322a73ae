package lane

import "encoding/binary"

// A queue holds records, first in, first out. They lie one behind the other,
// as they will in a frame.
type queue struct {
	buf   []byte
	head  int // buf[:head] has been taken
	count int
}

// keepBuffer is how much memory an empty buffer may go on holding, in bytes.
const keepBuffer = 1 << 20

func (q *queue) size() int { return len(q.buf) - q.head }

// begin gives the buffer to append one record to; end takes it back.
func (q *queue) begin() []byte {
	if q.head > 4<<10 && q.head*2 > len(q.buf) {
		q.buf = q.buf[:copy(q.buf, q.buf[q.head:])]
		q.head = 0
	}
	return q.buf
}

func (q *queue) end(buf []byte) {
	q.buf = buf
	q.count++
}

// pop takes the oldest record, with its length before it. It is valid until
// the queue is next used.
func (q *queue) pop() []byte {
	n := 4 + int(binary.LittleEndian.Uint32(q.buf[q.head:]))
	record := q.buf[q.head : q.head+n]
	q.head += n
	q.count--
	if q.count == 0 {
		q.head = 0
		q.buf = q.buf[:0]
		if cap(q.buf) > keepBuffer {
			q.buf = nil
		}
	}
	return record
}

// putBack puts records before the oldest: they had been taken to be sent, and
// were not.
func (q *queue) putBack(records []byte, count int) {
	if q.head >= len(records) {
		q.head -= len(records)
		copy(q.buf[q.head:], records)
	} else {
		q.buf = append(append(make([]byte, 0, len(records)+q.size()), records...), q.buf[q.head:]...)
		q.head = 0
	}
	q.count += count
}

// clear forgets all records and tells how many there were.
func (q *queue) clear() int {
	n := q.count
	*q = queue{}
	return n
}
