package message

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf8"
)

// ValidateMessagePack reports what is wrong with b as one MessagePack value.
// It never allocates for what is right and stops at the first lie: lengths beyond
// the bytes that are there, keys that are not strings, text that is not UTF-8,
// extensions other than the timestamp, values nested more than [MaxDepth]
// deep, anything behind the value. The decoder trusts all of these, so nothing
// is decoded that has not passed.
func ValidateMessagePack(b []byte) error {
	rest, err := skipMessagePack(b, 1)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return fmt.Errorf("MessagePack: %d bytes behind the value", len(rest))
	}
	return nil
}

var (
	errShort     = errors.New("MessagePack: a length goes beyond the end")
	errKey       = errors.New("MessagePack: a key is not a string")
	errText      = errors.New("MessagePack: text is not valid UTF-8")
	errExtension = errors.New("MessagePack: an extension other than the timestamp")
	errCode      = errors.New("MessagePack: a byte that begins no value")
	errNesting   = errors.New("MessagePack: " + errDepth.Error())
)

// skipMessagePack gives what follows the value that b begins with.
func skipMessagePack(b []byte, depth int) ([]byte, error) {
	if len(b) == 0 {
		return nil, errShort
	}
	c := b[0]
	switch {
	case c <= 0x7f || c >= 0xe0, c == 0xc0, c == 0xc2, c == 0xc3: // small int, nil, false, true
		return b[1:], nil
	case c <= 0x8f:
		return skipPairs(b[1:], uint64(c&0x0f), depth)
	case c <= 0x9f:
		return skipElements(b[1:], uint64(c&0x0f), depth)
	case c <= 0xbf:
		return skipText(b[1:], uint64(c&0x1f))
	case c >= 0xcc && c <= 0xd3: // unsigned and signed ints of 1, 2, 4, 8 bytes
		return skipBytes(b[1:], 1<<((c-0xcc)&3))
	case c == 0xca || c == 0xcb: // floats of 4 and 8 bytes
		return skipBytes(b[1:], 4<<(c-0xca))
	case c == 0xd6 || c == 0xd7: // extensions of 4 and 8 bytes
		return skipTimestamp(b[1:], 4<<(c-0xd6))
	}
	return skipLong(b, depth)
}

// skipLong skips what has a length of its own.
func skipLong(b []byte, depth int) ([]byte, error) {
	width := lengthWidth(b[0])
	if width == 0 {
		return nil, refusal(b[0])
	}
	if len(b) < 1+width {
		return nil, errShort
	}
	var wide [4]byte
	copy(wide[4-width:], b[1:1+width])
	n, rest := uint64(binary.BigEndian.Uint32(wide[:])), b[1+width:]
	switch c := b[0]; {
	case c <= 0xc6:
		return skipBytes(rest, n)
	case c == 0xc7:
		return skipTimestamp(rest, n)
	case c <= 0xdb:
		return skipText(rest, n)
	case c <= 0xdd:
		return skipElements(rest, n, depth)
	default:
		return skipPairs(rest, n, depth)
	}
}

// lengthWidth tells how many bytes of length follow a code; 0 if none, or if
// it is one that we refuse.
func lengthWidth(c byte) int {
	switch c {
	case 0xc4, 0xc7, 0xd9: // bin 8, ext 8, str 8
		return 1
	case 0xc5, 0xda, 0xdc, 0xde: // bin, str, array and map 16
		return 2
	case 0xc6, 0xdb, 0xdd, 0xdf: // and 32
		return 4
	}
	return 0
}

func refusal(c byte) error {
	if c == 0xc1 {
		return errCode
	}
	return errExtension
}

func skipBytes(b []byte, n uint64) ([]byte, error) {
	if n > uint64(len(b)) {
		return nil, errShort
	}
	return b[n:], nil
}

func skipText(b []byte, n uint64) ([]byte, error) {
	rest, err := skipBytes(b, n)
	if err == nil && !utf8.Valid(b[:n]) {
		err = errText
	}
	return rest, err
}

// skipTimestamp skips the rest of an extension with n bytes, which has to be
// a timestamp.
func skipTimestamp(b []byte, n uint64) ([]byte, error) {
	rest, err := skipBytes(b, n+1)
	if err != nil {
		return nil, err
	}
	const timestamp = 0xff // -1
	if b[0] != timestamp {
		return nil, errExtension
	}
	var nanoseconds uint32
	switch n {
	case 4:
	case 8:
		nanoseconds = binary.BigEndian.Uint32(b[1:]) >> 2
	case 12:
		nanoseconds = binary.BigEndian.Uint32(b[1:])
	default:
		return nil, errExtension
	}
	if nanoseconds >= 1e9 {
		return nil, errExtension
	}
	return rest, nil
}

func skipElements(b []byte, n uint64, depth int) ([]byte, error) {
	if depth > MaxDepth {
		return nil, errNesting
	}
	if n > uint64(len(b)) { // each takes a byte at least
		return nil, errShort
	}
	var err error
	for range n {
		if b, err = skipMessagePack(b, depth+1); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func skipPairs(b []byte, n uint64, depth int) ([]byte, error) {
	if depth > MaxDepth {
		return nil, errNesting
	}
	if 2*n > uint64(len(b)) {
		return nil, errShort
	}
	var err error
	for range n {
		if len(b) == 0 {
			return nil, errShort
		}
		if c := b[0]; (c < 0xa0 || c > 0xbf) && (c < 0xd9 || c > 0xdb) {
			return nil, errKey
		}
		if b, err = skipMessagePack(b, depth+1); err != nil {
			return nil, err
		}
		if b, err = skipMessagePack(b, depth+1); err != nil {
			return nil, err
		}
	}
	return b, nil
}
