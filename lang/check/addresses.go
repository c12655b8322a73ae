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
	bind  bool
}

// addresses gives the ports of external actors their addresses, which may be
// the parameters of graph main.
func (c *checker) addresses(main *names) {
	for _, a := range c.pending {
		n := &names{scope: a.scope, params: main.params, open: main.open}
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
	p := addressPass{checker: c, names: n, value: v, pattern: pattern, bind: bind}
	switch value := value.(type) {
	case string:
		ok = p.check(value)
	case model.ParamRef:
		if text, given := n.defaultOf(value.Name); given {
			ok = p.check(text)
		}
	case model.Secret:
		p.errorf(codeSecret, v.Span(), "an address can't be a secret: it is shown wherever the wire is")
		return model.Address{}, false
	case model.Env:
		if value.Default != nil {
			p.value = v.(*syntax.Env).Default
			ok = p.check(*value.Default)
		}
	}
	return model.Address{Endpoint: value, Bind: bind, Span: v.Span()}, ok
}

// defaultOf gives the default of a parameter of main that is a string; given
// is false if it has none.
func (n *names) defaultOf(name string) (text string, given bool) {
	param := n.params[name]
	if param == nil || param.Default == nil {
		return "", false
	}
	text, given = (*param.Default).(string)
	return text, given
}

// An addressPass is what is being found out about one address.
type addressPass struct {
	*checker
	names   *names
	value   syntax.Value // that says it: a string, or the name of a const or parameter
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
		p.noteName(d)
	case e.shared() && p.pattern != model.Pub && p.pattern != model.Sub:
		p.noteName(p.errorf(codeTransport, p.value.Span(), "%s is for pub and sub alone, and this is a %s port", e.transport, p.pattern))
	default:
		if p.bind && e.open() {
			p.noteName(p.warnf(codeOpen, p.value.Span(), "anybody who reaches this machine can connect to %q", text)).
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

// noteName shows the const or parameter that the address is taken from.
func (p *addressPass) noteName(d *diag.Diagnostic) *diag.Diagnostic {
	ref, ok := p.value.(*syntax.Ref)
	if !ok {
		return d
	}
	switch param, constant := p.names.lookup(ref.Name); {
	case param != nil:
		d.Note(param.Span, "%q is declared here, with this address as its default", ref.Name)
	case constant != nil:
		d.Note(constant.span, "%q is declared here", ref.Name)
	}
	return d
}
