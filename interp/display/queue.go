package display

import (
	"sync"
	"time"

	"github.com/ilpomo/opencore/interp/supervise"
)

// maxWaiting is how much of the log waits to be shown, in bytes. What comes
// then is dropped and counted: memory is bounded, and a run that nobody watches
// goes on.
const maxWaiting = 1 << 20

// A Queue is a display that shows in a goroutine of its own, so that the
// supervisor never waits for whoever reads: a pager that stands still, or a
// terminal that was stopped by Ctrl-S, holds up neither restarts nor the end.
type Queue struct {
	to   Display
	done chan struct{} // closed when all is shown

	mu      sync.Mutex
	more    sync.Cond
	waiting []supervise.Event
	size    int // of the log records among them, in bytes
	dropped int // log records since it was last said
	closed  bool
	result  *supervise.Result // when closed; nil if nothing was started
}

// NewQueue shows on to. [Queue.Result] or [Queue.Close] must be called.
func NewQueue(to Display) *Queue {
	q := &Queue{to: to, done: make(chan struct{})}
	q.more.L = &q.mu
	go q.show()
	return q
}

// Event shows what has happened, some time. It doesn't wait.
func (q *Queue) Event(e supervise.Event) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch e := e.(type) {
	case supervise.Log:
		size := sizeOf(&e)
		if q.size+size > maxWaiting {
			q.dropped++
			return
		}
		q.size += size
	case supervise.Progress:
		if len(q.waiting) > 0 {
			return // by the time that it is shown it will be old
		}
	}
	q.waiting = append(q.waiting, e)
	q.more.Signal()
}

// Result shows how the run came to its end, when all else is shown. Once
// hurry is closed it waits no longer than a moment for whoever reads.
func (q *Queue) Result(r *supervise.Result, hurry <-chan struct{}) {
	q.close(r)
	select {
	case <-q.done:
		return
	case <-hurry:
	}
	select {
	case <-q.done:
	case <-time.After(moment):
	}
}

// moment is how long somebody who reads at all needs, at most.
const moment = time.Second

// Close waits until all is shown of a run that has no result.
func (q *Queue) Close() {
	q.close(nil)
	<-q.done
}

func (q *Queue) close(r *supervise.Result) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed, q.result = true, r
	q.more.Signal()
}

func (q *Queue) show() {
	defer close(q.done)
	for {
		batch, dropped := q.take()
		if len(batch) == 0 {
			break
		}
		for _, e := range batch {
			q.to.Event(e)
		}
		if dropped > 0 {
			q.to.Dropped(dropped)
		}
	}
	if q.result != nil {
		q.to.Result(q.result)
	}
}

// take waits for something to show. At the end there is nothing.
func (q *Queue) take() (batch []supervise.Event, dropped int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) == 0 && !q.closed {
		q.more.Wait()
	}
	batch, dropped = q.waiting, q.dropped
	q.waiting, q.size, q.dropped = nil, 0, 0
	return batch, dropped
}

// sizeOf is about how much memory a log record takes, in bytes.
func sizeOf(l *supervise.Log) int {
	size := 128 + len(l.Record.Message)
	for name, value := range l.Record.Attrs {
		size += 32 + len(name)
		if text, ok := value.(string); ok {
			size += len(text)
		}
	}
	return size
}
