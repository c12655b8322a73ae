package supervise

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/ilpomo/opencore/runtime/spec"
)

// A groups launches the members of a group into one OS process, which the
// first of them starts. To the run each member is a child like any other, with
// a start and an exit of its own; here is all that knows better. The exit of
// the OS process is that of all members that are in it, so that what ends one
// by force restarts all.
type groups struct {
	launcher Launcher
	mu       sync.Mutex
	hosts    map[string]*host // that run, by the name of the group
}

func newGroups(l Launcher) *groups { return &groups{launcher: l, hosts: map[string]*host{}} }

// Launch implements [Launcher].
func (g *groups) Launch(c Command, say func(Said)) (Child, error) {
	name := c.Launch.Process.Group
	if name == "" {
		return g.launcher.Launch(c, say)
	}
	m := &member{id: c.Launch.Process.ID, title: c.Launch.Process.Title(), say: say}
	g.mu.Lock()
	h := g.hosts[name]
	g.mu.Unlock()
	if h == nil || !h.add(m) {
		if err := g.start(name, c, m); err != nil {
			return nil, err
		}
	}
	m.Tell(spec.Down{Launch: c.Launch})
	return m, nil
}

// start starts the OS process of a group with its first member.
func (g *groups) start(name string, c Command, first *member) (err error) {
	h := &host{name: name, members: map[spec.ProcessID]*member{first.id: first}}
	first.host = h
	h.over = func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.hosts[name] == h {
			delete(g.hosts, name)
		}
	}
	h.mu.Lock() // who hears it waits until it has a child
	defer h.mu.Unlock()
	if h.child, err = g.launcher.Launch(Command{Group: name, Env: c.Env, Stdin: c.Stdin}, h.hear); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hosts[name] = h
	return nil
}

// A host is an OS process of a group.
type host struct {
	name  string
	child Child
	over  func() // called once it has exited

	mu      sync.Mutex
	exited  bool
	members map[spec.ProcessID]*member // that have not exited
	last    *member                    // the last to exit, whose exit is told with the host's
	code    int                        // with which it did
	failed  *member                    // the first that said why it fails
	reason  string                     // what it said
}

// A member is a child within a host.
type member struct {
	host   *host
	id     spec.ProcessID
	title  string
	say    func(Said)
	ending bool // was told to end at once
}

// add takes in a member; it can't once the host has exited.
func (h *host) add(m *member) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.exited || h.last != nil {
		return false
	}
	h.members[m.id], m.host = m, h
	return true
}

// PID implements [Child].
func (m *member) PID() int { return m.host.child.PID() }

// Tell implements [Child].
func (m *member) Tell(d spec.Down) {
	d.Member = &m.id
	m.host.child.Tell(d)
}

// Terminate implements [Child]. The host is asked to exit when no member is
// left that should go on.
func (m *member) Terminate() {
	h := m.host
	h.mu.Lock()
	m.ending = true
	all := true
	for _, other := range h.members {
		all = all && other.ending
	}
	h.mu.Unlock()
	if all {
		h.child.Terminate()
	} else {
		m.Tell(spec.Down{Now: true})
	}
}

// Kill implements [Child]. One member can't be killed alone.
func (m *member) Kill() { m.host.child.Kill() }

// hear gives what the OS process says to the member that it is from.
func (h *host) hear(s Said) {
	switch {
	case s.Exit != nil:
		h.exit(*s.Exit)
	case s.Up != nil:
		h.hearUp(s.Up)
	default: // a line on standard error, or a fault: nobody knows whose
		s.Group = h.name
		if m := h.any(); m != nil {
			m.say(s)
		}
	}
}

func (h *host) hearUp(up *spec.Up) {
	if up.Member == nil {
		return
	}
	h.mu.Lock()
	m := h.members[*up.Member]
	if m != nil && up.Failed != nil && h.failed == nil {
		h.failed, h.reason = m, up.Failed.Reason
	}
	h.mu.Unlock()
	switch {
	case m == nil: // it has exited
	case up.Exit != nil:
		h.leave(m, *up.Exit)
	default:
		m.say(Said{Up: up})
	}
}

// leave takes out a member that has exited. The last one has exited when the
// OS process has: so nobody is launched into one that is on its way out.
func (h *host) leave(m *member, code int) {
	h.mu.Lock()
	last := len(h.members) == 1
	if last {
		h.last, h.code = m, code
	} else {
		delete(h.members, m.id)
	}
	h.mu.Unlock()
	if last {
		h.child.Tell(spec.Down{Now: true})
	} else {
		m.say(Said{Exit: &Exit{Code: code}})
	}
}

// any gives the member that is told what is nobody's: the one that has failed,
// else the first; nil if there is none.
func (h *host) any() *member {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.failed != nil && h.members[h.failed.id] == h.failed {
		return h.failed
	}
	for _, id := range slices.Sorted(maps.Keys(h.members)) {
		return h.members[id]
	}
	return nil
}

// exit tells all members of the exit, the one that is to blame first.
func (h *host) exit(e Exit) {
	h.mu.Lock()
	h.exited = true
	failed, reason := h.failed, h.reason
	if failed != nil && h.members[failed.id] != failed {
		failed = nil // it has exited before, by itself
	}
	var rest []*member
	for _, id := range slices.Sorted(maps.Keys(h.members)) {
		if m := h.members[id]; m != failed {
			rest = append(rest, m)
		}
	}
	if h.last != nil && e.Code == spec.ExitDone {
		e.Code = h.code
	}
	h.mu.Unlock()
	h.over()
	if failed != nil {
		said := e
		failed.say(Said{Exit: &said})
		e.Used = 0
	}
	for _, m := range rest {
		one := e
		e.Used = 0 // it is told once
		if failed != nil {
			m.say(Said{Up: &spec.Up{Failed: &spec.Failed{
				Reason: fmt.Sprintf("%s, in the same OS process (%q), failed: %s", failed.title, h.name, reason),
			}}})
			one = Exit{Code: exitWithOther}
		}
		m.say(Said{Exit: &one})
	}
}

// exitWithOther is the status of a member that another one has taken down.
const exitWithOther = 1
