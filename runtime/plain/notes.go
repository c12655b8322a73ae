package plain

import (
	"fmt"
	"log/slog"
	"time"
)

// between is how long nothing is said about something that has been said.
const between = time.Minute

// notes say what happens again and again: at first, and then once in a while
// how often.
type notes struct {
	report func(level slog.Level, text string)
	name   string // of the wire
	said   map[string]*note
}

type note struct {
	at    time.Time // when it was last said
	since int       // how often it has happened since
}

// say says something about the wire, format being what is counted.
func (n *notes) say(level slog.Level, format string, args ...any) {
	if n.said == nil {
		n.said = map[string]*note{}
	}
	now := time.Now()
	last := n.said[format]
	if last == nil {
		last = &note{}
		n.said[format] = last
	} else if now.Sub(last.at) < between {
		last.since++
		return
	}
	text := n.name + ": " + fmt.Sprintf(format, args...)
	if last.since > 0 {
		text += fmt.Sprintf(" (and %d times since this was last said)", last.since)
	}
	last.at, last.since = now, 0
	n.report(level, text)
}
