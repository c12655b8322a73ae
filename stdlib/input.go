package stdlib

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"
)

// errStopped ends reading when sources are told to stop.
var errStopped = errors.New("stopped")

// An input is a file that is being read, unpacked where need be.
type input struct {
	file    *os.File
	data    io.Reader // what is in it
	read    uint64    // bytes taken from the file
	size    uint64    // of the file in bytes, 0 if it has none
	unwatch func() bool
}

// openInput opens a path, not a stream.
func openInput(f file) (*input, error) {
	file, err := os.Open(f.path)
	if err != nil {
		return nil, cannotOpen(f.path, err)
	}
	info, err := file.Stat()
	switch {
	case err != nil:
	case info.IsDir():
		err = syscall.EISDIR
	default:
		return newInput(f, file, uint64(info.Size()))
	}
	file.Close()
	return nil, cannotOpen(f.path, err)
}

// newInput takes over an open file.
func newInput(f file, opened *os.File, size uint64) (*input, error) {
	in := &input{file: opened, size: size}
	in.data = in.counted()
	if !f.gzip {
		return in, nil
	}
	unpacked, err := gzip.NewReader(bufio.NewReaderSize(in.data, 64<<10))
	if err != nil {
		opened.Close()
		return nil, badParam("path", "%s: it is not packed with gzip", f.path)
	}
	in.data = unpacked
	return in, nil
}

// counted reads the file and counts.
func (in *input) counted() io.Reader {
	return readerFunc(func(p []byte) (int, error) {
		n, err := in.file.Read(p)
		in.read += uint64(n)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			err = errStopped
		}
		return n, err
	})
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// interruptible makes a read that waits (of a terminal, a pipe) end when ctx
// does.
func (in *input) interruptible(ctx context.Context) {
	file, past := in.file, time.Unix(1, 0)
	in.unwatch = context.AfterFunc(ctx, func() {
		// A regular file has no deadlines, and needs none.
		_ = file.SetReadDeadline(past)
	})
}

func (in *input) close() error {
	if in.unwatch != nil {
		in.unwatch()
	}
	return in.file.Close()
}

// broken says where a file can't be read any further. Reading it again would
// not help, so it blames the path.
func broken(name string, line int, err error) error {
	words := inWords(err)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		words = "it ends in the middle of packed data"
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader):
		words = "its packed data are damaged"
	}
	return badParam("path", "%s: behind line %d: %s", name, line, fmt.Errorf("%s", words))
}
