package stdlib

import (
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/ilpomo/opencore/runtime/actor"
)

// An output collects rows and writes them to a file, whole rows only where it
// can be helped.
type output struct {
	name    string // for messages
	param   string // what to blame, "" if there is no parameter
	file    *os.File
	limit   int // bytes in one write, 0 for any number
	packer  *gzip.Writer
	buffer  []byte // rows that are not yet written
	ends    []int  // where each of them ends
	size    int64  // of the file before the first write; -1 if it has none
	rows    uint64 // written
	bytes   uint64 // written, as they are in the file
	failure error
}

// bufferedRows is how many bytes of rows are held back at most: large writes
// cost little, and what a killed process loses stays small.
const bufferedRows = 64 << 10

// atomicWrite is how much a pipe takes without mixing it with what other
// processes write, in bytes (PIPE_BUF).
const atomicWrite = 4096

// newOutput takes over an open file of this size, -1 if it has none. It writes
// at the end.
func newOutput(name, param string, file *os.File, packed bool, size int64) *output {
	o := &output{name: name, param: param, file: file, size: size}
	if size < 0 {
		o.limit = atomicWrite
	}
	if packed {
		o.packer = gzip.NewWriter(writerFunc(o.write))
	}
	return o
}

// head writes what stands before the rows.
func (o *output) head(text []byte) error {
	var err error
	if o.packer != nil {
		_, err = o.packer.Write(text)
	} else {
		_, err = o.write(text)
	}
	if err != nil {
		o.fail(err)
	}
	return o.failure
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// add takes a row that has been appended to o.buffer.
func (o *output) add() error {
	o.ends = append(o.ends, len(o.buffer))
	if len(o.buffer) < bufferedRows {
		return o.failure
	}
	return o.flush()
}

// flush writes all rows that are held back. After an error there is no way on.
func (o *output) flush() error {
	for len(o.ends) > 0 && o.failure == nil {
		if o.packer != nil {
			o.pack()
		} else {
			o.writeRows()
		}
	}
	return o.failure
}

// pack hands the rows to the packer, which writes when it has enough.
func (o *output) pack() {
	if _, err := o.packer.Write(o.buffer); err != nil {
		o.fail(err)
		return
	}
	o.rows += uint64(len(o.ends))
	o.buffer, o.ends = o.buffer[:0], o.ends[:0]
}

// writeRows writes as many rows as go into one write, one at least.
func (o *output) writeRows() {
	rows := len(o.ends)
	if o.limit > 0 {
		for rows = 1; rows < len(o.ends) && o.ends[rows] <= o.limit; rows++ {
		}
	}
	end := o.ends[rows-1]
	n, err := o.write(o.buffer[:end])
	whole, wholeEnd := 0, 0
	for whole < rows && o.ends[whole] <= n {
		wholeEnd = o.ends[whole]
		whole++
	}
	o.rows += uint64(whole)
	if err != nil {
		o.cut(n - wholeEnd)
		o.fail(err)
		return
	}
	o.buffer = o.buffer[:copy(o.buffer, o.buffer[end:])]
	o.ends = o.ends[:copy(o.ends, o.ends[rows:])]
	for i := range o.ends {
		o.ends[i] -= end
	}
}

func (o *output) write(p []byte) (int, error) {
	n, err := o.file.Write(p)
	o.bytes += uint64(n)
	return n, err
}

// cut takes the n bytes of a row that could only be written in part off the
// file again.
func (o *output) cut(n int) {
	if o.size >= 0 && n > 0 && o.file.Truncate(o.size+int64(o.bytes)-int64(n)) == nil {
		o.bytes -= uint64(n)
	}
}

// fail keeps the error that ends the process.
func (o *output) fail(err error) {
	words := inWords(err)
	if errors.Is(err, syscall.EPIPE) {
		words += " (as when head has seen enough)"
	}
	o.failure = &actor.Error{Param: o.param, Config: true, Err: fmt.Errorf(
		"%s: %s; written before: %s rows, %s bytes", o.name, words, grouped(o.rows), grouped(o.bytes))}
}

// sync makes packed rows readable so far.
func (o *output) sync() error {
	if err := o.flush(); err != nil || o.packer == nil {
		return err
	}
	if err := o.packer.Flush(); err != nil {
		o.fail(err)
	}
	return o.failure
}

// close writes what is left and closes the file.
func (o *output) close() error {
	err := o.flush()
	if o.packer != nil && err == nil {
		if err = o.packer.Close(); err != nil {
			o.fail(err)
		}
	}
	if err := o.file.Close(); err != nil && o.failure == nil {
		o.fail(err)
	}
	return o.failure
}

// grouped writes a number with commas between thousands.
func grouped(n uint64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
