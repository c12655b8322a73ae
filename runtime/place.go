package runtime

import "github.com/ilpomo/opencore/runtime/spec"

// A place is how far a source has got: it implements [actor.Progress].
type place struct{ counters *counters }

// Place implements [actor.Progress].
func (p place) Place() uint64 { return *p.counters.word(spec.WordPlace) }

// Sent implements [actor.Progress].
func (p place) Sent(place uint64) { *p.counters.word(spec.WordPlace) = place }

// Size implements [actor.Progress].
func (p place) Size(done, total uint64) {
	*p.counters.word(spec.WordDone) = done
	*p.counters.word(spec.WordTotal) = total
}
