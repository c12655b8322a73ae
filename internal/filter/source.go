package filter

import (
	"encoding/binary"
	"math"
	"time"
	"unsafe"

	"github.com/ilpomo/opencore/internal/schema"
)

// A source reads the fields of the message itself. That is where a filter
// spends its time, so each kind of field has a function of its own.
type source interface {
	num(i int) numFn
	flt(i int) fltFn
	str(i int) strFn
	elem(i int) elemFn
	shape(i int) shape
}

// absent is a message that can't be read: all its fields are null.
type absent struct{ *dense }

func (absent) num(int) numFn       { return func(*env) (int64, bool) { return 0, false } }
func (absent) flt(int) fltFn       { return func(*env) (float64, bool) { return 0, false } }
func (absent) str(int) strFn       { return func(*env) (string, bool) { return "", false } }
func (absent) elem(int) elemFn     { return func(*env) elem { return elem{} } }
func (a absent) shape(i int) shape { return a.fieldShape(i) }

// denseSource reads env.rec, which is as long as the layout says.
type denseSource struct{ *dense }

func (d denseSource) shape(i int) shape { return d.fieldShape(i) }

func (d denseSource) elem(i int) elemFn {
	l := d.layout
	f := &l.Fields[i]
	return func(e *env) elem { return readField(l, f, e.rec) }
}

func (d denseSource) num(i int) numFn {
	f := &d.layout.Fields[i]
	slot, bit := f.Slot, f.Presence
	if f.Type.SlotSize() == 1 {
		return d.small(f)
	}
	if bit < 0 {
		return func(e *env) (int64, bool) {
			return int64(binary.LittleEndian.Uint64(e.rec[slot:])), true
		}
	}
	at, mask := bit>>3, byte(1)<<(bit&7)
	return func(e *env) (int64, bool) {
		return int64(binary.LittleEndian.Uint64(e.rec[slot:])), e.rec[at]&mask != 0
	}
}

// small reads bools and enums.
func (d denseSource) small(f *schema.FieldLayout) numFn {
	slot := f.Slot
	if f.Presence >= 0 {
		return func(e *env) (int64, bool) {
			v := readSlot(f.Type, e.rec[slot:])
			return v.bits, v.ok && f.Present(e.rec)
		}
	}
	if f.Type.Kind == schema.Bool {
		return func(e *env) (int64, bool) { return truth(e.rec[slot] != 0), true }
	}
	values := len(f.Type.Enum.Values)
	return func(e *env) (int64, bool) {
		v := e.rec[slot]
		return int64(v), int(v) < values
	}
}

func (d denseSource) flt(i int) fltFn {
	f := &d.layout.Fields[i]
	slot, bit := f.Slot, f.Presence
	if bit < 0 {
		return func(e *env) (float64, bool) {
			return math.Float64frombits(binary.LittleEndian.Uint64(e.rec[slot:])), true
		}
	}
	at, mask := bit>>3, byte(1)<<(bit&7)
	return func(e *env) (float64, bool) {
		return math.Float64frombits(binary.LittleEndian.Uint64(e.rec[slot:])), e.rec[at]&mask != 0
	}
}

func (d denseSource) str(i int) strFn {
	l := d.layout
	f := &l.Fields[i]
	if f.Presence >= 0 {
		return func(e *env) (string, bool) {
			v := readField(l, f, e.rec)
			return v.ref.text(), v.ok
		}
	}
	data, slot, previous := l.Data, f.Slot, f.Previous
	if previous < 0 {
		return func(e *env) (string, bool) {
			return textAt(e.rec[data:], 0, binary.LittleEndian.Uint32(e.rec[slot:]))
		}
	}
	return func(e *env) (string, bool) {
		return textAt(e.rec[data:], binary.LittleEndian.Uint32(e.rec[previous:]), binary.LittleEndian.Uint32(e.rec[slot:]))
	}
}

func textAt(data []byte, start, end uint32) (string, bool) {
	if start > end || uint64(end) > uint64(len(data)) {
		return "", false
	}
	b := data[start:end]
	return unsafe.String(unsafe.SliceData(b), len(b)), true
}

// memorySource reads env.mem.
type memorySource struct{ *memory }

func (m memorySource) shape(i int) shape { return m.fieldShape(i) }

func (m memorySource) elem(i int) elemFn {
	offset, load := m.fields[i].offset, m.fields[i].load
	return func(e *env) elem { return load(unsafe.Add(e.mem, offset)) }
}

func (m memorySource) num(i int) numFn {
	offset, t := m.fields[i].offset, m.t.Message.Fields[i].Type
	switch {
	case t.Kind == schema.Time && !t.Optional:
		return func(e *env) (int64, bool) { return (*time.Time)(unsafe.Add(e.mem, offset)).UnixNano(), true }
	case t.Kind == schema.Bool && !t.Optional:
		return func(e *env) (int64, bool) { return truth(*(*bool)(unsafe.Add(e.mem, offset))), true }
	case t.Kind == schema.Enum && !t.Optional:
		values := int64(len(t.Enum.Values))
		return func(e *env) (int64, bool) {
			v := int64(*(*uint8)(unsafe.Add(e.mem, offset)))
			return v, v < values
		}
	case t.SlotSize() == 1 || t.Kind == schema.Time:
		return numOf(m.elem(i))
	case t.Optional:
		return func(e *env) (int64, bool) {
			p := *(**int64)(unsafe.Add(e.mem, offset))
			if p == nil {
				return 0, false
			}
			return *p, true
		}
	}
	return func(e *env) (int64, bool) { return *(*int64)(unsafe.Add(e.mem, offset)), true }
}

func (m memorySource) flt(i int) fltFn {
	offset := m.fields[i].offset
	if m.t.Message.Fields[i].Type.Optional {
		return func(e *env) (float64, bool) {
			p := *(**float64)(unsafe.Add(e.mem, offset))
			if p == nil {
				return 0, false
			}
			return *p, true
		}
	}
	return func(e *env) (float64, bool) { return *(*float64)(unsafe.Add(e.mem, offset)), true }
}

func (m memorySource) str(i int) strFn {
	offset, t := m.fields[i].offset, m.t.Message.Fields[i].Type
	if t.Kind == schema.String && !t.Optional {
		return func(e *env) (string, bool) { return *(*string)(unsafe.Add(e.mem, offset)), true }
	}
	return strOf(m.elem(i))
}

// The results of a function of any kind, as one of its kind.

func numOf(f elemFn) numFn {
	return func(e *env) (int64, bool) {
		v := f(e)
		return v.bits, v.ok
	}
}

func fltOf(f elemFn) fltFn {
	return func(e *env) (float64, bool) {
		v := f(e)
		return math.Float64frombits(uint64(v.bits)), v.ok
	}
}

func strOf(f elemFn) strFn {
	return func(e *env) (string, bool) {
		v := f(e)
		return v.ref.text(), v.ok
	}
}

func refOf(f elemFn) refFn {
	return func(e *env) (ref, bool) {
		v := f(e)
		return v.ref, v.ok
	}
}
