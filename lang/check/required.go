package check

import (
	"slices"

	"github.com/ilpomo/opencore/lang/model"
)

// required reports ports that must be wired and are not. An instance with a
// wire that could not be understood is left alone: it may be that one. What runs
// elsewhere may have more ports than a graph uses.
func (n *net) required() {
	for _, i := range slices.Concat(n.parts, n.instances) {
		if i.Actor == nil || i.doubtful || i.Actor.External || n.partial[i.Actor] || i.frame.broken {
			continue
		}
		n.at = i.frame
		for _, p := range i.Actor.Ports {
			if mustBeWired(p.Pattern) && !i.wired[p] {
				n.unwired(i, p)
				i.doubtful = true
			}
		}
	}
}

func (n *net) unwired(i *instance, p *model.Port) {
	why := "nothing is wired to it"
	if p.Pattern.Outgoing() {
		why = "no wire leads away from it"
	}
	n.errorf(codeUnwired, i.Span, "%s port %q must be wired: %s", p.Pattern, i.Name+"."+p.Name, why).
		Note(p.Span, "%s port %q is declared here", p.Pattern, p.Name)
}
