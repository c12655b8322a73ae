package syntax

import (
	"slices"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/ilpomo/opencore/lang/diag"
)

// maxProblems bounds what is reported of one file: who has more than this has
// one mistake and its echoes, or no program.
const maxProblems = 100

// Parse reads one file. It always gives the tree of what can be read, and
// reports everything else; the tree is whole if nothing is reported as an
// error. The name of the file is used for places alone.
func Parse(file string, src []byte) (*File, diag.List) {
	s := scan(file, src)
	f := &File{Name: file}
	if s.refuse {
		f.Broken, f.Lost = true, true
		return f, s.problems
	}
	lex, err := lexer.Upgrade(&tokens{list: s.tokens})
	if err != nil {
		panic("bug: a list of tokens can't fail: " + err.Error())
	}
	var body Body[Decl]
	body.read(lex, tableOf[Decl]())
	f.Decls = body.Items
	f.Lost = body.Broken

	c := collector{problems: s.problems, docs: s.docsByToken()}
	body.collect(&c)
	c.problems = withoutEchoes(c.problems, s.extra)
	f.Broken = c.problems.HasErrors()
	if !f.Broken {
		c.loneDocs(s.comments)
	}
	return f, bounded(c.problems)
}

// withoutEchoes leaves out what follows from another problem on its line: what
// stands behind a bracket that is not closed, a bracket that closes nothing
// behind another problem, and what doesn't fit at the start of a line that was
// joined to the one before. extra are the brackets that close nothing.
func withoutEchoes(list diag.List, extra offsets) diag.List {
	open, other, moved := firstByLine{}, firstByLine{}, firstByLine{}
	for _, d := range list {
		switch {
		case d.Code == codeMoveUp:
			moved.add(d)
		case d.Code != codeBracket:
			other.add(d)
		case !extra[d.Span.Start.Offset]:
			open.add(d)
		}
	}
	return slices.DeleteFunc(list, func(d diag.Diagnostic) bool {
		switch d.Code {
		case codeBelongs, codeKeyword:
			return open.before(d, 0) || moved.before(d, 1)
		case codeBracket:
			return extra[d.Span.Start.Offset] && other.before(d, 0)
		}
		return false
	})
}

// firstByLine has the offset of the first problem of some kind on each line.
type firstByLine map[int]int

func (f firstByLine) add(d diag.Diagnostic) {
	line, offset := d.Span.Start.Line, d.Span.Start.Offset
	if at, ok := f[line]; !ok || offset < at {
		f[line] = offset
	}
}

// before tells whether there is one on the line of d, less than slack bytes
// behind it or before it.
func (f firstByLine) before(d diag.Diagnostic, slack int) bool {
	at, ok := f[d.Span.Start.Line]
	return ok && at < d.Span.Start.Offset+slack
}

// bounded sorts the problems of a file and cuts them off where there are too
// many.
func bounded(list diag.List) diag.List {
	list.Sort()
	if len(list) <= maxProblems {
		return list
	}
	at := list[maxProblems].Span
	list = list[:maxProblems:maxProblems]
	list.Errorf(codeLimit, at, "more than %d problems in this file; this one and those behind it are not shown", maxProblems)
	return list
}

// A collector gathers the problems of a tree and gives its nodes their docs.
type collector struct {
	problems diag.List
	docs     map[int]string // by the offset of the token behind the comment
}

// docsByToken gives the text of the doc comments before each token that has
// some.
func (s *scanner) docsByToken() map[int]string {
	docs := map[int]string{}
	for _, c := range s.comments {
		text, ok := c.doc()
		if !ok || c.next < 0 {
			continue
		}
		if before, ok := docs[c.next]; ok {
			text = before + "\n" + text
		}
		docs[c.next] = text
	}
	return docs
}

// loneDocs warns of doc comments that belong to nothing.
func (c *collector) loneDocs(comments []comment) {
	for _, d := range comments {
		if len(c.problems) > maxProblems {
			return
		}
		if _, doc := d.doc(); !doc {
			continue
		}
		if _, lone := c.docs[d.next]; lone || d.next < 0 {
			c.problems.Warnf(codeDoc, d.span, "a doc comment that belongs to nothing").
				Help("doc comments stand on lines of their own above what they describe; other comments start with //")
		}
	}
}

// A documented node can have a doc comment.
type documented interface {
	setDoc(string)
	start() int
}

// start gives the offset of the node's first token; -1 if there is none.
func (n *Node) start() int {
	if len(n.Tokens) == 0 {
		return -1
	}
	return n.Tokens[0].Pos.Offset
}

// A holder has bodies, or values that may have some.
type holder interface{ collect(c *collector) }

// visit takes what a part of the tree holds.
func (c *collector) visit(v any) {
	if d, ok := v.(documented); ok {
		if text, ok := c.docs[d.start()]; ok {
			d.setDoc(text)
			delete(c.docs, d.start())
		}
	}
	if h, ok := v.(holder); ok {
		h.collect(c)
	}
}

func (b *Body[S]) collect(c *collector) {
	c.problems = append(c.problems, b.problems...)
	for _, item := range b.Items {
		c.visit(item)
	}
}

func (s *Settings[S]) collect(c *collector) {
	c.problems = append(c.problems, s.problems...)
	for _, item := range s.Items {
		c.visit(item)
	}
}

func (k *Const) collect(c *collector)   { c.visit(k.Value) }
func (e *Enum) collect(c *collector)    { e.Values.collect(c) }
func (m *Message) collect(c *collector) { m.Fields.collect(c) }
func (f *Field) collect(c *collector)   { c.visit(f.Default) }
func (p *Param) collect(c *collector)   { c.visit(p.Default) }
func (p *Port) collect(c *collector)    { p.Settings.collect(c) }

func (a *Actor) collect(c *collector) {
	if a.Params != nil {
		a.Params.collect(c)
	}
	a.Settings.collect(c)
	a.Ports.collect(c)
}

func (g *Graph) collect(c *collector) {
	if g.Params != nil {
		g.Params.collect(c)
	}
	g.Statements.collect(c)
}

func (i *Instance) collect(c *collector) {
	i.Args.collect(c)
	i.Settings.collect(c)
}

func (e *Exec) collect(c *collector) {
	if e.Argv != nil {
		e.Argv.collect(c)
	}
}

func (w *Wire) collect(c *collector)     { w.Settings.collect(c) }
func (a *Arg) collect(c *collector)      { c.visit(a.Value) }
func (e *Expose) collect(c *collector)   { c.visit(e.Address) }
func (b *Bind) collect(c *collector)     { c.visit(b.Address) }
func (b *Connect) collect(c *collector)  { c.visit(b.Address) }
func (r *Replicas) collect(c *collector) { c.visit(r.Count) }
func (v *EnvVar) collect(c *collector)   { c.visit(v.Value) }
func (q *Queue) collect(c *collector)    { c.visit(q.Size) }
func (j *Journal) collect(c *collector)  { c.visit(j.Dir) }
func (t *Timeout) collect(c *collector)  { c.visit(t.Limit) }
func (r *Retry) collect(c *collector)    { c.visit(r.Count) }
func (l *List) collect(c *collector)     { l.Elems.collect(c) }
func (m *Map) collect(c *collector)      { m.Entries.collect(c) }
func (e *Entry) collect(c *collector)    { c.visit(e.Value) }

func (r *Restart) collect(c *collector) {
	c.visit(r.Max)
	c.visit(r.Within)
}
