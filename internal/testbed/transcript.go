package testbed

import (
	"context"
	"strings"
	"sync"
)

// A Transcript is what a program writes, for a test to wait for. The zero value
// is empty.
type Transcript struct {
	mu      sync.Mutex
	text    strings.Builder
	written chan struct{} // closed and made anew with each write
}

// Write implements [io.Writer].
func (tr *Transcript) Write(b []byte) (int, error) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if tr.written != nil {
		close(tr.written)
		tr.written = nil
	}
	return tr.text.Write(b)
}

// String gives what has been written so far.
func (tr *Transcript) String() string {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.text.String()
}

// Says waits until what has been written holds a text, or ctx ends.
func (tr *Transcript) Says(ctx context.Context, what string) error {
	return tr.Until(ctx, func(text string) bool { return strings.Contains(text, what) })
}

// Until waits until what has been written fulfils a condition, or ctx ends.
func (tr *Transcript) Until(ctx context.Context, met func(text string) bool) error {
	for {
		tr.mu.Lock()
		text := tr.text.String()
		if tr.written == nil {
			tr.written = make(chan struct{})
		}
		written := tr.written
		tr.mu.Unlock()
		if met(text) {
			return nil
		}
		select {
		case <-written:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
