package check_test

import (
	"strings"
	"testing"

	"github.com/ilpomo/opencore/lang/model"
)

// A pair that leads through components is one wire between two instances,
// turned as the outermost of its parts is.
func TestPairsThroughComponents(t *testing.T) {
	p := program(t, "good_pairways.actors")
	var got []string
	for _, w := range p.Graph.Wires {
		got = append(got, w.Name()+" "+strings.Join(w.Through, " "))
	}
	equal(t, "the wires", got, []string{
		"a.ask.court -> b.inner.tell.court a.out b.answers b.inner.talk",
		"c.inner.tell.court -> f.ask.court c.inner.talk c.answers d.left d.right e.left e.right f.out",
		"h.any.court -> g.inner.tell.court h.side g.answers g.inner.talk",
		"p.court -> q.ask.court q.out",
	})
	equal(t, "the queue", wire(t, p, "a.ask.court -> b.inner.tell.court").Queue, model.Queue{Messages: 5, Full: "block"})
	equal(t, "the type from outside", instance(t, p, "h.any").Types["T"].Name, "Question")
	equal(t, "what is exposed", p.Graph.Exposes[0].End.String(), "r.ask.court")
}
