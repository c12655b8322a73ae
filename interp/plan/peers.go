package plan

import (
	"maps"
	"slices"

	"github.com/ilpomo/opencore/runtime/spec"
)

// addPeers tells each process which others its lanes lead to or come from.
// Every process binds; the sending side of a lane connects, so that one
// endpoint of a process serves all that comes in.
func (b *builder) addPeers() {
	for _, p := range b.plan.Processes {
		peers := map[spec.ProcessID]*spec.Peer{}
		for _, out := range p.Outs {
			for _, w := range out.Wires {
				b.join(peers, w.Lanes, true)
			}
		}
		for _, in := range p.Ins {
			for _, w := range in.Wires {
				b.join(peers, w.Lanes, false)
			}
		}
		for _, id := range slices.Sorted(maps.Keys(peers)) {
			p.Peers = append(p.Peers, *peers[id])
		}
	}
}

// join adds the processes at the other ends of lanes to the peers.
func (b *builder) join(peers map[spec.ProcessID]*spec.Peer, lanes []spec.Lane, outgoing bool) {
	for _, lane := range lanes {
		if peers[lane.Peer] == nil {
			peers[lane.Peer] = &spec.Peer{ID: lane.Peer, Title: b.plan.Processes[lane.Peer].Title()}
		}
		if outgoing {
			peers[lane.Peer].Connect = true
		}
	}
}
