package check

import (
	"maps"
	"slices"
	"strings"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/syntax"
)

// An Index is what the checker came to know of a program whatever is wrong with
// it, for tools that work on what is being written.
type Index struct {
	own      *scope
	standard map[string]*scope
	types    map[*syntax.Instance]map[string]*schema.Message
	uses     map[*syntax.Graph][]*Use
}

// A Use is what a component is for those of its instances that give its type
// parameters the same messages.
type Use struct {
	own   map[string]*schema.Message
	types map[*syntax.Instance]map[string]*schema.Message
}

// Own gives what the type parameters of the component itself stand for, as far
// as that is known.
func (u *Use) Own() map[string]*schema.Message { return u.own }

// Types gives what those of an instance within the component stand for.
func (u *Use) Types(i *syntax.Instance) map[string]*schema.Message { return u.types[i] }

// Inspect is [Check] that gives an index too.
func Inspect(program Program, standard []Standard) (*model.Program, diag.List, *Index) {
	c := newChecker(program, standard)
	m, found := c.run()
	return m, found, c.index()
}

// index gathers what is worth keeping of a run.
func (c *checker) index() *Index {
	x := &Index{own: c.own, standard: c.standard, types: map[*syntax.Instance]map[string]*schema.Message{}, uses: map[*syntax.Graph][]*Use{}}
	for _, n := range c.nets {
		for _, f := range n.frames {
			x.use(f)
		}
		for _, i := range n.instances {
			x.keep(i)
		}
		for _, i := range n.parts {
			x.keep(i)
		}
	}
	return x
}

// keep notes what the type parameters of an instance are. Of one in a component
// that is used more than once, the first use counts.
func (x *Index) keep(i *instance) {
	if len(i.Types) > 0 && x.types[i.node] == nil {
		x.types[i.node] = i.Types
	}
}

// use notes what a component with type parameters is used for, once for all that
// use it for the same messages.
func (x *Index) use(f *frame) {
	if f.part == nil || len(f.part.Types) == 0 {
		return
	}
	if slices.ContainsFunc(x.uses[f.node], func(u *Use) bool { return maps.Equal(u.own, f.part.Types) }) {
		return
	}
	u := &Use{own: f.part.Types, types: map[*syntax.Instance]map[string]*schema.Message{}}
	for _, i := range f.byName {
		u.types[i.node] = i.Types
	}
	x.uses[f.node] = append(x.uses[f.node], u)
}

// Uses gives what a component with type parameters is used for, each once. A
// program that doesn't use it has none.
func (x *Index) Uses(g *syntax.Graph) []*Use { return x.uses[g] }

// Types gives what the type parameters of an instance stand for, as far as that
// is known. Of one in a component with several uses it is that of the first.
func (x *Index) Types(i *syntax.Instance) map[string]*schema.Message { return x.types[i] }

// Message finds a message by the name that programs call it, "Quake" or
// "timer.Tick"; nil if there is none. What is wrong with it may be missing.
func (x *Index) Message(name string) *schema.Message {
	if pack, rest, ok := strings.Cut(name, "."); ok {
		return x.standard[pack].message(rest)
	}
	if d := builtins[name]; d != nil {
		return d.message.Message
	}
	return x.own.message(name)
}

func (s *scope) message(name string) *schema.Message {
	if s == nil || s.names[name] == nil || s.names[name].message == nil {
		return nil
	}
	return s.names[name].message.Message
}

// ConstType gives the type of a const; nil if it is not known.
func (x *Index) ConstType(name string) *schema.Type {
	if d := x.own.names[name]; d != nil && d.constant != nil {
		return d.constant.typ
	}
	return nil
}
