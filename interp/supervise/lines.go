package supervise

import (
	"bufio"
	"errors"
	"io"
)

// A lineEnd is how a line came to its end.
type lineEnd int

const (
	whole lineEnd = iota
	cut           // it was longer than allowed
	torn          // its writer died within it
)

// readLines calls each for every line that comes from r, without its end. A
// line longer than most is cut there. It returns when r ends or fails: a pipe
// whose writer is gone does not fail otherwise.
func readLines(r io.Reader, most int, each func(line []byte, end lineEnd)) {
	b := bufio.NewReaderSize(r, 64<<10)
	var line []byte
	end := whole
	for {
		part, err := b.ReadSlice('\n')
		if err == nil {
			part = part[:len(part)-1]
		}
		if room := most - len(line); len(part) > room {
			part, end = part[:room], cut
		}
		line = append(line, part...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil {
			if end == whole {
				end = torn
			}
			if len(line) > 0 {
				each(line, end)
			}
			return
		}
		each(line, end)
		line, end = line[:0], whole
	}
}
