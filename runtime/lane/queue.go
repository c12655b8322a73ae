package lane

import (
	"encoding/binary"

	"github.com/ilpomo/opencore/runtime/zmq"
)

// A batch is a frame being packed: room for a header, then records. It lies in
// a buffer that it is sent from, unless it has outgrown it.
type batch struct {
	buffer zmq.Buffer
	data   []byte
	first  int // where the first record is: before it there is room for the header
	count  int // of records
}

// size is the length of the records.
func (b *batch) size() int {
	if b.count == 0 {
		return 0
	}
	return len(b.data) - b.first
}

// begin gives the memory to append a record to, which end takes back. hint is
// about how long it will be, 0 where that isn't known.
func (b *batch) begin(hint int) []byte {
	if b.count > 0 {
		return b.data
	}
	if cap(b.data) < headerSize+hint {
		b.free()
		b.buffer = zmq.NewBuffer(headerSize + hint)
		b.data = b.buffer.Bytes()
	}
	b.first = headerSize
	b.data = b.data[:headerSize]
	return b.data
}

func (b *batch) end(data []byte) {
	b.data = data
	b.count++
}

// fits tells whether a record of about that length can be appended without
// moving the others.
func (b *batch) fits(hint int) bool { return b.count == 0 || len(b.data)+hint <= cap(b.data) }

// next is the length of the first record, with the length before it.
func (b *batch) next() int { return 4 + int(binary.LittleEndian.Uint32(b.data[b.first:])) }

// pop takes the first record, with its length before it. It is valid until the
// batch is next used.
func (b *batch) pop() []byte {
	n := b.next()
	record := b.data[b.first : b.first+n]
	b.first += n
	b.count--
	return record
}

// frame puts the header before the records.
func (b *batch) frame(h header) []byte {
	f := b.data[b.first-headerSize:]
	h.put(f)
	return f
}

// worthHanding is the length of a frame whose copy costs more than another
// buffer, in bytes.
const worthHanding = 16 << 10

// send sends the batch, if it is worth it with the memory that it lies in. If
// ok it is empty then.
func (b *batch) send(sock *zmq.Socket, h header) (e zmq.Events, ok bool) {
	frame := b.frame(h)
	if !b.buffer.Holds(b.data) || len(frame) < worthHanding {
		if e, ok = sock.Send(frame); ok {
			b.empty()
		}
		return e, ok
	}
	if e, ok = sock.SendBuffer(b.buffer, b.first-headerSize, len(frame)); ok {
		*b = batch{}
	}
	return e, ok
}

// empty drops the records. Memory beyond the usual isn't kept.
func (b *batch) empty() {
	b.count = 0
	if !b.buffer.Holds(b.data) || cap(b.data) > zmq.BufferSize {
		b.free()
	}
}

// free drops all.
func (b *batch) free() {
	b.buffer.Free()
	*b = batch{}
}

// A queue holds records, first in, first out, as batches that can be sent as
// they are.
type queue struct {
	batches []batch
	head    int // batches[:head] have been taken
	count   int // of records
	size    int // their length
}

// begin gives the memory to append a record to, which end takes back.
func (q *queue) begin(hint int) []byte {
	if q.head == len(q.batches) {
		q.batches, q.head = append(q.batches[:0], batch{}), 0
	}
	last := q.last()
	if last.size() >= frameBytes || !last.fits(hint) {
		q.batches = append(q.batches, batch{})
		last = q.last()
	}
	return last.begin(hint)
}

func (q *queue) last() *batch { return &q.batches[len(q.batches)-1] }

func (q *queue) end(data []byte) {
	last := q.last()
	q.size += len(data) - len(last.data)
	q.count++
	last.end(data)
}

// pop takes the oldest record, with its length before it. It is valid until
// the queue is next used.
func (q *queue) pop() []byte {
	for q.batches[q.head].count == 0 {
		q.drop()
	}
	record := q.batches[q.head].pop()
	q.count--
	q.size -= len(record)
	return record
}

// drop forgets the first batch.
func (q *queue) drop() {
	q.batches[q.head].free()
	q.head++
	q.trim()
}

func (q *queue) trim() {
	if q.head > 64 && q.head*2 > len(q.batches) {
		n := copy(q.batches, q.batches[q.head:])
		clear(q.batches[n:])
		q.batches, q.head = q.batches[:n], 0
	}
}

// front is the oldest batch; the queue must not be empty.
func (q *queue) front() *batch {
	for q.batches[q.head].count == 0 {
		q.drop()
	}
	return &q.batches[q.head]
}

// take takes the oldest batch.
func (q *queue) take() batch {
	b := *q.front()
	q.batches[q.head] = batch{}
	q.head++
	q.trim()
	q.count -= b.count
	q.size -= b.size()
	return b
}

// putBack puts a batch before the oldest: it had been taken to be sent, and was
// not.
func (q *queue) putBack(b batch) {
	if q.head == 0 {
		q.batches = append([]batch{{}}, q.batches...)
		q.head = 1
	}
	q.head--
	q.batches[q.head] = b
	q.count += b.count
	q.size += b.size()
}

// clear forgets all records and tells how many there were.
func (q *queue) clear() int {
	n := q.count
	for i := q.head; i < len(q.batches); i++ {
		q.batches[i].free()
	}
	*q = queue{}
	return n
}
