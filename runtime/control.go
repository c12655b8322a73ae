package runtime

import (
	"encoding/json"

	"github.com/ilpomo/opencore/runtime/spec"
)

// listen does what the supervisor says, until it is gone: then the process ends
// at once.
func (p *process) listen(down *json.Decoder) {
	for {
		var d spec.Down
		if err := down.Decode(&d); err != nil {
			p.orphaned.Store(true)
			p.die(exitFailed)
			return
		}
		p.obey(&d)
	}
}

// die ends the process at once. The first status counts.
func (p *process) die(status int) {
	select {
	case p.died <- status:
	default:
	}
}

func (p *process) obey(d *spec.Down) {
	switch {
	case d.Peer != nil:
		p.node.PeerUp(d.Peer.ID, d.Peer.Incarnation, d.Peer.Endpoint)
		return
	case d.Now:
		p.die(exitTerminated)
		return
	case d.Gone != nil:
		p.node.PeerGone(d.Gone.ID, d.Gone.Incarnation, d.Gone.Done)
		return
	}
	p.node.Lock()
	defer p.node.Unlock()
	switch {
	case d.Go:
		p.started = true
	case d.Stop:
		p.stop = true
		p.stopped()
		p.stopPlain()
	case d.Probe != 0:
		p.probe = d.Probe
	case d.Finish:
		p.finish = true
	}
	p.node.Changed()
}
