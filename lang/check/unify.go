package check

import (
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
)

// A term is what is known about the type of a port at an instance: a message,
// or a variable that wires may yet determine. The zero term is a type that is
// not known because something about it is wrong; it fits everything.
type term struct {
	message  *schema.Message
	variable *typeVar
}

// A typeVar stands for one type parameter of one instance. Variables that
// wires have made equal share a root, which alone knows their message.
type typeVar struct {
	instance string // whose parameter it is
	param    string
	parent   *typeVar        // nil at the root
	rank     int             // bounds the depth of the tree below a root
	message  *schema.Message // of a root; nil while undetermined
	cause    diag.Span       // of a root with a message: what determined it
	silent   bool            // of a root: something about it is wrong already, so it may stay undetermined
}

// root finds what the variable is equal to, and shortens the way there.
func (v *typeVar) root() *typeVar {
	for v.parent != nil {
		if v.parent.parent != nil {
			v.parent = v.parent.parent
		}
		v = v.parent
	}
	return v
}

// resolved gives the message of a term and what determined it; nil if
// nothing has.
func (t term) resolved() (*schema.Message, diag.Span) {
	if t.variable == nil {
		return t.message, diag.Span{}
	}
	r := t.variable.root()
	return r.message, r.cause
}

// silence tells that a wire of the term is wrong, so that the term being
// undetermined is no finding of its own.
func (t term) silence() {
	if t.variable != nil {
		t.variable.root().silent = true
	}
}

// unify makes two terms equal because of what stands at cause. It reports
// false, and changes nothing, if they are different messages.
func unify(a, b term, cause diag.Span) bool {
	switch {
	case a == (term{}) || b == (term{}):
		a.silence()
		b.silence()
		return true
	case a.variable == nil && b.variable == nil:
		return a.message.Name == b.message.Name
	case a.variable == nil:
		return b.variable.determine(a.message, cause)
	case b.variable == nil:
		return a.variable.determine(b.message, cause)
	default:
		return join(a.variable.root(), b.variable.root())
	}
}

// determine gives the variable its message, or compares it with the one it
// has.
func (v *typeVar) determine(m *schema.Message, cause diag.Span) bool {
	r := v.root()
	if r.message == nil {
		r.message, r.cause = m, cause
	}
	return r.message.Name == m.Name
}

// join makes one root of two.
func join(a, b *typeVar) bool {
	if a == b {
		return true
	}
	if a.message != nil && b.message != nil && a.message.Name != b.message.Name {
		return false
	}
	if a.rank < b.rank {
		a, b = b, a
	}
	if a.rank == b.rank {
		a.rank++
	}
	b.parent = a
	a.silent = a.silent || b.silent
	if a.message == nil {
		a.message, a.cause = b.message, b.cause
	}
	return true
}
