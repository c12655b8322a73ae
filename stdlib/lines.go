package stdlib

import (
	"bytes"
	"errors"
	"io"
)

// errTooLong is about a line beyond the limit, which has been skipped.
var errTooLong = errors.New("the line is too long")

// errReplaced is what a followed file is read up to: another one, or the same
// one emptied, goes on in its place.
var errReplaced = errors.New("replaced")

// shownOfLong is how much of a line beyond the limit is kept for who looks at
// what was rejected, in bytes.
const shownOfLong = 4 << 10

// A lineReader splits what it reads into lines, holds at most one of them,
// and knows where it is.
type lineReader struct {
	source io.Reader
	most   int // bytes in a line
	buffer []byte
	start  int // of what is not yet read in buffer
	end    int
	number int    // of the line that was read last, from 1
	offset uint64 // behind it, in bytes of the unpacked data
	err    error  // what the source ended with
}

// firstBuffer is how large reads are, in bytes, until a line is larger.
const firstBuffer = 64 << 10

func newLineReader(source io.Reader, most int) *lineReader {
	return &lineReader{source: source, most: most, buffer: make([]byte, firstBuffer)}
}

// next gives a line without its end; it is valid until the next call. Behind
// the last line the error is that of the source. With errTooLong it gives the
// beginning of the line.
func (l *lineReader) next() ([]byte, error) {
	searched := 0
	for {
		if i := bytes.IndexByte(l.buffer[l.start+searched:l.end], '\n'); i >= 0 {
			return l.take(searched+i, 1)
		}
		searched = l.end - l.start
		if searched > l.most+1 { // one more: a carriage return does not count
			return l.skipLong()
		}
		if l.err != nil {
			return l.last(searched)
		}
		l.fill()
	}
}

// take gives the next n bytes as a line, with an end of the given length.
func (l *lineReader) take(n, end int) ([]byte, error) {
	line := l.buffer[l.start : l.start+n]
	l.start += n + end
	if l.number == 0 {
		line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
	}
	l.number++
	l.offset += uint64(n + end)
	line = bytes.TrimSuffix(line, []byte{'\r'})
	if len(line) > l.most {
		return line[:min(len(line), shownOfLong)], errTooLong
	}
	return line, nil
}

// last gives what stands behind the last line end, if the file ends there:
// who is stopped may be in the middle of a line.
func (l *lineReader) last(n int) ([]byte, error) {
	if n > 0 && (l.err == io.EOF || l.err == errReplaced) {
		return l.take(n, 0)
	}
	return nil, l.err
}

// fill reads once, moving what is there to the front or growing where there is
// no room.
func (l *lineReader) fill() {
	if l.start > 0 {
		l.end = copy(l.buffer, l.buffer[l.start:l.end])
		l.start = 0
	}
	if l.end == len(l.buffer) {
		l.buffer = append(l.buffer, make([]byte, min(len(l.buffer), l.most+2))...)
	}
	n, err := l.source.Read(l.buffer[l.end:])
	l.end += n
	l.err = err
}

// skipLong reads on to the end of a line that is too long.
func (l *lineReader) skipLong() ([]byte, error) {
	shown := bytes.Clone(l.buffer[l.start:min(l.start+shownOfLong, l.end)])
	l.number++
	for {
		if i := bytes.IndexByte(l.buffer[l.start:l.end], '\n'); i >= 0 {
			l.start += i + 1
			l.offset += uint64(i + 1)
			return shown, errTooLong
		}
		l.offset += uint64(l.end - l.start)
		l.start, l.end = 0, 0
		if l.err != nil {
			return shown, errTooLong
		}
		l.fill()
	}
}

// again begins anew with another file from the same source.
func (l *lineReader) again() { l.number, l.offset, l.err = 0, 0, nil }

// skip reads on to an offset that lies behind a line.
func (l *lineReader) skip(place uint64) error {
	for l.offset < place {
		if _, err := l.next(); err != nil && err != errTooLong {
			return err
		}
	}
	return nil
}
