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
	end, err := walk(b, 0, 1)
	if err != nil {
		return err
	}
	if end < len(b) {
		return fmt.Errorf("MessagePack: %d bytes behind the value", len(b)-end)
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

// fixed tells how long values of the codes from 0xc0 to 0xdf are that have one
// length; 0 for the others.
var fixed = [32]uint8{
	0x00: 1, 0x02: 1, 0x03: 1, // nil, false, true
	0x0a: 5, 0x0b: 9, // floats
	0x0c: 2, 0x0d: 3, 0x0e: 5, 0x0f: 9, // unsigned ints
	0x10: 2, 0x11: 3, 0x12: 5, 0x13: 9, // ints
}

// walk gives where the value that begins at an index of b ends. depth is that
// of the value, from 1.
func walk(b []byte, at, depth int) (end int, err error) {
	if at >= len(b) {
		return 0, errShort
	}
	c := b[at]
	switch {
	case c < 0x80 || c >= 0xe0: // small int
		return at + 1, nil
	case c < 0x90:
		return walkPairs(b, at+1, int(c&0x0f), depth)
	case c < 0xa0:
		return walkElements(b, at+1, int(c&0x0f), depth)
	case c < 0xc0:
		return walkText(b, at+1, int(c&0x1f))
	}
	if n := int(fixed[c&0x1f]); n > 0 {
		return walkBytes(b, at, n)
	}
	if c == 0xd6 || c == 0xd7 { // extensions of 4 and 8 bytes
		return walkTimestamp(b, at+1, 4<<(c-0xd6))
	}
	return walkLong(b, at, depth)
}

// walkLong walks over what has a length of its own.
func walkLong(b []byte, at, depth int) (int, error) {
	c := b[at]
	width := lengthWidth(c)
	if width == 0 {
		return 0, refusal(c)
	}
	if width >= len(b)-at {
		return 0, errShort
	}
	var wide [4]byte
	copy(wide[4-width:], b[at+1:])
	n := int(binary.BigEndian.Uint32(wide[:]))
	at += 1 + width
	switch {
	case c <= 0xc6:
		return walkBytes(b, at, n)
	case c == 0xc7:
		return walkTimestamp(b, at, n)
	case c <= 0xdb:
		return walkText(b, at, n)
	case c <= 0xdd:
		return walkElements(b, at, n, depth)
	default:
		return walkPairs(b, at, n, depth)
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

func walkBytes(b []byte, at, n int) (int, error) {
	if n > len(b)-at {
		return 0, errShort
	}
	return at + n, nil
}

func walkText(b []byte, at, n int) (int, error) {
	if n > len(b)-at {
		return 0, errShort
	}
	if !validText(b[at : at+n]) {
		return 0, errText
	}
	return at + n, nil
}

// validText is utf8.Valid, faster for what is short and ASCII, as most is.
func validText(b []byte) bool {
	const high = 0x8080808080808080
	for ; len(b) >= 8; b = b[8:] {
		if binary.LittleEndian.Uint64(b)&high != 0 {
			return utf8.Valid(b)
		}
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return utf8.Valid(b)
		}
	}
	return true
}

// walkTimestamp walks over the rest of an extension with n bytes, which has to
// be a timestamp.
func walkTimestamp(b []byte, at, n int) (int, error) {
	if n >= len(b)-at {
		return 0, errShort
	}
	const timestamp = 0xff // -1
	if b[at] != timestamp {
		return 0, errExtension
	}
	var nanoseconds uint32
	switch n {
	case 4:
	case 8:
		nanoseconds = binary.BigEndian.Uint32(b[at+1:]) >> 2
	case 12:
		nanoseconds = binary.BigEndian.Uint32(b[at+1:])
	default:
		return 0, errExtension
	}
	if nanoseconds >= 1e9 {
		return 0, errExtension
	}
	return at + 1 + n, nil
}

func walkElements(b []byte, at, n, depth int) (int, error) {
	if depth > MaxDepth {
		return 0, errNesting
	}
	if n > len(b)-at { // each takes a byte at least
		return 0, errShort
	}
	var err error
	for range n {
		if at, err = walk(b, at, depth+1); err != nil {
			return 0, err
		}
	}
	return at, nil
}

func walkPairs(b []byte, at, n, depth int) (int, error) {
	if depth > MaxDepth {
		return 0, errNesting
	}
	if 2*n > len(b)-at {
		return 0, errShort
	}
	var err error
	for range n {
		if at >= len(b) {
			return 0, errShort
		}
		switch c := b[at]; {
		case c&0xe0 == 0xa0:
			at, err = walkText(b, at+1, int(c&0x1f))
		case isPackText(c):
			at, err = walkLong(b, at, depth)
		default:
			return 0, errKey
		}
		if err != nil {
			return 0, err
		}
		if at, err = walk(b, at, depth+1); err != nil {
			return 0, err
		}
	}
	return at, nil
}
