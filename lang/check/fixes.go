package check

import (
	"iter"
	"strconv"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// write is the edit that puts a text in the place of words.
func write(at diag.Span, text string) diag.Edit { return diag.Edit{Span: at, New: text} }

// insert is the edit that puts a text behind words.
func insert(behind diag.Span, text string) diag.Edit { return write(behind.After(), text) }

// quoted is the edit that makes a text of a name.
func quoted(v *syntax.Ref) diag.Edit { return write(v.Span(), strconv.Quote(v.Name)) }

// addItem is the edit that adds an item at the end of a list in brackets.
func addItem[S interface{ Span() diag.Span }](list *syntax.Body[S], item string) diag.Edit {
	if n := len(list.Items); n > 0 {
		return insert(list.Items[n-1].Span(), ", "+item)
	}
	end := list.Span().End
	end.Column--
	end.Offset--
	return write(diag.Span{File: list.Span().File, Start: end, End: end}, item)
}

// example is a value of a type that can stand in a program until its author
// says another; "" if there is none without looking deeper.
func example(t *schema.Type) string {
	switch {
	case t == nil:
		return `"true"`
	case t.Optional:
		return "nil"
	case t.Kind == schema.Enum && len(t.Enum.Values) > 0:
		return t.Enum.Values[0]
	}
	return examples[t.Kind]
}

var examples = map[schema.Kind]string{
	schema.Bool: "false", schema.Int: "0", schema.Float: "0.0", schema.String: `""`, schema.Bytes: `""`,
	schema.Duration: "1s", schema.Time: `"2000-01-01T00:00:00Z"`, schema.List: "[]", schema.Map: "{}",
}

// takes gives a predicate for names: whether one means a value that can stand
// where one of type t belongs; nil if that is not known.
func (n *names) takes(t *schema.Type) func(name string) bool {
	if t == nil {
		return nil
	}
	return func(name string) bool {
		param, constant := n.lookup(name)
		switch {
		case param != nil:
			return param.Type.Type != nil && assignable(param.Type.Type, t)
		case constant != nil && constant.typ != nil:
			return assignable(constant.typ, t)
		}
		return false
	}
}

// except leaves out names that are given already, for they can't have been
// meant.
func except(names iter.Seq[string], given map[string]bool) iter.Seq[string] {
	return func(yield func(string) bool) {
		for name := range names {
			if !given[name] && !yield(name) {
				return
			}
		}
	}
}

// hasPort gives a predicate for the names of instances: whether one has what a
// reference says.
func (n *net) hasPort(ref *syntax.PortRef) func(name string) bool {
	return func(name string) bool {
		i := n.at.byName[name]
		return i.Actor != nil && (ref.Port == nil || i.Actor.Port(ref.Port.Text) != nil)
	}
}

// isPort gives a predicate for the names of an actor's ports: whether a wire
// can be there with the side that it has.
func isPort(a *model.Actor, side func(model.Pattern) bool) func(name string) bool {
	return func(name string) bool {
		p := a.Port(name)
		return p != nil && (side == nil || side(p.Pattern))
	}
}

// keysOf lists the keys of a map.
func keysOf(v *syntax.Map) map[string]bool {
	keys := map[string]bool{}
	for _, e := range v.Entries.Items {
		if e != nil && e.Key != nil {
			keys[e.Key.Text] = true
		}
	}
	return keys
}

// keyLike writes a key in quotes where the one of an entry is.
func keyLike(e *syntax.Entry) func(string) string {
	return func(name string) string {
		if span := e.Key.Span(); span.End.Offset-span.Start.Offset > len(e.Key.Text) {
			return strconv.Quote(name)
		}
		return name
	}
}

// turned is the edits that turn a wire with two ends around.
func turned(w *syntax.Wire) []diag.Edit {
	from, to := w.Ends[0], w.Ends[1]
	return []diag.Edit{write(from.Span(), to.Text()), write(to.Span(), from.Text())}
}
