package check

import (
	"strings"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/syntax"
)

// recursion refuses messages that contain themselves, over whatever they
// contain, and cuts them where it found out, so that all other passes may
// walk into messages without an end in mind.
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
		inner := innerMessage(m.Fields[i].Type)
		if inner == nil {
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
	d := r.errorf(codeUnsupported, at.Span(), "messages that contain themselves are not in this release")
	if len(way) > 2 {
		d.Note(at.Span(), "the way round is %s", strings.Join(way, " -> "))
	}
}

func (r *recursion) typeOfField(m *schema.Message, name string) *syntax.Type {
	for _, f := range r.nodes[m].Fields.Items {
		if f != nil && f.Name != nil && f.Name.Text == name {
			return f.Type
		}
	}
	return nil
}

// innerMessage is the message that a type contains; nil if none.
func innerMessage(t *schema.Type) *schema.Message {
	for t.Elem != nil {
		t = t.Elem
	}
	return t.Message
}
