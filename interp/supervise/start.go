package supervise

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/ilpomo/opencore/runtime/spec"
)

// launch starts a new incarnation of a process.
func (r *run) launch(p *process) {
	if r.phase == ending {
		r.bury(p)
		return
	}
	p.incarnation++
	p.state, p.endpoint, p.failed, p.fault = launched, "", nil, ""
	p.tail.fatal = nil
	incarnation := p.incarnation
	child, err := r.options.Launcher.Launch(r.command(p), func(s Said) {
		r.reports <- report{p, incarnation, s}
	})
	if err != nil {
		r.bury(p)
		r.fail(&Failure{Process: p.spec, Starting: true, Reason: fmt.Sprintf("can't start a process: %v", err)})
		return
	}
	p.child = child
	r.emit(Started{p.spec, p.incarnation, child.PID()})
	p.alarm = r.alarms.after(spec.ReadyWithin, func() { r.notReady(p) })
	if p.stop {
		p.tell(spec.Down{Stop: true})
	}
}

// command is what the child of a process is started with.
func (r *run) command(p *process) Command {
	c := Command{
		Launch: &spec.Launch{
			Version:     spec.Version,
			Graph:       r.hash,
			Run:         r.number,
			Incarnation: p.incarnation,
			Bind:        r.bind(p),
			Inproc:      p.inproc(),
			Counters:    r.folder.counters(p.spec.ID),
			Transport:   r.options.Transport,
			Values:      r.values(),
			Params:      r.plan.Params,
			Names:       r.plan.Names,
			Messages:    r.plan.Messages,
			Process:     p.spec,
			Wires:       r.wiresOf(p.spec),
		},
		Env:   r.environment(p.spec),
		Stdin: r.readsStdin(p.spec),
	}
	for _, q := range r.plan.Processes { // who comes first starts it for all
		if p.spec.Group != "" && q.Group == p.spec.Group && q != p.spec {
			c.Env = append(c.Env, r.environment(q)...)
			c.Stdin = c.Stdin || r.readsStdin(q)
		}
	}
	return c
}

// inproc is where the other members of its group reach a process, without
// leaving theirs; "" if it is in none.
func (p *process) inproc() string {
	if p.spec.Group == "" {
		return ""
	}
	return fmt.Sprintf("inproc://%d.%d", p.spec.ID, p.incarnation)
}

// wiresOf gives the wires that a process has an end of, in the order of the
// plan.
func (r *run) wiresOf(p *spec.Process) []spec.Wire {
	own := map[spec.WireID]bool{}
	for _, out := range p.Outs {
		for _, w := range out.Wires {
			own[w.Wire] = true
		}
	}
	for _, in := range p.Ins {
		for _, w := range in.Wires {
			own[w.Wire] = true
		}
	}
	wires := make([]spec.Wire, 0, len(own))
	for _, id := range slices.Sorted(maps.Keys(own)) {
		wires = append(wires, r.plan.Wires[id])
	}
	return wires
}

// bind is where a process is to bind.
func (r *run) bind(p *process) string {
	if r.options.Transport == TCP {
		return "tcp://127.0.0.1:*"
	}
	return "ipc://" + r.folder.socket(p.spec.ID, p.incarnation)
}

// bound introduces a process and its peers to each other. Those that are not
// there yet are introduced when they are; those that are gone for good are
// told as such, so that nobody waits for them.
func (r *run) bound(p *process, b *spec.Bound) {
	p.state, p.endpoint = bound, b.Endpoint
	for _, l := range b.Plain {
		if int(l.Wire) < len(r.plan.Wires) {
			r.emit(Listening{p.spec, &r.plan.Wires[l.Wire], l.Endpoint})
		}
	}
	for _, peer := range p.spec.Peers {
		q := r.processes[peer.ID]
		switch {
		case q.state == gone:
			gone := q.peerID(true)
			p.tell(spec.Down{Gone: &gone})
		case q.live():
			p.tell(q.upFor(p))
			if q != p {
				q.tell(p.upFor(q))
			}
		}
	}
}

// upFor tells a peer where the process is.
func (p *process) upFor(peer *process) spec.Down {
	at := p.endpoint
	if p.spec.Group != "" && p.spec.Group == peer.spec.Group {
		at = p.inproc()
	}
	return spec.Down{Peer: &spec.PeerUp{PeerID: p.peerID(false), Endpoint: at}}
}

// ready lets sources speak once everyone is ready; who is started again later
// goes at once.
func (r *run) ready(p *process) {
	p.state = ready
	p.alarm.cancel()
	r.emit(Ready{p.spec})
	switch r.phase {
	case starting:
		r.checkStart()
	case running, draining:
		p.speak()
	}
}

// checkStart says go to all, sinks first, once everyone is ready.
func (r *run) checkStart() {
	for _, p := range r.processes {
		if p.state < ready {
			return
		}
	}
	r.phase, r.spoke = running, time.Now()
	r.emit(Running{time.Since(r.began)})
	for _, id := range r.plan.Start {
		if p := r.processes[id]; p.state == ready {
			p.speak()
		}
	}
	for _, c := range r.cycles {
		r.checkCycle(c)
	}
}

func (p *process) speak() {
	p.state = speaking
	p.tell(spec.Down{Go: true})
}

// notReady fails the run: waiting longer or starting it again would hardly
// help a process that hangs. The one to blame is one that has not bound: the
// others may just be waiting for it.
func (r *run) notReady(p *process) {
	blamed, reason := p, "is not ready after %s: its handler's Start has not returned, or a lane is not up"
	for _, q := range r.processes {
		if q.state == launched {
			blamed, reason = q, "has not come up within %s"
			break
		}
	}
	r.fail(r.failureOf(blamed, fmt.Sprintf(reason, spec.ReadyWithin)))
	blamed.condemn(r)
}
