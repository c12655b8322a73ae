// Package draw makes pictures of checked programs: as DOT and Mermaid to be
// drawn by others, as SVG, and as text for a terminal. All show the same
// [Picture]: instances as boxes, wires as arrows, with patterns, filters,
// replicas and findings. Where things stand is decided by a [Layout].
package draw

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
)

// A Picture is what is to be seen of a graph.
type Picture struct {
	Title string
	Nodes []Node
	Edges []Edge
}

// A Node is an instance, or a peer of an exposed port.
type Node struct {
	Name    string
	Lines   []string // what is said below the name
	Foreign bool     // runs elsewhere
	Group   string   // nodes of one group share an OS process
	Finding string   // codes of what was found here; "" if nothing was
	Severe  bool     // one of them is an error
}

// A Kind is what an arrow means.
type Kind uint8

// The kinds of arrows.
const (
	Hands     Kind = iota // push: one of the receivers gets it
	Publishes             // pub: each gets it
	Asks                  // a request, and its reply
	Pairs                 // both ways
)

// An Edge is a wire. From and To are indexes of nodes.
type Edge struct {
	From, To int
	Kind     Kind
	Ports    string // "quakes", or "alarms -> quakes" where both names say something
	Filter   string // "mag >= 6", "else" or ""
	Keeps    string // what is kept for a crash: "at_least_once, journal kept", or ""
	Finding  string
	Severe   bool
}

// Of makes the picture of a program, with what was found in it.
func Of(p *model.Program, found diag.List) *Picture {
	pic := &Picture{Title: p.Name}
	if p.Graph == nil {
		return pic
	}
	index := map[*model.Instance]int{}
	for i, inst := range p.Graph.Instances {
		index[inst] = i
		n := node(inst)
		n.Finding, n.Severe = findings(found, func(d *diag.Diagnostic) bool { return within(d.Span, inst.Span) })
		pic.Nodes = append(pic.Nodes, n)
	}
	for _, w := range p.Graph.Wires {
		e := edge(w)
		e.From, e.To = index[w.From.Instance], index[w.To.Instance]
		e.Finding, e.Severe = findings(found, func(d *diag.Diagnostic) bool { return concerns(d, w) })
		pic.Edges = append(pic.Edges, e)
	}
	for _, x := range p.Graph.Exposes {
		pic.expose(x, index[x.End.Instance])
	}
	return pic
}

func node(i *model.Instance) Node {
	n := Node{Name: i.Name, Foreign: i.Actor.External, Group: i.Process}
	title := i.Actor.Name
	if i.Replicas > 1 {
		title += fmt.Sprintf(" x%d", i.Replicas)
	}
	n.Lines = append(n.Lines, title)
	switch {
	case i.Actor.Exec != nil:
		n.Lines = append(n.Lines, "$ "+shortened(strings.Join(i.Actor.Exec, " ")))
	case i.Actor.External:
		n.Lines = append(n.Lines, "elsewhere")
	}
	return n
}

// edge tells what a wire is. The ends' names are left out where the actor has
// no other port that they could be mixed up with.
func edge(w *model.Wire) Edge {
	e := Edge{Kind: kindOf(w.From.Port.Pattern)}
	from, to := "", ""
	if w.From.Port == model.RejectedPort || count(w.From.Instance.Actor, true) > 1 {
		from = w.From.Port.Name
	}
	if count(w.To.Instance.Actor, false) > 1 {
		to = w.To.Port.Name
	}
	switch {
	case from != "" && to != "" && from != to:
		e.Ports = from + " -> " + to
	default:
		e.Ports = cmp.Or(from, to)
	}
	e.Filter, e.Keeps = taken(w), kept(w)
	return e
}

// words are what stands beside a wire.
func (e *Edge) words() []string {
	return slices.DeleteFunc([]string{e.Ports, e.Filter, e.Keeps, e.Finding}, func(s string) bool { return s == "" })
}

// taken says what a wire takes, as it is written.
func taken(w *model.Wire) string {
	switch {
	case w.Else:
		return "else"
	case w.Where != nil:
		return shortened(strings.Join(strings.Fields(w.Where.Written), " "))
	default:
		return ""
	}
}

// kept says what a crash leaves of what is on a wire; "" if that is nothing.
func kept(w *model.Wire) string {
	var words []string
	if w.Deliver == "at_least_once" {
		words = append(words, w.Deliver)
	}
	if w.Journal != "" {
		words = append(words, "journal "+shortened(w.Journal))
	}
	return strings.Join(words, ", ")
}

func kindOf(p model.Pattern) Kind {
	switch p {
	case model.Pub:
		return Publishes
	case model.Req, model.Dealer:
		return Asks
	case model.Pair:
		return Pairs
	}
	return Hands
}

// count counts the outgoing or the incoming ports of an actor.
func count(a *model.Actor, outgoing bool) int {
	n := 0
	for _, p := range a.Ports {
		if p.Pattern.Outgoing() == outgoing {
			n++
		}
	}
	return n
}

// expose adds the peers of an exposed port as a node.
func (pic *Picture) expose(x *model.Expose, at int) {
	peers := len(pic.Nodes)
	pic.Nodes = append(pic.Nodes, Node{Name: address(x.Address.Endpoint), Lines: []string{"anybody"}, Foreign: true})
	e := Edge{From: at, To: peers, Kind: kindOf(x.End.Port.Pattern), Ports: x.End.Port.Name}
	if !x.End.Port.Pattern.Outgoing() {
		e.From, e.To = peers, at
		if x.End.Port.Pattern.Requests() {
			e.Kind = Asks
		}
	}
	pic.Edges = append(pic.Edges, e)
}

func address(v model.Value) string {
	switch v := v.(type) {
	case string:
		return v
	case model.Env:
		return "env " + v.Name
	case model.ParamRef:
		return v.Name
	}
	return "somewhere"
}

// concerns reports whether a finding is about a wire: at its place, or as one
// of several, each of which has a note.
func concerns(d *diag.Diagnostic, w *model.Wire) bool {
	whole := w.Span
	if w.Where != nil && w.Where.Span.File == whole.File && w.Where.Span.End.Offset > whole.End.Offset {
		whole = whole.To(w.Where.Span)
	}
	return within(d.Span, whole) || slices.ContainsFunc(d.Notes, func(n diag.Note) bool { return n.Span == w.Span })
}

func within(s, whole diag.Span) bool {
	return s.File == whole.File && s.Start.Offset >= whole.Start.Offset && s.End.Offset <= whole.End.Offset
}

// findings lists the codes of what was found about something.
func findings(found diag.List, about func(*diag.Diagnostic) bool) (codes string, severe bool) {
	var list []string
	for i := range found {
		d := &found[i]
		if !about(d) {
			continue
		}
		if !slices.Contains(list, string(d.Code)) {
			list = append(list, string(d.Code))
		}
		severe = severe || d.Severity == diag.Error
	}
	return strings.Join(list, " "), severe
}

// longest is how many characters of a filter or a command are shown.
const longest = 40

func shortened(text string) string {
	r := []rune(text)
	if len(r) <= longest {
		return text
	}
	return string(r[:longest-1]) + "…"
}
