package check

import (
	"github.com/ilpomo/opencore/internal/filter"
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// A net is graph main while it is being checked: instances as nodes, links
// as edges.
type net struct {
	*checker
	node      *syntax.Graph
	graph     *model.Graph
	names     *names // what a name means as a value of an argument or a setting
	instances []*instance
	byName    map[string]*instance
	links     []*link
	exposes   []*exposed
	outlets   map[portKey]*outlet
	lists     map[portList][]*model.Port

	exprNames    map[string]filter.Name // what expressions see besides the message
	filterScopes map[scopeKey]*filter.Scope
}

// An instance is a use of an actor.
type instance struct {
	*model.Instance // Actor is nil if it is not known; then whoever uses the instance is silent
	node            *syntax.Instance
	vars            map[string]*typeVar
	wired           map[*model.Port]bool
	settings        map[string]diag.Span // the place of each setting, by its word
	oddRestart      bool                 // something about its restart policy is wrong
	exposed         bool                 // foreign peers reach a port of it
	doubtful        bool                 // a wire of it could not be understood: what seems missing may be there
}

// A portKey is a port of an instance.
type portKey struct {
	instance *instance
	port     *model.Port
}

// A link is one wire: each arrow of a chain is one.
type link struct {
	node     *syntax.Wire
	from, to end
	wire     *model.Wire
	broken   bool // its types differ, as has been reported
	always   bool // its filter is true, as has been reported
	never    bool // its filter is false, likewise
}

// An end is one side of a link. Its port is nil if it is not known, which has
// been reported.
type end struct {
	instance *instance
	port     *model.Port
	span     diag.Span
}

// graph checks graph main.
func (c *checker) graph() {
	n := &net{
		checker: c, node: c.main,
		graph:        c.program.Graph,
		byName:       map[string]*instance{},
		lists:        map[portList][]*model.Port{},
		filterScopes: map[scopeKey]*filter.Scope{},
	}
	n.names = n.params
	n.exprNames = n.mainNames
	n.addresses(n.params)
	n.makeInstances()
	n.unsupportedStatements()
	n.makeLinks()
	n.makeExposes()
	n.exposeAlone()
	if !n.partly() {
		n.required()
	}
	n.inferTypes()
	n.rawPorts()
	n.exprArguments()
	n.wires()
	n.keyTypes()
	n.foreignSenders()
	n.pairs()
	n.binds()
	n.groups()
	if !n.partly() {
		n.findOutlets()
		n.sameWires()
		n.elses()
		n.idle()
		n.reach()
		n.unread()
	}
}

// partly reports whether something of the graph could not be read, so that
// what is missing may be there.
func (n *net) partly() bool { return n.node.Statements.Broken || n.own.incomplete() }

// mainParams declares the parameters of graph main.
func (c *checker) mainParams() {
	c.params = &names{scope: c.own, params: map[string]*model.Param{}}
	if c.main == nil {
		return
	}
	c.program.Graph = &model.Graph{Span: c.main.Name.Span(), Doc: c.main.Doc}
	if c.main.Params == nil {
		return
	}
	c.params.open = c.main.Params.Broken
	for _, p := range c.main.Params.Items {
		if p != nil && p.Name != nil {
			c.graphParam(p)
		}
	}
}

func (c *checker) graphParam(p *syntax.Param) {
	name := p.Name.Text
	if first := c.params.params[name]; first != nil {
		c.taken(p.Name.Span(), name, "a parameter", first.Span)
		return
	}
	if d := c.own.names[name]; d != nil && (d.kind == kindConst || d.kind == kindFilter) {
		c.taken(p.Name.Span(), name, string(d.kind), d.span)
	}
	if why := reservedWord(name); why != "" {
		c.errorf(codeReserved, p.Name.Span(), "%q can't be the name of a parameter of graph main: %s", name, why)
	}
	param := &model.Param{Name: name, Doc: p.Doc, Span: p.Name.Span()}
	param.Type.Type = c.graphParamType(p.Type)
	if param.Type.Type.Kind != schema.Invalid {
		c.paramDefault(param, p, &names{scope: c.own, constant: "the default of a parameter of graph main"})
	}
	c.params.params[name] = param
	c.program.Graph.Params = append(c.program.Graph.Params, param)
}

func (c *checker) graphParamType(t *syntax.Type) *schema.Type {
	if isExprType(t) || t != nil && isExprType(t.Map) {
		c.errorf(codeKind, t.Span(), "%q is for parameters of actors alone", exprType)
		return &schema.Type{}
	}
	if typ := c.typeOf(c.own, t); typ != nil {
		return typ
	}
	return &schema.Type{}
}

// unsupportedStatements refuses what graphs may say in other releases.
func (n *net) unsupportedStatements() {
	if len(n.node.TypeParams) > 0 && n.node.TypeParams[0] != nil {
		n.errorf(codeUnsupported, n.node.TypeParams[0].Span(), "type parameters of graphs are not in this release")
	}
	for _, s := range n.node.Statements.Items {
		switch s := s.(type) {
		case *syntax.Port:
			n.errorf(codeUnsupported, s.Span(), "ports of graphs are not in this release")
		case *syntax.Deliver:
			n.unsupported(s.Span(), "deliver")
		}
	}
}
