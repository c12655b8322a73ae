package filter

// either reads values of two representations, told apart by their refs: in a
// filter on a Go struct, a ?? b may be a field or a computed list.
func either(s, t shape) shape {
	switch {
	case s == nil:
		return t
	case t == nil:
		return s
	}
	_, sDense := s.(*dense)
	_, tDense := t.(*dense)
	switch {
	case sDense == tDense:
		return s
	case sDense:
		return mixed{s, t}
	default:
		return mixed{t, s}
	}
}

type mixed struct{ dense, memory shape }

func (m mixed) of(r ref) shape {
	if r.n == inMemory {
		return m.memory
	}
	return m.dense
}

func (m mixed) field(i int) func(r ref) elem {
	dense, memory := m.dense.field(i), m.memory.field(i)
	return func(r ref) elem { return choose(r.n == inMemory, memory, dense)(r) }
}

func (m mixed) fieldShape(i int) shape       { return either(m.dense.fieldShape(i), m.memory.fieldShape(i)) }
func (m mixed) elemShape() shape             { return either(m.dense.elemShape(), m.memory.elemShape()) }
func (m mixed) count(r ref) (n int, ok bool) { return m.of(r).count(r) }
func (m mixed) at(r ref, i int) elem         { return m.of(r).at(r, i) }
func (m mixed) get(r ref, key string) elem   { return m.of(r).get(r, key) }
func (m mixed) null(r ref) bool              { return m.of(r).null(r) }
