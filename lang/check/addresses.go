package check

import (
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// A pendingAddress is the address of an external port, to be looked at when
// the parameters of graph main are known.
type pendingAddress struct {
	scope *scope
	port  *model.Port
	value syntax.Value
	span  diag.Span // with bind or connect
	bind  bool
}

// addresses gives the ports of external actors their addresses. params are
// those of graph main, open tells that some could not be read.
func (c *checker) addresses(params map[string]*model.Param, open bool) {
	for _, a := range c.pending {
		n := &names{scope: a.scope, params: params, open: open}
		if address, ok := c.address(a.value, a.port.Pattern, a.bind, n); ok {
			a.port.Address = &address
		}
	}
}

// address gives the value of an address. pattern is that of the port there.
// A constant is taken apart, and so is a default from the environment.
func (c *checker) address(v syntax.Value, pattern model.Pattern, bind bool, n *names) (model.Address, bool) {
	value, ok := c.value(v, &schema.Type{Kind: schema.String}, place{what: "an address", names: n})
	if !ok {
		return model.Address{}, false
	}
	p := addressPass{checker: c, value: v, pattern: pattern, bind: bind}
	switch value := value.(type) {
	case string:
		ok = p.check(value)
	case model.Env:
		if value.Default != nil {
			p.value = v.(*syntax.Env).Default
			ok = p.check(*value.Default)
		}
	}
	return model.Address{Endpoint: value, Bind: bind, Span: v.Span()}, ok
}

// An addressPass is what is being found out about one address.
type addressPass struct {
	*checker
	value   syntax.Value // that says it: a string, or the name of a const
	pattern model.Pattern
	bind    bool
}

// check reports whether an address can be one of the port.
func (p *addressPass) check(text string) bool {
	e, fault := readEndpoint(text, p.bind)
	switch {
	case fault != nil:
		d := p.errorf(fault.code, p.at(fault.start, fault.end), "%s", fault.message)
		d.Hint = fault.hint
		p.noteConst(d)
	case e.shared() && p.pattern != model.Pub && p.pattern != model.Sub:
		p.noteConst(p.errorf(codeTransport, p.value.Span(), "%s is for pub and sub alone, and this is a %s port", e.transport, p.pattern))
	default:
		if p.bind && e.open() {
			p.warnf(codeOpen, p.value.Span(), "anybody who reaches this machine can connect to %q", text).
				Help("tcp://127.0.0.1 is for this machine alone")
		}
		return true
	}
	return false
}

// at gives the place of a part of the address.
func (p *addressPass) at(start, end int) diag.Span {
	if s, ok := p.value.(*syntax.String); ok && start < end {
		return s.At(start, end)
	}
	return p.value.Span()
}

// noteConst shows the const whose value is the address.
func (p *addressPass) noteConst(d *diag.Diagnostic) {
	if ref, ok := p.value.(*syntax.Ref); ok {
		if k := p.own.names[ref.Name]; k != nil {
			d.Note(k.span, "%q is declared here", ref.Name)
		}
	}
}
