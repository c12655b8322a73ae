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
		graph:        &model.Graph{Span: c.main.Name.Span(), Doc: c.main.Doc},
		byName:       map[string]*instance{},
		lists:        map[portList][]*model.Port{},
		filterScopes: map[scopeKey]*filter.Scope{},
	}
	c.program.Graph = n.graph
	n.graphParams()
	n.addParams()
	n.addresses(n.names.params, n.names.open)
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
func (n *net) partly() bool { return n.node.Statements.Broken || n.own.file.Lost }

// graphParams declares the parameters of graph main.
func (n *net) graphParams() {
	n.names = &names{scope: n.own, params: map[string]*model.Param{}}
	if n.node.Params == nil {
		return
	}
	n.names.open = n.node.Params.Broken
	for _, p := range n.node.Params.Items {
		if p != nil && p.Name != nil {
			n.graphParam(p)
		}
	}
}

func (n *net) graphParam(p *syntax.Param) {
	name := p.Name.Text
	if first := n.names.params[name]; first != nil {
		n.taken(p.Name.Span(), name, "a parameter", first.Span)
		return
	}
	if d := n.own.names[name]; d != nil && d.kind == kindConst {
		n.taken(p.Name.Span(), name, "a const", d.span)
	}
	if why := reservedWord(name); why != "" {
		n.errorf(codeReserved, p.Name.Span(), "%q can't be the name of a parameter of graph main: %s", name, why)
	}
	param := &model.Param{Name: name, Doc: p.Doc, Span: p.Name.Span()}
	param.Type.Type = n.graphParamType(p.Type)
	if param.Type.Type.Kind != schema.Invalid {
		n.paramDefault(param, p, &names{scope: n.own, constant: "the default of a parameter of graph main"})
	}
	n.names.params[name] = param
	n.graph.Params = append(n.graph.Params, param)
}

func (n *net) graphParamType(t *syntax.Type) *schema.Type {
	if isExprType(t) || t != nil && isExprType(t.Map) {
		n.errorf(codeKind, t.Span(), "%q is for parameters of actors alone", exprType)
		return &schema.Type{}
	}
	if typ := n.typeOf(n.own, t); typ != nil {
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
