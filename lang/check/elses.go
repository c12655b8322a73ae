package check

import (
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/syntax"
)

// A wireKey is what makes two wires the same: their ends and what they take.
type wireKey struct {
	from, to portKey
	where    string
	isElse   bool
}

// sameWires reports wires that stand there twice.
func (n *net) sameWires() {
	seen := make(map[wireKey]*link, len(n.links))
	for _, l := range n.links {
		key := wireKey{portKey{l.from.instance, l.from.port}, portKey{l.to.instance, l.to.port}, l.filterText(), l.wire.Else}
		if first := seen[key]; first != nil {
			n.errorf(codeSameWire, l.wire.Span, "the wire %s stands here twice", l.wire.Name()).
				Note(first.wire.Span, "first here")
			continue
		}
		seen[key] = l
	}
}

// filterText is the filter of a link as it was written; "" if there is none.
func (l *link) filterText() string {
	for _, s := range l.node.Settings.Items {
		if w, ok := s.(*syntax.Where); ok && w.Expr != nil {
			return w.Expr.Source
		}
	}
	return ""
}

// elses checks that an else has filters beside it, and no other else.
func (n *net) elses() {
	for _, l := range n.links {
		if !l.wire.Else {
			continue
		}
		beside := n.ports[portKey{l.from.instance, l.from.port}]
		switch first := firstElse(beside); {
		case first != l:
			n.errorf(codeTwoElse, l.elseSpan(), "%q has two wires with else", l.from.name()).
				Note(first.elseSpan(), "the first one is here")
		case !filtered(beside) && !l.from.instance.doubtful:
			n.errorf(codeLoneElse, l.elseSpan(), "no other wire of %q has a filter, so there is no else", l.from.name())
		}
	}
}

func firstElse(links []*link) *link {
	for _, l := range links {
		if l.wire.Else {
			return l
		}
	}
	return nil
}

// filtered reports whether one of the wires of a port has a filter.
func filtered(links []*link) bool {
	for _, l := range links {
		if l.filterText() != "" {
			return true
		}
	}
	return false
}

// elseSpan is the place of the word else.
func (l *link) elseSpan() diag.Span {
	for _, s := range l.node.Settings.Items {
		if e, ok := s.(*syntax.Else); ok {
			return e.Span()
		}
	}
	return l.wire.Span
}
