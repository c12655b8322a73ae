package plan

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ilpomo/opencore/runtime/spec"
)

// This file tells what each wire does, for [Explain].

func (e *explainer) wires() {
	e.line("\nwires")
	for i := range e.plan.Wires {
		e.wire(&e.plan.Wires[i])
	}
}

func (e *explainer) wire(w *spec.Wire) {
	e.line("  %s", w.Name)
	e.line("    at       %s", w.Place)
	carries := w.Message
	if w.Reply != "" {
		carries += ", answered by " + w.Reply
	}
	e.line("    carries  %s, %s to %s", carries, w.From.Pattern, w.To.Pattern)
	e.measure(w)
	if w.From.External {
		e.arriving(w)
		return
	}
	out, topic := e.sender(w.ID)
	if out.Plain != nil {
		e.plain(w.From, w.To, out.Plain)
	} else {
		e.native(w, out)
	}
	if topic != "" && (w.From.Pattern == "pub" || out.Plain != nil) {
		e.line("    topic    %s, computed once by the publisher", topic)
	}
	e.filter(w)
	if w.Reply != "" {
		e.line("    timeout  %s, %s", timeout(out.Timeout), retries(out.Retry))
	}
	e.line("    queue    %s", queue(w))
}

// native tells how our own processes are connected.
func (e *explainer) native(w *spec.Wire, out spec.OutWire) {
	lanes := w.From.Replicas * w.To.Replicas
	if group := e.within(w); group != "" {
		e.line("    native   %s within the OS process %q", count(lanes, "lane", "lanes"), group)
	} else {
		e.line("    native   %s; %s, %s", count(lanes, "lane", "lanes"),
			verb(w.To, "binds", "bind"), verb(w.From, "connects", "connect"))
	}
	if w.To.Replicas > 1 {
		e.line("    shared   %s", sharing(w, out))
	}
}

// within names the group that both ends of a wire belong to; "" if there is
// none.
func (e *explainer) within(w *spec.Wire) string {
	group := func(instance string) string {
		for _, p := range e.plan.Processes {
			if p.Instance == instance {
				return p.Group
			}
		}
		return ""
	}
	if from := group(w.From.Instance); from == group(w.To.Instance) {
		return from
	}
	return ""
}

// plain tells which socket an end of ours has towards a foreign peer.
func (e *explainer) plain(ours, foreign spec.End, p *spec.Plain) {
	who := foreign.Instance + " runs elsewhere"
	if foreign.Instance == "" {
		who = "exposed to whoever comes"
	}
	does := verb(ours, "connects", "connect") + " to"
	if p.Bind {
		does = verb(ours, "binds", "bind")
	}
	at := written(p.Endpoint)
	if p.Endpoint.Param != "" {
		at = "what the parameter " + at + " says"
	}
	e.line("    plain    %s: %s %s, a %s socket", who, does, at, strings.ToUpper(p.Socket))
	form := "%s, in one frame"
	switch {
	case p.Topic:
		form = "%s, behind a frame with the topic"
	case p.Socket == "sub" || p.Socket == "pull" || p.Socket == "rep" || p.Socket == "router":
		form = "%s, in one frame, or behind one with a topic"
	}
	e.line("    codec    "+form, p.Codec)
}

// arriving tells of a wire from a foreign peer, whose receiver does all that
// the sender does otherwise.
func (e *explainer) arriving(w *spec.Wire) {
	in := e.receiver(w.ID)
	e.plain(w.To, w.From, in.Plain)
	if in.Plain.Socket == "sub" {
		e.line("    topics   %s", subscription(in.Plain.Subscribe))
	}
	if in.Where == "" {
		e.line("    filter   none, every message passes")
	} else {
		e.where(in.Where)
		e.line("             in %s, as it comes in", w.To.Instance)
	}
	e.line("    queue    %s; when it is full %s", size(w.Queue), fullHere[w.Queue.Full])
}

// fullHere tells what a receiver does when its queue is full.
var fullHere = map[string]string{
	"block":       "nothing more is taken from the socket",
	"drop_oldest": fullWords["drop_oldest"],
	"drop_newest": fullWords["drop_newest"],
}

func subscription(prefixes []spec.Value) string {
	if len(prefixes) == 0 {
		return "all"
	}
	var names []string
	for _, p := range prefixes {
		if p.Const != nil {
			names = append(names, strconv.Quote(written(p)))
		} else {
			names = append(names, written(p))
		}
	}
	return "those that begin with " + strings.Join(names, ", ")
}

// receiver finds the receiving end of a wire at its first replica.
func (e *explainer) receiver(id spec.WireID) spec.InWire {
	for _, p := range e.plan.Processes {
		for _, in := range p.Ins {
			for _, w := range in.Wires {
				if w.Wire == id {
					return w
				}
			}
		}
	}
	panic(fmt.Sprintf("bug: no process receives on wire %d", id))
}

// sender finds the sending end of a wire at its first replica, with the topic
// of its port.
func (e *explainer) sender(id spec.WireID) (spec.OutWire, string) {
	for _, p := range e.plan.Processes {
		for _, o := range p.Outs {
			for _, w := range o.Wires {
				if w.Wire == id {
					return w, o.Topic
				}
			}
		}
	}
	panic(fmt.Sprintf("bug: no process sends on wire %d", id))
}

func sharing(w *spec.Wire, out spec.OutWire) string {
	switch {
	case w.Copies > 1:
		return "each replica gets each message"
	case out.Key != "":
		return fmt.Sprintf("%s chooses the replica, the same one for equal values", out.Key)
	default:
		return "each message goes to one replica, the one with the most room"
	}
}

func (e *explainer) filter(w *spec.Wire) {
	switch {
	case w.Else:
		e.line("    filter   what no other wire of %s.%s takes", w.From.Instance, w.From.Port)
	case w.Where == "":
		e.line("    filter   none, every message passes")
	case w.Reply != "":
		e.where(w.Where)
		e.line("             in %s: the first wire that matches takes the request", w.From.Instance)
	default:
		e.where(w.Where)
		e.line("             in %s, before it is sent: what nobody wants costs nothing on the way", w.From.Instance)
	}
}

// where writes a filter, which may go over lines.
func (e *explainer) where(source string) {
	label := "filter"
	for line := range strings.Lines(source) {
		e.line("    %-6s   %s", label, strings.TrimSpace(line))
		label = ""
	}
}

func timeout(d spec.Duration) string {
	if d == 0 {
		return "never"
	}
	return d.String()
}

func retries(n int) string {
	if n == 0 {
		return "not tried again"
	}
	return "tried again " + count(n, "time", "times")
}

func queue(w *spec.Wire) string {
	each := " for each pair of replicas"
	if w.To.External {
		each = ""
	}
	return size(w.Queue) + each + "; when it is full " + fullWords[w.Queue.Full]
}

// fullWords tells what a sender does when its queue is full.
var fullWords = map[string]string{
	"block":       "the sender waits",
	"drop_oldest": "the oldest is dropped and counted",
	"drop_newest": "the newest is dropped and counted",
}

func size(q spec.Queue) string {
	if q.Bytes > 0 {
		return bytesText(q.Bytes)
	}
	return grouped(q.Messages) + " messages"
}
