package check

import (
	"strings"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/syntax"
)

// recursion refuses messages that contain themselves without end: through
// fields that are always there, none of them a list, a map or optional. It
// cuts them where it found out, so that other passes may walk into such fields
// without an end in mind.
func (c *checker) recursion() {
	r := &recursion{checker: c, nodes: map[*schema.Message]*syntax.Message{}, place: map[*schema.Message]int{}}
	for _, s := range c.scopes {
		for _, m := range s.messageNodes {
			r.nodes[m.decl.message.Message] = m.node
		}
	}
	for _, s := range c.scopes {
		for _, m := range s.messageNodes {
			r.walk(m.decl.message.Message)
		}
	}
}

type recursion struct {
	*checker
	nodes map[*schema.Message]*syntax.Message
	path  []*schema.Message       // those that contain each other, outermost first
	place map[*schema.Message]int // of a message seen, in path; offPath if it is no longer there
}

// offPath is the place of a message that is done with.
const offPath = -1

func (r *recursion) walk(m *schema.Message) {
	if _, seen := r.place[m]; seen {
		return
	}
	r.place[m] = len(r.path)
	r.path = append(r.path, m)
	for i := range m.Fields {
		inner := m.Fields[i].Type.Message
		if inner == nil || m.Fields[i].Type.Optional {
			continue
		}
		if at, seen := r.place[inner]; seen && at != offPath {
			r.refuse(m, i, r.path[at:])
			m.Fields[i].Type = &schema.Type{}
			continue
		}
		r.walk(inner)
	}
	r.path = r.path[:len(r.path)-1]
	r.place[m] = offPath
}

// refuse reports field i of m, which leads back to the first of the cycle.
func (r *recursion) refuse(m *schema.Message, i int, cycle []*schema.Message) {
	var way []string
	for _, m := range cycle {
		way = append(way, m.Name)
	}
	way = append(way, cycle[0].Name)
	at := r.typeOfField(m, m.Fields[i].Name)
	if at == nil {
		return
	}
	d := r.errorf(codeEndlessly, at.Span(), "message %q contains itself without end", cycle[0].Name)
	if len(way) > 2 {
		d.Note(at.Span(), "the way round is %s", strings.Join(way, " -> "))
	}
	d.Help("let it end: %s?, or a list [%[1]s]", sourceOf(at))
}

func (r *recursion) typeOfField(m *schema.Message, name string) *syntax.Type {
	for _, f := range r.nodes[m].Fields.Items {
		if f != nil && f.Name != nil && f.Name.Text == name {
			return f.Type
		}
	}
	return nil
}

// endlessDefault reports a default of a message that contains itself, which
// would have that default within, and so on.
func (c *checker) endlessDefault(f *syntax.Field, field *schema.Field) bool {
	inner := field.Type.Inner()
	if inner == nil || !inner.Recursive() || isEmpty(f.Default) {
		return false
	}
	c.errorf(codeEndlessly, f.Default.Span(), "the default of %q is one of a message that contains itself, and would have that default within", field.Name)
	return true
}

// isEmpty reports whether a value holds nothing.
func isEmpty(v syntax.Value) bool {
	switch v := v.(type) {
	case *syntax.Nil:
		return true
	case *syntax.List:
		return len(v.Elems.Items) == 0
	case *syntax.Map:
		return len(v.Entries.Items) == 0
	}
	return false
}
