package runtime

import (
	"os"
	"path/filepath"
	"time"

	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/foreign"
	"github.com/ilpomo/opencore/runtime/plain"
	"github.com/ilpomo/opencore/runtime/spec"
)

// How long the program of a process that ends at once has to exit before it is
// killed: less than the supervisor gives this process, and little when that is
// gone.
const (
	programGrace  = 1500 * time.Millisecond
	orphanedGrace = 500 * time.Millisecond
)

// newHost makes the host of a process that is a program.
func (p *process) newHost(s *actor.Setup) error {
	host, err := foreign.New(foreign.Config{
		Process: p.spec, Messages: p.launch.Messages, Params: s.Params, Incarnation: s.Incarnation,
		Folder: filepath.Dir(p.launch.Counters), Environ: p.environ(), Node: p.node, Log: p.log,
		Outs: s.Outs, Asks: s.Asks, Malformed: s.Reject,
		Subscribe: p.subscribe,
		Running: func(pid int, gone bool) {
			p.programs.note(pid, gone)
			p.up.tell(spec.Up{Program: &spec.Program{PID: pid, Gone: gone}})
		},
	})
	if err != nil {
		return err
	}
	p.host, p.instance = host, &actor.Instance{Handler: host}
	return nil
}

// environ is the environment with what the instance sets.
func (p *process) environ() []string {
	list := os.Environ()
	for i := range p.spec.Env {
		if value, ok := p.world.lookup(p.spec.Env[i].Name); ok {
			list = append(list, p.spec.Env[i].Name+"="+value)
		}
	}
	return list
}

// closeHost ends the program of a process that ends.
func (p *process) closeHost() {
	if p.host == nil {
		return
	}
	p.host.Close(p.grace())
}

// grace is how long the program has to exit.
func (p *process) grace() time.Duration {
	if p.orphaned.Load() {
		return orphanedGrace
	}
	return programGrace
}

// offer gives the program what a foreign peer has sent.
func (w *inWire) offer(m *plain.Incoming) {
	p := w.process
	var reply func([]byte, error)
	if m.From != nil {
		r := &plainResponder{wire: w, to: m.From}
		reply = func(payload []byte, err error) { r.Reply(p.ctx, payload, err) }
	}
	p.node.Lock()
	defer p.node.Unlock()
	p.host.Offer(w, m.Topic, m.Payload, reply)
}

// revive has the wires looked at again that had to wait for the program.
// Locked.
func (p *process) revive() {
	stalled := p.stalled
	p.stalled = nil
	for _, w := range stalled {
		p.node.Post(w.serve)
	}
}

// Port implements [foreign.Wire].
func (w *inWire) Port() string { return w.port.Port }

// Wants implements [foreign.Wire].
func (w *inWire) Wants(topic []byte) bool { return w.wants(topic) }

// Delivered implements [foreign.Wire].
func (w *inWire) Delivered(messages int) { *w.delivered += uint64(messages) }

// Reject implements [foreign.Wire].
func (w *inWire) Reject(payload []byte, reason error) error { return w.reject(payload, reason) }
