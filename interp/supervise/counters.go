package supervise

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ilpomo/opencore/runtime/spec"
)

// Counters are a process's counters file, mapped for reading. The process
// writes the words; we read them while it runs and after it is gone.
type counters struct{ data []byte }

// newCounters makes a counters file of so many words and maps it. The words
// are written, not just reserved: on a full disk a process that touches a
// reserved one would die of SIGBUS.
func newCounters(path string, words int) (c *counters, err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	content := make([]byte, 8*words)
	binary.LittleEndian.PutUint64(content[8*spec.WordVersion:], spec.Version)
	if _, err := f.Write(content); err != nil {
		return nil, err
	}
	data, err := unix.Mmap(int(f.Fd()), 0, len(content), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("map %s: %w", path, err)
	}
	return &counters{data}, nil
}

// word reads one word. Its writer is another process, so the read is atomic;
// all machines that we run on are little endian, as the file is.
func (c *counters) word(n int) uint64 {
	return atomic.LoadUint64((*uint64)(unsafe.Pointer(&c.data[8*n])))
}

// close unmaps the file; c can't be read any more.
func (c *counters) close() {
	if err := unix.Munmap(c.data); err != nil {
		panic(fmt.Sprintf("bug: counters can't be unmapped: %v", err))
	}
}
