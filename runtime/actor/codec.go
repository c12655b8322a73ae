package actor

import (
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
