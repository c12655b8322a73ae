package plain

import (
	"fmt"
	"slices"

	"github.com/ilpomo/opencore/runtime/zmq"
)

// openSub opens a SUB that has subscribed to the wire's topics before it
// connects.
func openSub(c Config) (*Receiver, error) {
	r, err := openIn(&c, zmq.Sub, c.options(), false)
	if err != nil {
		return nil, err
	}
	if err := r.Subscribe(c.Prefixes); err != nil {
		r.Watch.Stop()
		return nil, err
	}
	return r, nil
}

// Subscribe changes the topics that a sub port takes, given by how they begin,
// while it runs; none: those of the Config. What was on its way before may still
// come. On other ports, and once it is stopped, it does nothing.
func (r *Receiver) Subscribe(prefixes []string) error {
	if r.Kind() != zmq.Sub || r.closed {
		return nil
	}
	if len(prefixes) == 0 {
		prefixes = r.config.Prefixes
	}
	if len(prefixes) == 0 {
		prefixes = []string{""}
	}
	for _, p := range prefixes {
		if !slices.Contains(r.topics, p) {
			if err := r.Plain.Subscribe([]byte(p)); err != nil {
				return fmt.Errorf("wire %s: subscribe to %q: %w", r.config.Name, p, err)
			}
		}
	}
	for _, p := range r.topics {
		if !slices.Contains(prefixes, p) {
			if err := r.Plain.Unsubscribe([]byte(p)); err != nil {
				return fmt.Errorf("wire %s: unsubscribe from %q: %w", r.config.Name, p, err)
			}
		}
	}
	r.topics = slices.Clone(prefixes)
	return nil
}
