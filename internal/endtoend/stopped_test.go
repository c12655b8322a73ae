package endtoend

import (
	"context"
	"syscall"
	"testing"
	"time"
)

// stoppedFor is longer than any heartbeat may be missed.
const stoppedFor = 4 * time.Second

// A process that is stopped, or starved by the machine, is not dead: over tcp
// too, what is on its way waits for it.
func TestStoppedProcessLosesNothing(t *testing.T) {
	t.Parallel()
	for _, transport := range []string{"ipc", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			t.Parallel()
			tr := start(t, pushPull, "count=20000", "--transport", transport)
			tr.until(tr.ctx, t, "the sink is at work", func(all []entry) bool { return count(all, "got", 0) >= 100 })
			sink := firstPID(tr.all(), "sink")
			tr.signalTo(sink, syscall.SIGSTOP)
			stopped, cancel := context.WithTimeout(tr.ctx, stoppedFor)
			defer cancel()
			<-stopped.Done()
			tr.signalTo(sink, syscall.SIGCONT)
			if n := count(tr.done().entries, "got", 0); n != 20_000 {
				t.Errorf("%d of 20,000 messages arrive", n)
			}
		})
	}
}

// signalTo sends a process of the run a signal.
func (tr *trial) signalTo(pid int, s syscall.Signal) {
	tr.t.Helper()
	if err := syscall.Kill(pid, s); err != nil {
		tr.t.Fatal(err)
	}
}
