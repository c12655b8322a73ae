package spec

import (
	"encoding/json"
	"time"

	"github.com/ilpomo/opencore/internal/schema"
)

// ChildVariable is the environment variable, set to 1, that tells a program of
// ours to be one process of a plan.
const ChildVariable = "OPENCORE_CHILD"

// Supervisor and child talk over two inherited pipes, one JSON object a line:
// file descriptor [ControlDown] of the child carries [Down], [ControlUp] carries [Up].
// The end of the file downwards means that the supervisor is gone.
const (
	ControlDown = 3
	ControlUp   = 4
)

// Exit statuses of a child.
const (
	ExitDone   = 0
	ExitParams = 64 // bad parameters or environment: never restarted
	ExitPanic  = 70 // a handler panicked
)

// ReadyWithin is how long a child may take until it is ready.
const ReadyWithin = 60 * time.Second

// A Down is what the supervisor tells a child. Exactly one field is set; the
// first of all is Launch. What is said to one member of a group says to which.
type Down struct {
	Member *ProcessID `json:"member,omitempty"`
	Group  *Group     `json:"group,omitempty"` // first of all, to an OS process of several members: then each is launched
	Launch *Launch    `json:"launch,omitempty"`
	Peer   *PeerUp    `json:"peer,omitempty"`   // a peer is there, or there again: connect, or expect it
	Gone   *PeerID    `json:"gone,omitempty"`   // a peer has died; a new incarnation may follow
	Go     bool       `json:"go,omitempty"`     // all are ready: sources may speak
	Stop   bool       `json:"stop,omitempty"`   // drain: sources stop, all else ends with its inputs
	Now    bool       `json:"now,omitempty"`    // end at once: what is queued counts as left. To a group as such: all of it, and the OS process
	Probe  int        `json:"probe,omitempty"`  // number of a wave over a cycle: answer with Quiet when quiet
	Finish bool       `json:"finish,omitempty"` // the cycle that this process is on is quiet: end
}

// A Group is several processes of a plan in one OS process. Members are
// launched, end, and are launched again while it lives; when one fails, the OS
// process ends with all of them.
type Group struct {
	Name string `json:"name"`
}

// A PeerID names an incarnation of a process. A peer that has ended before
// this process was started, or started again, is told as Gone and Done.
type PeerID struct {
	ID          ProcessID `json:"id"`
	Incarnation uint32    `json:"incarnation"`
	Done        bool      `json:"done,omitempty"` // ended for good: nothing comes any more and nobody takes what is sent
}

// A PeerUp is an incarnation of a peer with the endpoint that it has bound.
type PeerUp struct {
	PeerID
	Endpoint string `json:"endpoint"`
}

// A Launch is all that a child needs to know.
type Launch struct {
	Version     int                        `json:"version"`
	Graph       string                     `json:"graph"`            // hash of the plan; HELLO compares it
	Run         uint64                     `json:"run"`              // of the run, random
	Incarnation uint32                     `json:"incarnation"`      // of this process: 1 at first, one more with every restart
	Bind        string                     `json:"bind"`             // "ipc://…" or "tcp://127.0.0.1:*"
	Inproc      string                     `json:"inproc,omitempty"` // to bind too, for the other members of its group: "inproc://…"
	Counters    string                     `json:"counters"`         // path of the file that holds this process's counters
	Transport   string                     `json:"transport"`        // ipc or tcp
	Values      map[string]json.RawMessage `json:"values,omitempty"` // of all parameters of main, defaults filled in
	Params      []Name                     `json:"params,omitempty"` // their types
	Names       []Name                     `json:"names,omitempty"`  // consts
	Messages    schema.Set                 `json:"messages"`
	Process     *Process                   `json:"process"`
	Wires       []Wire                     `json:"wires"` // those that the process has an end of, by ID; names for what is reported
}

// An Up is what a child tells the supervisor. Exactly one field is set. What a
// member of a group says tells which.
type Up struct {
	Member  *ProcessID `json:"member,omitempty"`
	Bound   *Bound     `json:"bound,omitempty"`
	Ready   bool       `json:"ready,omitempty"`  // connected, greeted, started
	Quiet   *Quiet     `json:"quiet,omitempty"`  // on a cycle: the outside has ended, and nothing is in hand
	Ended   bool       `json:"ended,omitempty"`  // finished; all that was sent is acknowledged
	Failed  *Failed    `json:"failed,omitempty"` // about to exit with another status than 0
	Log     *Log       `json:"log,omitempty"`
	Program *Program   `json:"program,omitempty"` // that the child has started, or waited for
	Exit    *int       `json:"exit,omitempty"`    // of a member: it is over, with this status, and its OS process goes on
}

// A Program is a process group that a child has started besides its own. If the
// child dies before it has said that it is gone, the supervisor kills it.
type Program struct {
	PID  int  `json:"pid"` // of its leader, and number of the group
	Gone bool `json:"gone,omitempty"`
}

// Bound tells where a child can be reached: by its peers, and by foreign ones.
type Bound struct {
	Endpoint string      `json:"endpoint"`
	Plain    []Listening `json:"plain,omitempty"` // the plain sockets that it has bound
}

// A Listening is a plain socket that is bound. The system may have chosen its
// port.
type Listening struct {
	Wire     WireID `json:"wire"`
	Endpoint string `json:"endpoint"`
}

// Quiet is the state of a process on a cycle that has nothing to do: its
// inputs from outside the cycle have ended, its inbox is empty and all that
// it sent is acknowledged. A cycle is over when all of it is quiet in two
// waves in a row with the same numbers.
type Quiet struct {
	Probe    int    `json:"probe"` // of the wave that this answers; 0: unasked
	Sent     uint64 `json:"sent"`
	Received uint64 `json:"received"`
}

// Failed says why a child gives up.
type Failed struct {
	Reason string `json:"reason"`           // one line, in words
	Param  string `json:"param,omitempty"`  // the parameter that is to blame
	Place  string `json:"place,omitempty"`  // where it is written
	Stack  string `json:"stack,omitempty"`  // of a panic
	Config bool   `json:"config,omitempty"` // parameters or environment: a restart would not help
}

// A Log is one record of a child's log.
type Log struct {
	Time    time.Time      `json:"time"`
	Level   string         `json:"level"` // DEBUG, INFO, WARN, ERROR
	Message string         `json:"msg"`
	Attrs   map[string]any `json:"attrs,omitempty"`
}
