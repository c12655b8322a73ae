package supervise

import (
	"time"

	"github.com/ilpomo/opencore/runtime/spec"
)

// An Outcome is how a run came to its end.
type Outcome string

// The outcomes.
const (
	Done    Outcome = "done"    // all sources have ended, and all is drained
	Stopped Outcome = "stopped" // it was told to stop
	Failed  Outcome = "failed"
)

// Exit statuses of a run.
const (
	StatusDone   = 0
	StatusFailed = 3 // the run failed, or messages were lost
	StatusLeft   = 4 // it was stopped, and something was left
)

// A Result is what is to be said of a run that is over.
type Result struct {
	Outcome  Outcome
	Took     time.Duration
	Forced   bool     // processes were ended before they had drained
	Failure  *Failure // of the first that failed; nil if none did
	Totals   Totals
	Wires    []spec.Counts // by WireID; nil if nothing was started
	Measured *Measured     // nil unless it was asked for, and sources have spoken
}

// Totals sum a run up.
type Totals struct {
	Read     uint64 // messages that sources sent, and foreign peers
	Rejected uint64 // by handlers, or lines that sources could not parse
	Dropped  uint64 // by queues that were full
	Left     uint64 // in queues when the run was stopped
	Lost     uint64
	Surplus  uint64 // more accounted for than offered: a bug of ours
}

// A Failure is why a run failed.
type Failure struct {
	Process  *spec.Process // nil if no process is to blame
	Config   bool          // parameters or environment are wrong
	Starting bool          // it failed before it was ready
	Reason   string        // one line
	Param    string        // the parameter to blame; "" if none
	Place    string        // file:line:column in the source
	Hint     string        // the way out, where it is sure
	Stack    string        // of a panic
	Log      []Log         // the last that the process said
	Restarts int           // how often it had been restarted within the period
}

// Status is the exit status of a run with this result.
func (r *Result) Status() int {
	switch {
	case r.Failure != nil || r.Totals.Lost > 0 || r.Totals.Surplus > 0:
		return StatusFailed
	case r.Outcome == Stopped && (r.Totals.Left > 0 || r.Forced):
		return StatusLeft
	default:
		return StatusDone
	}
}
