package check

import (
	"strings"

	"github.com/ilpomo/opencore/internal/filter"
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// conditions gives each link its filter: that of its only hop, or, where it
// leads through components, all that its hops say together.
func (n *net) conditions() {
	k := &conditions{net: n, from: map[portKey][]*hop{}, deep: map[portKey]bool{}}
	for _, h := range n.hops {
		k.from[h.from.key()] = append(k.from[h.from.key()], h)
		if h.to.alias() {
			k.deep[h.from.key()] = true
		}
	}
	for _, l := range n.links {
		k.link(l)
	}
}

// conditions are what messages must meet to pass from port to port.
type conditions struct {
	*net
	from map[portKey][]*hop // the hops that leave each port, in the order written
	deep map[portKey]bool   // ports from which one of them leads into a component
}

// link makes the filter of a link.
func (k *conditions) link(l *link) {
	c := &condition{conditions: k, message: l.from.instance.Message(l.from.port.Message), topic: k.topicAt(l.from)}
	if c.message == nil {
		return
	}
	for _, h := range l.hops {
		k.at = h.frame
		w := h.where()
		if w != nil && k.noPairFilter(h, w.Span()) {
			c.where(l, h, w)
			c.words = append(c.words, w.Expr.Source)
		}
		if h.isElse {
			c.words = append(c.words, "else")
		}
		switch {
		case h.isElse && len(l.hops) == 1 && !k.deep[h.from.key()]:
			l.wire.Else = true
		case h.isElse:
			c.refused(h, w, func(other *hop) bool { return other != h && !other.isElse })
		case k.deep[h.from.key()] && h.from.port.Pattern.Requests():
			c.refused(h, w, func(other *hop) bool { return other.order < h.order && other.to.alias() })
		}
	}
	k.at = l.frame()
	l.wire.Where = c.all(l)
}

// topicAt reports whether the messages of a port may have a topic.
func (n *net) topicAt(e end) bool {
	switch {
	case n.topics[e.port], e.instance.Actor.External:
		return true
	case n.heads[e.instance.Actor] == nil:
		return false
	}
	return e.port.Pattern == model.Pub || e.port.Pattern == model.Sub || e.port.Pattern == model.In
}

// where is the filter that stands at a hop; nil if none does.
func (h *hop) where() *syntax.Where {
	for _, s := range h.node.Settings.Items {
		if w, ok := s.(*syntax.Where); ok && w.Expr != nil && !w.Expr.Broken {
			return w
		}
	}
	return nil
}

// A condition is what is known of one link.
type condition struct {
	*conditions
	message *schema.Message
	topic   bool
	terms   []string
	words   []string    // what stands at the hops
	first   *model.Expr // the filter that stands there alone
	placed  diag.Span
	bad     bool // a filter of it is wrong
}

// where adds the filter of a hop, and says what it is worth.
func (c *condition) where(l *link, h *hop, w *syntax.Where) {
	expr, checked := c.expr(exprSource(w.Expr), c.filterScope(c.message, c.topic), boolType)
	if expr == nil {
		c.bad = true
		return
	}
	c.add(expr.Text(), w.Span())
	if c.first == nil {
		c.first = checked
	}
	value, same := expr.Constant()
	switch {
	case !same:
	case value == true && h.frame.up == nil:
		c.warnf(codeExprSame, w.Expr.Span(), "this filter is always true, so the wire needs none")
		h.always = true
	case value != true && h.frame.up == nil:
		c.warnf(codeExprSame, w.Expr.Span(), "this filter is always false, so the wire takes nothing")
		l.never = true
	case value != true: // for what the component is given here
		l.never = true
	}
}

func (c *condition) add(term string, at diag.Span) {
	if len(c.terms) == 0 {
		c.placed = at
	}
	c.terms = append(c.terms, term)
}

// refused adds that some other hops of the port don't take a message. An else
// is relative to the port where it is written; and a request that leads into a
// component stays there.
func (c *condition) refused(h *hop, w *syntax.Where, some func(*hop) bool) {
	at := h.span
	if w == nil && h.isElse {
		at = h.elseSpan()
	}
	for _, other := range c.from[h.from.key()] {
		if !some(other) {
			continue
		}
		text := "false"
		if w := other.where(); w != nil {
			expr := c.meaning(exprKey{w.Expr.Source, c.filterScope(c.message, c.topic), boolType}).expr
			if expr == nil { // reported there
				c.bad = true
				return
			}
			text = "!(" + expr.Text() + ")"
		}
		c.add(text, at)
	}
}

// all is the filter of the link; nil if there is none, or one that is wrong.
func (c *condition) all(l *link) *model.Expr {
	switch {
	case c.bad, len(c.terms) == 0:
		return nil
	case len(c.terms) == 1 && c.first != nil:
		return c.first
	}
	text := c.terms[0]
	if len(c.terms) > 1 {
		text = "(" + strings.Join(c.terms, ") && (") + ")"
	}
	expr, problems := filter.Check(text, c.planScope(c.message, c.topic), boolType)
	if len(problems) > 0 {
		c.errorf(kindCodes[problems[0].Kind], c.placed, "with what the wires through components say besides, %s", problems[0].Message)
	}
	if expr == nil {
		return nil
	}
	if value, same := expr.Constant(); same && value != true {
		l.never = true
	}
	return &model.Expr{Written: c.written(), Source: expr.Text(), Span: c.placed, Names: expr.Names(), Checked: expr}
}

// written is what stands at the hops, as one text. That a request has been
// taken further up is written nowhere.
func (c *condition) written() string {
	if len(c.words) == 1 {
		return c.words[0]
	}
	words := make([]string, len(c.words))
	for i, word := range c.words {
		if words[i] = word; strings.ContainsAny(word, "|?") {
			words[i] = "(" + word + ")"
		}
	}
	return strings.Join(words, " && ")
}
