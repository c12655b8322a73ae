package check

import (
	"slices"

	"github.com/ilpomo/opencore/internal/filter"
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// A net is graph main while it is being checked, with all that is within its
// components: instances as nodes, links as edges. A component is checked by
// itself too, as a net of its own: then those that it uses are no more than
// their ports.
type net struct {
	*checker
	graph     *model.Graph
	root      *frame
	frames    []*frame    // the root first, each behind the one that it is in
	instances []*instance // of actors
	parts     []*instance // of components
	hops      []*hop
	links     []*link
	exposes   []*exposed
	outlets   map[portKey]*outlet
	lists     map[portList][]*model.Port
	full      bool // there are too many instances, as has been reported

	planNames  map[string]filter.Name // what expressions see when the program runs
	planScopes map[scopeKey]*filter.Scope
}

// An instance is a use of an actor, or of a component.
type instance struct {
	*model.Instance // Actor is nil if it is not known; then whoever uses the instance is silent
	node            *syntax.Instance
	frame           *frame // that it stands in
	inner           *frame // of a component that is looked into; nil for all others
	vars            map[string]*typeVar
	wired           map[*model.Port]bool
	inside          map[*model.Port]bool // ports of a component that its own wires lead to
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

// A hop is a wire as it stands in a graph: each arrow of a chain is one.
type hop struct {
	node     *syntax.Wire
	frame    *frame
	from, to end
	span     diag.Span
	order    int  // among all
	isElse   bool // it has else
	broken   bool // its types differ, as has been reported
	always   bool // its filter is true, as has been reported
}

// A link is a wire from the port of an instance to that of another: one hop,
// or several that lead through ports of components.
type link struct {
	hops     []*hop
	from, to end
	wire     *model.Wire
	never    bool // its filter is false
}

// An end is one side of a hop. Its port is nil if it is not known, which has
// been reported.
type end struct {
	instance *instance
	port     *model.Port
	span     diag.Span
	own      bool // a port of the component that the hop stands in
}

// newNet makes a net that looks at a graph.
func (c *checker) newNet(graph *model.Graph, root *frame) *net {
	n := &net{
		checker: c, graph: graph, root: root, frames: []*frame{root},
		lists:     map[portList][]*model.Port{},
		planNames: c.constNames(), planScopes: map[scopeKey]*filter.Scope{},
	}
	c.paramNames(n.planNames)
	c.nets = append(c.nets, n)
	c.at = root
	return n
}

// graph checks graph main.
func (c *checker) graph() {
	n := c.newNet(c.program.Graph, newFrame(c.main, c.own, c.params))
	n.root.exprNames = c.mainNames
	n.addresses(n.params)
	n.noPorts()
	n.check()
	if !n.partly() {
		n.reach()
		n.unread()
	}
	c.at = nil
}

// check runs the passes over a graph that all graphs have.
func (n *net) check() {
	n.makeInstances(n.root)
	n.makeHops()
	n.makeLinks()
	n.makeExposes()
	n.exposeAlone()
	n.required()
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
	}
	n.at = n.root
}

// partly reports whether something of the graphs could not be read, so that
// what is missing may be there.
func (n *net) partly() bool {
	return slices.ContainsFunc(n.frames, func(f *frame) bool { return f.partly() })
}

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

// noPorts refuses what components have and main has not.
func (n *net) noPorts() {
	if list := n.root.node.TypeParams; len(list) > 0 && list[0] != nil {
		n.errorf(codeClause, list[0].Span(), "graph %q has no type parameters: only components have", "main")
	}
	for _, s := range n.root.node.Statements.Items {
		if p, ok := s.(*syntax.Port); ok && p != nil {
			n.errorf(codeClause, p.Span(), "graph %q has no ports: only components have", "main").
				Help("to open the port of an instance to foreign peers, write expose")
		}
	}
}
