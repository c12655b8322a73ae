package check

import (
	"slices"

	"github.com/ilpomo/opencore/lang/model"
)

// meets says which incoming patterns an outgoing one may be wired to.
var meets = map[model.Pattern][]model.Pattern{
	model.Push:   {model.Pull, model.In},
	model.Pub:    {model.Sub, model.In},
	model.Req:    {model.Rep, model.Router},
	model.Dealer: {model.Rep, model.Router},
	model.Pair:   {model.Pair},
}

// canMeet reports whether a wire may lead from a port of one pattern to one
// of another.
func canMeet(from, to model.Pattern) bool { return slices.Contains(meets[from], to) }

// partners lists what a pattern meets, in the order of the language's
// reference.
func partners(p model.Pattern) []model.Pattern {
	if len(meets[p]) > 0 {
		return meets[p]
	}
	var list []model.Pattern
	for _, from := range []model.Pattern{model.Push, model.Pub, model.Req, model.Dealer} {
		if canMeet(from, p) {
			list = append(list, from)
		}
	}
	return list
}

// mustBeWired reports whether a port that nothing is wired to is an error.
func mustBeWired(p model.Pattern) bool { return p != model.Pub }
