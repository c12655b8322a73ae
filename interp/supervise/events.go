package supervise

import (
	"time"

	"github.com/ilpomo/opencore/runtime/spec"
)

// An Event is something that happened in a run; the types below are all there
// are. Listeners switch on the type and ignore what they don't know.
type Event interface{ event() }

// Started says that an incarnation of a process has been started.
type Started struct {
	Process     *spec.Process
	Incarnation uint32
	PID         int
}

// Ready says that a process is connected to all its peers, and its handler
// has started.
type Ready struct{ Process *spec.Process }

// Listening says where a process has bound a plain socket: foreign peers can
// come.
type Listening struct {
	Process  *spec.Process
	Wire     *spec.Wire
	Endpoint string // with the port that the system has chosen
}

// Running says that everyone is ready and sources speak.
type Running struct{ After time.Duration }

// Log is a record of a process's log, or a line that it wrote to standard
// error.
type Log struct {
	Process *spec.Process
	Group   string // of which member of this group it is, is not known; "": of Process
	Record  spec.Log
	Stderr  bool
}

// Crashed says that a process ended before its time.
type Crashed struct {
	Process     *spec.Process
	Incarnation uint32
	Starting    bool   // before it was ready
	Reason      string // one line
	Stack       string // of a panic, unless the process has already written it to standard error
}

// Restarting says when a process is started again.
type Restarting struct {
	Process *spec.Process
	Restart int // how many within the period, this one included
	Max     int
	In      time.Duration
}

// Progress is how far the run has come.
type Progress struct {
	Totals
	Done, Total uint64 // bytes of the sources whose size is known
	Took        time.Duration
}

// Draining says that sources have been told to stop and the rest ends with
// its inputs, at most within the duration.
type Draining struct {
	Why    Outcome // Stopped or Failed
	Within time.Duration
}

// Terminating says that what still runs is ended: the deadline has passed,
// the start was interrupted, or the run is ended at once (Kill).
type Terminating struct {
	Left []*spec.Process
	Kill bool
}

// Ended says that a process has done its work.
type Ended struct{ Process *spec.Process }

func (Started) event()     {}
func (Ready) event()       {}
func (Listening) event()   {}
func (Running) event()     {}
func (Log) event()         {}
func (Crashed) event()     {}
func (Restarting) event()  {}
func (Progress) event()    {}
func (Draining) event()    {}
func (Terminating) event() {}
func (Ended) event()       {}
