package actor

import (
	"encoding/binary"
	"fmt"
	"time"
)

// BadEncoding is what generated codecs say of bytes that are no encoding of
// the message.
func BadEncoding(message string) error {
	return fmt.Errorf("not an encoding of %s", message)
}

// Nanoseconds is how an instant is encoded: nanoseconds since 1970. The zero
// Time, which lies outside of what that can say, is 1970 itself.
func Nanoseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// Ends checks the 4-byte slots of a list or map of n elements: each says where
// its element's data ends. It gives false where they fall back or don't end with the
// data.
func Ends(slots []byte, data int) bool {
	last := uint32(0)
	for ; len(slots) >= 4; slots = slots[4:] {
		end := binary.LittleEndian.Uint32(slots)
		if end < last {
			return false
		}
		last = end
	}
	return int(last) == data
}
