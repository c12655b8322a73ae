package runtime

import (
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ilpomo/opencore/runtime/spec"
)

// counters are the process's words, mapped from a file that the supervisor
// has made, so that they survive the process. Each is written by one goroutine
// at a time with a plain store of an aligned word, which no reader sees half
// done.
type counters struct {
	words []uint64
	data  []byte
}

// openCounters maps the file.
func openCounters(path string, p *spec.Process) (*counters, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	size := p.CounterWords() * 8
	if info, err := f.Stat(); err != nil {
		return nil, err
	} else if info.Size() < int64(size) {
		return nil, fmt.Errorf("the counters file has %d bytes, and %d are needed", info.Size(), size)
	}
	data, err := unix.Mmap(int(f.Fd()), 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("map %s: %w", path, err)
	}
	c := &counters{words: unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(data))), size/8), data: data}
	if v := c.words[spec.WordVersion]; v != spec.Version {
		c.close()
		return nil, fmt.Errorf("the counters file is of version %d, and %d is needed", v, spec.Version)
	}
	return c, nil
}

func (c *counters) word(i int) *uint64 { return &c.words[i] }

// close unmaps the file: no word may be touched any more.
func (c *counters) close() error { return unix.Munmap(c.data) }
