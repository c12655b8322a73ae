package reference

import (
	"strings"

	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/syntax"
)

// declaration adds what there is to say about a declaration, under a heading
// of a level.
func (s *Source) declaration(p *Page, d syntax.Decl, level int) {
	name := declared(d)
	if name == "" {
		return
	}
	p.heading(level, s.head(d, name))
	p.doc(docOf(d))
	switch d := d.(type) {
	case *syntax.Const:
		p.code(s.words(d))
	case *syntax.Filter:
		p.code(s.words(d))
	case *syntax.Enum:
		for _, v := range d.Values.Items {
			p.item(s.words(v), v.Doc)
		}
	case *syntax.Message:
		s.fields(p, d)
	case *syntax.Actor:
		s.actor(p, d, level)
	case *syntax.Graph:
		s.graph(p, d, level)
	}
}

// head gives the heading of a declaration: "actor file.Lines<T>".
func (s *Source) head(d syntax.Decl, name string) string {
	switch d := d.(type) {
	case *syntax.Const:
		return "const " + name
	case *syntax.Filter:
		return "filter " + name
	case *syntax.Enum:
		return "enum " + name
	case *syntax.Message:
		return "message " + s.pack + name
	case *syntax.Actor:
		return "actor " + s.pack + name + generic(d.TypeParams)
	default:
		return "graph " + name + generic(d.(*syntax.Graph).TypeParams)
	}
}

// generic spells type parameters as they are declared.
func generic(params []*syntax.Name) string {
	if len(params) == 0 {
		return ""
	}
	names := make([]string, len(params))
	for i, n := range params {
		names[i] = n.Text
	}
	return "<" + strings.Join(names, ", ") + ">"
}

func docOf(d syntax.Decl) string {
	switch d := d.(type) {
	case *syntax.Const:
		return d.Doc
	case *syntax.Filter:
		return d.Doc
	case *syntax.Enum:
		return d.Doc
	case *syntax.Message:
		return d.Doc
	case *syntax.Actor:
		return d.Doc
	case *syntax.Graph:
		return d.Doc
	default:
		return ""
	}
}

func (s *Source) fields(p *Page, m *syntax.Message) {
	for _, f := range m.Fields.Items {
		p.item(s.words(f), f.Doc)
	}
}

func (s *Source) actor(p *Page, a *syntax.Actor, level int) {
	for _, set := range a.Settings.Items {
		switch set := set.(type) {
		case *syntax.Endless:
			p.text("It is endless: it keeps no run alive.")
		case *syntax.External:
			p.text("It runs elsewhere: its ports are addresses.")
		case *syntax.Exec:
			p.text("It is a program:")
			p.code(s.words(set))
		}
	}
	s.params(p, a.Params, level)
	if len(a.Ports.Items) > 0 {
		p.heading(level+1, "Ports")
	}
	for _, port := range a.Ports.Items {
		p.item(s.words(port), port.Doc)
	}
	s.carried(p, a.Ports.Items, level)
	s.use(p, a, level)
}

func (s *Source) params(p *Page, params *syntax.Body[*syntax.Param], level int) {
	if params == nil || len(params.Items) == 0 {
		return
	}
	p.heading(level+1, "Parameters")
	for _, param := range params.Items {
		doc := param.Doc
		if param.Default == nil {
			doc = strings.TrimPrefix(doc+"\n\nIt must be given.", "\n\n")
		}
		p.item(s.words(param), doc)
	}
}

// carried adds the messages of ports that are declared beside the actor. A page
// of all declarations has them anyway.
func (s *Source) carried(p *Page, ports []*syntax.Port, level int) {
	if level > 1 {
		return
	}
	wanted := map[string]bool{}
	for _, port := range ports {
		for _, t := range []*syntax.Type{port.Type, port.Reply, port.Receives} {
			if t != nil && t.Name != nil {
				wanted[t.Name.Text()] = true
			}
		}
	}
	for _, d := range s.tree.Decls {
		if m, ok := d.(*syntax.Message); ok && wanted[declared(m)] {
			s.declaration(p, m, level+1)
		}
	}
}

// use adds an example: of a standard actor the one that is kept for it, else
// the first use in a graph of the file, with its wires.
func (s *Source) use(p *Page, a *syntax.Actor, level int) {
	if s.pack != "" {
		text, err := examples.ReadFile("examples/" + s.pack + a.Name.Text + ".actors")
		if err != nil {
			panic("bug: each standard actor has an example: " + err.Error())
		}
		p.heading(level+1, "Example")
		p.program(string(text))
		return
	}
	if lines := s.firstUse(a.Name.Text); len(lines) > 0 && level == 1 {
		p.heading(level+1, "In use")
		p.code(strings.Join(lines, "\n"))
	}
}

// firstUse gives the instance that comes first of an actor, and its wires.
func (s *Source) firstUse(actor string) []string {
	for _, d := range s.tree.Decls {
		g, ok := d.(*syntax.Graph)
		if !ok {
			continue
		}
		for _, st := range g.Statements.Items {
			if i, ok := st.(*syntax.Instance); ok && i.Name != nil && i.Actor != nil && i.Actor.Text() == actor {
				return append([]string{s.words(i), ""}, s.wiresOf(g, i.Name.Text)...)
			}
		}
	}
	return nil
}

func (s *Source) wiresOf(g *syntax.Graph, instance string) []string {
	var lines []string
	for _, st := range g.Statements.Items {
		switch st := st.(type) {
		case *syntax.Wire:
			if touches(st.Ends, instance) {
				lines = append(lines, s.words(st))
			}
		case *syntax.Expose:
			if touches([]*syntax.PortRef{st.Port}, instance) {
				lines = append(lines, s.words(st))
			}
		}
	}
	return lines
}

func touches(ends []*syntax.PortRef, instance string) bool {
	for _, e := range ends {
		if e != nil && e.Instance != nil && e.Instance.Text == instance {
			return true
		}
	}
	return false
}

func (s *Source) graph(p *Page, g *syntax.Graph, level int) {
	s.params(p, g.Params, level)
	var ports, instances, wires Page
	for _, st := range g.Statements.Items {
		switch st := st.(type) {
		case *syntax.Port:
			ports.item(s.words(st), st.Doc)
		case *syntax.Instance:
			instances.item(s.words(st), st.Doc)
		case *syntax.Wire:
			wires.item(s.words(st), st.Doc)
		case *syntax.Expose:
			wires.item(s.words(st), st.Doc)
		}
	}
	p.part(level+1, "Ports", ports)
	p.part(level+1, "Instances", instances)
	p.part(level+1, "Wires", wires)
}

// words gives the source of a node on one line. Doc comments are no part of
// nodes; other comments in its midst are left out.
func (s *Source) words(n interface{ Span() diag.Span }) string {
	span := n.Span()
	if span.IsZero() {
		return ""
	}
	line := ""
	for text := range strings.Lines(string(s.text[span.Start.Offset:span.End.Offset])) {
		text = strings.Join(aligned(strings.TrimSpace(text)), " ")
		switch {
		case text == "" || strings.HasPrefix(text, "//"):
		case line == "" || strings.HasSuffix(line, "(") || strings.HasPrefix(text, ")"):
			line += text
		default:
			line += " " + text
		}
	}
	return line
}
