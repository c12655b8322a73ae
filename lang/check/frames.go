package check

import (
	"strings"

	"github.com/ilpomo/opencore/internal/filter"
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// Bounds of what components make. Without them a few lines could mean
// billions.
const (
	maxInstances = 10_000
	maxLinks     = 20_000
)

// A frame is a graph at a place: main, or a component at one of its instances.
type frame struct {
	node    *syntax.Graph
	scope   *scope
	up      *frame    // that it is used in; nil for main, and for a component by itself
	part    *instance // the component's instance; nil for main
	prefix  string    // of the names of instances: "" or "outer."
	names   *names    // what a name means as a value of an argument or a setting
	byName  map[string]*instance
	deliver *syntax.Deliver // the default of its push wires; nil if there is none

	broken bool // something of the graph could not be read
	lost   bool // an instance may be what could not be read

	exprNames    map[string]filter.Name // what expressions see besides the message
	filterScopes map[scopeKey]*filter.Scope
}

func newFrame(node *syntax.Graph, s *scope, names *names) *frame {
	f := &frame{node: node, scope: s, names: names, byName: map[string]*instance{}, filterScopes: map[scopeKey]*filter.Scope{}}
	f.lost = node.Statements.Lost || s.lost()
	f.broken = node.Statements.Broken || s.lost()
	for _, s := range node.Statements.Items {
		switch s := s.(type) {
		case *syntax.Wire:
			f.broken = f.broken || s != nil && s.Settings.Broken
		case *syntax.Instance:
			f.broken = f.broken || s != nil && s.Settings.Broken
			f.lost = f.lost || s == nil || s.Name == nil
		}
	}
	return f
}

// partly reports whether something of the graph could not be read, or of what
// it uses.
func (f *frame) partly() bool { return f.broken || f.scope.incomplete() }

// components checks each component by itself: what is wrong with it whatever
// it is used for.
func (c *checker) components() {
	for _, s := range c.scopes {
		for _, k := range s.components {
			c.component(k)
		}
	}
}

func (c *checker) component(k *component) {
	params := &names{scope: k.scope, params: map[string]*model.Param{}, open: c.openHeads[k.actor], unknown: true}
	for _, p := range k.actor.Params {
		if p.Type.Type != nil {
			params.params[p.Name] = p
		}
	}
	f := newFrame(k.node, k.scope, params)
	f.part = &instance{Instance: &model.Instance{Name: k.actor.Name, Actor: k.actor, Replicas: 1}, vars: map[string]*typeVar{}, wired: map[*model.Port]bool{}, inside: map[*model.Port]bool{}}
	for _, name := range k.actor.TypeParams {
		f.part.vars[name] = &typeVar{instance: k.actor.Name, param: name, silent: true}
	}
	n := c.newNet(&model.Graph{Span: k.actor.Span}, f)
	f.exprNames = c.componentNames(f, nil)
	n.check()
	n.unwiredInside(k)
	c.at = nil
}

// unwiredInside reports ports of a component that its own wires don't lead to.
func (n *net) unwiredInside(k *component) {
	if n.partly() || n.root.part.doubtful || n.partial[k.actor] {
		return
	}
	for _, p := range k.actor.Ports {
		if !n.root.part.inside[p] {
			n.errorf(codeUnwired, p.Span, "port %q of component %q leads to nothing: no wire within is at it", p.Name, k.actor.Name)
		}
	}
}

// componentNames gives what expressions in a component see: consts, named
// filters and its own parameters, as main calls them when they have values. A
// parameter of main is none of them; it is known so that nothing else is taken
// for it.
func (c *checker) componentNames(f *frame, n *net) map[string]filter.Name {
	seen := map[string]filter.Name{}
	if !f.scope.isStandard() {
		for name, known := range c.mainNames {
			seen[name] = known
		}
		for name := range c.params.params {
			seen[name] = filter.Name{Unfit: quote(name) + " is a parameter of graph main: a component is given what it needs as an argument"}
		}
	}
	for _, p := range f.part.Actor.Params { // in order: what is given is written into the plan
		name := p.Name
		switch {
		case f.names.params[name] != p:
		case p.Type.Type.Kind == schema.Invalid:
			seen[name] = filter.Name{}
		case n == nil:
			seen[name] = filter.Name{Type: p.Type.Type}
		default:
			seen[name] = n.given(f, p)
		}
	}
	return seen
}

// given is what expressions know of a parameter of a component that has a
// value. A constant value is called by the instance when the program runs.
func (n *net) given(f *frame, p *model.Param) filter.Name {
	value, ok := f.names.given[p.Name]
	if !ok {
		return filter.Name{}
	}
	switch v := value.(type) {
	case model.ParamRef:
		return filter.Name{Type: n.params.params[v.Name].Type.Type, As: v.Name}
	case model.Secret:
		return filter.Name{Unfit: quote(p.Name) + " is a secret, which expressions can't read"}
	case model.Env:
		return filter.Name{Unfit: quote(p.Name) + " is read from the environment, which expressions can't use"}
	}
	if !known(value) {
		return filter.Name{Unfit: "parts of " + quote(p.Name) + " are not known before the run, so expressions can't use it"}
	}
	as := strings.ReplaceAll(f.prefix, ".", "$") + p.Name
	n.planNames[as] = filter.Name{Type: p.Type.Type, Value: filterValue(value)}
	n.program.Consts = append(n.program.Consts, &model.Const{Name: as, Doc: p.Doc, Span: p.Span, Type: p.Type.Type, Value: value})
	return filter.Name{Type: p.Type.Type, Value: filterValue(value), As: as}
}

// known reports whether nothing in a value waits for the run.
func known(v model.Value) bool {
	switch v := v.(type) {
	case model.Env, model.Secret, model.ParamRef:
		return false
	case []model.Value:
		for _, e := range v {
			if !known(e) {
				return false
			}
		}
	case map[string]model.Value:
		for _, e := range v {
			if !known(e) {
				return false
			}
		}
	}
	return true
}

// makePart looks into the component of an instance. In a component that is
// checked by itself the others are no more than their ports.
func (n *net) makePart(i *instance, k *component) {
	n.parts = append(n.parts, i)
	for _, s := range i.node.Settings.Items {
		n.errorf(codeClause, s.Span(), "%q is a component, which is no process: settings stand at the instances within", i.Name)
	}
	if n.root.part != nil || n.full {
		return
	}
	if i.frame.within(i.Actor) {
		n.noteActor(n.errorf(codeSelf, i.node.Actor.Span(), "component %q contains itself", i.Actor.Name), i.Actor)
		i.doubtful = true
		return
	}
	i.inner = n.innerFrame(i, k)
	n.frames = append(n.frames, i.inner)
	n.makeInstances(i.inner)
	n.at = i.frame
}

// within reports whether the frame is within an instance of a component.
func (f *frame) within(component *model.Actor) bool {
	for ; f.part != nil; f = f.up {
		if f.part.Actor == component {
			return true
		}
	}
	return false
}

// innerFrame is the graph of a component with what an instance gives it.
func (n *net) innerFrame(i *instance, k *component) *frame {
	f := newFrame(k.node, k.scope, &names{scope: k.scope, params: map[string]*model.Param{}, given: map[string]model.Value{}, sizes: map[string]bool{}})
	f.up, f.part, f.prefix = i.frame, i, i.Name+"."
	for _, p := range i.Actor.Params {
		if p.Type.Type != nil {
			f.names.params[p.Name] = p
		}
	}
	for _, arg := range i.Args {
		name := arg.Param.Name
		node := i.argNode(name)
		if node == nil {
			node = k.defaultNode(name)
		}
		f.names.given[name], f.names.sizes[name] = arg.Value, n.isSize(node)
	}
	f.exprNames = n.componentNames(f, n)
	return f
}

// defaultNode is what a parameter is by default; nil if it has none.
func (k *component) defaultNode(name string) syntax.Value {
	for _, p := range k.node.Params.Items {
		if p != nil && p.Name != nil && p.Name.Text == name {
			return p.Default
		}
	}
	return nil
}

// bounded reports an instance that is one too many.
func (n *net) bounded(at diag.Span) bool {
	if len(n.instances)+len(n.parts) < maxInstances {
		return true
	}
	if !n.full {
		n.full = true
		n.errorf(codeRange, at, "the graph has more than %d instances, counted with those of components", maxInstances)
	}
	return false
}
