package runtime

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/lane"
	"github.com/ilpomo/opencore/runtime/spec"
)

// work runs the handler from Start to the end of all that it sends. again
// tells that the stream hasn't ended though Run has returned: the supervisor
// starts the process anew.
func (p *process) work() (again bool, err error) {
	n := p.node
	n.Lock()
	defer n.Unlock()
	if err := p.await(n.Resolved); err != nil {
		return false, err
	}
	if s, ok := p.instance.Handler.(actor.Starter); ok {
		if err := p.outside(func() error { return s.Start(p.ctx) }); err != nil {
			return false, err
		}
	}
	p.up.tell(spec.Up{Ready: true})
	begins := p.begins()
	if err := p.await(func() bool { return p.started || p.stop || !begins }); err != nil {
		return false, err
	}
	if err := p.produce(); err != nil {
		return false, err
	}
	if err := p.loop(); err != nil {
		return false, err
	}
	if p.spec.Source && p.spec.Restart.Policy == "always" && !p.stop && !p.spec.Endless {
		return true, p.await(func() bool { return n.Idle() && p.plainClear() })
	}
	return false, p.end()
}

// begins reports whether messages begin here: in a source, or with foreign
// peers, who wait for nobody. Then none is handled before all of the run are
// ready.
func (p *process) begins() bool {
	foreign := func(w spec.InWire) bool { return w.Plain != nil }
	return p.spec.Source || slices.ContainsFunc(p.spec.Ins, func(in spec.In) bool { return slices.ContainsFunc(in.Wires, foreign) })
}

// await waits with the node locked.
func (p *process) await(ok func() bool) error {
	p.node.Wait(func() bool { return ok() || p.ending || p.node.Failure() != nil }, 0)
	if p.ending {
		return errEnding
	}
	return p.node.Failure()
}

// outside calls the handler where it may take its time: others lead meanwhile.
func (p *process) outside(f func() error) error {
	p.node.Away()
	p.node.Unlock()
	defer func() {
		p.node.Lock()
		p.node.Back()
	}()
	return f()
}

// produce runs a source that works in Run.
func (p *process) produce() error {
	if p.host != nil {
		return p.unlocked(func() error { p.host.Go(); return nil })
	}
	r, ok := p.instance.Handler.(actor.Runner)
	if !ok || !p.spec.Source {
		return p.startTicks()
	}
	if p.stop {
		p.done = true
		return nil
	}
	p.running = true
	err := p.outside(func() error { return r.Run(p.source) })
	p.running = false
	p.done = true
	if p.stop && errors.Is(err, context.Canceled) {
		err = nil // that is what it was told to do
	}
	return err
}

// startTicks sets the clock of a handler that ticks.
func (p *process) startTicks() error {
	_, ticks := p.instance.Handler.(actor.Ticker)
	if p.spec.Source && !ticks {
		return &actor.Error{Config: true, Err: fmt.Errorf("the actor %s is a source, and has neither Run nor Tick", p.spec.Actor)}
	}
	if p.spec.Source && p.instance.Every <= 0 {
		return actor.BadParam("every", fmt.Errorf("a source that ticks must do so after some time, not %v", p.instance.Every))
	}
	if ticks && p.instance.Every > 0 {
		p.next = p.node.After(p.instance.Every)
	}
	return nil
}

// loop handles what comes in until nothing will come any more.
func (p *process) loop() error {
	n := p.node
	ready := func() bool {
		return n.Pending() || p.working() || p.over() || p.hushed() || p.ending || n.Failure() != nil
	}
	for {
		var err error
		switch {
		case p.ending:
			return errEnding
		case n.Failure() != nil:
			return n.Failure()
		case p.next != 0 && n.Passed(p.next):
			err = p.tick()
		case p.working():
			err = p.assist()
		case n.Pending():
			err = p.turn(n.Take())
		case p.over():
			return nil
		default:
			n.Wait(ready, p.next)
		}
		if err != nil {
			return err
		}
	}
}

// working tells whether the host of a program has something to do. Locked.
func (p *process) working() bool { return p.host != nil && p.host.Ready() }

// assist does some of it.
func (p *process) assist() error {
	p.quiet = false
	*p.counters.word(spec.WordBeat)++
	p.node.Begin()
	err := p.unlocked(func() error { return p.host.Work(p.ctx) })
	p.revive()
	p.node.End()
	return err
}

// over tells whether nothing is left to do. A program has to say so. Locked.
func (p *process) over() bool { return p.exhausted() && (p.host == nil || p.host.Finish()) }

// exhausted tells whether nothing more comes to be done. Locked.
func (p *process) exhausted() bool {
	n := p.node
	switch {
	case p.outstanding() > 0:
		return false
	case p.finish:
		n.Abandon(func(id spec.ProcessID) bool { return p.cyclic[id] })
		return true
	case p.spec.Source:
		return p.done || p.stop || p.host != nil && p.host.Ended()
	default:
		return n.Ended(nil) && p.plainEnded()
	}
}

// turn deals with one frame or outcome.
func (p *process) turn(b *lane.Inbound) error {
	p.quiet = false
	*p.counters.word(spec.WordBeat)++
	if b.Call != nil {
		b.Call.Settle()
		p.node.Done(b)
		return nil
	}
	if b.Do != nil {
		err := b.Do()
		p.node.Done(b)
		return err
	}
	if p.host != nil {
		p.host.Take(p.ins[b.In.Tag], p.node.Keep(b))
		return nil
	}
	err := p.unlocked(func() error { return p.ins[b.In.Tag].handle(b) })
	if err == nil {
		p.node.Done(b)
	}
	return err
}

func (p *process) unlocked(f func() error) error {
	p.node.Unlock()
	defer p.node.Lock()
	return f()
}

// tick calls Tick, and sets the clock to the next time. Ticks that were missed
// are not made up for.
func (p *process) tick() error {
	n := p.node
	*p.counters.word(spec.WordBeat)++
	every := int64(p.instance.Every)
	p.next += every
	if n.Passed(p.next) {
		p.next = n.After(p.instance.Every)
	}
	n.Begin()
	p.info.Topic = ""
	err := p.unlocked(func() error { return p.instance.Handler.(actor.Ticker).Tick(p.context(), time.Now()) })
	n.End()
	if errors.Is(err, actor.ErrDone) {
		p.next, p.done = 0, true
		return nil
	}
	if p.stop && p.spec.Source && errors.Is(err, context.Canceled) {
		err = nil
	}
	return err
}

// context is what handlers get: a source's ends when it is told to stop.
func (p *process) context() context.Context {
	if p.spec.Source {
		return p.source
	}
	return p.ctx
}

// settle gives outcomes to the requests of a source that is in Run.
func (p *process) settle() {
	for p.node.Pending() {
		b := p.node.Take()
		if b.Do != nil {
			b.Do()
		} else {
			b.Call.Settle()
		}
		p.node.Done(b)
	}
}

// hushed tells the supervisor if a process on a cycle has nothing to do any
// more but what may come around. It is asked whenever something has changed.
func (p *process) hushed() bool {
	n := p.node
	if p.spec.Cycle == 0 || p.finish || p.quiet && p.told == p.probe {
		return false
	}
	if n.Ended(func(id spec.ProcessID) bool { return p.cyclic[id] }) && p.plainEnded() && n.Idle() && p.plainClear() && (p.host == nil || !p.host.Busy()) {
		p.quiet, p.told = true, p.probe
		sent, received := n.Totals()
		p.up.tell(spec.Up{Quiet: &spec.Quiet{Probe: p.probe, Sent: sent, Received: received}})
	}
	return false
}

// end lets the handler stop, sends the ends, and waits until they are
// acknowledged.
func (p *process) end() error {
	if s, ok := p.instance.Handler.(actor.Stopper); ok {
		if err := p.outside(func() error { return s.Stop(p.ctx) }); err != nil {
			return err
		}
	}
	for _, o := range p.outs {
		for _, w := range o.wires {
			w.end()
		}
	}
	p.partPlain()
	return p.await(func() bool {
		for _, o := range p.outs {
			for _, w := range o.wires {
				if !w.ended() {
					return false
				}
			}
		}
		return true
	})
}
