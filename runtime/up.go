package runtime

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ilpomo/opencore/runtime/spec"
)

// How much waits for the supervisor to read it. Log records beyond that are
// dropped and counted: an actor that logs in a loop must neither grow nor wait.
const (
	maxLogQueue = 1 << 20 // bytes
	maxLogLine  = 1 << 19 // bytes; the supervisor takes lines up to 1 MiB
)

// An upward tells the supervisor things, in order, without ever waiting for
// it.
type upward struct {
	w       io.Writer
	mu      sync.Mutex
	more    *sync.Cond
	lines   [][]byte
	logs    int // bytes of log records among them
	dropped int // log records
	closed  bool
	done    chan struct{}

	hidden []string                         // secrets and what stands for them, in turns
	hider  atomic.Pointer[strings.Replacer] // of those; nil while there are none
}

func newUpward(w io.Writer) *upward {
	u := &upward{w: w, done: make(chan struct{})}
	u.more = sync.NewCond(&u.mu)
	go u.write()
	return u
}

// tell sends what must not be lost. The first Failed is the last thing said.
func (u *upward) tell(m spec.Up) {
	if m.Failed != nil {
		m.Failed.Reason, m.Failed.Stack = u.shown(m.Failed.Reason), u.shown(m.Failed.Stack)
	}
	line := encode(m)
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.closed {
		return
	}
	u.lines = append(u.lines, line)
	u.more.Signal()
}

// log sends a log record, or counts it as dropped.
func (u *upward) log(l *spec.Log) {
	l.Message, l.Attrs = u.shown(l.Message), u.shownAttrs(l.Attrs)
	line := encode(spec.Up{Log: l})
	if len(line) > maxLogLine {
		l.Attrs = map[string]any{"attributes": "too long to be logged"}
		line = encode(spec.Up{Log: l})
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case u.closed:
	case u.logs+len(line) > maxLogQueue:
		u.dropped++
	default:
		u.lines = append(u.lines, line)
		u.logs += len(line)
		u.more.Signal()
	}
}

func encode(m spec.Up) []byte {
	line, err := json.Marshal(m)
	if err != nil { // an attribute of a log record that has no JSON
		for k, v := range m.Log.Attrs {
			m.Log.Attrs[k] = fmt.Sprint(v)
		}
		if line, err = json.Marshal(m); err != nil {
			panic(fmt.Sprintf("bug: a message to the supervisor has no JSON: %v", err))
		}
	}
	return append(line, '\n')
}

// write hands lines to the pipe, many at a time.
func (u *upward) write() {
	defer close(u.done)
	u.mu.Lock()
	defer u.mu.Unlock()
	for {
		for len(u.lines) == 0 && !u.closed {
			u.more.Wait()
		}
		if len(u.lines) == 0 {
			return
		}
		batch := bytes.Join(u.lines, nil)
		u.lines, u.logs = nil, 0
		if u.dropped > 0 {
			batch = append(batch, encode(spec.Up{Log: droppedRecord(u.dropped)})...)
			u.dropped = 0
		}
		u.mu.Unlock()
		_, err := u.w.Write(batch)
		u.mu.Lock()
		if err != nil { // the supervisor is gone: nobody hears us
			u.closed, u.lines = true, nil
			return
		}
	}
}

func droppedRecord(n int) *spec.Log {
	return &spec.Log{
		Time: time.Now(), Level: "WARN", Attrs: map[string]any{"dropped": n},
		Message: "more was logged than could be read; some records were dropped",
	}
}

// close writes what waits, for at most the time given.
func (u *upward) close(within time.Duration) {
	u.mu.Lock()
	u.closed = true
	u.more.Signal()
	u.mu.Unlock()
	select {
	case <-u.done:
	case <-time.After(within):
	}
}
