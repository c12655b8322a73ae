package supervise

import (
	"bufio"
	"errors"
	"io"
)

// readLines calls each for every line that comes from r, without its end. A
// line longer than most is cut there, and each is told so. It returns when r
// ends or fails: a pipe whose writer is gone does not fail otherwise.
func readLines(r io.Reader, most int, each func(line []byte, cut bool)) {
	b := bufio.NewReaderSize(r, 64<<10)
	var line []byte
	cut := false
	for {
		part, err := b.ReadSlice('\n')
		if err == nil {
			part = part[:len(part)-1]
		}
		if room := most - len(line); len(part) > room {
			part, cut = part[:room], true
		}
		line = append(line, part...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err == nil || len(line) > 0 {
			each(line, cut)
		}
		if err != nil {
			return
		}
		line, cut = line[:0], false
	}
}
