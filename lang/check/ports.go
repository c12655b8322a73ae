package check

import (
	"slices"

	"github.com/ilpomo/opencore/internal/filter"
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// lifecycle holds the Go names of the methods that the runtime calls on a
// handler, besides those of its ports.
var lifecycle = map[string]bool{"Start": true, "Run": true, "Tick": true, "Stop": true}

// port adds a port to the actor.
func (p *actorPass) port(n *syntax.Port) {
	p.reservedPort(n)
	if n.Pattern == nil {
		p.partial[p.actor] = true
		return
	}
	port := &model.Port{Name: n.Name.Text, Doc: n.Doc, Span: n.Name.Span(), Pattern: model.Pattern(n.Pattern.Text)}
	port.Message = p.portType(n.Type)
	p.reply(port, n)
	if p.component {
		p.aliasPort(n)
		p.actor.Ports = append(p.actor.Ports, port)
		return
	}
	for _, s := range once(p.checker, n.Settings.Items) {
		p.portSetting(port, n, s)
	}
	if port.Codec == "" {
		port.Codec = defaultCodec(p.actor)
	}
	p.rawCodec(port.Codec, p.codecAt[port], port.Message.Message)
	p.rawCodec(port.Codec, p.codecAt[port], port.Reply.Message)
	p.actor.Ports = append(p.actor.Ports, port)
}

func (p *actorPass) reservedPort(n *syntax.Port) {
	if n.Name.Text == model.RejectedPort.Name && !p.component {
		p.errorf(codeReserved, n.Name.Span(), "%q can't be the name of a port: every instance has one of that name", n.Name.Text)
	}
	p.reservedMember(n.Name, "a port")
}

// reservedMember reports a port or parameter that is called like a method that
// the runtime calls on a handler: Go has fields and methods in one namespace.
func (p *actorPass) reservedMember(n *syntax.Name, what string) {
	if inGo := schema.GoName(n.Text); lifecycle[inGo] && p.actor.InGo() {
		p.errorf(codeReserved, n.Span(), "%q can't be the name of %s: a handler's method %s has a meaning of its own", n.Text, what, inGo)
	}
}

// portType resolves the type of a port; the zero type if something about it
// is wrong.
func (p *actorPass) portType(t *syntax.Type) model.PortType {
	switch {
	case t == nil:
	case t.List != nil, t.Map != nil, t.Enum != nil, t.Optional:
		p.errorf(codeKind, t.Span(), "a port carries messages, and this is none").
			Help("declare a message with a field of this type")
	case p.isTypeParam(t.Name):
		return model.PortType{Param: t.Name.Text()}
	case readable(t.Name):
		if d := p.messageOf(p.scope, t.Name, "a port carries messages"); d != nil {
			return model.PortType{Message: d.message.Message}
		}
	}
	return model.PortType{}
}

// messageOf finds a message. It reports what isn't one, saying why one is
// wanted, and gives nil.
func (c *checker) messageOf(s *scope, path *syntax.Path, why string) *decl {
	if _, ok := schema.Scalar(path.Text()); ok || path.Text() == exprType {
		c.errorf(codeKind, path.Span(), "%s, and %q is none", why, path.Text()).
			Help("declare a message with a field of this type")
		return nil
	}
	d := c.find(s, path)
	switch {
	case d == nil:
		c.notFound(codeNoType, s, path, "message", kindMessage)
	case d.kind != kindMessage:
		c.wrongKind(path, d, "a message")
		d = nil
	}
	return d
}

// reply resolves what comes back at a port, of requests and of pairs, and
// refuses it elsewhere.
func (p *actorPass) reply(port *model.Port, n *syntax.Port) {
	isPair, requests := port.Pattern == model.Pair, port.Pattern.Requests()
	switch {
	case n.Receives != nil && isPair:
		port.Reply = p.portType(n.Receives)
	case n.Receives != nil:
		p.errorf(codeClause, n.Receives.Span(), "a %s port sends or receives, not both: only pair does", port.Pattern)
	case n.Reply != nil && isPair:
		p.errorf(codeClause, n.Reply.Span(), "a pair port has no reply").
			Help("what it receives stands behind a double arrow: pair %s %s <-> %s", port.Name, sourceOf(n.Type), sourceOf(n.Reply)).
			Sure(`write "<->"`, diag.Edit{Span: n.Type.Span().After().To(n.Reply.Span().Before()), New: " <-> "})
	case n.Reply != nil && !requests:
		p.errorf(codeClause, n.Reply.Span(), "a %s port has no reply: only req, dealer, rep and router have", port.Pattern)
	case n.Reply != nil:
		port.Reply = p.portType(n.Reply)
	case n.Type == nil || p.node.Ports.Broken:
	case isPair:
		p.errorf(codeClause, n.Span(), "a pair port needs the message that it receives").
			Help("write it behind a double arrow: pair %s %s <-> Received", port.Name, sourceOf(n.Type))
	case requests:
		p.errorf(codeClause, n.Span(), "a %s port needs the message that replies", port.Pattern).
			Help("write it behind an arrow: %s %s %s -> Reply", port.Pattern, port.Name, sourceOf(n.Type))
	}
}

func (p *actorPass) portSetting(port *model.Port, n *syntax.Port, s syntax.PortSetting) {
	switch s := s.(type) {
	case *syntax.Key:
		p.key(port, n, s)
	case *syntax.Topic:
		p.topic(port, n, s)
	case *syntax.Codec:
		p.portCodec(port, s)
	case *syntax.Bind:
		p.address(port, s.Address, s.Span(), true)
	case *syntax.Connect:
		p.address(port, s.Address, s.Span(), false)
	}
}

// keyed lists the patterns whose replicas share what comes, so that a key can
// choose among them.
var keyed = []model.Pattern{model.Pull, model.In, model.Rep, model.Router}

func (p *actorPass) key(port *model.Port, n *syntax.Port, k *syntax.Key) {
	if !readable(k.Path) {
		return
	}
	switch {
	case !slices.Contains(keyed, port.Pattern):
		why := "only in-ports have"
		if port.Pattern == model.Sub {
			why = "each replica gets each message"
		}
		p.errorf(codeClause, k.Span(), "a %s port has no key: %s", port.Pattern, why)
	case port.Message.Param != "":
		p.opaque(k.Path.Span(), port, n, "key")
	case port.Message.Message != nil && !p.unsound[port.Message.Message]:
		port.Key = p.keyPath(port.Message.Message, k.Path)
		port.KeySpan = k.Path.Span()
	}
}

func (p *actorPass) opaque(at diag.Span, port *model.Port, n *syntax.Port, what string) *diag.Diagnostic {
	return p.errorf(codeOpaque, at, "port %q can't have a %s: which fields %q has depends on the instance", port.Name, what, port.Message.Param).
		Note(n.Type.Span(), "%q is a type parameter", port.Message.Param)
}

// keyPath checks the path of a key: messages and in the end a scalar, each
// of them optional or not. Null is a key like any other.
func (p *actorPass) keyPath(m *schema.Message, path *syntax.Path) []string {
	var names []string
	for i, n := range path.Names {
		f, ok := m.Field(n.Text)
		switch {
		case !ok:
			d := p.errorf(codeKey, n.Span(), "message %q has no field %q", m.Name, n.Text)
			p.suggest(d, n.Span(), n.Text, fieldNames(m))
			return nil
		case f.Type.Kind == schema.Invalid:
			return nil
		case i == len(path.Names)-1 && !isKey(f.Type):
			p.errorf(codeKey, n.Span(), "%q is %s, which can't be a key", n.Text, typeText(f.Type))
			return nil
		case i < len(path.Names)-1 && f.Type.Kind != schema.Record:
			p.errorf(codeKey, n.Span(), "%q is %s, which has no fields", n.Text, typeText(f.Type))
			return nil
		}
		names = append(names, n.Text)
		m = f.Type.Message
	}
	return names
}

// isKey reports whether values of the type can choose a replica.
func isKey(t *schema.Type) bool {
	return t.Elem == nil && t.Message == nil && t.Kind != schema.Any
}

func (p *actorPass) topic(port *model.Port, n *syntax.Port, t *syntax.Topic) {
	p.topics[port] = true
	switch {
	case p.actor.External:
		p.errorf(codeElsewhere, t.Span(), "a topic is computed by who sends, and %q runs elsewhere", p.actor.Name)
	case !beginsWires(port.Pattern):
		p.errorf(codeClause, t.Span(), "a %s port has no topic: only ports that send have", port.Pattern)
	case port.Message.Param != "" && t.Expr != nil && t.Expr.Source == "topic":
		port.Topic = &model.Expr{Written: t.Expr.Source, Source: t.Expr.Source, Span: t.Expr.Span()}
		port.Keeps = true
	case port.Message.Param != "":
		p.opaque(t.Span(), port, n, "topic").
			Help("topic topic keeps the one that the message at hand came under")
	case port.Message.Message != nil && t.Expr != nil && !t.Expr.Broken:
		names := p.exprNames
		if p.scope.isStandard() {
			names = nil
		}
		_, port.Topic = p.expr(exprSource(t.Expr), &filter.Scope{Message: port.Message.Message, Names: names}, optionalText)
	}
}

// ports lists an actor's outgoing or incoming ports. A pair is both, where
// there is no other.
func ports(a *model.Actor, outgoing bool) []*model.Port {
	var list, pairs []*model.Port
	for _, p := range a.Ports {
		switch {
		case p.Pattern == model.Pair:
			pairs = append(pairs, p)
		case p.Pattern.Outgoing() == outgoing:
			list = append(list, p)
		}
	}
	if len(list) == 0 {
		return pairs
	}
	return list
}
