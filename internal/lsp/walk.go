package lsp

import (
	"github.com/ilpomo/opencore/internal/filter"
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/check"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/syntax"
)

// A walker goes over all files and notes what each name in them means. Any
// part of a broken item may be missing.
type walker struct {
	*names
	space  *space
	types  *space  // that types of values are found in; nil for space
	home   *symbol // the actor or graph at hand; nil outside of one
	scopes map[scopeKey]*filter.Scope
}

// A scopeKey is what an expression sees besides consts and filters.
type scopeKey struct {
	home    *symbol
	message *schema.Message
	topic   bool
}

func (w *walker) file(s *space, f *syntax.File) {
	w.space = s
	for _, d := range f.Decls {
		w.home = w.homes[d]
		w.decl(d)
		w.home = nil
	}
}

func (w *walker) decl(d syntax.Decl) {
	switch d := d.(type) {
	case *syntax.Const:
		w.value(d.Value, nil)
	case *syntax.Filter:
		m := w.path(d.Message)
		w.expr(d.Where, w.schemaOf(m), false)
	case *syntax.Message:
		for _, f := range d.Fields.Items {
			if f != nil {
				w.typ(f.Type)
				w.value(f.Default, f.Type)
			}
		}
	case *syntax.Actor:
		w.params(d.Params)
		for _, p := range d.Ports.Items {
			w.port(p)
		}
		for _, s := range d.Settings.Items {
			if e, ok := s.(*syntax.Exec); ok && e.Argv != nil {
				w.value(e.Argv, nil)
			}
		}
	case *syntax.Graph:
		w.params(d.Params)
		w.graph(d)
	}
}

// graph notes the names of a graph, in each of its uses if it has several.
func (w *walker) graph(d *syntax.Graph) {
	uses := w.usesOf(w.home)
	if len(uses) == 0 {
		uses = []*check.Use{nil}
	}
	all := w.names
	for _, u := range uses {
		w.names = all.boundTo(u)
		for _, s := range d.Statements.Items {
			w.statement(s)
		}
	}
	w.names = all
}

func (w *walker) params(params *syntax.Body[*syntax.Param]) {
	if params == nil {
		return
	}
	for _, p := range params.Items {
		if p != nil {
			w.typ(p.Type)
			w.value(p.Default, p.Type)
		}
	}
}

// path notes what a path means, and its package.
func (w *walker) path(p *syntax.Path) *symbol {
	s := w.find(w.space, p)
	if p == nil || len(p.Names) == 0 || p.Names[0] == nil {
		return nil
	}
	if len(p.Names) == 1 {
		if t := w.home.part(aTypeParam, p.Names[0].Text); t != nil {
			s = t
		}
	} else if pack := w.packs[p.Names[0].Text]; pack != nil {
		w.use(p.Names[0].Span(), w.packSymbol(p.Names[0].Text, pack), false)
	}
	if last := p.Names[len(p.Names)-1]; last != nil {
		w.use(last.Span(), s, false)
	}
	return s
}

// packSymbol is the symbol of a package of the standard library.
func (n *names) packSymbol(name string, pack *space) *symbol {
	s := n.homes[pack]
	if s == nil {
		s = &symbol{kind: aPackage, name: name}
		if len(pack.files) > 0 {
			s.whole = diag.Span{File: pack.files[0].Name, Start: diag.Position{Line: 1, Column: 1}, End: diag.Position{Line: 1, Column: 1}}
		}
		n.homes[pack] = s
	}
	return s
}

func (w *walker) typ(t *syntax.Type) {
	if t == nil {
		return
	}
	w.typ(t.List)
	w.typ(t.Map)
	if t.Name != nil {
		w.path(t.Name)
	}
}

func (w *walker) port(p *syntax.Port) {
	if p == nil {
		return
	}
	w.typ(p.Type)
	w.typ(p.Reply)
	w.typ(p.Receives)
	message := w.carried(w.space, w.home, nil, p.Type)
	for _, s := range p.Settings.Items {
		switch s := s.(type) {
		case *syntax.Key:
			w.fields(message, s.Path)
		case *syntax.Topic:
			w.expr(s.Expr, message, false)
		case *syntax.Bind:
			w.value(s.Address, nil)
		case *syntax.Connect:
			w.value(s.Address, nil)
		}
	}
}

// fields notes the fields of a path that begins at a message.
func (w *walker) fields(m *schema.Message, path *syntax.Path) {
	if path == nil {
		return
	}
	for _, name := range path.Names {
		if m == nil || name == nil {
			return
		}
		w.use(name.Span(), w.message(m).part(aField, name.Text), false)
		f, ok := m.Field(name.Text)
		if !ok || f.Type == nil {
			return
		}
		m = f.Type.Message
	}
}

// schemaOf gives the fields of a message; nil if they are not known.
func (n *names) schemaOf(s *symbol) *schema.Message {
	if s == nil || s.kind != aMessage || n.index == nil {
		return nil
	}
	return n.index.Message(s.qualified())
}

// carried gives the message that a type of a port of an actor means at an
// instance, nil for the actor itself; nil if it is not known.
func (n *names) carried(s *space, actor *symbol, i *syntax.Instance, t *syntax.Type) *schema.Message {
	if t == nil || t.Name == nil || len(t.Name.Names) == 0 {
		return nil
	}
	if actor.part(aTypeParam, t.Name.Text()) != nil {
		return n.argument(actor, i, t.Name.Text())
	}
	return n.schemaOf(n.find(s, t.Name))
}

// argument gives what a type parameter of an actor stands for at an instance,
// nil for the component at hand.
func (n *names) argument(actor *symbol, i *syntax.Instance, param string) *schema.Message {
	use := n.bound
	if list := n.usesOf(actor); i == nil && use == nil && len(list) > 0 {
		use = list[0]
	}
	switch {
	case i == nil && use != nil:
		return use.Own()[param]
	case i == nil || n.index == nil:
		return nil
	case use != nil:
		return use.Types(i)[param]
	}
	return n.index.Types(i)[param]
}

func (w *walker) statement(s syntax.Statement) {
	switch s := s.(type) {
	case *syntax.Instance:
		w.instance(s)
	case *syntax.Wire:
		w.wire(s)
	case *syntax.Port:
		w.port(s)
	case *syntax.Expose:
		w.ref(s.Port)
		w.value(s.Address, nil)
	}
}

func (w *walker) instance(i *syntax.Instance) {
	actor := w.path(i.Actor)
	for _, t := range i.TypeArgs {
		w.path(t)
	}
	for _, a := range i.Args.Items {
		if a != nil {
			w.arg(i, actor, a)
		}
	}
	for _, s := range i.Settings.Items {
		switch s := s.(type) {
		case *syntax.Replicas:
			w.value(s.Count, nil)
		case *syntax.Restart:
			w.value(s.Max, nil)
			w.value(s.Within, nil)
		case *syntax.EnvVar:
			w.value(s.Value, nil)
		}
	}
}

func (w *walker) arg(i *syntax.Instance, actor *symbol, a *syntax.Arg) {
	if a.Name == nil {
		return
	}
	param := actor.part(aParam, a.Name.Text)
	w.use(a.Name.Span(), param, false)
	var t *syntax.Type
	if param != nil {
		if p, ok := param.node.(*syntax.Param); ok {
			t = p.Type
		}
	}
	switch {
	case isExpr(t):
		w.quoted(a.Value, w.incoming(i, actor), nil)
	case t != nil && isExpr(t.Map):
		w.mapping(a.Value, w.incoming(i, actor), w.outgoing(i, actor))
	default:
		if actor != nil { // the type is written where the actor is
			w.types = w.spaceOf(actor.span.File)
		}
		w.value(a.Value, t)
		w.types = nil
	}
}

func isExpr(t *syntax.Type) bool { return t != nil && t.Name != nil && t.Name.Text() == "expr" }

// quoted notes the names of an expression in quotes, which gives a value of a
// type; nil if that is not known.
func (w *walker) quoted(v syntax.Value, m *schema.Message, t *schema.Type) {
	s, ok := v.(*syntax.String)
	if !ok {
		w.value(v, nil)
		return
	}
	for _, p := range filter.Parts(s.Value, w.scope(m, false)) {
		at := s.At(p.Start, p.End)
		if at.End.Offset-at.Start.Offset != p.End-p.Start {
			return // escapes are in the way
		}
		switch {
		case p.Kind == filter.FunctionPart, p.Kind == filter.OperatorPart:
			w.quotedWords[at] = p.Name
		case p.Kind == filter.UnknownPart && t != nil && t.Kind == schema.Enum:
			w.use(at, w.enum(t.Enum).part(aValue, p.Name), false)
		default:
			w.use(at, w.meaning(p), false)
		}
	}
}

// mapping notes the names of a map from fields to expressions.
func (w *walker) mapping(v syntax.Value, from, to *schema.Message) {
	m, ok := v.(*syntax.Map)
	if !ok {
		w.value(v, nil)
		return
	}
	for _, e := range m.Entries.Items {
		if e == nil {
			continue
		}
		var t *schema.Type
		if e.Key != nil && to != nil {
			if at := e.Key.Span(); at.End.Offset-at.Start.Offset == len(e.Key.Text) {
				w.use(at, w.message(to).part(aField, e.Key.Text), false)
			}
			if f, ok := to.Field(e.Key.Text); ok {
				t = f.Type
			}
		}
		w.quoted(e.Value, from, t)
	}
}

// incoming and outgoing give what the only port of a direction carries.
func (n *names) incoming(i *syntax.Instance, actor *symbol) *schema.Message {
	return n.sole(i, actor, false)
}

func (n *names) outgoing(i *syntax.Instance, actor *symbol) *schema.Message {
	return n.sole(i, actor, true)
}

func (n *names) sole(i *syntax.Instance, actor *symbol, out bool) *schema.Message {
	port := solePort(actor, out)
	if port == nil {
		return nil
	}
	return n.carried(n.spaceOf(actor.span.File), actor, i, port.node.(*syntax.Port).Type)
}

// solePort gives an actor's only outgoing or incoming port; nil if it has
// none or several. A pair is both, where there is no other.
func solePort(actor *symbol, out bool) *symbol {
	var list, pairs []*symbol
	for _, p := range actor.all(aPort) {
		node := p.node.(*syntax.Port)
		switch {
		case node.Pattern == nil:
		case node.Pattern.Text == "pair":
			pairs = append(pairs, p)
		case outgoing[node.Pattern.Text] == out:
			list = append(list, p)
		}
	}
	if len(list) == 0 {
		list = pairs
	}
	if len(list) != 1 {
		return nil
	}
	return list[0]
}

// outgoing are the patterns that begin a wire.
var outgoing = map[string]bool{"push": true, "pub": true, "req": true, "dealer": true}

// ref notes the instance and the port of an end of a wire.
func (w *walker) ref(r *syntax.PortRef) {
	if r == nil || r.Instance == nil {
		return
	}
	i := w.home.part(anInstance, r.Instance.Text)
	if i == nil {
		w.use(r.Instance.Span(), w.home.part(aPort, r.Instance.Text), false)
		return
	}
	w.use(r.Instance.Span(), i, false)
	if r.Port != nil {
		w.use(r.Port.Span(), w.portOf(i, r.Port.Text), false)
	}
}

// actorOf gives the actor or component of an instance; nil if it is not
// known.
func (n *names) actorOf(i *symbol) *symbol {
	node, ok := i.node.(*syntax.Instance)
	if !ok {
		return nil
	}
	if s := n.find(n.spaceOf(i.span.File), node.Actor); s != nil && (s.kind == anActor || s.kind == aGraph) {
		return s
	}
	return nil
}

// portOf finds a port of an instance.
func (n *names) portOf(i *symbol, name string) *symbol {
	actor := n.actorOf(i)
	if p := actor.part(aPort, name); p != nil || name != rejectedPort.name || actor == nil {
		return p
	}
	return rejectedPort
}

func (w *walker) wire(wire *syntax.Wire) {
	for _, r := range wire.Ends {
		w.ref(r)
	}
	for _, s := range wire.Settings.Items {
		switch s := s.(type) {
		case *syntax.Where:
			m, topic := w.sent(w.home, wire.Ends)
			w.expr(s.Expr, m, topic)
		case *syntax.Queue:
			w.value(s.Size, nil)
		case *syntax.Timeout:
			w.value(s.Limit, nil)
		case *syntax.Retry:
			w.value(s.Count, nil)
		case *syntax.Journal:
			w.value(s.Dir, nil)
		}
	}
}

// sent gives what a wire of a graph carries, and whether it has a topic.
func (n *names) sent(graph *symbol, ends []*syntax.PortRef) (*schema.Message, bool) {
	if len(ends) == 0 || ends[0] == nil || ends[0].Instance == nil {
		return nil, false
	}
	return n.sends(graph, ends[0].Text())
}

// sends gives what the port at the beginning of a wire sends: one of an
// instance, "feed" or "feed.lines", or one of the component itself.
func (n *names) sends(graph *symbol, end string) (*schema.Message, bool) {
	name, port, named := cut(end)
	i := graph.part(anInstance, name)
	if i == nil {
		p := graph.part(aPort, name)
		if p == nil {
			return nil, false
		}
		return n.carried(n.spaceOf(graph.span.File), graph, nil, p.node.(*syntax.Port).Type), hasTopic(p)
	}
	actor := n.actorOf(i)
	var p *symbol
	switch {
	case named && port == rejectedPort.name && actor.part(aPort, port) == nil:
		return schema.Rejected, false
	case named:
		p = actor.part(aPort, port)
	default:
		p = solePort(actor, true)
	}
	if p == nil {
		return nil, false
	}
	node := p.node.(*syntax.Port)
	return n.carried(n.spaceOf(actor.span.File), actor, i.node.(*syntax.Instance), node.Type), hasTopic(p)
}

func hasTopic(port *symbol) bool {
	node, ok := port.node.(*syntax.Port)
	if !ok {
		return false
	}
	for _, s := range node.Settings.Items {
		if _, ok := s.(*syntax.Topic); ok {
			return true
		}
	}
	return node.Pattern != nil && node.Pattern.Text == "pub"
}

// expr notes the names of an expression.
func (w *walker) expr(e *syntax.Expr, m *schema.Message, topic bool) {
	if e == nil {
		return
	}
	for _, p := range filter.Parts(e.Source, w.scope(m, topic)) {
		if s := w.meaning(p); s != nil {
			w.use(e.At(p.Start, p.End), s, false)
		}
	}
}

// scope gives what an expression at hand sees; one for all that see the same.
func (w *walker) scope(m *schema.Message, topic bool) *filter.Scope {
	key := scopeKey{w.home, m, topic}
	s := w.scopes[key]
	if s == nil {
		s = w.names.scope(w.space, w.home, m, topic)
		if w.scopes == nil {
			w.scopes = map[scopeKey]*filter.Scope{}
		}
		w.scopes[key] = s
	}
	return s
}

// scope gives what an expression sees in a graph: home, or nil outside.
func (n *names) scope(space *space, home *symbol, m *schema.Message, topic bool) *filter.Scope {
	seen := map[string]filter.Name{}
	for name, d := range space.decls {
		switch d.kind {
		case aConst:
			seen[name] = filter.Name{}
			if n.index != nil {
				seen[name] = filter.Name{Type: n.index.ConstType(name)}
			}
		case aFilter:
			seen[name] = filter.Name{Type: &schema.Type{Kind: schema.Bool}}
		}
	}
	for _, p := range home.all(aParam) {
		seen[p.name] = filter.Name{Type: scalar(p.node)}
	}
	return &filter.Scope{Message: m, Names: seen, Topic: topic}
}

// scalar gives the type of a parameter, if it is one of the language.
func scalar(param any) *schema.Type {
	p, ok := param.(*syntax.Param)
	if !ok || p.Type == nil || p.Type.Name == nil {
		return nil
	}
	k, ok := schema.Scalar(p.Type.Name.Text())
	if !ok {
		return nil
	}
	return &schema.Type{Kind: k, Optional: p.Type.Optional}
}

// meaning gives the symbol that a part of an expression names; nil if it names
// none.
func (w *walker) meaning(p filter.Part) *symbol {
	switch p.Kind {
	case filter.FieldPart:
		return w.message(p.Message).part(aField, p.Name)
	case filter.ValuePart:
		return w.enum(p.Enum).part(aValue, p.Name)
	case filter.NamePart:
		return w.named(p.Name)
	}
	return nil
}

// named finds a parameter of the graph at hand, a const or a named filter.
func (w *walker) named(name string) *symbol {
	if p := w.home.part(aParam, name); p != nil {
		return p
	}
	if d := w.space.decls[name]; d != nil && (d.kind == aConst || d.kind == aFilter) {
		return d
	}
	return nil
}

// value notes the names in a value of a type, nil if it is not known.
func (w *walker) value(v syntax.Value, t *syntax.Type) {
	switch v := v.(type) {
	case *syntax.Ref:
		w.reference(v, t)
	case *syntax.String:
		if e := w.enumOf(t); e != nil && v.Span().End.Offset-v.Span().Start.Offset == len(v.Value)+2 {
			w.use(v.At(0, len(v.Value)), e.part(aValue, v.Value), false)
		}
	case *syntax.List:
		for _, e := range v.Elems.Items {
			w.value(e, elem(t))
		}
	case *syntax.Map:
		for _, e := range v.Entries.Items {
			if e != nil {
				w.value(e.Value, elem(t))
			}
		}
	}
}

func elem(t *syntax.Type) *syntax.Type {
	switch {
	case t == nil:
		return nil
	case t.List != nil:
		return t.List
	default:
		return t.Map
	}
}

func (w *walker) enumOf(t *syntax.Type) *symbol {
	if t == nil || t.Name == nil {
		return nil
	}
	in := w.types
	if in == nil {
		in = w.space
	}
	if s := w.find(in, t.Name); s != nil && s.kind == anEnum {
		return s
	}
	return nil
}

func (w *walker) reference(v *syntax.Ref, t *syntax.Type) {
	if s := w.enumOf(t).part(aValue, v.Name); s != nil {
		w.use(v.Span(), s, false)
		return
	}
	w.use(v.Span(), w.named(v.Name), false)
}

// cut takes the name of an instance and its port apart.
func cut(ref string) (instance, port string, named bool) {
	for i := range len(ref) {
		if ref[i] == '.' {
			return ref[:i], ref[i+1:], true
		}
	}
	return ref, "", false
}
