package message

import (
	"encoding/binary"
	"errors"
)

// A Batch is a MessagePack array of messages that are read one after the
// other, by [MessagePack.Next]. All of it has passed the walk.
type Batch struct {
	rest []byte
	left int
	last []byte
}

var errNoBatch = errors.New("MessagePack: not an array, as a batch must be")

// OpenBatch checks the whole of data, which has to be an array.
func OpenBatch(data []byte) (Batch, error) {
	if err := ValidateMessagePack(data); err != nil {
		return Batch{}, err
	}
	if !isPackArray(data[0]) {
		return Batch{}, errNoBatch
	}
	d := packDecoder{in: data}
	n := d.length()
	return Batch{rest: data[d.at:], left: n}, nil
}

// Len tells how many messages have not been read yet.
func (b *Batch) Len() int { return b.left }

// Last gives the bytes of the message that was read last, as they came.
func (b *Batch) Last() []byte { return b.last }

// Next appends the dense encoding of the next message of b, which must have
// one left. Where that is malformed the error says so, dst is given back, and
// Next goes on with the one behind it.
func (c *MessagePack) Next(dst []byte, b *Batch) ([]byte, error) {
	out, length, err := c.in.message(dst, c.record, b.rest)
	if err != nil {
		c.in.in, c.in.at = b.rest, 0
		length = len(c.in.skip())
		c.in.in = nil
	}
	b.last, b.rest, b.left = b.rest[:length], b.rest[length:], b.left-1
	return out, err
}

// BatchHead is the length of what stands before the messages of a batch.
const BatchHead = 5

// PutBatchHead writes the head of a batch of n messages into b, which is
// [BatchHead] long. Its length is the same for all n, so that a batch can be
// begun before it is known how many there will be.
func PutBatchHead(b []byte, n int) {
	b[0] = 0xdd
	binary.BigEndian.PutUint32(b[1:], uint32(n))
}
