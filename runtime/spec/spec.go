// Package spec holds the types of the plan: every decision that is made
// before anything starts, and what supervisor and processes tell each other
// while it runs. It holds data only. Read [Plan] first, then [Process], which
// is what one process is told of it.
package spec

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/ilpomo/opencore/internal/schema"
)

// Version is the version of the plan's JSON and of what travels between our
// processes. Another one is refused.
const Version = 1

// A Plan is a graph made ready to run. Its JSON is deterministic: the same
// source gives the same bytes. It never holds a secret, nor anything of the
// machine it was made on: parameters of main, the environment and the folder
// of the run are resolved when it runs.
type Plan struct {
	Version   int         `json:"version"`
	Program   string      `json:"program"`          // the file's name without .actors
	File      string      `json:"file"`             // as the user named it, with slashes
	Params    []Name      `json:"params,omitempty"` // of graph main, in order
	Names     []Name      `json:"names,omitempty"`  // consts that expressions use
	Messages  schema.Set  `json:"messages"`
	Wires     []Wire      `json:"wires"`
	Processes []*Process  `json:"processes"`          // ID is the index
	Start     []ProcessID `json:"start"`              // the order in which to say go: sinks first. Ends and stops go the other way
	Handlers  bool        `json:"handlers,omitempty"` // some actors are Go types: only the binary built for the plan can run it
}

// A Name is a constant of the program: a const, or a parameter of main.
type Name struct {
	Name  string          `json:"name"`
	Doc   string          `json:"doc,omitempty"`
	Type  string          `json:"type"`            // as [schema.Type.String] writes it
	Value json.RawMessage `json:"value,omitempty"` // a parameter's default; absent if it must be given
	Place string          `json:"place"`           // file:line:column
}

// A Wire is a wire as it was written. What the processes do about it stands
// in their ports.
type Wire struct {
	ID      WireID `json:"id"`   // the index in Plan.Wires
	Name    string `json:"name"` // "feed.lines -> tally.quakes"
	From    End    `json:"from"`
	To      End    `json:"to"`
	Message string `json:"message"`
	Reply   string `json:"reply,omitempty"` // of requests
	Where   string `json:"where,omitempty"`
	Else    bool   `json:"else,omitempty"`
	Queue   Queue  `json:"queue"`
	Deliver string `json:"deliver,omitempty"` // of push wires: at_most_once or at_least_once
	Journal string `json:"journal,omitempty"` // the folder that keeps what it carries
	Copies  int    `json:"copies"`            // how many receivers get each message: the replicas of a sub port, else 1
	Exposed bool   `json:"exposed,omitempty"` // From or To is a foreign peer at an exposed port: its Instance is "", its Port the endpoint as written
	Place   string `json:"place"`
}

// An End is one side of a wire as people know it.
type End struct {
	Instance string `json:"instance"`
	Port     string `json:"port"`
	Pattern  string `json:"pattern"` // push, pub, pull, sub, in, req, dealer, rep, router, pair
	Replicas int    `json:"replicas"`
	External bool   `json:"external,omitempty"` // an external actor, or the peers of an exposed port: no process of ours
}

// A ProcessID numbers the processes of a plan from 0.
type ProcessID uint32

// A WireID numbers the wires of a plan from 0.
type WireID uint32

// A LaneID numbers the lanes of a plan. A lane is the way of one copy of one
// wire from one process to another.
type LaneID uint32

// A Process is one replica of one instance: an OS process, or a part of the one
// of its group.
type Process struct {
	ID       ProcessID         `json:"id"`
	Instance string            `json:"instance"`
	Replica  int               `json:"replica"` // from 0
	Replicas int               `json:"replicas"`
	Actor    string            `json:"actor"`             // "Tally", "file.Lines": the key in the registry of handlers
	Place    string            `json:"place"`             // of the instance in the source
	Source   bool              `json:"source,omitempty"`  // has no in-ports
	Endless  bool              `json:"endless,omitempty"` // a source that doesn't keep the run alive
	Cycle    int               `json:"cycle,omitempty"`   // processes with the same number, from 1, lie on cycles with each other and end together; 0: on none
	Args     []Arg             `json:"args,omitempty"`
	Env      []Arg             `json:"env,omitempty"`
	Types    map[string]string `json:"types,omitempty"` // type parameter -> message
	Restart  Restart           `json:"restart"`
	Group    string            `json:"group,omitempty"` // processes of one group share one OS process and restart as one
	Exec     *Exec             `json:"exec,omitempty"`  // the actor is a program; nil: a handler in the registry
	Outs     []Out             `json:"outs,omitempty"`  // all outgoing ports, also those without wires; "rejected" only where it is wired
	Ins      []In              `json:"ins,omitempty"`
	Peers    []Peer            `json:"peers,omitempty"` // all processes that a lane leads to or comes from
}

// Title gives the process's name as people see it: "tally" if it is the only
// replica, "tally.2" for the second.
func (p *Process) Title() string {
	if p.Replicas <= 1 {
		return p.Instance
	}
	return fmt.Sprintf("%s.%d", p.Instance, p.Replica+1)
}

// An Arg is the value of a parameter or of an environment variable.
type Arg struct {
	Name  string `json:"name"`
	Type  string `json:"type"` // as [schema.Type.String] writes it, or "expr", or "{string: expr}"
	Value Value  `json:"value"`
	Place string `json:"place"` // where the value is written; of the instance, if it is the default
}

// A Value is symbolic where it must be: exactly one of Const, Param and Env
// is set, or none for null.
type Value struct {
	Const   json.RawMessage  `json:"const,omitempty"`   // in the form of values outside
	Param   string           `json:"param,omitempty"`   // a parameter of main
	Env     string           `json:"env,omitempty"`     // a variable of the environment
	Default *string          `json:"default,omitempty"` // where the variable is unset; nil: it must be set
	Secret  string           `json:"secret,omitempty"`  // a variable of the environment whose value is shown nowhere
	List    []Value          `json:"list,omitempty"`    // a list with a symbolic value within
	Map     map[string]Value `json:"map,omitempty"`     // likewise
}

// An Exec is a program that is an actor, under a process of ours.
type Exec struct {
	Command []string `json:"command"`
	Lines   bool     `json:"lines,omitempty"` // JSON lines in, JSON lines out
}

// A Plain is a plain ZeroMQ socket: the end of a wire whose other end is
// foreign. It belongs to the process that has the wire's end. A pair port has
// one for what it sends and an equal one for what it receives: they are one
// socket.
type Plain struct {
	Socket    string  `json:"socket"`         // ours: push, pull, pub, sub, req, rep, dealer, router, pair
	Bind      bool    `json:"bind,omitempty"` // else it connects
	Endpoint  Value   `json:"endpoint"`
	Codec     string  `json:"codec"`               // msgpack, json, raw, pickle
	Topic     bool    `json:"topic,omitempty"`     // what is sent has two frames, topic and payload
	Subscribe []Value `json:"subscribe,omitempty"` // of sub: how the topics begin that can pass the filter; none: any
	Place     string  `json:"place"`               // of the address in the source
}

// A Restart is a restart policy with its budget and backoff.
type Restart struct {
	Policy string   `json:"policy"` // always, on_failure, never
	Max    int      `json:"max"`    // restarts within the period before the run fails
	Within Duration `json:"within"`
}

// An Out is an outgoing port with the wires that leave it, in the order
// written.
type Out struct {
	Port    string    `json:"port"`
	Pattern string    `json:"pattern"`         // push, pub, req, dealer, pair
	Codec   string    `json:"codec,omitempty"` // of a program's port
	Message string    `json:"message"`
	Reply   string    `json:"reply,omitempty"`
	Topic   string    `json:"topic,omitempty"` // expression over the message, pub only
	Keeps   bool      `json:"keeps,omitempty"` // the topic is that of the message at hand, whatever Topic says
	Wires   []OutWire `json:"wires"`
}

// An OutWire is the sending end of one copy of a wire. A wire to a sub port
// with three replicas has three of them, with one lane each; a wire to a
// sharing port has one, with a lane to each replica.
type OutWire struct {
	Wire    WireID   `json:"wire"`
	Copy    int      `json:"copy,omitempty"`
	Where   string   `json:"where,omitempty"`
	Else    bool     `json:"else,omitempty"` // takes what no other wire of the port took
	Key     string   `json:"key,omitempty"`  // path of the field that chooses the lane; "": any lane with room
	Queue   Queue    `json:"queue"`
	Timeout Duration `json:"timeout,omitempty"` // of a request; 0: never
	Retry   int      `json:"retry,omitempty"`   // further attempts
	Deliver string   `json:"deliver,omitempty"` // at_most_once or at_least_once; "" is the first
	Journal string   `json:"journal,omitempty"` // the folder that keeps what the wire carries; "" if none does
	Lanes   []Lane   `json:"lanes"`             // by replica of the receiver; none if Plain
	Plain   *Plain   `json:"plain,omitempty"`   // the other end is foreign
}

// A Queue bounds what a wire holds back at its sender, behind the credit.
// One of Messages and Bytes is set.
type Queue struct {
	Messages int    `json:"messages,omitempty"`
	Bytes    int    `json:"bytes,omitempty"`
	Full     string `json:"full"` // block, drop_oldest, drop_newest
}

// A Lane is the way of one copy of a wire between two processes, seen from
// either of them.
type Lane struct {
	ID   LaneID    `json:"id"`
	Peer ProcessID `json:"peer"` // the process at the other end
}

// An In is an incoming port.
type In struct {
	Port    string   `json:"port"`
	Pattern string   `json:"pattern"`         // pull, sub, in, rep, router, pair; a pair port is among the Outs too
	Codec   string   `json:"codec,omitempty"` // of a program's port
	Message string   `json:"message"`
	Reply   string   `json:"reply,omitempty"`
	Wires   []InWire `json:"wires"`
}

// An InWire is the receiving end of a wire: a lane from each replica of the
// sender.
type InWire struct {
	Wire  WireID `json:"wire"`
	Topic bool   `json:"topic,omitempty"` // each message carries the topic that the publisher computed
	Lanes []Lane `json:"lanes"`           // none if Plain
	Plain *Plain `json:"plain,omitempty"` // the other end is foreign
	Where string `json:"where,omitempty"` // where the sender is foreign: what does not pass is filtered here. Else is said with the filters of the other wires
}

// A Peer is a process that lanes lead to or come from; the process itself, if
// it is wired to itself. Every process binds one endpoint; who has an outgoing
// lane to it connects.
type Peer struct {
	ID      ProcessID `json:"id"`
	Title   string    `json:"title"`
	Connect bool      `json:"connect,omitempty"` // this process connects to it
	Cycle   bool      `json:"cycle,omitempty"`   // it lies on the same cycle: its lanes don't count as inputs from outside
}

// Duration is a time.Duration whose JSON is Go's spelling: "1.5s".
type Duration time.Duration

// String writes the duration without the zeros that Go leaves: "1m", not
// "1m0s".
func (d Duration) String() string {
	s := time.Duration(d).String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(s, zero) {
			s = s[:len(s)-2]
		}
	}
	return s
}

// MarshalJSON implements [json.Marshaler].
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(d).String()) }

// UnmarshalJSON implements [json.Unmarshaler].
func (d *Duration) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	parsed, err := time.ParseDuration(text)
	*d = Duration(parsed)
	return err
}
