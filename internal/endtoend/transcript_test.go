package endtoend

import (
	"context"
	"strings"
	"sync"
	"testing"
)

// A transcript is what a program writes, for a test to wait for.
type transcript struct {
	mu      sync.Mutex
	text    strings.Builder
	written chan struct{} // closed and made anew with each write
}

// Write implements [io.Writer].
func (tr *transcript) Write(p []byte) (int, error) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if tr.written != nil {
		close(tr.written)
		tr.written = nil
	}
	return tr.text.Write(p)
}

// String gives what has been written so far.
func (tr *transcript) String() string {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.text.String()
}

// until waits until what has been written holds a text.
func (tr *transcript) until(ctx context.Context, what string) error {
	for {
		tr.mu.Lock()
		found := strings.Contains(tr.text.String(), what)
		if tr.written == nil {
			tr.written = make(chan struct{})
		}
		written := tr.written
		tr.mu.Unlock()
		if found {
			return nil
		}
		select {
		case <-written:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func mustContain(t *testing.T, text, want string) {
	t.Helper()
	if !strings.Contains(text, want) {
		t.Errorf("it does not say %q:\n%s", want, text)
	}
}
