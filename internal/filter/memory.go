package filter

import (
	"fmt"
	"reflect"
	"time"
	"unsafe"

	"github.com/ilpomo/opencore/internal/schema"
)

// memory is the shape of values in Go variables, as generated code declares
// them: see [Program.ForStruct].
type memory struct {
	t      *schema.Type
	fields []memoryField // of a record
	elem   *memory       // of a list or map
	load   loader        // reads an element of a list or map
	stride uintptr       // from one element of a list to the next
	goType reflect.Type  // of a map
}

type memoryField struct {
	offset uintptr
	load   loader
	shape  *memory
}

// A loader reads the variable that p points to.
type loader func(p unsafe.Pointer) elem

// A builder makes shapes, one for each message, since messages may hold
// themselves.
type builder map[builderKey]*memory

type builderKey struct {
	message *schema.Message
	goType  reflect.Type
}

// shape gives the shape of values of t that are kept in Go variables of type
// g, nil without error for types without parts.
func (b builder) shape(t *schema.Type, g reflect.Type) (*memory, error) {
	if t.Optional {
		if g.Kind() != reflect.Pointer {
			return nil, mismatched(t, g)
		}
		g = g.Elem()
	}
	switch t.Kind {
	case schema.Record:
		return b.record(t, g)
	case schema.List, schema.Map:
		return b.container(t, g)
	case schema.Any:
		if g.Kind() != reflect.Interface {
			return nil, mismatched(t, g)
		}
		return &memory{t: t}, nil
	}
	if !scalarType(t, g) {
		return nil, mismatched(t, g)
	}
	return nil, nil
}

func mismatched(t *schema.Type, g reflect.Type) error {
	return fmt.Errorf("%s in Go does not hold values of type %s", g, t)
}

// scalarType reports whether g holds values of a type without parts.
func scalarType(t *schema.Type, g reflect.Type) bool {
	switch t.Kind {
	case schema.Bool:
		return g.Kind() == reflect.Bool
	case schema.Int, schema.Duration:
		return g.Kind() == reflect.Int64
	case schema.Float:
		return g.Kind() == reflect.Float64
	case schema.String:
		return g.Kind() == reflect.String
	case schema.Bytes:
		return g.Kind() == reflect.Slice && g.Elem().Kind() == reflect.Uint8
	case schema.Enum:
		return g.Kind() == reflect.Uint8
	case schema.Time:
		return g == reflect.TypeFor[time.Time]()
	}
	return false
}

func (b builder) record(t *schema.Type, g reflect.Type) (*memory, error) {
	key := builderKey{t.Message, g}
	if m := b[key]; m != nil {
		return m, nil
	}
	if g.Kind() != reflect.Struct {
		return nil, mismatched(t, g)
	}
	m := &memory{t: t, fields: make([]memoryField, len(t.Message.Fields))}
	b[key] = m
	for i, f := range t.Message.Fields {
		field, ok := g.FieldByName(schema.GoName(f.Name))
		if !ok || len(field.Index) != 1 {
			return nil, fmt.Errorf("%s in Go has no field %s", g, schema.GoName(f.Name))
		}
		shape, err := b.shape(f.Type, field.Type)
		if err != nil {
			return nil, fmt.Errorf("field %q: %w", f.Name, err)
		}
		m.fields[i] = memoryField{field.Offset, load(f.Type), shape}
	}
	return m, nil
}

func (b builder) container(t *schema.Type, g reflect.Type) (*memory, error) {
	want := reflect.Slice
	if t.Kind == schema.Map {
		want = reflect.Map
	}
	if g.Kind() != want || want == reflect.Map && g.Key().Kind() != reflect.String {
		return nil, mismatched(t, g)
	}
	elem, err := b.shape(t.Elem, g.Elem())
	if err != nil {
		return nil, err
	}
	return &memory{t: t, elem: elem, load: load(t.Elem), stride: g.Elem().Size(), goType: g}, nil
}

// load gives the loader for variables of a type.
func load(t *schema.Type) loader {
	plain := loadPlain(t)
	if !t.Optional {
		return plain
	}
	return func(p unsafe.Pointer) elem {
		if p = *(*unsafe.Pointer)(p); p == nil {
			return elem{}
		}
		return plain(p)
	}
}

func loadPlain(t *schema.Type) loader {
	switch t.Kind {
	case schema.Bool:
		return func(p unsafe.Pointer) elem { return elem{bits: truth(*(*bool)(p)), ok: true} }
	case schema.Int, schema.Duration, schema.Float:
		return func(p unsafe.Pointer) elem { return elem{bits: *(*int64)(p), ok: true} }
	case schema.Time:
		return func(p unsafe.Pointer) elem { return elem{bits: (*time.Time)(p).UnixNano(), ok: true} }
	case schema.Enum:
		values := int64(len(t.Enum.Values))
		return func(p unsafe.Pointer) elem {
			v := int64(*(*uint8)(p))
			return elem{bits: v, ok: v < values}
		}
	case schema.String:
		return func(p unsafe.Pointer) elem { return elem{ref: refToText(*(*string)(p)), ok: true} }
	case schema.Bytes:
		return func(p unsafe.Pointer) elem { return elem{ref: refTo(*(*[]byte)(p)), ok: true} }
	}
	return func(p unsafe.Pointer) elem { return elem{ref: ref{p, inMemory}, ok: true} }
}

func (m *memory) field(i int) func(r ref) elem {
	offset, load := m.fields[i].offset, m.fields[i].load
	return func(r ref) elem { return load(unsafe.Add(r.p, offset)) }
}

func (m *memory) fieldShape(i int) shape { return shapeOrNil(m.fields[i].shape) }
func (m *memory) elemShape() shape       { return shapeOrNil(m.elem) }

func shapeOrNil(m *memory) shape {
	if m == nil {
		return nil
	}
	return m
}

func (m *memory) count(r ref) (n int, ok bool) {
	if m.t.Kind == schema.Map {
		return reflect.NewAt(m.goType, r.p).Elem().Len(), true
	}
	return len(*(*[]struct{})(r.p)), true
}

func (m *memory) at(r ref, i int) elem {
	base := *(*unsafe.Pointer)(r.p) // a slice begins with the pointer to its elements
	return m.load(unsafe.Add(base, uintptr(i)*m.stride))
}

func (m *memory) null(r ref) bool { return *(*any)(r.p) == nil }

// get reads maps without allocating, but those of lists, maps, messages and
// bytes.
func (m *memory) get(r ref, key string) elem {
	t := m.t.Elem
	switch {
	case t.Optional:
		p, ok := (*(*map[string]unsafe.Pointer)(r.p))[key]
		if !ok || p == nil {
			return elem{}
		}
		return loadPlain(t)(p)
	case t.Kind == schema.String:
		s, ok := (*(*map[string]string)(r.p))[key]
		return elem{ref: refToText(s), ok: ok}
	case t.Kind == schema.Int, t.Kind == schema.Float, t.Kind == schema.Duration:
		v, ok := (*(*map[string]int64)(r.p))[key] // a float is laid out as its bits
		return elem{bits: v, ok: ok}
	case t.Kind == schema.Bool, t.Kind == schema.Enum:
		v, ok := (*(*map[string]uint8)(r.p))[key]
		return elem{bits: int64(v), ok: ok && (t.Kind == schema.Bool || int(v) < len(t.Enum.Values))}
	case t.Kind == schema.Time:
		v, ok := (*(*map[string]time.Time)(r.p))[key]
		return elem{bits: v.UnixNano(), ok: ok}
	}
	v := reflect.NewAt(m.goType, r.p).Elem().MapIndex(reflect.ValueOf(key).Convert(m.goType.Key()))
	if !v.IsValid() {
		return elem{}
	}
	variable := reflect.New(m.goType.Elem())
	variable.Elem().Set(v)
	return m.load(variable.UnsafePointer())
}
