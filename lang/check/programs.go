package check

import (
	"slices"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// exec reads the command of an actor that is a program.
func (p *actorPass) exec(s *syntax.Exec) {
	p.execAt = s.Span()
	p.actor.Lines = s.Lines
	p.actor.Exec = []string{} // a program, also if something is wrong with its command
	if s.Argv == nil {
		return
	}
	words := place{what: "the command of " + quote(p.actor.Name), names: &names{scope: p.scope, constant: "a command"}}
	text := &schema.Type{Kind: schema.List, Elem: &schema.Type{Kind: schema.String}}
	v, ok := p.value(s.Argv, text, words)
	if !ok {
		return
	}
	for _, word := range v.([]model.Value) {
		p.actor.Exec = append(p.actor.Exec, word.(string))
	}
	switch {
	case len(p.actor.Exec) == 0:
		p.errorf(codeCommand, s.Argv.Span(), "the command is empty").
			Help("it is the program and its arguments: exec [%q, %q]", "python3", "model.py")
	case p.actor.Exec[0] == "":
		p.errorf(codeCommand, s.Argv.Elems.Items[0].Span(), "the program has no name")
	}
}

// program checks what an actor that is a program may say.
func (p *actorPass) program() {
	if p.execAt.IsZero() {
		return
	}
	if !p.externalAt.IsZero() {
		p.errorf(codeElsewhere, p.externalAt, "%q is a program that we start, or runs elsewhere, not both", p.actor.Name).
			Note(p.execAt, "the program stands here")
		return
	}
	if p.actor.Lines {
		p.lines()
	}
}

// lines checks the ports and parameters of a program that knows nothing of us.
func (p *actorPass) lines() {
	if params := p.actor.Params; len(params) > 0 {
		p.errorf(codeLines, params[0].Span, "a program that reads and writes lines gets no parameters").
			Help("say it in the command")
	}
	if p.partial[p.actor] {
		return
	}
	for _, port := range p.actor.Ports {
		if port.Pattern.Requests() || port.Pattern == model.Pair {
			p.errorf(codeLines, port.Span, "a program that reads and writes lines has no %s port: nothing says which line answers which", port.Pattern)
			return
		}
	}
	p.oneOfLines(ports(p.actor, false), "in-port", "input")
	p.oneOfLines(ports(p.actor, true), "outgoing port", "output")
	if len(p.actor.Ports) == 0 {
		p.errorf(codeLines, p.actor.Span, "%q has no ports, so its lines come from nowhere and go nowhere", p.actor.Name)
	}
}

// oneOfLines reports what there is a second one of, where a program has one
// standard stream.
func (p *actorPass) oneOfLines(list []*model.Port, what, stream string) {
	if len(list) > 1 {
		p.errorf(codeLines, list[1].Span, "a program that reads and writes lines has one %s at most: its standard %s", what, stream).
			Note(list[0].Span, "the first one is declared here")
	}
}

// The codecs.
const (
	codecMsgpack = "msgpack"
	codecJSON    = "json"
	codecRaw     = "raw"
)

var codecs = []string{codecMsgpack, codecJSON, codecRaw, "pickle"}

// defaultCodec is what ports of an actor speak that say nothing; "" if they
// are our own.
func defaultCodec(a *model.Actor) string {
	switch {
	case a.Lines:
		return codecJSON
	case a.External || a.Exec != nil:
		return codecMsgpack
	default:
		return ""
	}
}

// codec gives the name of a codec; "" if there is none of that name.
func (c *checker) codec(s *syntax.Codec) string {
	if s == nil || s.Name == nil {
		return ""
	}
	if slices.Contains(codecs, s.Name.Text) {
		return s.Name.Text
	}
	d := c.errorf(codeNoName, s.Name.Span(), "there is no codec %q: there are %s", s.Name.Text, listing(codecs))
	c.suggest(d, s.Name.Span(), s.Name.Text, slices.Values(codecs))
	return ""
}

// portCodec applies what a port says of its codec.
func (p *actorPass) portCodec(port *model.Port, s *syntax.Codec) {
	switch name := p.codec(s); {
	case defaultCodec(p.actor) == "":
		p.notForeign(s.Span(), "a port of %q has no codec: only those of exec and external actors have", p.actor.Name)
	case name == "":
	case p.actor.Lines && name != codecJSON:
		p.errorf(codeLines, s.Name.Span(), "lines are JSON, not %s", name).Note(p.execAt, "the program stands here")
	default:
		port.Codec, p.codecAt[port] = name, s.Span()
	}
}

// rawPorts checks the codec raw where the message comes from the wires, and
// where it stands at expose.
func (n *net) rawPorts() {
	for _, i := range n.instances {
		if i.Actor == nil {
			continue
		}
		n.at = i.frame
		for _, p := range i.Actor.Ports {
			for _, t := range []model.PortType{p.Message, p.Reply} {
				if t.Param != "" {
					n.rawCodec(p.Codec, i.Span, i.Types[t.Param])
				}
			}
		}
	}
	for _, e := range n.exposes {
		n.at = e.frame
		n.rawCodec(e.Codec, e.codecAt, e.end.instance.Message(e.end.port.Message))
		n.rawCodec(e.Codec, e.codecAt, e.end.instance.Message(e.end.port.Reply))
	}
}

// rawCodec checks that a codec that adds nothing to the bytes has a message
// that is nothing but them. m may be nil: it is not known then.
func (c *checker) rawCodec(codec string, at diag.Span, m *schema.Message) {
	if codec != codecRaw || m == nil || c.unsound[m] || len(m.Fields) == 0 && c.own.broken() {
		return
	}
	if why := notRaw(m); why != "" {
		c.errorf(codeRaw, at, "codec raw is for a message with one field, bytes or string, and %q has %s", m.Name, why)
	}
}

// notRaw says what of a message is too much or too little for codec raw; ""
// if it fits.
func notRaw(m *schema.Message) string {
	if len(m.Fields) != 1 {
		return count(len(m.Fields), "field")
	}
	t := *m.Fields[0].Type
	if !t.Optional && (t.Kind == schema.Bytes || t.Kind == schema.String) {
		return ""
	}
	return "one of type " + t.String()
}
