package filter

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/ilpomo/opencore/internal/schema"
)

// A listWriter fills in a list in the dense encoding at the end of scratch:
// the data is appended, the rest was made room for.
type listWriter struct {
	elem               *schema.Type
	from, slots, start int // offsets in scratch: of the list, its slots and its data
}

func (e *env) newList(elem *schema.Type, n int) listWriter {
	w := listWriter{elem: elem, from: len(e.scratch)}
	w.slots = w.from + countSize
	if elem.Optional {
		w.slots += (n + 7) / 8
	}
	w.start = w.slots + n*elem.SlotSize()
	e.scratch = slices.Grow(e.scratch, w.start-w.from)[:w.start]
	clear(e.scratch[w.from:])
	binary.LittleEndian.PutUint32(e.scratch[w.from:], uint32(n))
	return w
}

// end says that the data of element i ends here.
func (w listWriter) end(e *env, i int) {
	binary.LittleEndian.PutUint32(e.scratch[w.slots+4*i:], uint32(len(e.scratch)-w.start))
}

// present says that optional element i is there.
func (w listWriter) present(e *env, i int) {
	if w.elem.Optional {
		e.scratch[w.from+countSize+i>>3] |= 1 << (i & 7)
	}
}

// bits sets an element without data.
func (w listWriter) bits(e *env, i int, v int64) {
	if w.elem.SlotSize() == 1 {
		e.scratch[w.slots+i] = byte(v)
		return
	}
	binary.LittleEndian.PutUint64(e.scratch[w.slots+8*i:], uint64(v))
}

func (w listWriter) ref(e *env) ref { return refTo(e.scratch[w.from:]) }

// list compiles a literal whose elements are not all constant. Where a
// computation gives null and the type of the elements has none, the list is null.
func (c *compiler) list(n *node) refFn {
	elem := n.t.Elem
	set := compileAll(n.kids, func(k *node) setter { return c.setter(k, classOf(elem)) })
	return func(e *env) (ref, bool) {
		from := len(e.scratch)
		w := e.newList(elem, len(set))
		for i, f := range set {
			if !f(e, w, i) && !elem.Optional {
				e.scratch = e.scratch[:from]
				return ref{}, false
			}
		}
		return w.ref(e), len(e.scratch) <= maxScratch
	}
}

// A setter sets element i; it gives false if that is null.
type setter func(e *env, w listWriter, i int) bool

func (c *compiler) setter(k *node, as class) setter {
	switch as {
	case strs:
		f := c.str(k)
		return func(e *env, w listWriter, i int) bool {
			to := len(e.scratch)
			s, ok := f(e)
			if ok = ok && len(s) <= maxResult; ok {
				w.present(e, i)
			} else {
				s = ""
			}
			e.scratch = append(e.scratch[:to], s...)
			w.end(e, i)
			return ok
		}
	case flts:
		f := c.flt(k)
		return setBits(func(e *env) (int64, bool) {
			v, ok := f(e)
			return int64(math.Float64bits(v)), ok
		})
	}
	return setBits(c.num(k))
}

func setBits(f numFn) setter {
	return func(e *env, w listWriter, i int) bool {
		to := len(e.scratch)
		v, ok := f(e)
		e.scratch = e.scratch[:to]
		if ok {
			w.bits(e, i, v)
			w.present(e, i)
		}
		return ok
	}
}

// encodeList puts constants into the dense encoding.
func encodeList(elem *schema.Type, values []any) []byte {
	e := &env{}
	w := e.newList(elem, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case nil:
		case int64:
			w.bits(e, i, v)
			w.present(e, i)
		case float64:
			w.bits(e, i, int64(math.Float64bits(v)))
			w.present(e, i)
		case string:
			e.scratch = append(e.scratch, v...)
			w.present(e, i)
		}
		if elem.HasData() {
			w.end(e, i)
		}
	}
	return e.scratch
}
