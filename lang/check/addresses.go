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
func (c *checker) address(v syntax.Value, pattern model.Pattern, bind bool, n *names) (model.Address, bool) {
	value, ok := c.value(v, &schema.Type{Kind: schema.String}, place{what: "an address", names: n})
	return model.Address{Endpoint: value, Bind: bind, Span: v.Span()}, ok
}
