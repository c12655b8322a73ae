package endtoend

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A book is what a test hears from the actors of package ledger while they
// work, in the order in which it comes out of their pipe.
type book struct {
	path string
	pipe *os.File
	done chan struct{} // closed when the reader has ended

	mu      sync.Mutex
	changed *sync.Cond
	entries []entry
	closed  bool
}

// An entry is a line of a book.
type entry struct {
	what  string // start, sent, got, group, failed, stop
	about string // a name, or an id
	pid   int
}

// last is the line that a test writes behind all others.
const last = "last book 0\n"

func openBook(t *testing.T) *book {
	t.Helper()
	b := &book{path: filepath.Join(t.TempDir(), "book"), done: make(chan struct{})}
	b.changed = sync.NewCond(&b.mu)
	if err := unix.Mkfifo(b.path, 0o600); err != nil {
		t.Fatal(err)
	}
	var err error
	if b.pipe, err = os.OpenFile(b.path, os.O_RDWR, 0); err != nil {
		t.Fatal(err)
	}
	go b.read()
	t.Cleanup(func() { b.close(t) })
	return b
}

func (b *book) read() {
	defer close(b.done)
	lines := bufio.NewScanner(b.pipe)
	for lines.Scan() && lines.Text()+"\n" != last {
		var e entry
		if _, err := fmt.Sscan(lines.Text(), &e.what, &e.about, &e.pid); err != nil {
			e.what = "broken: " + lines.Text()
		}
		b.mu.Lock()
		b.entries = append(b.entries, e)
		b.changed.Broadcast()
		b.mu.Unlock()
	}
}

// close waits until all that has been written is read. Nobody may write any
// more.
func (b *book) close(t *testing.T) {
	t.Helper()
	b.mu.Lock()
	closed := b.closed
	b.closed = true
	b.mu.Unlock()
	if closed {
		return
	}
	if _, err := b.pipe.WriteString(last); err != nil {
		t.Error(err)
	}
	<-b.done
	if err := b.pipe.Close(); err != nil {
		t.Error(err)
	}
}

// until waits until the entries so far are as ok wants them.
func (b *book) until(ctx context.Context, t *testing.T, what string, ok func([]entry) bool) {
	t.Helper()
	defer context.AfterFunc(ctx, b.changed.Broadcast)()
	b.mu.Lock()
	defer b.mu.Unlock()
	for !ok(b.entries) {
		if ctx.Err() != nil {
			t.Fatalf("waiting until %s, with %d entries: %v", what, len(b.entries), ctx.Err())
		}
		b.changed.Wait()
	}
}

// all gives the entries so far.
func (b *book) all() []entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.entries)
}

// about lists what entries of one kind are about.
func about(entries []entry, what string) []string {
	var list []string
	for _, e := range entries {
		if e.what == what {
			list = append(list, e.about)
		}
	}
	return list
}

// count counts the entries of one kind, of one process if pid is not 0.
func count(entries []entry, what string, pid int) int {
	n := 0
	for _, e := range entries {
		if e.what == what && (pid == 0 || e.pid == pid) {
			n++
		}
	}
	return n
}

// pids lists the processes of the actor of that name, in the order in which
// they have started.
func pids(entries []entry, name string) []int {
	var list []int
	for _, e := range entries {
		if e.what == "start" && e.about == name {
			list = append(list, e.pid)
		}
	}
	return list
}

// deadline is how long a test of a whole program may take. It is far more
// than any needs, so that a slow machine fails none.
const deadline = 2 * time.Minute
