package check

import (
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// external checks what an actor that runs elsewhere may say, and that each of
// its ports has an address.
func (p *actorPass) external() {
	if p.externalAt.IsZero() {
		return
	}
	if params := p.actor.Params; len(params) > 0 {
		p.errorf(codeElsewhere, params[0].Span, "%q runs elsewhere, and nobody hands it parameters", p.actor.Name).
			Note(p.externalAt, "it is external because of this")
	}
	if !p.endlessAt.IsZero() {
		p.errorf(codeEndless, p.endlessAt, "%q is endless anyway: it runs elsewhere", p.actor.Name)
	}
	for _, port := range p.actor.Ports {
		if !p.addressed[port] && !p.node.Ports.Broken {
			p.errorf(codeAddressed, port.Span, "port %q of %q needs an address", port.Name, p.actor.Name).
				Help("bind %q if it connects to us, connect if it is bound there", "tcp://127.0.0.1:5555")
		}
		if port.Pattern == model.In {
			p.errorf(codeElsewhere, port.Span, "%q runs elsewhere, so port %q has to say which socket it has there: pull or sub", p.actor.Name, port.Name)
		}
		if port.Key != nil {
			p.errorf(codeElsewhere, port.KeySpan, "%q runs elsewhere and has no replicas to choose from", p.actor.Name)
		}
	}
}

// notForeign reports what only ports of foreign actors have, once for each
// actor: it is meant to be one, and its head doesn't say so. A head that could not
// be read may have said it.
func (p *actorPass) notForeign(at diag.Span, format string, args ...any) {
	if p.claimed || p.scope.broken() {
		return
	}
	p.claimed = true
	p.errorf(codeClause, at, format, args...).
		Help("if it runs elsewhere, its head says so: actor %s external; a port of our own is opened with expose", p.actor.Name)
}

// address notes where a port of an external actor is. What it says is looked
// at when the parameters of main are known: see addresses.
func (p *actorPass) address(port *model.Port, v syntax.Value, at diag.Span, bind bool) {
	if !p.actor.External {
		p.notForeign(at, "a port of %q has no address: only those of external actors have", p.actor.Name)
		return
	}
	if p.addressed[port] {
		p.errorf(codeAddressed, at, "port %q has two addresses", port.Name)
		return
	}
	p.addressed[port] = true
	if v != nil {
		p.pending = append(p.pending, pendingAddress{scope: p.scope, port: port, value: v, bind: bind})
	}
}
