package message

import (
	"encoding/binary"
	"errors"
)

// A Batch is a MessagePack array of messages that are read one after the
// other, by [MessagePack.Next], or, where they are in another codec, by
// [Batch.Bytes]. All of it has passed the walk.
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
		length = b.length()
	}
	b.pass(length)
	return out, err
}

// Bytes gives the next element of b, which must have one left, where that is
// bytes: a message in a codec other than MessagePack. ok is false for anything
// else. The bytes lie in b.
func (b *Batch) Bytes() (data []byte, ok bool) {
	if ok = isPackBytes(b.rest[0]); ok {
		d := packDecoder{in: b.rest}
		data = d.bytes()
	}
	b.pass(b.length())
	return data, ok
}

// length is that of the next element.
func (b *Batch) length() int {
	d := packDecoder{in: b.rest}
	return len(d.skip())
}

func (b *Batch) pass(n int) { b.last, b.rest, b.left = b.rest[:n], b.rest[n:], b.left-1 }

// AppendBytes appends an element that is bytes.
func AppendBytes(dst, data []byte) []byte {
	return append(packLength(dst, 0xc4, len(data)), data...)
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
