package prove_test

import (
	"fmt"
	"slices"
	"strings"
)

// A machine is a small model of how a graph runs: what language.md says of
// ports, queues and waiting, with handlers that may do anything at any time.
//
//   - An idle replica takes any message that waits for it and runs its handler.
//     A source runs always; with begins set, others may run without a message too.
//   - Who runs may send any message at any port. It goes to its wires one after
//     the other; at a full queue that blocks, the sender waits.
//   - Who has asked at a req port waits for the reply, or until the timeout.
//     Who has asked at a dealer port goes on, or waits if he likes.
//   - Who runs may end his handler: a rep answers then. A router may answer
//     what it has taken whenever it runs.
type machine struct {
	net      *net
	begins   bool
	nodes    []node
	channels []channel
	sends    []send    // all that can be begun, in any order
	last     situation // that the search ended with
}

// A node is a replica of an instance.
type node struct {
	actor  int
	source bool
	sends  []int // of machine.sends
	into   []int // channels
}

// A channel is a queue between two replicas, for one message.
type channel struct {
	wire     *netWire
	from, to int // nodes; of a pair's second one the other way round
	request  bool
	waits    bool // whoever finds it full waits
}

// A send is a message at a port: the channels that get it, one of each list.
type send struct {
	steps [][]int
	asks  bool // a request: one step
	waits bool // for the reply
}

// What a node does.
const (
	idle    = iota
	running // its handler
	full    // it waits for room: what and where is in arg and step
	asking  // it waits for the reply to what it has sent on the channel arg
)

// What is in a channel.
const (
	empty  = iota
	queued // a message
	taken  // a request that is to be answered
	orphan // a request that is being handled and that nobody waits for
)

// A situation is a state of the machine.
type situation struct {
	does, arg, step [maxNodes]uint8
	called          [maxNodes]bool // a reply to a dealer's request waits to be handled
	holds           [maxChannels]uint8
}

const (
	maxNodes    = 8
	maxChannels = 24
)

func newMachine(n *net, begins bool) *machine {
	m := &machine{net: n, begins: begins}
	first := make([]int, len(n.actors))
	for i, a := range n.actors {
		first[i] = len(m.nodes)
		for range a.replicas {
			m.nodes = append(m.nodes, node{actor: i, source: a.source})
		}
	}
	for i, a := range n.actors {
		for at := first[i]; at < first[i]+a.replicas; at++ {
			m.addSends(at, a, first)
		}
	}
	return m
}

// addSends gives a node all that it can send.
func (m *machine) addSends(at int, a *netActor, first []int) {
	lanes := map[*netWire][][]int{}
	for _, p := range a.ports {
		for _, w := range p.wires {
			lanes[w] = m.lanes(w, at, first)
		}
		for _, class := range p.classes() {
			var steps [][]int
			for _, w := range class {
				steps = append(steps, lanes[w]...)
			}
			m.addSend(at, send{steps: steps, asks: p.asks(), waits: p.pattern == "req"})
			if p.pattern == "dealer" {
				m.addSend(at, send{steps: steps, asks: true, waits: true})
			}
		}
	}
}

func (m *machine) addSend(at int, s send) {
	m.nodes[at].sends = append(m.nodes[at].sends, len(m.sends))
	m.sends = append(m.sends, s)
}

// lanes makes the channels of a wire from one replica: a message goes to one of
// each list. Of a sub each replica gets it.
func (m *machine) lanes(w *netWire, at int, first []int) [][]int {
	var all []int
	for to := first[w.to]; to < first[w.to]+m.net.actors[w.to].replicas; to++ {
		all = append(all, m.channel(channel{w, at, to, w.fromPort.asks(), !w.drops}))
		if w.fromPort.pattern == "pair" {
			back := m.channel(channel{w, to, at, false, !w.drops})
			m.addSend(to, send{steps: [][]int{{back}}})
		}
	}
	if w.port.pattern != "sub" {
		return [][]int{all}
	}
	var each [][]int
	for _, c := range all {
		each = append(each, []int{c})
	}
	return each
}

func (m *machine) channel(c channel) int {
	m.channels = append(m.channels, c)
	m.nodes[c.to].into = append(m.nodes[c.to].into, len(m.channels)-1)
	return len(m.channels) - 1
}

// What a search can end with.
type outcome int

const (
	never   outcome = iota // all situations were looked at
	happens                // there is such a situation
	open                   // there are too many to look at
)

// A goal tells whether a situation is what is looked for, and how near it
// seems: what is nearer is looked at first.
type goal struct {
	reached func(situation) bool
	near    func(situation) int // less than mostNear
}

const mostNear = maxNodes + 1

// explore looks for a situation, from the beginning of a run on, among so many.
func (m *machine) explore(g goal, most int) outcome {
	if len(m.nodes) > maxNodes || len(m.channels) > maxChannels {
		return open
	}
	var start situation
	for i, n := range m.nodes {
		if n.source {
			start.does[i] = running
		}
	}
	seen := map[situation]bool{start: true}
	var todo [mostNear][]situation
	todo[0] = []situation{start}
	for at := 0; at >= 0; {
		if len(todo[at]) == 0 {
			at--
			continue
		}
		s := todo[at][len(todo[at])-1]
		todo[at] = todo[at][:len(todo[at])-1]
		if g.reached(s) {
			m.last = s
			return happens
		}
		if len(seen) > most {
			return open
		}
		m.each(s, func(next situation) {
			if !seen[next] {
				seen[next] = true
				near := g.near(next)
				todo[near] = append(todo[near], next)
				at = max(at, near)
			}
		})
	}
	return never
}

// waiting counts the nodes that wait.
func (m *machine) waiting(s situation) (n int) {
	for i := range m.nodes {
		if s.does[i] >= full {
			n++
		}
	}
	return n
}

// each gives all situations that may come next.
func (m *machine) each(s situation, yield func(situation)) {
	for i := range m.nodes {
		switch s.does[i] {
		case idle:
			m.take(s, i, yield)
		case running:
			m.run(s, i, yield)
		case full:
			m.goOn(s, i, yield)
		case asking:
			if m.channels[s.arg[i]].wire.timed {
				m.giveUp(s, i, yield)
			}
		}
	}
}

// take lets an idle node begin.
func (m *machine) take(s situation, i int, yield func(situation)) {
	begun := s
	begun.does[i] = running
	if m.begins {
		yield(begun)
	}
	if s.called[i] {
		next := begun
		next.called[i] = false
		yield(next)
	}
	for _, c := range m.nodes[i].into {
		if s.holds[c] == queued {
			next := begun
			next.holds[c] = empty
			if m.channels[c].request {
				next.holds[c] = taken
			}
			yield(next)
		}
	}
}

// run lets a handler end, answer or send.
func (m *machine) run(s situation, i int, yield func(situation)) {
	if !m.nodes[i].source {
		ended := s
		ended.does[i] = idle
		for _, c := range m.nodes[i].into {
			if m.channels[c].wire.port.pattern == "rep" {
				ended = m.answer(ended, c)
			}
		}
		yield(ended)
	}
	for _, c := range m.nodes[i].into {
		if m.channels[c].wire.port.pattern == "router" && s.holds[c] >= taken {
			yield(m.answer(s, c))
		}
	}
	for _, number := range m.nodes[i].sends {
		next := s
		next.does[i], next.arg[i], next.step[i] = full, uint8(number), 0
		yield(next) // what there is room for is sent next
	}
}

// answer gives the reply to the request in a channel, if there is one.
func (m *machine) answer(s situation, c int) situation {
	asker := m.channels[c].from
	switch s.holds[c] {
	case taken:
		s.holds[c] = empty
		if s.does[asker] == asking && int(s.arg[asker]) == c {
			s.does[asker], s.arg[asker] = running, 0
		} else {
			s.called[asker] = true
		}
	case orphan:
		s.holds[c] = empty
		if s.does[asker] == asking && int(s.arg[asker]) == c {
			s.holds[c] = queued // what was asked next
		}
	}
	return s
}

// giveUp ends the wait for a reply in time.
func (m *machine) giveUp(s situation, i int, yield func(situation)) {
	c := s.arg[i]
	s.does[i], s.arg[i] = running, 0
	if s.holds[c] == queued {
		s.holds[c] = empty
	} else {
		s.holds[c] = orphan
	}
	yield(s)
}

// goOn hands a message to the next channels, if there is room.
func (m *machine) goOn(s situation, i int, yield func(situation)) {
	number := s.arg[i]
	what := m.sends[number]
	advance := func(next situation) {
		next.step[i]++
		if int(next.step[i]) == len(what.steps) {
			next.does[i], next.arg[i], next.step[i] = running, 0, 0
		}
		yield(next)
	}
	dropped := false
	for _, c := range what.steps[s.step[i]] {
		switch {
		case !m.room(s, i, c):
		case what.waits:
			next := s
			next.holds[c] = max(s.holds[c], queued)
			next.does[i], next.arg[i], next.step[i] = asking, uint8(c), 0
			yield(next)
		case s.holds[c] == empty:
			next := s
			next.holds[c] = queued
			advance(next)
		default:
			dropped = true
		}
	}
	if dropped {
		advance(s)
	}
}

// stuck tells which nodes wait for nodes that wait themselves, for ever: what
// remains if whoever can go on is taken away, and then whoever waits for him.
func (m *machine) stuck(s situation) (list [maxNodes]bool) {
	for i := range m.nodes {
		list[i] = s.does[i] == full || s.does[i] == asking && !m.channels[s.arg[i]].wire.timed
	}
	for again := true; again; {
		again = false
		for i := range m.nodes {
			if !list[i] {
				continue
			}
			for _, c := range m.waitsAt(s, i) {
				if !list[m.channels[c].to] || m.room(s, i, c) {
					list[i], again = false, true
				}
			}
		}
	}
	return list
}

// room tells whether a node that sends can do so on a channel.
func (m *machine) room(s situation, i, c int) bool {
	if s.does[i] != full {
		return false
	}
	if m.sends[s.arg[i]].waits {
		return s.holds[c] == empty || s.holds[c] == orphan
	}
	return s.holds[c] == empty || !m.channels[c].waits
}

// waitsAt gives the channels that a node waits for; any of them would do.
func (m *machine) waitsAt(s situation, i int) []int {
	if s.does[i] == asking {
		return []int{int(s.arg[i])}
	}
	return m.sends[s.arg[i]].steps[s.step[i]]
}

// ringStands looks for a situation in which the wires of a ring wait for each
// other: someone of the first instance waits at the first wire, and so on, and
// none of them ever goes on. The first one waits for a reply, if there is a request.
func (m *machine) ringStands(ring []*netWire, request bool) goal {
	waits := func(s situation, k, i int) bool {
		if s.does[i] < full || k == 0 && request && s.does[i] != asking {
			return false
		}
		return slices.ContainsFunc(m.waitsAt(s, i), func(c int) bool { return m.channels[c].wire == ring[k] })
	}
	count := func(s situation, of [maxNodes]bool) (n int) {
		for k := range ring {
			for i := range m.nodes {
				if of[i] && waits(s, k, i) {
					n++
					break
				}
			}
		}
		return n
	}
	return goal{
		func(s situation) bool { return count(s, m.stuck(s)) == len(ring) },
		func(s situation) int {
			return count(s, [maxNodes]bool{true, true, true, true, true, true, true, true})
		},
	}
}

// requestsDeadlock looks for a situation in which nodes wait in a circle, one of
// them for a reply. Without dealers, no one in the circle waits at a dealer port.
func (m *machine) requestsDeadlock(dealers bool) goal {
	return goal{func(s situation) bool {
		stuck := m.stuck(s)
		for i := range m.nodes {
			if stuck[i] && s.does[i] == asking && m.counts(s, i, dealers) {
				if m.leads(s, m.channels[s.arg[i]].to, i, dealers, map[int]bool{}) {
					return true
				}
			}
		}
		return false
	}, m.waiting}
}

func (m *machine) counts(s situation, i int, dealers bool) bool {
	return dealers || m.channels[m.waitsAt(s, i)[0]].wire.fromPort.pattern != "dealer"
}

// leads tells whether a stuck node waits, in the end, for another one.
func (m *machine) leads(s situation, at, to int, dealers bool, seen map[int]bool) bool {
	if at == to {
		return true
	}
	if seen[at] || !m.counts(s, at, dealers) {
		return false
	}
	seen[at] = true
	for _, c := range m.waitsAt(s, at) {
		if m.leads(s, m.channels[c].to, to, dealers, seen) {
			return true
		}
	}
	return false
}

// describe tells where everybody stands in the situation that was found.
func (m *machine) describe() string {
	var b strings.Builder
	for i, n := range m.nodes {
		fmt.Fprintf(&b, "a%d: %s", n.actor, [...]string{"idle", "running", "waits for room", "waits for a reply"}[m.last.does[i]])
		if d := m.last.does[i]; d == full || d == asking {
			for _, c := range m.waitsAt(m.last, i) {
				fmt.Fprintf(&b, " at %s", strings.TrimSpace(m.channels[c].wire.text()))
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}
